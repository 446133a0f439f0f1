#include "services/intake/api/rpc_fixture.h"

// Patients, referrals, cases and readiness over a real server and database.
namespace kat::intake {
namespace {

using namespace common::v1;  // NOLINT: roles by name
using absl::StatusCode;

TEST_F(IntakeRpc, AReferralOpensACaseWithTheTemplatesStepsAndTheirDeadlines) {
  Configure();
  const v1::ReceiveReferralResponse referred = Refer();
  EXPECT_TRUE(referred.patient_created());
  ASSERT_EQ(referred.intake_case().steps_size(), 8);
  EXPECT_EQ(referred.intake_case().state(), v1::IntakeCase::OPEN);
  EXPECT_EQ(referred.intake_case().steps(0).name(), referred.intake_case().name() + "/steps/eval");
  // Three business days after Monday: the end of Thursday in New York.
  EXPECT_EQ(rpc::FromProto(referred.intake_case().steps(0).due_time()),
            absl::FromCivil(absl::CivilSecond(2026, 11, 27, 5, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 8);
  EXPECT_EQ(CountEvents("referral.received"), 1);
  EXPECT_EQ(Unmet(referred.patient().name()).size(), 8u);
}

TEST_F(IntakeRpc, AllEvidenceMakesThePatientReadyAndItEndsOnTheDayItGrowsTooOld) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{});
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 0);
  EXPECT_EQ(CountEvents("readiness.changed"), 1);
  EXPECT_EQ(Unmet(patient, 14), std::vector<std::string>{});
  EXPECT_EQ(Unmet(patient, 15), std::vector<std::string>{"PHQ9_EXPIRED"});
  ASSERT_OK_AND_ASSIGN(const v1::Readiness readiness, Readiness(patient));
  EXPECT_TRUE(readiness.ready());
  ASSERT_EQ(readiness.evidence_size(), 8);
  EXPECT_EQ(readiness.evidence(2).age_days(), 0);

  // Fifteen days later the recheck job finds the measure too old.
  Service().clock().Advance(absl::Hours(24 * 15));
  ASSERT_OK(Service().RunDueJobs());
  v1::GetIntakeCaseRequest get;
  get.set_name(readiness.intake_case());
  ASSERT_OK_AND_ASSIGN(const v1::IntakeCase reopened, Call(&Stub::GetIntakeCase, get));
  EXPECT_EQ(reopened.state(), v1::IntakeCase::OPEN);
  EXPECT_EQ(reopened.steps(2).state(), v1::IntakeStep::EXPIRED);
  EXPECT_EQ(CountEvents("readiness.changed"), 2);
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 1);
}

TEST_F(IntakeRpc, ALikelyDuplicateIsNamedAndCreatedOnlyWhenToldTo) {
  Configure();
  const std::string first = Refer("O'Neil").patient().name();
  v1::ReceiveReferralRequest request;
  request.set_parent(ClinicPath());
  request.set_program("iv-ketamine");
  request.mutable_referral()->set_source(v1::Referral::WEBSITE);
  *request.mutable_patient() = NewPatient("ONEIL");
  const auto refused = Do(&Stub::ReceiveReferral, request);
  ASSERT_ERROR(refused, StatusCode::kAlreadyExists, "PATIENT_LIKELY_DUPLICATE");
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("patients"), first);
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("matches"), "NAME_AND_BIRTH_DATE");

  request.clear_patient();
  request.set_existing_patient(first);
  EXPECT_ERROR(Do(&Stub::ReceiveReferral, request), StatusCode::kAlreadyExists, "CASE_EXISTS");
  request.clear_existing_patient();
  *request.mutable_patient() = NewPatient("ONEIL");
  request.set_allow_duplicate(true);
  EXPECT_OK(Do(&Stub::ReceiveReferral, request));
}

