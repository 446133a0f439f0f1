#include <map>
#include <random>
#include <set>
#include <vector>

#include "services/scheduling/api/improvement_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using ImprovementRpcTest = ImprovementTest;

TEST_F(ImprovementRpcTest, ItRunsIsLookedAtAndAppliedForOnePatientAndThenWhole) {
  const v1::Appointment ann = Talk("ann", 10, 14, 17);
  const v1::Appointment bob = Talk("bob", 11, 12, 13);
  const v1::Appointment eve = Talk("eve", 13, 13, 15);  // stands well
  const v1::Improvement queued = Start(Request());
  EXPECT_EQ(queued.state(), v1::Improvement::QUEUED);
  EXPECT_EQ(queued.notice_days(), 2);
  EXPECT_EQ(queued.min_gain(), 1);
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(queued);
  ASSERT_EQ(ready.state(), v1::Improvement::READY);
  ASSERT_EQ(ready.parts_size(), 2);
  ASSERT_EQ(ready.groups_size(), 2);
  EXPECT_EQ(ready.gain(), 2 * (4 - 1));
  EXPECT_EQ(ready.progress().initial_cost(), 8);
  EXPECT_EQ(ready.progress().cost(), 2);
  EXPECT_EQ(ready.progress().courses(), 3);
  EXPECT_EQ(ready.progress().patients_moved(), 2);
  EXPECT_EQ(ready.notify_patients_size(), 2);
  EXPECT_EQ(ready.notify_staff_size(), 1);
  EXPECT_EQ(ready.basis().picture_digest().size(), 16u);
  EXPECT_EQ(ready.attempts(), 1);
  for (const v1::ImprovementPart& part : ready.parts()) {
    EXPECT_TRUE(part.alone());
    EXPECT_EQ(part.cost_before(), 4);
    EXPECT_EQ(part.cost(), 1);
    ASSERT_EQ(part.moves_size(), 1);
    const v1::Appointment& stands = part.course() == ann.course() ? ann : bob;
    EXPECT_EQ(part.moves(0).current_start_time().seconds(), stands.start_time().seconds());
    EXPECT_EQ(part.moves(0).current_assignments_size(), 2);
  }
  EXPECT_EQ(Get(ann.name()).version(), 1);  // nothing has changed yet

  ASSERT_OK(Apply(ready, {bob.course()}, /*validate_only=*/true));
  EXPECT_EQ(Hour(bob), 11);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyImprovementResponse one, Apply(ready, {bob.course()}));
  EXPECT_EQ(one.improvement().state(), v1::Improvement::PARTLY_APPLIED);
  ASSERT_EQ(one.appointments_size(), 1);
  EXPECT_EQ(Hour(bob), 12);
  EXPECT_EQ(Hour(ann), 10);
  EXPECT_ERROR(Apply(ready, {bob.course()}), Code::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_ERROR(Apply(ready, {eve.course()}), Code::kInvalidArgument, "FIELD_INVALID");
  ASSERT_OK_AND_ASSIGN(const v1::ApplyImprovementResponse rest, Apply(ready));
  EXPECT_EQ(rest.improvement().state(), v1::Improvement::APPLIED);
  EXPECT_GE(Hour(ann), 14);
  EXPECT_EQ(Hour(eve), 13);
  EXPECT_FALSE(rest.improvement().applied_by().empty());
  EXPECT_ERROR(Apply(ready), Code::kFailedPrecondition, "STATE_FORBIDS");

  // It can be explained later, from what it was decided on.
  const v1::Improvement later = Read(ready);
  EXPECT_EQ(later.basis().SerializeAsString(), ready.basis().SerializeAsString());
  EXPECT_EQ(later.gain(), ready.gain());
  v1::ListImprovementsRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  list.set_state(v1::Improvement::APPLIED);
  ASSERT_OK_AND_ASSIGN(const v1::ListImprovementsResponse listed, Call(&Stub::ListImprovements, list));
  ASSERT_EQ(listed.improvements_size(), 1);
  EXPECT_EQ(listed.improvements(0).name(), ready.name());
  EXPECT_EQ(listed.improvements(0).parts_size(), 0);
  EXPECT_EQ(Events("improvement.ready"), 1);
  EXPECT_EQ(Events("improvement.applied"), 2);
  EXPECT_EQ(Events("appointment.moved"), 2);
}

