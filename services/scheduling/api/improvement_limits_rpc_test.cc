#include "services/scheduling/api/improvement_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using google::type::DayOfWeek;

// What an improvement knows beforehand of readiness, of who pays, and of payers' weekly limits, so that what it finds
// can be applied.
class ImprovementLimitsTest : public ImprovementTest {
 protected:
  void Prefer(const std::string& course, const std::vector<DayOfWeek>& days, int from = 9, int to = 17) {
    v1::GetCourseRequest get;
    get.set_name(course);
    const absl::StatusOr<v1::Course> read = Call(&Stub::GetCourse, get);
    ASSERT_OK(read);
    v1::UpdateCourseRequest update;
    *update.mutable_course() = *read;
    update.mutable_update_mask()->add_paths("preferences");
    update.mutable_course()->mutable_preferences()->clear_preferred_hours();
    for (const DayOfWeek day : days) {
      v1::WeeklyHours& hours = *update.mutable_course()->mutable_preferences()->add_preferred_hours();
      hours.set_day_of_week(day);
      hours.mutable_start_time()->set_hours(from);
      hours.mutable_end_time()->set_hours(to);
    }
    update.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::UpdateCourse, update));
  }
  // A dose on kThatDay, a Thursday, whose patient would rather come on one of `days`.
  v1::Appointment Dose(const std::vector<DayOfWeek>& days) {
    const v1::Appointment dose = Book("dose", "ann", kThatDay, 10, 10, 11);
    Prefer(dose.course(), days);
    return dose;
  }
  // Two doses, on kThatDay and on the Friday of the week after.
  std::vector<v1::Appointment> TwoDoses() {
    v1::CreateProtocolVersionRequest protocol;
    protocol.set_parent(absl::StrCat("clinics/", clinic_));
    protocol.set_protocol_id("pair");
    protocol.mutable_protocol_version()->set_display_name("Pair");
    protocol.mutable_protocol_version()->set_program("pair");
    v1::Phase& phase = *protocol.mutable_protocol_version()->add_phases();
    phase.set_phase_id("only");
    phase.set_display_name("Only");
    phase.add_visits()->set_stem("pair");
    phase.mutable_visits(0)->set_visit_type("spravato");
    phase.mutable_visits(0)->set_count(2);
    protocol.set_request_id(NewId());
    EXPECT_OK(Call(&Stub::CreateProtocolVersion, protocol, {common::v1::ROLE_CLINIC_ADMIN}));
    const absl::StatusOr<v1::Course> course = Call(&Stub::CreateCourse, NewCourse("pair", "ann"));
    EXPECT_OK(course);
    v1::BlockPlan plan;
    plan.set_course(course->name());
    plan.set_course_etag(course->etag());
    plan.add_phases("only");
    for (const auto& [id, day] : {std::pair("pair-1", kThatDay), std::pair("pair-2", kThatDay + 8)}) {
      v1::PlannedVisit& visit = *plan.add_visits();
      visit.set_visit_id(id);
      *visit.mutable_start_time() = At(day, 10);
      for (const auto& [role, resource] : {std::pair("room", "rooms/recliners"), std::pair("nurse", "staff/nora-kim"),
                                           std::pair("clinician", "staff/sam-ortiz")}) {
        v1::Assignment& assignment = *visit.add_assignments();
        assignment.set_role(role);
        assignment.set_resource(Name(resource));
      }
    }
    const v1::BookBlockResponse booked = MakeBooking(plan);
    EXPECT_EQ(booked.appointments_size(), 2);
    return {booked.appointments().begin(), booked.appointments().end()};
  }
  // The payer gives one of the two in seven days.
  void LimitWeeks() {
    Authorization().spacings = {{"pair-1", "pair-2", {.min_days = 7}}};
    Authorization().standing = {{"pair-1", kThatDay}, {"pair-2", kThatDay + 8}};
  }
  absl::CivilDay Day(const v1::Appointment& appointment) { return DayOf(Get(appointment.name()).start_time()); }
};

TEST_F(ImprovementLimitsTest, ADoseGoesToNoDayOnWhichItsPatientIsNotReady) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  Readiness().ready = {kThatDay - 30, kThatDay + 1};
  const v1::Improvement none = Run(Request(kThatDay - 3, 5));
  EXPECT_EQ(none.state(), v1::Improvement::READY);
  EXPECT_EQ(none.parts_size(), 0);
  EXPECT_EQ(none.progress().courses(), 1);
  Prefer(dose.course(), {google::type::WEDNESDAY, google::type::FRIDAY});
  ASSERT_OK(Apply(Run(Request(kThatDay - 3, 5))));
  EXPECT_EQ(Day(dose), kThatDay - 1);
}

