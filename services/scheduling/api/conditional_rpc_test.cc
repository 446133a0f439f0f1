#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

// Visits that are booked past what a payer has authorized.
namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class ConditionalRpcTest : public ServiceTest {
 protected:
  static CoverageCondition PastTheUnits(const std::string& since = "infusion-5") {
    return {.code = "AUTHORIZATION_UNITS_EXCEEDED",
            .since_visit = since,
            .renewal_request_by = absl::CivilDay(2026, 12, 4)};
  }
  // A block of six infusions whose last two no authorization covers.
  v1::BookBlockResponse BookPastTheUnits() {
    Authorization().uncovered = {{"infusion-5", PastTheUnits()}, {"infusion-6", PastTheUnits()}};
    return MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  }
  static const v1::Appointment& Of(const v1::BookBlockResponse& booked, const std::string& visit_id) {
    for (const v1::Appointment& appointment : booked.appointments()) {
      if (appointment.visit_id() == visit_id) return appointment;
    }
    ADD_FAILURE() << visit_id;
    return booked.appointments(0);
  }
  // What authorization tells of an appointment of a course.
  absl::Status Tell(const std::string& type, const v1::Appointment& appointment) {
    common::v1::Event event;
    event.set_type(type);
    event.set_clinic(absl::StrCat("clinics/", clinic_));
    event.set_subject(appointment.name());
    event.set_subject_version(appointment.version());
    (*event.mutable_related())["course"] = appointment.course();
    (*event.mutable_related())["patient"] = appointment.patient();
    return Service().Deliver("authorization", event);
  }
  int CountEvents(const std::string& type) {
    int count = 0;
    for (const common::v1::Event& event : Service().Events(clinic_)) count += event.type() == type;
    return count;
  }
  v1::Course GetCourse(const std::string& name) {
    v1::GetCourseRequest get;
    get.set_name(name);
    return Call(&Stub::GetCourse, get).value_or(v1::Course());
  }
  absl::StatusOr<v1::MoveAppointmentResponse> MoveToAnotherDay(const v1::Appointment& appointment,
                                                               bool require_coverage = false) {
    v1::ProposeMoveRequest propose;
    propose.set_name(appointment.name());
    propose.add_avoid_dates()->CopyFrom(rpc::ToProto(DayOf(appointment.start_time())));
    ASSIGN_OR_RETURN(const v1::ProposeMoveResponse ways, Call(&Stub::ProposeMove, propose));
    v1::MoveAppointmentRequest move;
    move.set_name(appointment.name());
    *move.mutable_moves() = ways.proposals(0).moves();
    move.set_require_coverage(require_coverage);
    move.set_request_id(NewId());
    return Call(&Stub::MoveAppointment, move);
  }
};

TEST_F(ConditionalRpcTest, AProposalSaysWhichVisitsWouldBeConditionalAndByWhenToAskForTheRenewal) {
  Authorization().uncovered = {{"infusion-5", PastTheUnits()}, {"infusion-6", PastTheUnits()}};
  const v1::Course course = MakeCourse("iv-ketamine");
  const v1::ProposeBlockResponse proposed = Propose(course, 1);
  int conditional = 0;
  for (const v1::PlannedVisit& visit : proposed.proposals(0).plan().visits()) {
    EXPECT_EQ(visit.has_condition(), visit.visit_id() == "infusion-5" || visit.visit_id() == "infusion-6");
    conditional += visit.has_condition();
  }
  EXPECT_EQ(conditional, 2);
  EXPECT_EQ(proposed.proposals(0).renewal_request_date().day(), 4);
  EXPECT_FALSE(proposed.coverage_unknown());
  Authorization().error = PeerUnavailable("authorization");
  const v1::ProposeBlockResponse unasked = Propose(course, 1);
  EXPECT_TRUE(unasked.coverage_unknown());
  EXPECT_EQ(unasked.proposals_size(), 1);
}

TEST_F(ConditionalRpcTest, ABlockPastTheUnitsIsBookedWithItsLastVisitsConditional) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  EXPECT_FALSE(Of(booked, "infusion-4").has_condition());
  ASSERT_TRUE(Of(booked, "infusion-5").has_condition());
  EXPECT_EQ(Of(booked, "infusion-6").condition().code(), "AUTHORIZATION_UNITS_EXCEEDED");
  EXPECT_EQ(Of(booked, "infusion-6").condition().since_visit(), "infusion-5");
  EXPECT_EQ(booked.renewal_request_date().day(), 4);
  EXPECT_TRUE(Get(Of(booked, "infusion-6").name()).has_condition());
  EXPECT_EQ(GetCourse(booked.appointments(0).course()).renewal_request_date().month(), 12);
  EXPECT_FALSE(booked.block().coverage_reservation().empty());
}