TEST_F(IntakeRpc, TheSameReferralIsReceivedOnceAndARepeatGetsTheFirstAnswer) {
  Configure();
  v1::ReceiveReferralRequest request;
  request.set_parent(ClinicPath());
  request.set_program("iv-ketamine");
  request.set_request_id("r-1");
  request.mutable_referral()->set_source(v1::Referral::PROVIDER);
  request.mutable_referral()->set_external_reference("FAX-7");
  *request.mutable_patient() = NewPatient();
  ASSERT_ERROR(Call(&Stub::ReceiveReferral, request), StatusCode::kInvalidArgument, "FIELD_INVALID");
  request.mutable_referral()->mutable_referring_provider()->set_display_name("Dr. Ref");
  ASSERT_OK_AND_ASSIGN(const auto first, Call(&Stub::ReceiveReferral, request));
  ASSERT_OK_AND_ASSIGN(const auto again, Call(&Stub::ReceiveReferral, request));
  EXPECT_EQ(first.patient().name(), again.patient().name());
  *request.mutable_patient() = NewPatient("Other");
  EXPECT_ERROR(Call(&Stub::ReceiveReferral, request), StatusCode::kAlreadyExists, "REQUEST_ID_REUSED");
  request.set_request_id("r-2");
  EXPECT_ERROR(Call(&Stub::ReceiveReferral, request), StatusCode::kAlreadyExists, "REFERRAL_ALREADY_RECEIVED");
}

TEST_F(IntakeRpc, WithoutATemplateNothingIsKept) {
  v1::ReceiveReferralRequest request;
  request.set_parent(ClinicPath());
  request.set_program("iv-ketamine");
  request.mutable_referral()->set_source(v1::Referral::SELF);
  *request.mutable_patient() = NewPatient();
  EXPECT_ERROR(Do(&Stub::ReceiveReferral, request), StatusCode::kFailedPrecondition, "NO_INTAKE_TEMPLATE");
  v1::ListPatientsRequest list;
  list.set_parent(ClinicPath());
  ASSERT_OK_AND_ASSIGN(const auto patients, Call(&Stub::ListPatients, list));
  EXPECT_EQ(patients.patients_size(), 0);
}

TEST_F(IntakeRpc, PatientsAreChangedByMaskAndEtagAndListedPageByPage) {
  v1::CreatePatientRequest create;
  create.set_parent(ClinicPath());
  *create.mutable_patient() = NewPatient();
  create.mutable_patient()->add_external_ids()->set_system("ehr");
  create.mutable_patient()->mutable_external_ids(0)->set_value("42");
  ASSERT_OK_AND_ASSIGN(const v1::Patient patient, Do(&Stub::CreatePatient, create));

  v1::UpdatePatientRequest update;
  *update.mutable_patient() = patient;
  update.mutable_patient()->set_phone("+15551234567");
  update.mutable_patient()->set_given_name("Changed");
  update.mutable_update_mask()->add_paths("phone");
  ASSERT_OK_AND_ASSIGN(const v1::Patient updated, Do(&Stub::UpdatePatient, update));
  EXPECT_EQ(updated.phone(), "+15551234567");
  EXPECT_EQ(updated.given_name(), "Ana");
  EXPECT_ERROR(Do(&Stub::UpdatePatient, update), StatusCode::kAborted, "ETAG_MISMATCH");
  update.mutable_patient()->set_etag(updated.etag());
  update.mutable_patient()->set_phone("555");
  EXPECT_ERROR(Do(&Stub::UpdatePatient, update), StatusCode::kInvalidArgument, "FIELD_INVALID");

  for (int i = 0; i < 4; ++i) {
    *create.mutable_patient() = NewPatient(absl::StrCat("Zed", i));
    ASSERT_OK(Do(&Stub::CreatePatient, create));
  }
  v1::ListPatientsRequest list;
  list.set_parent(ClinicPath());
  list.set_page_size(2);
  std::vector<std::string> seen;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Call(&Stub::ListPatients, list));
    for (const auto& p : page.patients()) seen.push_back(p.family_name());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"Ruiz", "Zed0", "Zed1", "Zed2", "Zed3"}));
  v1::ListPatientsRequest by_id;
  by_id.set_parent(ClinicPath());
  by_id.mutable_external_id()->set_system("ehr");
  by_id.mutable_external_id()->set_value("42");
  ASSERT_OK_AND_ASSIGN(const auto found, Call(&Stub::ListPatients, by_id));
  ASSERT_EQ(found.patients_size(), 1);
  EXPECT_EQ(found.patients(0).name(), patient.name());
}

