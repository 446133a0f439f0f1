#include "services/authorization/api/fixture.h"

// Visits that are booked past what is authorized: they hold nothing, wait for the renewal, and are a person's work when
// it is late.
namespace kat::authorization::api {
namespace {

using absl::StatusCode;
using common::v1::ROLE_CLINIC_ADMIN;

class ConditionalRpcTest : public Fixture {
 protected:
  void SetUp() override { SetUpProgram(); }

  v1::CoverageReservation Reserve(int sessions) {
    v1::ReserveCoverageRequest request = Booking(sessions);
    request.set_allow_conditional(true);
    const auto reservation = CallAsPeer(&Stub::ReserveCoverage, request, "scheduling");
    EXPECT_OK(reservation);
    return reservation.value_or(v1::CoverageReservation());
  }
  // Asks for a renewal of `previous`; its name.
  std::string AskForRenewal(const std::string& previous) {
    v1::CreatePriorAuthorizationRequest create;
    create.set_parent(Clinic());
    create.mutable_prior_authorization()->set_patient(Name("patients/pat"));
    create.mutable_prior_authorization()->set_program("spravato-trd");
    create.mutable_prior_authorization()->set_kind(v1::AUTHORIZATION_KIND_RENEWAL);
    create.mutable_prior_authorization()->set_previous(previous);
    *create.mutable_prior_authorization()->mutable_requested_from() = rpc::ToProto(today_);
    const auto auth = Call(&Stub::CreatePriorAuthorization, create);
    EXPECT_OK(auth);
    v1::SubmitPriorAuthorizationRequest submit;
    submit.set_name(auth->name());
    submit.set_gap_reason("scores follow");
    submit.mutable_submission()->set_channel(v1::SUBMISSION_CHANNEL_FAX);
    submit.mutable_submission()->set_reference_number("F-2");
    *submit.mutable_submission()->mutable_submit_time() = rpc::ToProto(service_->clock().Now());
    EXPECT_OK(Call(&Stub::SubmitPriorAuthorization, submit));
    return auth->name();
  }
  absl::Status Decide(const std::string& auth, v1::Decision::Outcome outcome, int visits = 0) {
    v1::RecordAuthorizationDecisionRequest decide;
    decide.set_name(auth);
    v1::Decision& decision = *decide.mutable_decision();
    decision.set_outcome(outcome);
    *decision.mutable_decide_time() = rpc::ToProto(service_->clock().Now());
    if (outcome == v1::Decision::DENIED) {
      decision.add_reasons(v1::Decision::MISSING_INFORMATION);
    } else {
      decision.set_number("PA-2");
      *decision.mutable_valid()->mutable_from() = rpc::ToProto(today_);
      *decision.mutable_valid()->mutable_until() = rpc::ToProto(today_ + 180);
      decision.mutable_units()->set_visits(visits);
    }
    return Call(&Stub::RecordAuthorizationDecision, decide).status();
  }
  // Types of the events about an appointment, in order.
  std::vector<std::string> Told(const std::string& appointment) {
    std::vector<std::string> types;
    for (const common::v1::Event& event : service_->Events(clinic_)) {
      if (event.subject() == Name("appointments/" + appointment)) types.push_back(event.type());
    }
    return types;
  }
  bool IsWork(const std::string& appointment) { return OpenWork().count("VISIT_UNCOVERED@" + appointment) > 0; }
};

TEST_F(ConditionalRpcTest, ABookingPastTheUnitsHoldsWhatThereIsAndListsTheRestWithTheRenewalsDueDate) {
  const std::string auth = Approve(3, std::nullopt);
  EXPECT_ERROR(CallAsPeer(&Stub::ReserveCoverage, Booking(5), "scheduling"), StatusCode::kFailedPrecondition,
               "COVERAGE_UNMET");
  const v1::CoverageReservation held = Reserve(5);
  EXPECT_EQ(Read(auth).reserved().visits(), 3);
  ASSERT_EQ(held.uncovered_visits_size(), 2);
  EXPECT_EQ(held.uncovered_visits(0).visit_id(), "dose-4");
  EXPECT_EQ(held.uncovered_visits(0).code(), "AUTHORIZATION_UNITS_EXCEEDED");
  EXPECT_TRUE(held.uncovered_visits(0).conditional());
  EXPECT_EQ(held.first_uncovered_visit(), "dose-4");
  EXPECT_EQ(*rpc::FromProto(held.renewal_request_date(), ""), today_ + 10 - 10);
  v1::GetCoverageReservationRequest get;
  get.set_name(held.name());
  const auto read = Call(&Stub::GetCoverageReservation, get);
  ASSERT_OK(read);
  EXPECT_EQ(read->uncovered_visits_size(), 2);
  EXPECT_EQ(read->first_uncovered_visit(), "dose-4");
  v1::ReleaseCoverageReservationRequest release;
  release.set_name(held.name());
  ASSERT_OK(CallAsPeer(&Stub::ReleaseCoverageReservation, release, "scheduling"));
  EXPECT_EQ(Read(auth).reserved().visits(), 0);
  EXPECT_TRUE(OpenWork().empty() || OpenWork().count("VISIT_UNCOVERED@") == 0);
}

TEST_F(ConditionalRpcTest, AConditionalVisitIsWorkOnTheDayByWhichTheRenewalIsToBeAskedForAndNotBefore) {
  Approve(3, std::nullopt);
  Book(6, true);  // the 6th on the 16th day: the payer takes 10
  EXPECT_EQ(Told("appt-6"), std::vector<std::string>{"coverage_visit.conditional"});
  EXPECT_FALSE(IsWork("appt-6"));
  TurnTo(today_ + 5);
  RunJobs();
  EXPECT_FALSE(IsWork("appt-6"));
  TurnTo(today_ + 6);
  RunJobs();
  EXPECT_TRUE(IsWork("appt-6"));
  EXPECT_EQ(Told("appt-6").back(), "coverage_visit.uncovered");
  RunJobs();
  EXPECT_EQ(Told("appt-6").size(), 2u);
}

TEST_F(ConditionalRpcTest, ARenewalReservesUnitsForAllConditionalVisitsAtOnceTheEarliestFirst) {
  const std::string auth = Approve(3, std::nullopt);
  Book(8, true);
  TurnTo(today_ + 6);
  RunJobs();
  EXPECT_TRUE(IsWork("appt-4"));
  const std::string renewal = AskForRenewal(auth);
  ASSERT_OK(Decide(renewal, v1::Decision::APPROVED_IN_TOTAL, 4));
  EXPECT_EQ(Read(renewal).reserved().visits(), 4);
  for (const char* covered : {"appt-4", "appt-5", "appt-6", "appt-7"}) {
    EXPECT_EQ(Told(covered).back(), "coverage_visit.covered") << covered;
    EXPECT_FALSE(IsWork(covered)) << covered;
  }
  EXPECT_EQ(Told("appt-8").back(), "coverage_visit.conditional");
  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_course(Name("courses/course"));
  ask.set_program("spravato-trd");
  *ask.mutable_visits() = Booking(8).visits();
  ask.set_allow_conditional(true);
  const auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_OK(decision);
  ASSERT_EQ(decision->uncovered_visits_size(), 1);
  EXPECT_EQ(decision->first_uncovered_visit(), "dose-8");
  EXPECT_EQ(*rpc::FromProto(decision->renewal_request_date(), ""), today_ + 22 - 10);
  // What is covered comes with the authorization that covers it, and its days: first the old one's, then the renewal's.
  ASSERT_EQ(decision->visit_authorizations_size(), 7);
  EXPECT_EQ(decision->visit_authorizations(2).visit_id(), "dose-3");
  EXPECT_EQ(decision->visit_authorizations(2).prior_authorization(), auth);
  EXPECT_EQ(decision->visit_authorizations(3).prior_authorization(), renewal);
  EXPECT_EQ(*rpc::FromProto(decision->visit_authorizations(3).valid().from(), ""), today_);
  EXPECT_EQ(*rpc::FromProto(decision->visit_authorizations(3).valid().until(), ""), today_ + 180);
}

TEST_F(ConditionalRpcTest, ARenewalThatComesBeforeTheBookingIsKnownToStandCoversItAndSaysSo) {
  const std::string auth = Approve(3, std::nullopt);
  const v1::CoverageReservation held = Reserve(4);
  ASSERT_OK(Decide(AskForRenewal(auth), v1::Decision::APPROVED_IN_TOTAL, 4));
  scheduling_->appointments[domain::AppointmentId("appt-4")] = {.id = domain::AppointmentId("appt-4"),
                                                                .patient = PatientId("pat"),
                                                                .course = domain::CourseId("course"),
                                                                .program = "spravato-trd",
                                                                .visit_id = "dose-4",
                                                                .session_number = 4,
                                                                .start_at = At(today_ + 10, 10),
                                                                .state = domain::Appointment::State::kBooked,
                                                                .version = 1};
  ASSERT_OK(Deliver("block.booked", Name("courses/course"), {{"coverage_reservation", held.name()}}));
  EXPECT_EQ(Told("appt-4"), std::vector<std::string>{"coverage_visit.covered"});
}

TEST_F(ConditionalRpcTest, ADenialMakesConditionalVisitsWorkAtOnceAndAnAppealLetsThemWaitAgain) {
  const std::string auth = Approve(3, std::nullopt);
  Book(6, true);
  const std::string renewal = AskForRenewal(auth);
  EXPECT_FALSE(IsWork("appt-6"));
  ASSERT_OK(Decide(renewal, v1::Decision::DENIED));
  EXPECT_TRUE(IsWork("appt-6"));
  v1::ReserveCoverageRequest more = Booking(1, 7);
  more.set_allow_conditional(true);
  EXPECT_ERROR(CallAsPeer(&Stub::ReserveCoverage, more, "scheduling"), StatusCode::kFailedPrecondition,
               "COVERAGE_UNMET");
  v1::FileAppealRequest appeal;
  appeal.set_name(renewal);
  appeal.set_level(v1::Contest::FIRST_APPEAL);
  appeal.mutable_submission()->set_channel(v1::SUBMISSION_CHANNEL_FAX);
  appeal.mutable_submission()->set_reference_number("F-3");
  *appeal.mutable_submission()->mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  ASSERT_OK(Call(&Stub::FileAppeal, appeal));
  EXPECT_FALSE(IsWork("appt-6"));
  EXPECT_EQ(Told("appt-6").back(), "coverage_visit.conditional");
}

TEST_F(ConditionalRpcTest, AMoveIntoTheDatesCoversTheVisitAndOnePastThemMakesItConditional) {
  Approve(8, std::nullopt);
  Book(2);
  domain::Appointment& visit = scheduling_->appointments[domain::AppointmentId("appt-2")];
  visit.start_at = At(today_ + 120, 10);
  visit.version = 2;
  ASSERT_OK(Deliver("appointment.moved", Name("appointments/appt-2"), {}, 2));
  EXPECT_EQ(Told("appt-2").back(), "coverage_visit.conditional");
  visit.start_at = At(today_ + 20, 10);
  visit.version = 3;
  ASSERT_OK(Deliver("appointment.moved", Name("appointments/appt-2"), {}, 3));
  EXPECT_EQ(Told("appt-2").back(), "coverage_visit.covered");
  TurnTo(today_ + 110);
  RunJobs();
  EXPECT_FALSE(IsWork("appt-2"));
}

TEST_F(ConditionalRpcTest, TheSettingsOfTheClinicRefuseConditionalVisits) {
  Approve(3, std::nullopt);
  v1::GetAuthorizationSettingsRequest get;
  get.set_name(Name("authorizationSettings"));
  v1::UpdateAuthorizationSettingsRequest update;
  *update.mutable_authorization_settings() = *Call(&Stub::GetAuthorizationSettings, get, ROLE_CLINIC_ADMIN);
  update.mutable_authorization_settings()->set_refuse_conditional_visits(true);
  const auto updated = Call(&Stub::UpdateAuthorizationSettings, update, ROLE_CLINIC_ADMIN);
  ASSERT_OK(updated);
  EXPECT_TRUE(updated->refuse_conditional_visits());
  v1::ReserveCoverageRequest request = Booking(5);
  request.set_allow_conditional(true);
  EXPECT_ERROR(CallAsPeer(&Stub::ReserveCoverage, request, "scheduling"), StatusCode::kFailedPrecondition,
               "COVERAGE_UNMET");
}

}  // namespace
}  // namespace kat::authorization::api