TEST_F(ImprovementRpcTest, TwoPatientsWhoSwapAreAppliedTogetherOrNotAtAll) {
  const v1::Appointment ann = Talk("ann", 10, 11, 12);
  const v1::Appointment bob = Talk("bob", 11, 10, 11);
  v1::StartImprovementRequest request = Request();
  request.mutable_improvement()->set_time_limit_seconds(60);  // it ends at the proof
  const v1::Improvement ready = Run(request);
  ASSERT_EQ(ready.parts_size(), 2);
  ASSERT_EQ(ready.groups_size(), 1);
  EXPECT_EQ(ready.groups(0).gain(), 6);
  EXPECT_FALSE(ready.parts(0).alone() || ready.parts(1).alone());
  const absl::Status refused = Apply(ready, {ann.course()}).status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "PARTS_NEEDED");
  EXPECT_EQ(GetErrorDetail(refused)->preconditions.at(0).subject, bob.course());
  ASSERT_OK(Apply(ready, {ann.course(), bob.course()}));
  EXPECT_EQ(Hour(ann), 11);
  EXPECT_EQ(Hour(bob), 10);
}

TEST_F(ImprovementRpcTest, WhoGoesWhereAnotherLeavesWaitsForThemAndTheyDoNot) {
  const v1::Appointment ann = Talk("ann", 10, 11, 12);
  const v1::Appointment bob = Talk("bob", 11, 12, 13);
  v1::StartImprovementRequest request = Request();
  request.mutable_improvement()->set_time_limit_seconds(60);  // it ends at the proof
  const v1::Improvement ready = Run(request);
  ASSERT_EQ(ready.parts_size(), 2);
  ASSERT_EQ(ready.groups_size(), 1);
  EXPECT_ERROR(Apply(ready, {ann.course()}), Code::kFailedPrecondition, "PARTS_NEEDED");
  ASSERT_OK(Apply(ready, {bob.course()}));
  ASSERT_OK(Apply(ready, {ann.course()}));
  EXPECT_EQ(Hour(ann), 11);
  EXPECT_EQ(Hour(bob), 12);
}

TEST_F(ImprovementRpcTest, WhatIsPinnedOrLeftAloneOrWithinTheNoticeStays) {
  const v1::Appointment ann = Talk("ann", 10, 14, 17);
  const v1::Appointment bob = Talk("bob", 11, 14, 17);
  const v1::Appointment eve = Book("talk", "eve", absl::CivilDay(2026, 11, 25), 10, 14, 17);  // in two days
  v1::UpdateAppointmentRequest pin;
  *pin.mutable_appointment() = ann;
  pin.mutable_appointment()->set_pinned(true);
  pin.mutable_update_mask()->add_paths("pinned");
  pin.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(v1::Appointment pinned, Call(&Stub::UpdateAppointment, pin));
  EXPECT_TRUE(pinned.pinned());
  // One who does not know of pins does not take it away.
  v1::UpdateAppointmentRequest note;
  *note.mutable_appointment() = pinned;
  note.mutable_appointment()->set_pinned(false);
  note.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(pinned, Call(&Stub::UpdateAppointment, note));
  EXPECT_TRUE(pinned.pinned());

  v1::StartImprovementRequest request = Request(absl::CivilDay(2026, 11, 23), 14);
  request.mutable_improvement()->add_keep_courses(bob.course());
  const v1::Improvement ready = Run(request);
  EXPECT_EQ(ready.start_date().day(), 26);  // after the notice
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.parts_size(), 0);
  EXPECT_EQ(ready.progress().courses(), 0);
  EXPECT_ERROR(Apply(ready), Code::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_EQ(Run(Request()).parts_size(), 1);  // bob alone

  // A person may move it still.
  v1::ProposeMoveRequest move;
  move.set_name(ann.name());
  *move.mutable_date() = rpc::ToProto(kThatDay + 1);
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse moves, Call(&Stub::ProposeMove, move));
  EXPECT_GE(moves.proposals_size(), 1);
}

