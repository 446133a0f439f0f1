#include "services/authorization/api/fixture.h"

namespace kat::authorization::api {
namespace {

using absl::StatusCode;
using common::v1::ROLE_BILLER;
using common::v1::ROLE_CLINIC_ADMIN;
using common::v1::ROLE_NURSE;

using AuthorizationRpcTest = Fixture;

v1::CreatePriorAuthorizationRequest Draft(const std::string& clinic, absl::CivilDay from) {
  v1::CreatePriorAuthorizationRequest request;
  request.set_parent("clinics/" + clinic);
  request.mutable_prior_authorization()->set_patient("clinics/" + clinic + "/patients/pat");
  request.mutable_prior_authorization()->set_program("spravato-trd");
  request.mutable_prior_authorization()->set_kind(v1::AUTHORIZATION_KIND_INITIAL);
  *request.mutable_prior_authorization()->mutable_requested_from() = rpc::ToProto(from);
  return request;
}

TEST_F(AuthorizationRpcTest, APacketHoldsEveryCriterionWithTheEvidenceUsedAndItsAge) {
  SetUpProgram();
  const auto auth = Call(&Stub::CreatePriorAuthorization, Draft(clinic_, today_));
  ASSERT_OK(auth);
  EXPECT_EQ(auth->state(), v1::PriorAuthorization::READY);
  EXPECT_EQ(auth->requested_units().devices(), 23);
  EXPECT_EQ(OpenWork(),
            std::set<std::string>{"AUTHORIZATION_TO_SUBMIT@" + auth->name().substr(auth->name().rfind('/') + 1)});
  v1::GetAuthorizationPacketRequest get;
  get.set_name(auth->packet());
  const auto packet = Call(&Stub::GetAuthorizationPacket, get);
  ASSERT_OK(packet);
  ASSERT_EQ(packet->findings_size(), 2);
  EXPECT_EQ(packet->findings(1).result(), v1::CriterionFinding::MET);
  const v1::Evidence& score = packet->evidence(packet->findings(1).evidence_indexes(0));
  EXPECT_EQ(score.summary(), "PHQ9 21");
  EXPECT_EQ(score.age_days(), 3);
}

TEST_F(AuthorizationRpcTest, GapsAreNamedAndANewPacketClosesThem) {
  SetUpProgram();
  intake_->patients[PatientId("pat")].scores.clear();
  const auto auth = Call(&Stub::CreatePriorAuthorization, Draft(clinic_, today_));
  ASSERT_OK(auth);
  EXPECT_EQ(auth->state(), v1::PriorAuthorization::DRAFT);
  v1::SubmitPriorAuthorizationRequest submit;
  submit.set_name(auth->name());
  submit.mutable_submission()->set_channel(v1::SUBMISSION_CHANNEL_PORTAL);
  submit.mutable_submission()->set_reference_number("R");
  *submit.mutable_submission()->mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  const auto refused = Call(&Stub::SubmitPriorAuthorization, submit);
  ASSERT_ERROR(refused, StatusCode::kFailedPrecondition, "PACKET_INCOMPLETE");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "CRITERION_UNKNOWN");
  intake_->patients[PatientId("pat")].scores = {{"PHQ9", 20, today_, "m2"}};
  v1::AssembleAuthorizationPacketRequest assemble;
  assemble.set_name(auth->name());
  const auto packet = Call(&Stub::AssembleAuthorizationPacket, assemble);
  ASSERT_OK(packet);
  EXPECT_EQ(packet->version(), 2);
  const auto submitted = Call(&Stub::SubmitPriorAuthorization, submit);
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->submission().packet_version(), 2);
  EXPECT_EQ(rpc::FromProto(submitted->decision_due_time()), At(today_ + 16, 0));
}

