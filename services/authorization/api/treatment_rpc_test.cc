#include "services/authorization/api/fixture.h"

namespace kat::authorization::api {
namespace {

using absl::StatusCode;
using common::v1::ROLE_ASSISTANT;
using common::v1::ROLE_CLINIC_ADMIN;
using common::v1::ROLE_NURSE;

using TreatmentRpcTest = Fixture;

v1::MonitoringForm FormOf(const v1::ListMonitoringFormsResponse& forms) {
  EXPECT_EQ(forms.monitoring_forms_size(), 1);
  return forms.monitoring_forms_size() > 0 ? forms.monitoring_forms(0) : v1::MonitoringForm();
}

v1::ListMonitoringFormsRequest OfAppointment(const std::string& clinic, const std::string& appointment) {
  v1::ListMonitoringFormsRequest request;
  request.set_parent("clinics/" + clinic);
  request.set_appointment("clinics/" + clinic + "/appointments/" + appointment);
  return request;
}

TEST_F(TreatmentRpcTest, ATreatmentCountsItsActualDoseTakesItsLotAndPreparesTheForm) {
  SetUpProgram();
  const std::string auth = Approve(8, 23);
  Book(3);
  EXPECT_EQ(Read(auth).reserved().devices(), 2 + 3 + 3);
  ASSERT_OK(Deliver("treatment.started", Name("appointments/appt-1")));
  EXPECT_EQ(FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1"))).state(),
            v1::MonitoringForm::NOT_DUE);
  Treat(1, 2);
  v1::PriorAuthorization read = Read(auth);
  EXPECT_EQ(read.consumed().devices(), 2);
  EXPECT_EQ(read.consumed().drug_mg(), 56);
  EXPECT_EQ(read.reserved().devices(), 6);
  Treat(2, 2);  // 56 mg where 84 were planned
  read = Read(auth);
  EXPECT_EQ(read.consumed().devices(), 4);
  EXPECT_EQ(read.reserved().devices(), 3);
  v1::GetStockLotRequest lot;
  lot.set_name(Name("stockLots/l1"));
  EXPECT_EQ(Call(&Stub::GetStockLot, lot)->on_hand(), 26);

  const auto form = FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1")));
  EXPECT_EQ(form.state(), v1::MonitoringForm::READY);
  EXPECT_EQ(rpc::FromProto(form.due_time()), At(today_ + 1 + 8, 0));
  EXPECT_EQ(form.content().dose_mg(), 56);
  EXPECT_TRUE(form.content().first_treatment());
  EXPECT_EQ(form.content().lots(0), "L1");
  EXPECT_EQ(form.content().rems_patient_id(), "P-1");
  EXPECT_FALSE(form.content().concomitant(0).taken());
  EXPECT_FALSE(FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-2"))).content().first_treatment());
}

TEST_F(TreatmentRpcTest, TheSameTreatmentToldTwiceCountsOnce) {
  SetUpProgram();
  const std::string auth = Approve(8, 23);
  Book(1);
  Treat(1, 2);
  ASSERT_OK(Deliver("treatment.completed", Name("appointments/appt-1"), {}, 2));
  EXPECT_EQ(Read(auth).consumed().devices(), 2);
  v1::ListStockEventsRequest ledger;
  ledger.set_parent(Name("stockLots/-"));
  ledger.set_appointment(Name("appointments/appt-1"));
  EXPECT_EQ(Call(&Stub::ListStockEvents, ledger)->stock_events_size(), 1);
}

TEST_F(TreatmentRpcTest, TheStockLedgerIsReadByLotOrForAllLotsAndNeverForAnotherClinic) {
  SetUpProgram();
  Approve(8, 23);
  Book(1);
  Treat(1, 2);
  v1::ListStockEventsRequest ledger;
  for (const char* lot : {"stockLots/l1", "stockLots/-"}) {
    ledger.set_parent(Name(lot));
    EXPECT_EQ(Call(&Stub::ListStockEvents, ledger)->stock_events_size(), 2) << lot;  // received, administered
  }
  const std::string own = Clinic();
  clinic_ = service_->NewClinic();
  for (const char* lot : {"/stockLots/l1", "/stockLots/-"}) {
    ledger.set_parent(own + lot);
    EXPECT_ERROR(Call(&Stub::ListStockEvents, ledger), StatusCode::kPermissionDenied, "OTHER_CLINIC") << lot;
  }
  ledger.set_parent(Name("stockLots/-"));
  EXPECT_EQ(Call(&Stub::ListStockEvents, ledger)->stock_events_size(), 0);
  ledger.set_parent("clinics/-/stockLots/-");
  EXPECT_ERROR(Call(&Stub::ListStockEvents, ledger), StatusCode::kInvalidArgument, "FIELD_INVALID");
}

TEST_F(TreatmentRpcTest, TheFormIsSentWithEvidenceAndItsWorkRisesUntilThen) {
  SetUpProgram();
  Approve(8, 23);
  Book(1);
  Treat(1, 2);
  v1::MonitoringForm form = FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1")));
  const std::string id = form.name().substr(form.name().rfind('/') + 1);
  EXPECT_EQ(OpenWork().count("MONITORING_FORM_DUE@" + id), 1u);
  TurnTo(today_ + 1 + 3);
  EXPECT_GE(RunJobs(), 1);
  EXPECT_EQ(service_->Events(clinic_).back().work().urgency(), common::v1::WorkSignal::SOON);
  TurnTo(today_ + 1 + 7);
  RunJobs();
  EXPECT_EQ(service_->Events(clinic_).back().work().urgency(), common::v1::WorkSignal::URGENT);
  v1::MarkMonitoringFormSubmittedRequest submit;
  submit.set_name(form.name());
  submit.set_channel(v1::SUBMISSION_CHANNEL_PORTAL);
  submit.set_confirmation("PMF-1");
  submit.set_evidence_document(Name("patients/pat/documents/d1"));
  *submit.mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  submit.set_etag("stale");
  EXPECT_ERROR(Call(&Stub::MarkMonitoringFormSubmitted, submit, ROLE_NURSE), StatusCode::kAborted, "ETAG_MISMATCH");
  submit.clear_etag();
  const auto submitted = Call(&Stub::MarkMonitoringFormSubmitted, submit, ROLE_NURSE);
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->state(), v1::MonitoringForm::SUBMITTED);
  EXPECT_EQ(submitted->submitted_by(), "tester");
  EXPECT_EQ(OpenWork().count("MONITORING_FORM_DUE@" + id), 0u);
  v1::RecordMonitoringFormResponseRequest answer;
  answer.set_name(form.name());
  answer.set_correction_note("lot");
  ASSERT_OK(Call(&Stub::RecordMonitoringFormResponse, answer, ROLE_NURSE));
  EXPECT_EQ(OpenWork().count("MONITORING_FORM_DUE@" + id), 1u);
}

TEST_F(TreatmentRpcTest, ASessionThatBeganAndIsNotCompletedRaisesItsFormAndOneWithoutADoseClosesIt) {
  SetUpProgram();
  Approve(8, 23);
  Book(2);
  ASSERT_OK(Deliver("treatment.started", Name("appointments/appt-1")));
  ASSERT_OK(Deliver("treatment.started", Name("appointments/appt-2")));
  const auto form = FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1")));
  const std::string work = "MONITORING_FORM_DUE@" + form.name().substr(form.name().rfind('/') + 1);
  EXPECT_EQ(OpenWork().count(work), 0u);
  ASSERT_OK(Deliver("appointment.cancelled", Name("appointments/appt-2"), {}, 2));  // ended without treatment
  TurnTo(today_ + 1 + 3);
  RunJobs();
  EXPECT_EQ(OpenWork(), std::set<std::string>{work});
  EXPECT_EQ(FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-2"))).state(),
            v1::MonitoringForm::NOT_REQUIRED);
  Treat(1, 2);
  EXPECT_EQ(FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1"))).state(),
            v1::MonitoringForm::READY);
  EXPECT_EQ(OpenWork().count(work), 1u);  // to be sent now
}

TEST_F(TreatmentRpcTest, ASessionLateInTheEveningBelongsToTheClinicsDay) {
  clinic_ = service_->NewClinic("America/Los_Angeles");
  SetUpProgram();
  const std::string auth = Approve(8, 23);
  Book(1);
  const absl::TimeZone zone = *LoadZone("America/Los_Angeles");
  domain::Appointment& appointment = scheduling_->appointments[domain::AppointmentId("appt-1")];
  appointment.start_at = InstantOf(today_ + 1, 20 * 60, zone);  // 04:00 of the next day in UTC
  Treat(1, 2);
  EXPECT_EQ(intake_->asked_as_of, today_ + 1);
  const auto form = FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1")));
  EXPECT_EQ(*rpc::FromProto(form.session_date(), ""), today_ + 1);
  EXPECT_EQ(rpc::FromProto(form.due_time()), InstantOf(today_ + 1 + 8, 0, zone));
  intake_->asked_as_of = absl::CivilDay();
  v1::PrepareMonitoringFormRequest prepare;
  prepare.set_name(form.name());
  ASSERT_OK(Call(&Stub::PrepareMonitoringForm, prepare, ROLE_NURSE));
  EXPECT_EQ(intake_->asked_as_of, today_ + 1);

  v1::GetCoverageRequest ask;
  ask.set_parent(Clinic());
  ask.set_patient(Name("patients/pat"));
  ask.set_course(Name("courses/course"));
  ask.set_program("spravato-trd");
  *ask.mutable_visits() = Booking(1, 2).visits();
  const auto decision = CallAsPeer(&Stub::GetCoverage, ask, "scheduling");
  ASSERT_OK(decision);
  bool told = false;
  for (const common::v1::Condition& condition : decision->conditions()) {
    if (condition.code() != "AUTHORIZATION_COVERS_VISITS") continue;
    told = true;
    EXPECT_EQ(rpc::FromProto(condition.expire_time()), InstantOf(today_ + 90, 0, zone));
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(Read(auth).consumed().devices(), 2);
}

TEST_F(TreatmentRpcTest, AMissingFieldIsNamedAndPreparingAgainAfterTheRecordIsCompletedMakesTheFormReady) {
  SetUpProgram();
  Approve(8, 23);
  Book(1);
  intake_->patients.clear();  // intake does not know what is taken
  Treat(1, 2);
  v1::MonitoringForm form = FormOf(*Call(&Stub::ListMonitoringForms, OfAppointment(clinic_, "appt-1")));
  EXPECT_EQ(form.state(), v1::MonitoringForm::DRAFT);
  ASSERT_EQ(form.missing_fields_size(), 1);
  EXPECT_EQ(form.missing_fields(0), "concomitant");
  v1::MarkMonitoringFormSubmittedRequest submit;
  submit.set_name(form.name());
  submit.set_channel(v1::SUBMISSION_CHANNEL_FAX);
  submit.set_confirmation("F");
  *submit.mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  EXPECT_ERROR(Call(&Stub::MarkMonitoringFormSubmitted, submit), StatusCode::kFailedPrecondition, "FORM_INCOMPLETE");
  intake_->patients[PatientId("pat")].medications = {{"phenelzine", "maoi", std::nullopt}};
  v1::PrepareMonitoringFormRequest prepare;
  prepare.set_name(form.name());
  const auto prepared = Call(&Stub::PrepareMonitoringForm, prepare, ROLE_NURSE);
  ASSERT_OK(prepared);
  EXPECT_EQ(prepared->state(), v1::MonitoringForm::READY);
  EXPECT_TRUE(prepared->content().concomitant(0).taken());
}

TEST_F(TreatmentRpcTest, WhatTheCabinetDoesNotHaveOpensWorkAndUnitsBeyondTheAuthorizedOnesAreOverrun) {
  SetUpProgram();
  const std::string auth = Approve(std::nullopt, 2);
  Book(1);
  v1::CountStockRequest count;
  count.set_parent(Clinic());
  count.mutable_stock_count()->set_count_kind(v1::StockCount::AD_HOC);
  count.mutable_stock_count()->set_witness("Ben Adler");
  *count.mutable_stock_count()->mutable_count_time() = rpc::ToProto(service_->clock().Now());
  count.mutable_stock_count()->add_lines()->set_stock_lot(Name("stockLots/l1"));
  count.mutable_stock_count()->mutable_lines(0)->set_counted(2);
  const auto counted = Call(&Stub::CountStock, count, ROLE_NURSE);
  ASSERT_OK(counted);
  EXPECT_EQ(counted->discrepancies(), 1);
  EXPECT_EQ(counted->lines(0).expected(), 30);
  EXPECT_EQ(OpenWork().count("STOCK_DISCREPANCY@l1"), 1u);
  Treat(1, 3);
  const v1::PriorAuthorization read = Read(auth);
  EXPECT_EQ(read.consumed().devices(), 2);
  EXPECT_EQ(read.overrun().devices(), 1);
  EXPECT_EQ(read.state(), v1::PriorAuthorization::EXHAUSTED);
  const std::string id = auth.substr(auth.rfind('/') + 1);
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_UNITS_OVERRUN@" + id), 1u);
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_RENEWAL@" + id), 1u);
  v1::RecordAuthorizationDecisionRequest more;  // the payer extends it afterwards
  more.set_name(auth);
  more.mutable_decision()->set_outcome(v1::Decision::APPROVED_MODIFIED);
  more.mutable_decision()->set_number("PA-1");
  *more.mutable_decision()->mutable_valid() = read.valid();
  more.mutable_decision()->mutable_units()->set_devices(10);
  *more.mutable_decision()->mutable_decide_time() = rpc::ToProto(service_->clock().Now());
  const auto extended = Call(&Stub::RecordAuthorizationDecision, more);
  ASSERT_OK(extended);
  EXPECT_EQ(extended->consumed().devices(), 3);
  EXPECT_EQ(extended->overrun().devices(), 0);
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_UNITS_OVERRUN@" + id), 0u);
  v1::ListStockMismatchesRequest list;
  list.set_parent(Clinic());
  const auto mismatches = Call(&Stub::ListStockMismatches, list);
  ASSERT_EQ(mismatches->stock_mismatches_size(), 1);
  EXPECT_EQ(mismatches->stock_mismatches(0).cause(), v1::StockMismatch::QUANTITY_SHORT);
  EXPECT_EQ(mismatches->stock_mismatches(0).quantity(), 1);
  v1::ResolveStockMismatchRequest resolve;
  resolve.set_name(mismatches->stock_mismatches(0).name());
  resolve.set_resolution("found in the second drawer; counted again");
  ASSERT_OK(Call(&Stub::ResolveStockMismatch, resolve, ROLE_NURSE));
  EXPECT_ERROR(Call(&Stub::ResolveStockMismatch, resolve, ROLE_NURSE), StatusCode::kFailedPrecondition,
               "STATE_FORBIDS");
}

TEST_F(TreatmentRpcTest, ASessionWithoutAnAuthorizationStaysOpenWorkUntilALaterDecisionReachesBackToIt) {
  SetUpProgram();
  const domain::AppointmentId id("appt-1");
  scheduling_->appointments[id] = {.id = id,
                                   .patient = PatientId("pat"),
                                   .course = domain::CourseId("course"),
                                   .program = "spravato-trd",
                                   .visit_id = "dose-1",
                                   .session_number = 1,
                                   .start_at = At(today_ + 1, 10),
                                   .state = domain::Appointment::State::kCompleted,
                                   .version = 1};
  Treat(1, 2);
  v1::GetClaimAuthorizationRequest ask;
  ask.set_parent(Clinic());
  ask.set_appointment(Name("appointments/appt-1"));
  auto claim = CallAsPeer(&Stub::GetClaimAuthorization, ask, "billing");
  ASSERT_OK(claim);
  EXPECT_EQ(claim->requirement(), v1::REQUIREMENT_REQUIRED);
  EXPECT_TRUE(claim->number().empty());
  EXPECT_EQ(claim->overrun().devices(), 2);
  EXPECT_EQ(OpenWork().count("VISIT_UNCOVERED@appt-1"), 1u);
  Approve(8, 23);
  EXPECT_EQ(OpenWork().count("VISIT_UNCOVERED@appt-1"), 0u);
  claim = CallAsPeer(&Stub::GetClaimAuthorization, ask, "billing");
  EXPECT_EQ(claim->number(), "PA-1");
  EXPECT_EQ(claim->units().devices(), 2);
  EXPECT_EQ(claim->overrun().devices(), 0);
}

TEST_F(TreatmentRpcTest, AClaimLearnsNumberUnitsAndHowTheRemsStands) {
  SetUpProgram();
  const std::string auth = Approve(8, 23);
  Book(1);
  v1::GetClaimAuthorizationRequest ask;
  ask.set_parent(Clinic());
  ask.set_appointment(Name("appointments/appt-1"));
  auto claim = CallAsPeer(&Stub::GetClaimAuthorization, ask, "billing");
  ASSERT_OK(claim);
  EXPECT_FALSE(claim->consumed());
  Treat(1, 2);
  claim = CallAsPeer(&Stub::GetClaimAuthorization, ask, "billing");
  ASSERT_OK(claim);
  EXPECT_EQ(claim->number(), "PA-1");
  EXPECT_EQ(claim->member_id(), "M-1");
  EXPECT_EQ(claim->electronic_payer_id(), "HM001");
  EXPECT_EQ(claim->units().drug_mg(), 56);
  EXPECT_TRUE(claim->consumed());
  EXPECT_TRUE(claim->rems_setting_certified());
  EXPECT_TRUE(claim->rems_patient_enrolled());
  EXPECT_FALSE(claim->monitoring_form_submitted());
  EXPECT_TRUE(claim->drug_supplied_by_clinic());
}

TEST_F(TreatmentRpcTest, RenewalWorkOpensOnTheClinicsDaysAndTheRenewalsPacketShowsTheResponse) {
  SetUpProgram();
  v1::CreatePriorAuthorizationRequest renewal;
  const std::string auth = Approve(30, std::nullopt);
  const std::string id = auth.substr(auth.rfind('/') + 1);
  Book(1);
  Treat(1, 2);
  TurnTo(today_ + 90 - 31);
  RunJobs();
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_RENEWAL@" + id), 0u);
  TurnTo(today_ + 90 - 30);
  EXPECT_GE(RunJobs(), 1);
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_RENEWAL@" + id), 1u);
  EXPECT_EQ(Read(auth).state(), v1::PriorAuthorization::EXPIRING);
  renewal.set_parent(Clinic());
  renewal.mutable_prior_authorization()->set_patient(Name("patients/pat"));
  renewal.mutable_prior_authorization()->set_program("spravato-trd");
  renewal.mutable_prior_authorization()->set_kind(v1::AUTHORIZATION_KIND_RENEWAL);
  *renewal.mutable_prior_authorization()->mutable_requested_from() = rpc::ToProto(today_ + 90);
  EXPECT_ERROR(Call(&Stub::CreatePriorAuthorization, renewal), StatusCode::kInvalidArgument);
  renewal.mutable_prior_authorization()->set_previous(auth);
  const auto next = Call(&Stub::CreatePriorAuthorization, renewal);
  ASSERT_OK(next);
  EXPECT_EQ(OpenWork().count("AUTHORIZATION_RENEWAL@" + id), 0u);
  v1::GetAuthorizationPacketRequest get;
  get.set_name(next->packet());
  const auto packet = Call(&Stub::GetAuthorizationPacket, get);
  EXPECT_EQ(packet->sessions_completed(), 1);
  TurnTo(today_ + 90);
  RunJobs();
  EXPECT_EQ(Read(auth).state(), v1::PriorAuthorization::EXPIRED);
}

TEST_F(TreatmentRpcTest, TheLedgerRefusesWhatItsRulesForbid) {
  SetUpProgram();
  v1::RecordStockEventRequest event;
  event.set_parent(Name("stockLots/l1"));
  event.mutable_stock_event()->set_kind(v1::StockEvent::WASTED);
  event.mutable_stock_event()->set_quantity(31);
  event.mutable_stock_event()->set_witness("Ben Adler");
  *event.mutable_stock_event()->mutable_occur_time() = rpc::ToProto(service_->clock().Now());
  EXPECT_ERROR(Call(&Stub::RecordStockEvent, event, ROLE_ASSISTANT), StatusCode::kPermissionDenied);
  EXPECT_ERROR(Call(&Stub::RecordStockEvent, event, ROLE_NURSE), StatusCode::kFailedPrecondition, "STOCK_SHORT");
  event.mutable_stock_event()->set_quantity(1);
  event.mutable_stock_event()->set_witness("tester");
  EXPECT_ERROR(Call(&Stub::RecordStockEvent, event, ROLE_NURSE), StatusCode::kInvalidArgument, "FIELD_INVALID");
  event.mutable_stock_event()->set_witness("Ben Adler");
  event.set_validate_only(true);
  ASSERT_OK(Call(&Stub::RecordStockEvent, event, ROLE_NURSE));
  v1::ListStockRequest list;
  list.set_parent(Clinic());
  EXPECT_EQ(Call(&Stub::ListStock, list)->stock_lots(0).on_hand(), 30);
  event.mutable_stock_event()->set_kind(v1::StockEvent::RECEIVED);
  EXPECT_ERROR(Call(&Stub::RecordStockEvent, event, ROLE_NURSE), StatusCode::kInvalidArgument);
}

TEST_F(TreatmentRpcTest, AnotherRepresentativeOpensReenrollmentWorkThatCertificationCloses) {
  SetUpProgram();
  v1::GetRemsSettingRequest get;
  get.set_name(Name("remsSettings/main"));
  v1::UpdateRemsSettingRequest update;
  *update.mutable_rems_setting() = *Call(&Stub::GetRemsSetting, get);
  update.mutable_rems_setting()->mutable_authorized_representative()->set_display_name("Ben Adler");
  update.mutable_update_mask()->add_paths("authorized_representative");
  const auto updated = Call(&Stub::UpdateRemsSetting, update, ROLE_CLINIC_ADMIN);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->state(), v1::RemsSetting::CERTIFIED);
  EXPECT_EQ(updated->rems_id(), "S-1");
  EXPECT_EQ(OpenWork().count("REMS_SETTING_REENROLLMENT@main"), 1u);
  v1::CertifyRemsSettingRequest certify;
  certify.set_name(Name("remsSettings/main"));
  certify.set_rems_id("S-1");
  *certify.mutable_certified_from() = rpc::ToProto(today_);
  ASSERT_OK(Call(&Stub::CertifyRemsSetting, certify, ROLE_CLINIC_ADMIN));
  EXPECT_EQ(OpenWork().count("REMS_SETTING_REENROLLMENT@main"), 0u);
}

}  // namespace
}  // namespace kat::authorization::api