TEST_F(ImprovementRpcTest, APinnedVisitMakesNoWayForARepairOfItsCourse) {
  const v1::BookBlockResponse series = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  // A visit that moves where another one is hit, unless it is pinned.
  const auto moved_with = [&](const v1::Appointment& hit) {
    v1::ProposeRepairRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    v1::CourseShift& shift = *request.mutable_trigger()->mutable_shift();
    shift.set_course(hit.course());
    *shift.mutable_start_date() = rpc::ToProto(DayOf(hit.start_time()));
    *shift.mutable_end_date() = rpc::ToProto(DayOf(hit.start_time()) + 2);
    request.set_max_options(1);
    request.set_request_id(NewId());
    const absl::StatusOr<v1::Repair> repair = Call(&Stub::ProposeRepair, request);
    EXPECT_OK(repair);
    std::set<std::string> others;
    for (const v1::RepairPart& part : repair->parts()) {
      for (const v1::PlannedMove& move : part.options(0).moves()) {
        const absl::CivilDay day = DayOf(move.current_start_time());
        if (day < DayOf(hit.start_time()) || day >= DayOf(hit.start_time()) + 2) others.insert(move.appointment());
      }
    }
    return others;
  };
  bool tried = false;
  for (const v1::Appointment& hit : series.appointments()) {
    const std::set<std::string> others = moved_with(hit);
    if (others.empty()) continue;
    tried = true;
    v1::UpdateAppointmentRequest pin;
    *pin.mutable_appointment() = Get(*others.begin());
    pin.mutable_appointment()->set_pinned(true);
    pin.mutable_update_mask()->add_paths("pinned");
    pin.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::UpdateAppointment, pin));
    EXPECT_FALSE(moved_with(hit).contains(*others.begin()));
  }
  EXPECT_TRUE(tried);
}

TEST_F(ImprovementRpcTest, APartThatHasBecomeStaleIsRefusedAndTheOthersGo) {
  const v1::Appointment ann = Talk("ann", 10, 14, 15);
  const v1::Appointment bob = Talk("bob", 11, 12, 13);
  const v1::Improvement ready = Run(Request());
  ASSERT_EQ(ready.parts_size(), 2);
  Talk("eve", 14, 14, 15);  // takes the only place that ann would go to
  const absl::Status taken = Apply(ready).status();
  EXPECT_ERROR(taken, Code::kAborted, "REPAIR_STALE");
  EXPECT_EQ(Changed(taken), "capacity");
  EXPECT_EQ(Hour(bob), 11);  // all or nothing
  v1::ConfirmAppointmentRequest confirm;
  confirm.set_name(ann.name());
  confirm.set_etag(ann.etag());
  confirm.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ConfirmAppointment, confirm));
  const absl::Status changed = Apply(ready, {ann.course()}).status();
  EXPECT_ERROR(changed, Code::kAborted, "REPAIR_STALE");
  EXPECT_EQ(Changed(changed), "appointment");
  ASSERT_OK(Apply(ready, {bob.course()}));

  const v1::Improvement again = Run(Request());
  EXPECT_EQ(again.parts_size(), 0);  // eve stands where she likes to, and is in the way
}

TEST_F(ImprovementRpcTest, AResultThatIsLookedAtTooLateIsStale) {
  const v1::Appointment ann = Talk("ann", 10, 14, 15);
  const v1::Improvement ready = Run(Request());
  Service().clock().Advance(absl::Hours(24 * 8));
  const absl::Status late = Apply(ready, {ann.course()}).status();
  EXPECT_ERROR(late, Code::kAborted, "REPAIR_STALE");
  EXPECT_EQ(Changed(late), "notice");
  EXPECT_EQ(GetErrorDetail(late)->metadata.at("course"), ann.course());
}

// A course of one dose that stands on kThatDay, a Thursday; its patient would rather come on the Friday.
class MovedDoseTest : public ImprovementTest {
 protected:
  v1::Appointment BookDose() {
    const v1::Appointment dose = Book("dose", "ann", kThatDay, 9, 8, 18);
    v1::GetCourseRequest get;
    get.set_name(dose.course());
    const absl::StatusOr<v1::Course> course = Call(&Stub::GetCourse, get);
    EXPECT_OK(course);
    v1::UpdateCourseRequest update;
    *update.mutable_course() = *course;
    while (update.course().preferences().preferred_hours_size() > 1) {
      update.mutable_course()->mutable_preferences()->mutable_preferred_hours()->RemoveLast();
    }
    update.mutable_course()->mutable_preferences()->mutable_preferred_hours(0)->set_day_of_week(google::type::FRIDAY);
    update.mutable_update_mask()->add_paths("preferences");
    update.set_request_id(NewId());
    EXPECT_OK(Call(&Stub::UpdateCourse, update));
    return dose;
  }
  static VisitConditions Uncovered() { return {{"dose-1", {"AUTHORIZATION_DATES_EXCEEDED", "dose-1"}}}; }
};