TEST_F(AuthorizationRpcTest, NothingIsKeptWhereIntakeIsDownOrThePolicyIsMissing) {
  SetUpProgram();
  intake_->down = true;
  EXPECT_ERROR(Call(&Stub::CreatePriorAuthorization, Draft(clinic_, today_)), StatusCode::kUnavailable,
               "PEER_UNAVAILABLE");
  intake_->down = false;
  EXPECT_ERROR(Call(&Stub::CreatePriorAuthorization, Draft(clinic_, Day("2025-12-31"))),
               StatusCode::kFailedPrecondition, "INSURANCE_COVERAGE_MISSING");
  v1::ListPriorAuthorizationsRequest list;
  list.set_parent(Clinic());
  EXPECT_EQ(Call(&Stub::ListPriorAuthorizations, list)->prior_authorizations_size(), 0);
}

TEST_F(AuthorizationRpcTest, ADecisionThatDoesNotComeOpensUrgentWorkAndItsArrivalClosesIt) {
  SetUpProgram();
  const auto auth = Call(&Stub::CreatePriorAuthorization, Draft(clinic_, today_));
  v1::SubmitPriorAuthorizationRequest submit;
  submit.set_name(auth->name());
  submit.mutable_submission()->set_channel(v1::SUBMISSION_CHANNEL_PHONE);
  submit.mutable_submission()->set_representative_name("R. Lee");
  *submit.mutable_submission()->mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  ASSERT_OK(Call(&Stub::SubmitPriorAuthorization, submit));
  TurnTo(today_ + 16);
  EXPECT_GE(RunJobs(), 1);
  const auto events = service_->Events(clinic_);
  EXPECT_EQ(events.back().type(), "prior_authorization.decision_overdue");
  EXPECT_EQ(events.back().work().urgency(), common::v1::WorkSignal::URGENT);
  v1::RecordAuthorizationDecisionRequest decide;
  decide.set_name(auth->name());
  decide.mutable_decision()->set_outcome(v1::Decision::DENIED);
  decide.mutable_decision()->add_reasons(v1::Decision::INSUFFICIENT_TRIALS);
  *decide.mutable_decision()->mutable_decide_time() = rpc::ToProto(service_->clock().Now());
  const auto denied = Call(&Stub::RecordAuthorizationDecision, decide);
  ASSERT_OK(denied);
  EXPECT_EQ(rpc::FromProto(denied->response_due_time()), At(today_ + 16 + 181, 0));
  EXPECT_EQ(OpenWork(),
            std::set<std::string>{"AUTHORIZATION_DENIED@" + auth->name().substr(auth->name().rfind('/') + 1)});
}

TEST_F(AuthorizationRpcTest, EightSessionsFitIntoTwentyThreeDevicesAndOneTooManyIsRefusedSayingWhatIsLeft) {
  SetUpProgram();
  const std::string auth = Approve(std::nullopt, 23);
  Book(8);
  EXPECT_EQ(Read(auth).reserved().devices(), 23);
  const auto refused = CallAsPeer(&Stub::ReserveCoverage, Booking(1, 9), "scheduling");
  ASSERT_ERROR(refused, StatusCode::kFailedPrecondition, "COVERAGE_UNMET");
  const PreconditionViolation unmet = GetErrorDetail(refused.status())->preconditions.at(0);
  EXPECT_EQ(unmet.type, "AUTHORIZATION_UNITS_EXCEEDED");
  EXPECT_EQ(unmet.subject, auth);
  EXPECT_NE(unmet.description.find("has 0 devices left"), std::string::npos) << unmet.description;
  v1::ForecastUnitsRequest forecast;
  forecast.set_parent(Clinic());
  forecast.set_patient(Name("patients/pat"));
  forecast.set_program("spravato-trd");
  *forecast.mutable_visits() = Booking(1, 9).visits();
  const auto told = Call(&Stub::ForecastUnits, forecast);
  ASSERT_OK(told);
  EXPECT_EQ(told->first_uncovered_visit(), "dose-9");
  EXPECT_EQ(*rpc::FromProto(told->renewal_request_date(), ""), today_ + 25 - 10);
}