TEST_F(ConditionalRpcTest, ACallerMayRequireCoverage) {
  const v1::BlockPlan plan = Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan();
  Authorization().uncovered = {{"infusion-6", PastTheUnits("infusion-6")}};
  v1::BookBlockRequest book = BookRequest(plan);
  book.set_require_coverage(true);
  const auto refused = Call(&Stub::BookBlock, book);
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "BOOKING_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "AUTHORIZATION_UNITS_EXCEEDED");
  book.set_require_coverage(false);
  book.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse tried, Call(&Stub::BookBlock, book));
  EXPECT_TRUE(Of(tried, "infusion-6").has_condition());
}

TEST_F(ConditionalRpcTest, ConditionalVisitsHoldTheirCapacity) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  const v1::Appointment& last = Of(booked, "infusion-6");
  v1::CreateAppointmentRequest other;
  other.set_parent(absl::StrCat("clinics/", clinic_));
  other.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
  other.mutable_appointment()->set_patient(last.patient());
  *other.mutable_appointment()->mutable_start_time() = last.start_time();
  other.set_request_id(NewId());
  EXPECT_FALSE(Call(&Stub::CreateAppointment, other).ok());  // the patient is there
}

TEST_F(ConditionalRpcTest, ARenewalEndsTheConditionsOnceHoweverOftenItIsTold) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  const v1::Appointment fifth = Of(booked, "infusion-5");
  Authorization().uncovered.clear();
  ASSERT_OK(Tell("coverage_visit.covered", fifth));
  ASSERT_OK(Tell("coverage_visit.covered", fifth));
  ASSERT_OK(Tell("coverage_visit.covered", Of(booked, "infusion-6")));
  EXPECT_FALSE(Get(fifth.name()).has_condition());
  EXPECT_FALSE(Get(Of(booked, "infusion-6").name()).has_condition());
  EXPECT_EQ(Get(fifth.name()).version(), fifth.version() + 1);
  EXPECT_EQ(CountEvents("appointment.condition_changed"), 2);
  EXPECT_FALSE(GetCourse(fifth.course()).has_renewal_request_date());
}

TEST_F(ConditionalRpcTest, NothingIsNotedWhileAuthorizationCannotBeAsked) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  Authorization().uncovered.clear();
  Authorization().error = PeerUnavailable("authorization");
  EXPECT_FALSE(Tell("coverage_visit.covered", Of(booked, "infusion-5")).ok());  // comes again
  EXPECT_TRUE(Get(Of(booked, "infusion-5").name()).has_condition());
}

TEST_F(ConditionalRpcTest, AVisitThatMovesWhileAuthorizationIsAskedWaitsForTheAnswerAboutItsNewDay) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  v1::Appointment sixth = Of(booked, "infusion-6");
  Authorization().on_uncovered = [&] {
    const absl::StatusOr<v1::MoveAppointmentResponse> moved = MoveToAnotherDay(sixth);
    ASSERT_OK(moved);
    sixth = moved->appointments(0);
    Authorization().uncovered.clear();
  };
  ASSERT_OK(Tell("coverage_visit.covered", Of(booked, "infusion-5")));
  EXPECT_FALSE(Get(Of(booked, "infusion-5").name()).has_condition());
  EXPECT_TRUE(Get(sixth.name()).has_condition());
  ASSERT_OK(Tell("coverage_visit.covered", sixth));
  EXPECT_FALSE(Get(sixth.name()).has_condition());
}

TEST_F(ConditionalRpcTest, ARenewalThatCoversSomeMovesTheFirstBreakToTheNext) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  CoverageCondition later = PastTheUnits("infusion-6");
  later.renewal_request_by = absl::CivilDay(2026, 12, 8);
  Authorization().uncovered = {{"infusion-6", later}};
  ASSERT_OK(Tell("coverage_visit.covered", Of(booked, "infusion-5")));
  EXPECT_FALSE(Get(Of(booked, "infusion-5").name()).has_condition());
  const v1::Appointment sixth = Get(Of(booked, "infusion-6").name());
  EXPECT_EQ(sixth.condition().since_visit(), "infusion-6");
  EXPECT_EQ(sixth.condition().renewal_request_date().day(), 8);
}

TEST_F(ConditionalRpcTest, ADenialIsNamedAndATerminationMakesBookedVisitsConditional) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  const CoverageCondition denied{.code = "AUTHORIZATION_DENIED", .since_visit = "infusion-4"};
  Authorization().uncovered = {{"infusion-4", denied}, {"infusion-5", denied}, {"infusion-6", denied}};
  ASSERT_OK(Tell("coverage_visit.uncovered", Of(booked, "infusion-4")));
  EXPECT_EQ(Get(Of(booked, "infusion-4").name()).condition().code(), "AUTHORIZATION_DENIED");
  EXPECT_FALSE(Get(Of(booked, "infusion-5").name()).condition().has_renewal_request_date());
}