TEST_F(MovedDoseTest, ItMovesToAnotherDayOnlyWhereTheGatesAgree) {
  const v1::Appointment dose = BookDose();
  const v1::Improvement ready = Run(Request(kThatDay, 2));
  ASSERT_EQ(ready.parts_size(), 1);
  Readiness().unmet = {{"EVIDENCE_MISSING", "labs", "bring labs"}};
  EXPECT_ERROR(Apply(ready), Code::kFailedPrecondition, "MOVE_REFUSED");
  EXPECT_ERROR(Apply(ready, {}, /*validate_only=*/true), Code::kFailedPrecondition, "MOVE_REFUSED");
  Readiness().unmet.clear();
  ASSERT_OK(Apply(ready));
  EXPECT_EQ(DayOf(Get(dose.name()).start_time()), kThatDay + 1);
}

TEST_F(MovedDoseTest, ItIsNotMovedPastItsAuthorization) {
  const v1::Appointment dose = BookDose();
  const v1::Improvement ready = Run(Request(kThatDay, 2));
  Authorization().uncovered = Uncovered();
  EXPECT_ERROR(Apply(ready), Code::kFailedPrecondition, "MOVE_REFUSED");
  EXPECT_EQ(DayOf(Get(dose.name()).start_time()), kThatDay);
  EXPECT_FALSE(Get(dose.name()).has_condition());
}

TEST_F(MovedDoseTest, OneThatIsConditionalAlreadyMovesAndStaysSo) {
  Authorization().uncovered = Uncovered();
  const v1::Appointment dose = BookDose();
  ASSERT_TRUE(dose.has_condition());
  const v1::Improvement ready = Run(Request(kThatDay, 2));
  ASSERT_OK(Apply(ready));
  EXPECT_EQ(DayOf(Get(dose.name()).start_time()), kThatDay + 1);
  EXPECT_TRUE(Get(dose.name()).has_condition());
}

// What stands after an improvement, as anybody can see it.
class ImprovedClinicTest : public ImprovementTest {
 protected:
  std::vector<v1::Appointment> All() {
    v1::ListAppointmentsRequest list;
    list.set_parent(absl::StrCat("clinics/", clinic_));
    list.set_page_size(200);
    const absl::StatusOr<v1::ListAppointmentsResponse> all = Call(&Stub::ListAppointments, list);
    EXPECT_OK(all);
    return {all->appointments().begin(), all->appointments().end()};
  }
  // Nobody and nothing of capacity 1 is at two places at once.
  void Audit() {
    const std::vector<v1::Appointment> all = All();
    for (const v1::Appointment& a : all) {
      for (const v1::Appointment& b : all) {
        if (a.name() >= b.name() || a.start_time().seconds() >= b.end_time().seconds() ||
            b.start_time().seconds() >= a.end_time().seconds()) {
          continue;
        }
        EXPECT_NE(a.patient(), b.patient());
        for (const v1::Assignment& of_a : a.assignments()) {
          for (const v1::Assignment& of_b : b.assignments()) EXPECT_NE(of_a.resource(), of_b.resource());
        }
      }
    }
  }
  // What may be applied next: any part that may go alone, or the rest of a group.
  static std::vector<std::vector<std::string>> Next(const v1::Improvement& ready,
                                                    const std::set<std::string>& applied) {
    std::vector<std::vector<std::string>> next;
    std::map<std::string, std::vector<std::string>> rest;
    std::set<std::string> waits;
    for (const v1::ImprovementPart& part : ready.parts()) {
      if (applied.contains(part.course())) continue;
      if (part.alone()) {
        next.push_back({part.course()});
        waits.insert(part.group_id());
      } else {
        rest[part.group_id()].push_back(part.course());
      }
    }
    for (const auto& [group, courses] : rest) {
      if (!waits.contains(group)) next.push_back(courses);
    }
    return next;
  }
  // Appointments outside the hours that their patients prefer.
  int Unwelcome(const std::map<std::string, std::pair<int, int>>& preferred) {
    int outside = 0;
    for (const v1::Appointment& appointment : All()) {
      const int hour =
          absl::ToCivilHour(rpc::FromProto(appointment.start_time()), *LoadZone("America/New_York")).hour();
      const auto [from, to] = preferred.at(appointment.course());
      outside += hour < from || hour >= to;
    }
    return outside;
  }
};