TEST_F(AuthorizationRpcTest, AReservationThatNobodyConfirmsGivesItsUnitsBack) {
  SetUpProgram();
  const std::string auth = Approve(3, std::nullopt);
  const auto held = CallAsPeer(&Stub::ReserveCoverage, Booking(3), "scheduling");
  ASSERT_OK(held);
  EXPECT_EQ(Read(auth).reserved().visits(), 3);
  service_->clock().Advance(absl::Minutes(11));
  RunJobs();
  EXPECT_EQ(Read(auth).reserved().visits(), 0);
  v1::ReleaseCoverageReservationRequest release;
  release.set_name(held->name());
  const auto ended = CallAsPeer(&Stub::ReleaseCoverageReservation, release, "scheduling");
  ASSERT_OK(ended);
  EXPECT_EQ(ended->state(), v1::CoverageReservation::EXPIRED);
  v1::ReserveCoverageRequest late = Booking(1);
  *late.mutable_expire_time() = rpc::ToProto(service_->clock().Now() + absl::Hours(25));
  EXPECT_ERROR(CallAsPeer(&Stub::ReserveCoverage, late, "scheduling"), StatusCode::kInvalidArgument);
}

TEST_F(AuthorizationRpcTest, ASecondTryToBookTheSameVisitsTakesOverTheUnitsOfTheFirst) {
  SetUpProgram();
  const std::string auth = Approve(3, std::nullopt);
  ASSERT_OK(CallAsPeer(&Stub::ReserveCoverage, Booking(3), "scheduling"));
  ASSERT_OK(CallAsPeer(&Stub::ReserveCoverage, Booking(3), "scheduling"));
  EXPECT_EQ(Read(auth).reserved().visits(), 3);
  Book(3);
  EXPECT_EQ(Read(auth).reserved().visits(), 3);
  service_->clock().Advance(absl::Minutes(11));
  RunJobs();
  EXPECT_EQ(Read(auth).reserved().visits(), 3);
}

TEST_F(AuthorizationRpcTest, AReplayReturnsTheFirstReservationAndHoldsNothingTwice) {
  SetUpProgram();
  const std::string auth = Approve(10, std::nullopt);
  v1::ReserveCoverageRequest booking = Booking(2);
  booking.set_request_id("booking-1");
  const auto first = CallAsPeer(&Stub::ReserveCoverage, booking, "scheduling");
  const auto again = CallAsPeer(&Stub::ReserveCoverage, booking, "scheduling");
  ASSERT_OK(again);
  EXPECT_EQ(first->name(), again->name());
  EXPECT_EQ(Read(auth).reserved().visits(), 2);
  booking.mutable_visits()->RemoveLast();
  EXPECT_ERROR(CallAsPeer(&Stub::ReserveCoverage, booking, "scheduling"), StatusCode::kAlreadyExists,
               "REQUEST_ID_REUSED");
}

TEST_F(AuthorizationRpcTest, ACancelledVisitGivesItsUnitsBackAndAMovedOneOutsideTheDatesOpensWorkInTimeForARenewal) {
  SetUpProgram();
  const std::string auth = Approve(8, std::nullopt);
  Book(3);
  ASSERT_OK(Deliver("appointment.cancelled", Name("appointments/appt-3"), {}, 2));
  ASSERT_OK(Deliver("appointment.cancelled", Name("appointments/appt-3"), {}, 2));
  EXPECT_EQ(Read(auth).reserved().visits(), 2);
  domain::Appointment& moved = scheduling_->appointments[domain::AppointmentId("appt-2")];
  moved.start_at = At(today_ + 120, 10);
  moved.version = 2;
  ASSERT_OK(Deliver("appointment.moved", Name("appointments/appt-2"), {}, 2));
  EXPECT_EQ(Read(auth).reserved().visits(), 1);
  EXPECT_TRUE(OpenWork().empty());
  moved.start_at = At(today_ + 95, 10);
  moved.version = 3;
  TurnTo(today_ + 86);  // the payer takes 10 days
  ASSERT_OK(Deliver("appointment.moved", Name("appointments/appt-2"), {}, 3));
  EXPECT_EQ(OpenWork().count("VISIT_UNCOVERED@appt-2"), 1u);
  moved.start_at = At(today_ + 88, 10);
  moved.version = 4;
  ASSERT_OK(Deliver("appointment.moved", Name("appointments/appt-2"), {}, 4));
  EXPECT_EQ(Read(auth).reserved().visits(), 2);
  EXPECT_EQ(OpenWork().count("VISIT_UNCOVERED@appt-2"), 0u);
}