TEST_F(IntakeRpc, APatientIsDeletedSoftlyButNotWithAnOpenCase) {
  Configure();
  const auto referred = Refer();
  v1::DeletePatientRequest remove;
  remove.set_name(referred.patient().name());
  EXPECT_ERROR(Do(&Stub::DeletePatient, remove), StatusCode::kFailedPrecondition, "PATIENT_HAS_OPEN_CASE");
  v1::CloseIntakeCaseRequest close;
  close.set_name(referred.intake_case().name());
  close.set_close_reason(v1::IntakeCase::UNREACHABLE);
  ASSERT_OK(Do(&Stub::CloseIntakeCase, close));
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 0);
  ASSERT_OK(Do(&Stub::DeletePatient, remove));
  EXPECT_ERROR(Phq9(referred.patient().name(), 0), StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_ERROR(Readiness(referred.patient().name()), StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  v1::UndeletePatientRequest restore;
  restore.set_name(referred.patient().name());
  ASSERT_OK(Do(&Stub::UndeletePatient, restore));
  EXPECT_EQ(Unmet(referred.patient().name()).front(), "CLEARANCE_MISSING");
}

TEST_F(IntakeRpc, AHeldCaseIsNotReadyUntilItIsResumed) {
  Configure();
  const auto referred = Refer();
  Complete(referred.patient().name());
  v1::HoldIntakeCaseRequest hold;
  hold.set_name(referred.intake_case().name());
  hold.set_reason("travels");
  hold.set_etag("\"stale\"");
  EXPECT_ERROR(Do(&Stub::HoldIntakeCase, hold), StatusCode::kAborted, "ETAG_MISMATCH");
  hold.clear_etag();
  ASSERT_OK_AND_ASSIGN(const auto held, Do(&Stub::HoldIntakeCase, hold));
  EXPECT_EQ(held.state(), v1::IntakeCase::ON_HOLD);
  EXPECT_EQ(Unmet(referred.patient().name()), std::vector<std::string>{"INTAKE_CASE_ON_HOLD"});
  v1::ResumeIntakeCaseRequest resume;
  resume.set_name(held.name());
  ASSERT_OK_AND_ASSIGN(const auto resumed, Do(&Stub::ResumeIntakeCase, resume));
  EXPECT_EQ(resumed.state(), v1::IntakeCase::READY);
  EXPECT_EQ(CountEvents("readiness.changed"), 3);
}

TEST_F(IntakeRpc, OnlyAPsychiatristWaivesAndNobodyWaivesAConsent) {
  Configure();
  const auto referred = Refer();
  v1::WaiveIntakeStepRequest waive;
  waive.set_name(referred.intake_case().name() + "/steps/records");
  waive.set_reason("no prior care");
  EXPECT_ERROR(Do(&Stub::WaiveIntakeStep, waive), StatusCode::kPermissionDenied);
  ASSERT_OK_AND_ASSIGN(const auto waived, Do(&Stub::WaiveIntakeStep, waive, ROLE_PSYCHIATRIST));
  EXPECT_EQ(waived.steps(4).state(), v1::IntakeStep::WAIVED);
  EXPECT_EQ(waived.steps(4).waived_by(), "tester");
  waive.set_name(referred.intake_case().name() + "/steps/consent");
  EXPECT_ERROR(Do(&Stub::WaiveIntakeStep, waive, ROLE_PSYCHIATRIST), StatusCode::kFailedPrecondition,
               "CONSENT_NOT_WAIVABLE");
}

TEST_F(IntakeRpc, AnOverdueStepRaisesWorkOnceAndItsEvidenceClosesIt) {
  Configure();
  const auto referred = Refer();
  Service().clock().Advance(absl::Hours(24 * 4));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(OpenWork("INTAKE_STEP_OVERDUE"), 8);
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(CountEvents("step.overdue"), 8);
  v1::ListIntakeCasesRequest list;
  list.set_parent(ClinicPath());
  list.set_overdue_only(true);
  ASSERT_OK_AND_ASSIGN(const auto overdue, Call(&Stub::ListIntakeCases, list));
  EXPECT_EQ(overdue.intake_cases_size(), 1);
  ASSERT_OK(File(referred.patient().name(), "ekg"));
  EXPECT_EQ(OpenWork("INTAKE_STEP_OVERDUE"), 7);
}

TEST_F(IntakeRpc, AnotherClinicSeesNothing) {
  Configure();
  const std::string patient = Refer().patient().name();
  const std::string other = Service().NewClinic();
  v1::GetPatientRequest get;
  get.set_name(patient);
  EXPECT_ERROR(Call(&Stub::GetPatient, get, ROLE_ASSISTANT, other), StatusCode::kPermissionDenied, "OTHER_CLINIC");
  get.set_name(absl::StrCat("clinics/", other, "/patients/", patient.substr(patient.rfind('/') + 1)));
  EXPECT_ERROR(Call(&Stub::GetPatient, get, ROLE_ASSISTANT, other), StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

TEST_F(IntakeRpc, PeersAskForReadinessAndEvidenceAndAuthorizationGetsAll) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  v1::GetReadinessRequest ask;
  ask.set_name(patient);
  ask.set_program("iv-ketamine");
  {
    grpc::ClientContext context;
    Service().AsPeer(context, clinic_, "scheduling");
    v1::Readiness readiness;
    EXPECT_TRUE(stub_->GetReadiness(&context, ask, &readiness).ok());
    EXPECT_TRUE(readiness.ready());
    // The answer of the days until it changes, and then another.
    ASSERT_TRUE(readiness.has_next_change_date());
    const absl::CivilDay change = *rpc::FromProto(readiness.next_change_date(), "");
    for (const absl::CivilDay day : {change - 1, change}) {
      grpc::ClientContext later;
      Service().AsPeer(later, clinic_, "scheduling");
      *ask.mutable_as_of_date() = rpc::ToProto(day);
      ASSERT_OK(rpc::FromGrpc(stub_->GetReadiness(&later, ask, &readiness)));
      EXPECT_EQ(readiness.ready(), day < change) << day;
    }
  }
  v1::GetAuthorizationEvidenceRequest request;
  request.set_name(patient);
  request.set_program("iv-ketamine");
  grpc::ClientContext context;
  Service().AsPeer(context, clinic_, "authorization");
  v1::AuthorizationEvidence evidence;
  ASSERT_OK(rpc::FromGrpc(stub_->GetAuthorizationEvidence(&context, request, &evidence)));
  EXPECT_EQ(evidence.evaluation().diagnoses(0).icd10_code(), "F33.2");
  ASSERT_EQ(evidence.trials_size(), 1);
  EXPECT_EQ(evidence.trials(0).weeks(), 8);
  ASSERT_EQ(evidence.measures_size(), 1);
  EXPECT_EQ(evidence.measures(0).total(), 16);
  EXPECT_EQ(evidence.screening_result().verdict(), v1::ScreeningResult::CLEAR);
  EXPECT_EQ(evidence.consents_size(), 1);
  EXPECT_EQ(evidence.documents_size(), 2);
}

}  // namespace
}  // namespace kat::intake