TEST_F(ImprovedClinicTest, WhateverOfItIsAppliedNothingIsBookedTwiceAndNothingGetsWorse) {
  std::mt19937 random(7);
  for (int round = 0; round < 4; ++round) {
    if (round > 0) {
      SetUpAnotherClinic();
      MakeProtocol("talk", "integration");
    }
    std::map<std::string, std::pair<int, int>> preferred;
    for (int i = 0; i < 16; ++i) {
      const int from = 10 + static_cast<int>(random() % 8);
      const v1::Appointment booked =
          Book("talk", absl::StrCat("patient-", i % 12), kThatDay + i / 8, 10 + i % 8, from, from + 1);
      preferred[booked.course()] = {from, from + 1};
    }
    const v1::Improvement ready = Run(Request(kThatDay, 2));
    ASSERT_EQ(ready.state(), v1::Improvement::READY);
    EXPECT_GE(ready.parts_size(), 2);
    int before = Unwelcome(preferred);
    std::set<std::string> applied;
    while (true) {
      const std::vector<std::vector<std::string>> next = Next(ready, applied);
      if (next.empty() || random() % 8 == 0) break;
      const std::vector<std::string> chosen = next[random() % next.size()];
      ASSERT_OK(Apply(ready, chosen));
      applied.insert(chosen.begin(), chosen.end());
      Audit();
      const int after = Unwelcome(preferred);
      EXPECT_LT(after, before);
      before = after;
    }
    Audit();
  }
}

TEST_F(ImprovedClinicTest, SeriesThatShareNursesRoomsAndPumpsAreAppliedInAnyOrder) {
  std::vector<v1::BookBlockResponse> booked;
  for (int i = 0; i < 5; ++i) {
    const v1::Course course = MakeCourse("iv-ketamine", absl::StrCat("patient-", i));
    booked.push_back(MakeBooking(Propose(course, 1).proposals(0).plan()));
  }
  for (size_t i = 0; i < booked.size(); ++i) {
    v1::GetCourseRequest get;
    get.set_name(booked[i].appointments(0).course());
    ASSERT_OK_AND_ASSIGN(const v1::Course course, Call(&Stub::GetCourse, get));
    v1::UpdateCourseRequest update;
    *update.mutable_course() = course;
    v1::Preferences& preferences = *update.mutable_course()->mutable_preferences();
    preferences.add_continuity_roles("nurse");
    for (int weekday = 1; weekday <= 5; ++weekday) {
      v1::WeeklyHours& hours = *preferences.add_preferred_hours();
      hours.set_day_of_week(static_cast<google::type::DayOfWeek>(weekday));
      hours.mutable_start_time()->set_hours(i % 2 == 0 ? 8 : 13);
      hours.mutable_end_time()->set_hours(i % 2 == 0 ? 11 : 18);
    }
    update.mutable_update_mask()->add_paths("preferences");
    update.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::UpdateCourse, update));
  }
  v1::StartImprovementRequest request = Request(absl::CivilDay(2026, 11, 27), 40);
  request.mutable_improvement()->set_time_limit_seconds(3);
  const v1::Improvement ready = Run(request);
  ASSERT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_GE(ready.parts_size(), 2);
  EXPECT_GE(ready.progress().cost(), ready.progress().lower_bound());
  EXPECT_EQ(ready.progress().initial_cost() - ready.progress().cost(), ready.gain());
  std::mt19937 random(3);
  std::set<std::string> applied;
  for (auto next = Next(ready, applied); !next.empty(); next = Next(ready, applied)) {
    const std::vector<std::string> chosen = next[random() % next.size()];
    ASSERT_OK(Apply(ready, chosen));
    applied.insert(chosen.begin(), chosen.end());
  }
  EXPECT_EQ(Read(ready).state(), v1::Improvement::APPLIED);
}

}  // namespace
}  // namespace kat::scheduling