TEST_F(AuthorizationRpcTest, ATerminatedAuthorizationUncoversItsVisitsAndTheNextOneCoversThem) {
  SetUpProgram();
  const std::string auth = Approve(8, std::nullopt);
  Book(2);
  v1::TerminatePriorAuthorizationRequest terminate;
  terminate.set_name(auth);
  terminate.set_reason("coverage ended");
  terminate.set_etag("stale");
  EXPECT_ERROR(Call(&Stub::TerminatePriorAuthorization, terminate), StatusCode::kAborted, "ETAG_MISMATCH");
  terminate.set_etag(Read(auth).etag());
  ASSERT_OK(Call(&Stub::TerminatePriorAuthorization, terminate));
  EXPECT_EQ(OpenWork(), (std::set<std::string>{"VISIT_UNCOVERED@appt-1", "VISIT_UNCOVERED@appt-2"}));
  const std::string next = Approve(8, std::nullopt);
  EXPECT_TRUE(OpenWork().empty());
  EXPECT_EQ(Read(next).reserved().visits(), 2);
}

TEST_F(AuthorizationRpcTest, CheckInWantsCoverageEnrollmentAndDrugOnHand) {
  SetUpProgram();
  Approve(8, std::nullopt);
  Book(1);
  TurnTo(today_ + 1);
  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_course(Name("courses/course"));
  ask.set_program("spravato-trd");
  *ask.mutable_visits() = Booking(1).visits();
  auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_OK(decision);
  EXPECT_TRUE(decision->satisfied()) << decision->DebugString();
  v1::RecordStockEventRequest drop;
  drop.set_parent(Name("stockLots/l1"));
  drop.mutable_stock_event()->set_kind(v1::StockEvent::QUARANTINED);
  drop.mutable_stock_event()->set_quantity(29);
  drop.mutable_stock_event()->set_reason("recall");
  *drop.mutable_stock_event()->mutable_occur_time() = rpc::ToProto(service_->clock().Now());
  ASSERT_OK(Call(&Stub::RecordStockEvent, drop, ROLE_NURSE));
  decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  EXPECT_FALSE(decision->satisfied());
  v1::SuspendRemsSettingRequest suspend;
  suspend.set_name(Name("remsSettings/main"));
  *suspend.mutable_suspended_from() = rpc::ToProto(today_);
  ASSERT_OK(Call(&Stub::SuspendRemsSetting, suspend, ROLE_CLINIC_ADMIN));
  decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  std::set<std::string> unmet;
  for (const auto& c : decision->conditions()) {
    if (c.state() == common::v1::Condition::UNMET) unmet.insert(c.code());
  }
  EXPECT_EQ(unmet, (std::set<std::string>{"DRUG_STOCK_MISSING", "REMS_SETTING_NOT_CERTIFIED"}));
}

TEST_F(AuthorizationRpcTest, ASelfPayPatientAndAProgramWithoutARuleNeedNoAuthorization) {
  SetUpProgram();
  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_course(Name("courses/course"));
  ask.set_program("iv-ketamine");
  *ask.mutable_visits() = Booking(2).visits();
  auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  EXPECT_EQ(decision->requirement(), v1::REQUIREMENT_NOT_REQUIRED);
  EXPECT_TRUE(decision->satisfied());
  ASSERT_EQ(decision->conditions_size(), 1);
  EXPECT_EQ(decision->conditions(0).code(), "PROGRAM_RULE_MISSING");
  EXPECT_EQ(decision->conditions(0).state(), common::v1::Condition::WARNING);
  EXPECT_EQ(decision->conditions(0).subject(), Name("programRules/iv-ketamine"));
  v1::ElectSelfPayRequest elect;
  elect.set_parent(Clinic());
  elect.mutable_self_pay_election()->set_patient(Name("patients/pat"));
  elect.mutable_self_pay_election()->set_program("spravato-trd");
  *elect.mutable_self_pay_election()->mutable_effective_from() = rpc::ToProto(today_);
  ASSERT_OK(Call(&Stub::ElectSelfPay, elect));
  EXPECT_ERROR(Call(&Stub::ElectSelfPay, elect), StatusCode::kAlreadyExists, "SELF_PAY_OVERLAPS");
  ask.set_program("spravato-trd");
  decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  EXPECT_EQ(decision->requirement(), v1::REQUIREMENT_NOT_REQUIRED);
}