TEST_F(ImprovementLimitsTest, ADoseThatThePatientPaysForGoesToNoDayOnWhichNobodyWould) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  Authorization().paid = {{"dose-1", {.until = kThatDay + 1}}};
  EXPECT_EQ(Run(Request(kThatDay - 3, 5)).parts_size(), 0);
  Prefer(dose.course(), {google::type::WEDNESDAY, google::type::FRIDAY});
  ASSERT_OK(Apply(Run(Request(kThatDay - 3, 5))));
  EXPECT_EQ(Day(dose), kThatDay - 1);
}

TEST_F(ImprovementLimitsTest, ADoseComesNoCloserToAnotherThanItsPayersWeeklyLimitLetsIt) {
  const std::vector<v1::Appointment> doses = TwoDoses();
  Prefer(doses[0].course(), {google::type::WEDNESDAY});
  LimitWeeks();
  EXPECT_EQ(Run(Request(kThatDay + 4, 5)).parts_size(), 0) << "Wednesday is six days after the first";
  Prefer(doses[0].course(), {google::type::WEDNESDAY, google::type::THURSDAY});
  ASSERT_OK(Apply(Run(Request(kThatDay + 4, 5))));
  EXPECT_EQ(Day(doses[1]), kThatDay + 7);
  EXPECT_EQ(Day(doses[0]), kThatDay);
}

TEST_F(ImprovementLimitsTest, WhereIntakeCannotBeAskedADoseKeepsItsDay) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  Readiness().error = PeerUnavailable("intake");
  EXPECT_EQ(Run(Request(kThatDay - 3, 5)).parts_size(), 0);
  EXPECT_EQ(Day(dose), kThatDay);
}

TEST_F(ImprovementLimitsTest, APartThatWouldBeRefusedForWhatCouldNotBeKnownBeforeIsLeftOut) {
  const std::vector<v1::Appointment> doses = TwoDoses();
  Prefer(doses[0].course(), {google::type::WEDNESDAY});
  const v1::Appointment bob = Book("talk", "bob", kThatDay + 5, 10, 14, 17);
  const v1::Improvement ready = Run(Request(kThatDay + 4, 5));
  ASSERT_EQ(ready.parts_size(), 2);
  LimitWeeks();
  Authorization().tells_spacings = false;
  EXPECT_ERROR(Apply(ready), Code::kFailedPrecondition, "MOVE_REFUSED");
  const v1::Improvement again = Run(Request(kThatDay + 4, 5));
  ASSERT_EQ(again.parts_size(), 1);
  EXPECT_EQ(again.parts(0).course(), bob.course());
  EXPECT_EQ(again.gain(), again.parts(0).gain());
  ASSERT_OK(Apply(again));
}

TEST_F(ImprovementLimitsTest, WithAPartThatWouldBeRefusedGoThoseThatWaitForItsPlaceAndOthersStay) {
  v1::CreateVisitTypeRequest dosed;
  dosed.set_parent(absl::StrCat("clinics/", clinic_));
  dosed.set_visit_type_id("dosed-talk");
  v1::GetVisitTypeRequest get;
  get.set_name(Name("visitTypes/integration"));
  ASSERT_OK_AND_ASSIGN(*dosed.mutable_visit_type(), Call(&Stub::GetVisitType, get));
  dosed.mutable_visit_type()->clear_name();
  dosed.mutable_visit_type()->set_dosing(true);
  dosed.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CreateVisitType, dosed, {common::v1::ROLE_CLINIC_ADMIN}));
  MakeProtocol("talk-dose", "dosed-talk");
  const v1::Appointment ann = Book("talk-dose", "ann", kThatDay, 10, 10, 11);
  Prefer(ann.course(), {google::type::FRIDAY}, 10, 11);
  Talk("bob", 11, 10, 11);                                                    // would rather have ann's place
  const v1::Appointment eve = Book("talk", "eve", kThatDay + 1, 14, 15, 16);  // needs nobody's
  v1::StartImprovementRequest request = Request(kThatDay, 2);
  request.mutable_improvement()->set_time_limit_seconds(60);  // it ends at the proof
  ASSERT_EQ(Run(request).parts_size(), 3);
  request.set_request_id(NewId());
  Authorization().spacings = {{"another", "talk-dose-1", {.min_days = 7}}};
  Authorization().standing = {{"another", kThatDay - 1}};
  Authorization().tells_spacings = false;
  const v1::Improvement ready = Run(request);
  ASSERT_EQ(ready.parts_size(), 1);
  EXPECT_EQ(ready.parts(0).course(), eve.course());
  ASSERT_OK(Apply(ready));
}

}  // namespace
}  // namespace kat::scheduling