TEST_F(ConditionalRpcTest, APatientWhoElectsToPayHasNoConditionalVisits) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  Authorization().uncovered.clear();
  common::v1::Event event;
  event.set_type("self_pay.elected");
  event.set_clinic(absl::StrCat("clinics/", clinic_));
  event.set_subject(Name("selfPayElections/e1"));
  event.set_subject_version(1);
  (*event.mutable_related())["patient"] = booked.appointments(0).patient();
  ASSERT_OK(Service().Deliver("authorization", event));
  EXPECT_FALSE(Get(Of(booked, "infusion-6").name()).has_condition());
}

TEST_F(ConditionalRpcTest, CheckInRefusesAConditionalVisitWithItsConditionUntilItIsCovered) {
  Authorization().uncovered = {{"infusion-1", PastTheUnits("infusion-1")}};
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment& first = Of(booked, "infusion-1");
  Service().clock().Set(rpc::FromProto(first.start_time()));
  v1::CheckInRequest request;
  request.set_name(first.name());
  request.mutable_transport()->set_driver_arranged(true);
  request.mutable_transport()->set_driver_name("Robin");
  request.set_request_id(NewId());
  const auto refused = Call(&Stub::CheckIn, request, {common::v1::ROLE_NURSE});
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "CHECK_IN_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "AUTHORIZATION_UNITS_EXCEEDED");
  Authorization().uncovered.clear();  // covered, though nobody has told yet
  ASSERT_OK(Call(&Stub::CheckIn, request, {common::v1::ROLE_NURSE}));
  EXPECT_FALSE(Get(first.name()).has_condition());
}

TEST_F(ConditionalRpcTest, AMovePastTheDatesMakesAVisitConditionalAndOneBackIsCoverableAgain) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment last = Of(booked, "infusion-6");
  const CoverageCondition past{.code = "AUTHORIZATION_DATES_EXCEEDED",
                               .since_visit = "infusion-6",
                               .renewal_request_by = absl::CivilDay(2026, 12, 7)};
  Authorization().uncovered = {{"infusion-6", past}};
  EXPECT_ERROR(MoveToAnotherDay(last, /*require_coverage=*/true), Code::kFailedPrecondition, "MOVE_REFUSED");
  ASSERT_OK_AND_ASSIGN(const v1::MoveAppointmentResponse out, MoveToAnotherDay(last));
  EXPECT_EQ(out.appointments(0).condition().code(), "AUTHORIZATION_DATES_EXCEEDED");
  Authorization().uncovered.clear();
  ASSERT_OK_AND_ASSIGN(const v1::MoveAppointmentResponse back, MoveToAnotherDay(out.appointments(0)));
  EXPECT_TRUE(back.appointments(0).has_condition());  // until its units are reserved
  ASSERT_OK(Tell("coverage_visit.covered", back.appointments(0)));
  EXPECT_FALSE(Get(last.name()).has_condition());
}

TEST_F(ConditionalRpcTest, ARepairThatBooksAVisitAnewPastTheUnitsBooksItConditionally) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment lost = Of(booked, "infusion-3");
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(lost.name());
  cancel.set_etag(lost.etag());
  cancel.set_reason("cold");
  cancel.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CancelAppointment, cancel));
  v1::ProposeRepairRequest propose;
  propose.set_parent(absl::StrCat("clinics/", clinic_));
  propose.mutable_trigger()->mutable_lost_visit()->set_appointment(lost.name());
  propose.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Repair repair, Call(&Stub::ProposeRepair, propose));
  Authorization().uncovered = {{"infusion-3", PastTheUnits("infusion-3")}};
  v1::ApplyRepairRequest apply;
  apply.set_name(repair.name());
  apply.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Call(&Stub::ApplyRepair, apply));
  int conditional = 0;
  for (const v1::Appointment& appointment : applied.appointments()) {
    if (appointment.rebooks() != lost.name()) continue;
    EXPECT_EQ(appointment.condition().code(), "AUTHORIZATION_UNITS_EXCEEDED");
    ++conditional;
  }
  EXPECT_EQ(conditional, 1);
}

TEST_F(ConditionalRpcTest, ACancelledVisitIsNotConditionalAnyMore) {
  const v1::BookBlockResponse booked = BookPastTheUnits();
  for (const char* visit : {"infusion-5", "infusion-6"}) {
    v1::CancelAppointmentRequest cancel;
    cancel.set_name(Of(booked, visit).name());
    cancel.set_etag(Of(booked, visit).etag());
    cancel.set_reason("cold");
    cancel.set_request_id(NewId());
    ASSERT_OK_AND_ASSIGN(const v1::Appointment cancelled, Call(&Stub::CancelAppointment, cancel));
    EXPECT_FALSE(cancelled.has_condition());
  }
  EXPECT_FALSE(GetCourse(booked.appointments(0).course()).has_renewal_request_date());
}

}  // namespace
}  // namespace kat::scheduling