TEST_F(AuthorizationRpcTest, AVisitOutsideACourseIsAskedAboutWithoutAVisitIdAndADosingVisitIsNot) {
  SetUpProgram();
  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_program("spravato-trd");
  for (int i = 0; i < 2; ++i) {
    ask.add_visits()->set_visit_type("consult");
    *ask.mutable_visits(i)->mutable_date() = rpc::ToProto(today_ + i);
  }
  const auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_OK(decision);
  EXPECT_TRUE(decision->satisfied());
  EXPECT_EQ(decision->conditions_size(), 0);
  ask.mutable_visits(1)->set_session_number(1);
  const auto refused = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_ERROR(refused, StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(refused.status())->fields.at(0).field, "visits[1].visit_id");
}

TEST_F(AuthorizationRpcTest, AWeeklyLimitThatBlocksRefusesTheBookingThatGoesBeyondIt) {
  SetUpProgram();
  v1::CreatePayerPolicyRequest policy;
  policy.set_parent(Name("payers/harbor"));
  policy.mutable_payer_policy()->set_program("spravato-trd");
  policy.mutable_payer_policy()->set_title("With a limit");
  *policy.mutable_payer_policy()->mutable_effective_from() = rpc::ToProto(today_ - 1);
  policy.mutable_payer_policy()->set_authorization_required(true);
  policy.mutable_payer_policy()->mutable_initial()->mutable_duration()->set_months(3);
  policy.mutable_payer_policy()->mutable_renewal()->mutable_duration()->set_months(3);
  policy.mutable_payer_policy()->set_weekly_limit_blocks(true);
  EXPECT_ERROR(Call(&Stub::CreatePayerPolicy, policy, ROLE_CLINIC_ADMIN), StatusCode::kInvalidArgument,
               "FIELD_INVALID");
  policy.mutable_payer_policy()->mutable_weekly_limit()->set_drug_mg(168);
  const auto created = Call(&Stub::CreatePayerPolicy, policy, ROLE_CLINIC_ADMIN);
  ASSERT_OK(created);
  v1::GetPayerPolicyRequest get;
  get.set_name(created->name());
  EXPECT_TRUE(Call(&Stub::GetPayerPolicy, get)->weekly_limit_blocks());
  const std::string auth = Approve(8, std::nullopt);
  // Every third day: 56, 84 and 84 mg in the first seven days.
  const auto refused = CallAsPeer(&Stub::ReserveCoverage, Booking(3), "scheduling");
  ASSERT_ERROR(refused, StatusCode::kFailedPrecondition, "COVERAGE_UNMET");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.at(0).type, "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED");
  EXPECT_EQ(Read(auth).reserved().visits(), 0);
  ASSERT_OK(CallAsPeer(&Stub::ReserveCoverage, Booking(2), "scheduling"));
  // Where else they could stand, and how far apart the three of them would have to.
  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_course(Booking(3).course());
  ask.set_program("spravato-trd");
  *ask.mutable_visits() = Booking(3).visits();
  EXPECT_EQ(CallAsPeer(&Stub::GetCoverage, ask, "scheduling")->other_days_size(), 0);
  *ask.mutable_other_days()->mutable_from() = rpc::ToProto(today_ - 10);
  *ask.mutable_other_days()->mutable_until() = rpc::ToProto(today_ + 356);
  const auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_OK(decision);
  ASSERT_EQ(decision->other_days_size(), 3);
  EXPECT_EQ(decision->other_days(2).visit_id(), "dose-3");
  ASSERT_EQ(decision->other_days(2).days_size(), 1);
  EXPECT_EQ(decision->other_days(2).days(0).SerializeAsString(), Read(auth).valid().SerializeAsString());
  ASSERT_EQ(decision->spacings_size(), 1);
  EXPECT_EQ(decision->spacings(0).from_visit(), "dose-1");
  EXPECT_EQ(decision->spacings(0).to_visit(), "dose-3");
  EXPECT_EQ(decision->spacings(0).min_days(), 7);
  *ask.mutable_other_days()->mutable_until() = rpc::ToProto(today_ + 357);
  const auto too_long = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_ERROR(too_long, StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(too_long.status())->fields.at(0).field, "other_days.until");
}

TEST_F(AuthorizationRpcTest, ANewPolicyEndsTheOpenOneAndARunningAuthorizationKeepsItsOwn) {
  SetUpProgram();
  const std::string auth = Approve(8, std::nullopt);
  v1::CreatePayerPolicyRequest policy;
  policy.set_parent(Name("payers/harbor"));
  policy.mutable_payer_policy()->set_program("spravato-trd");
  policy.mutable_payer_policy()->set_title("Next");
  *policy.mutable_payer_policy()->mutable_effective_from() = rpc::ToProto(today_ + 10);
  policy.mutable_payer_policy()->set_authorization_required(true);
  policy.mutable_payer_policy()->mutable_initial()->mutable_duration()->set_months(6);
  policy.mutable_payer_policy()->mutable_renewal()->mutable_duration()->set_months(6);
  EXPECT_ERROR(Call(&Stub::CreatePayerPolicy, policy, ROLE_BILLER), StatusCode::kPermissionDenied);
  const auto next = Call(&Stub::CreatePayerPolicy, policy, ROLE_CLINIC_ADMIN);
  ASSERT_OK(next);
  EXPECT_EQ(next->version(), 2);
  v1::ListPayerPoliciesRequest list;
  list.set_parent(Name("payers/harbor"));
  list.set_page_size(1);
  auto page = Call(&Stub::ListPayerPolicies, list);
  ASSERT_OK(page);
  EXPECT_EQ(page->payer_policies(0).name(), next->name());
  list.set_page_token(page->next_page_token());
  page = Call(&Stub::ListPayerPolicies, list);
  EXPECT_EQ(*rpc::FromProto(page->payer_policies(0).effective_until(), ""), today_ + 10);
  EXPECT_TRUE(page->next_page_token().empty());
  v1::ListPolicyDifferencesRequest differences;
  differences.set_parent(Clinic());
  *differences.mutable_as_of_date() = rpc::ToProto(today_ + 11);
  const auto told = Call(&Stub::ListPolicyDifferences, differences);
  ASSERT_OK(told);
  ASSERT_EQ(told->differences_size(), 1);
  EXPECT_EQ(told->differences(0).prior_authorization(), auth);
  EXPECT_EQ(told->differences(0).changes_size(), 3);
}

TEST_F(AuthorizationRpcTest, AnotherClinicsNamesAndStrangersAreRefused) {
  SetUpProgram();
  const std::string auth = Approve(8, std::nullopt);
  clinic_ = service_->NewClinic();
  v1::GetPriorAuthorizationRequest get;
  get.set_name(auth);
  EXPECT_FALSE(Call(&Stub::GetPriorAuthorization, get).ok());
  get.set_name(Name("priorAuthorizations/" + auth.substr(auth.rfind('/') + 1)));
  EXPECT_ERROR(Call(&Stub::GetPriorAuthorization, get), StatusCode::kNotFound);
  grpc::ClientContext nobody;
  v1::PriorAuthorization response;
  EXPECT_EQ(stub_->GetPriorAuthorization(&nobody, get, &response).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace kat::authorization::api
