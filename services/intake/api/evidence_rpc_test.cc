#include "services/intake/api/rpc_fixture.h"

// Evidence, requests and policies over a real server and database.
namespace kat::intake {
namespace {

using namespace common::v1;  // NOLINT: roles by name
using absl::StatusCode;

TEST_F(IntakeRpc, Phq9Item9OpensAnUrgentReviewThatAClinicianResolves) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  ASSERT_OK_AND_ASSIGN(const v1::Measure measure, Phq9(patient, 1));
  ASSERT_FALSE(measure.risk_review().empty());
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{"RISK_REVIEW_OPEN"});
  EXPECT_EQ(OpenWork("RISK_REVIEW"), 1);
  bool urgent = false;
  for (const auto& event : Service().Events(clinic_)) {
    urgent |= event.type() == "risk_review.opened" && event.work().urgency() == WorkSignal::URGENT;
  }
  EXPECT_TRUE(urgent);

  v1::ResolveRiskReviewRequest resolve;
  resolve.set_name(measure.risk_review());
  resolve.set_action(v1::RiskReview::SAFETY_PLAN);
  EXPECT_ERROR(Do(&Stub::ResolveRiskReview, resolve, ROLE_PSYCHIATRIST), StatusCode::kInvalidArgument, "FIELD_INVALID");
  resolve.set_note("interviewed, plan made");
  EXPECT_ERROR(Do(&Stub::ResolveRiskReview, resolve, ROLE_ASSISTANT), StatusCode::kPermissionDenied);
  ASSERT_OK_AND_ASSIGN(const v1::RiskReview resolved, Do(&Stub::ResolveRiskReview, resolve, ROLE_PSYCHIATRIST));
  EXPECT_EQ(resolved.state(), v1::RiskReview::RESOLVED);
  EXPECT_EQ(OpenWork("RISK_REVIEW"), 0);
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{});
  EXPECT_ERROR(Do(&Stub::ResolveRiskReview, resolve, ROLE_PSYCHIATRIST), StatusCode::kFailedPrecondition,
               "STATE_FORBIDS");
}

TEST_F(IntakeRpc, ANewHardContraindicationReopensClearancesAndBlocks) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  v1::CreateMedicalScreeningRequest request;
  request.set_parent(patient);
  *request.mutable_medical_screening() = Screening(v1::ScreeningAnswer::YES, 150);
  ASSERT_OK_AND_ASSIGN(const auto hard, Do(&Stub::CreateMedicalScreening, request, ROLE_NURSE));
  EXPECT_EQ(hard.result().verdict(), v1::ScreeningResult::HARD_CONTRAINDICATION);
  EXPECT_EQ(hard.result().findings_size(), 2);
  EXPECT_EQ(Unmet(patient), (std::vector<std::string>{"CLEARANCE_MISSING", "HARD_CONTRAINDICATION"}));
  EXPECT_EQ(CountEvents("clearance.reopened"), 1);
  EXPECT_EQ(OpenWork("CONTRAINDICATION_REVIEW"), 1);
  *request.mutable_medical_screening() = Screening(v1::ScreeningAnswer::NO, 150);
  Service().clock().Advance(absl::Seconds(1));
  ASSERT_OK(Do(&Stub::CreateMedicalScreening, request, ROLE_NURSE));
  EXPECT_EQ(OpenWork("CONTRAINDICATION_REVIEW"), 0);
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{"CLEARANCE_MISSING"});
  ASSERT_OK_AND_ASSIGN(const auto readiness, Readiness(patient));
  bool warns = false;
  for (const auto& c : readiness.conditions()) {
    warns |= c.code() == "SCREENING_CAUTION" && c.state() == Condition::WARNING;
  }
  EXPECT_TRUE(warns);
}

TEST_F(IntakeRpc, AMaoiNeedsAPsychiatristsSignOffAndTheListANewVerification) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  v1::AddMedicationRequest add;
  add.set_parent(patient);
  add.mutable_medication()->set_drug("phenelzine");
  add.mutable_medication()->set_drug_class("maoi");
  ASSERT_OK(Do(&Stub::AddMedication, add));
  EXPECT_EQ(Unmet(patient), (std::vector<std::string>{"INTERACTION_SIGN_OFF", "MEDICATION_LIST_INCOMPLETE"}));
  v1::GetMedicationListRequest get;
  get.set_name(patient + "/medicationList");
  get.set_program("iv-ketamine");
  ASSERT_OK_AND_ASSIGN(const auto list, Call(&Stub::GetMedicationList, get));
  ASSERT_EQ(list.flags_size(), 1);
  EXPECT_FALSE(list.flags(0).signed_off());
  EXPECT_FALSE(list.verified());

  v1::VerifyMedicationListRequest verify;
  verify.set_parent(patient);
  verify.set_list_etag(list.etag());
  verify.set_source("pharmacy fill history");
  verify.add_signed_off_codes("maoi");
  EXPECT_ERROR(Do(&Stub::VerifyMedicationList, verify, ROLE_NURSE), StatusCode::kPermissionDenied,
               "SIGN_OFF_NEEDS_PSYCHIATRIST");
  ASSERT_OK(Do(&Stub::VerifyMedicationList, verify, ROLE_PSYCHIATRIST));
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{});
  ASSERT_OK(Do(&Stub::AddMedication, add));
  EXPECT_ERROR(Do(&Stub::VerifyMedicationList, verify, ROLE_PSYCHIATRIST), StatusCode::kAborted, "ETAG_MISMATCH");
}

TEST_F(IntakeRpc, AnIncompleteReleaseNamesEveryMissingElement) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  *create.mutable_records_request() = RecordsDraft();
  create.mutable_records_request()->mutable_release()->clear_purpose();
  create.mutable_records_request()->mutable_release()->clear_expiration_date();
  ASSERT_OK_AND_ASSIGN(const auto draft, Do(&Stub::CreateRecordsRequest, create));
  EXPECT_EQ(draft.missing_elements_size(), 3);  // and the signature
  v1::RequestRecordsSignatureRequest ask;
  ask.set_name(draft.name());
  const auto refused = Do(&Stub::RequestRecordsSignature, ask);
  ASSERT_ERROR(refused, StatusCode::kFailedPrecondition, "RELEASE_INCOMPLETE");
  const auto unmet = GetErrorDetail(refused.status())->preconditions;
  ASSERT_EQ(unmet.size(), 2u);
  EXPECT_EQ(unmet[0].type, "PURPOSE");
  EXPECT_EQ(unmet[1].type, "EXPIRATION");

  v1::UpdateRecordsRequestRequest update;
  *update.mutable_records_request() = draft;
  update.mutable_records_request()->mutable_release()->set_purpose("continuing care");
  update.mutable_records_request()->mutable_release()->set_expiration_event("end of treatment");
  update.mutable_update_mask()->add_paths("release");
  ASSERT_OK(Do(&Stub::UpdateRecordsRequest, update));
  EXPECT_ERROR(Do(&Stub::UpdateRecordsRequest, update), StatusCode::kAborted, "ETAG_MISMATCH");
  ASSERT_OK(Do(&Stub::RequestRecordsSignature, ask));
  create.mutable_records_request()->add_record_types("psychotherapy-notes");
  EXPECT_ERROR(Do(&Stub::CreateRecordsRequest, create), StatusCode::kInvalidArgument, "PSYCHOTHERAPY_NOTES_COMBINED");
}

TEST_F(IntakeRpc, RecordsOfASubstanceUseProgramNeedTheirConsentAndItsCounselingNotesOneOfTheirOwn) {
  Configure();
  v1::CreateRecordsRequestRequest create;
  create.set_parent(Refer().patient().name());
  *create.mutable_records_request() = RecordsDraft();
  create.mutable_records_request()->set_part2_program(true);
  create.mutable_records_request()->set_basis(v1::RecordsRequest::TREATMENT);
  EXPECT_ERROR(Do(&Stub::CreateRecordsRequest, create), StatusCode::kInvalidArgument, "PART2_CONSENT_REQUIRED");
  create.mutable_records_request()->set_basis(v1::RecordsRequest::AUTHORIZATION);
  ASSERT_OK_AND_ASSIGN(const auto draft, Do(&Stub::CreateRecordsRequest, create));
  EXPECT_TRUE(draft.part2_program());
  create.mutable_records_request()->add_record_types("substance-use-counseling-notes");
  EXPECT_ERROR(Do(&Stub::CreateRecordsRequest, create), StatusCode::kInvalidArgument, "COUNSELING_NOTES_COMBINED");
  create.mutable_records_request()->clear_record_types();
  create.mutable_records_request()->add_record_types("substance-use-counseling-notes");
  create.mutable_records_request()->set_basis(v1::RecordsRequest::SUBSTANCE_USE_COUNSELING_NOTES_CONSENT);
  ASSERT_OK(Do(&Stub::CreateRecordsRequest, create));

  // A draft may not become what it could not have been.
  v1::UpdateRecordsRequestRequest update;
  *update.mutable_records_request() = draft;
  update.mutable_records_request()->set_basis(v1::RecordsRequest::TREATMENT);
  update.mutable_update_mask()->add_paths("basis");
  EXPECT_ERROR(Do(&Stub::UpdateRecordsRequest, update), StatusCode::kInvalidArgument, "PART2_CONSENT_REQUIRED");
}

TEST_F(IntakeRpc, ARetractedDocumentIsNoAnswerAndRecordsThatWereAllRetractedAreStillToCome) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  v1::ListRecordsRequestsRequest list;
  list.set_parent(patient);
  ASSERT_OK_AND_ASSIGN(const auto requests, Call(&Stub::ListRecordsRequests, list));
  v1::RetractDocumentRequest retract;
  retract.set_name(requests.records_requests(0).documents(0));
  retract.set_reason("another patient's");
  ASSERT_OK(Do(&Stub::RetractDocument, retract));
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{"RECORDS_REQUEST_MISSING"});
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 1);

  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  *create.mutable_records_request() = RecordsDraft();
  create.mutable_records_request()->set_basis(v1::RecordsRequest::TREATMENT);
  ASSERT_OK_AND_ASSIGN(const auto again, Do(&Stub::CreateRecordsRequest, create));
  v1::SendRecordsRequestRequest send;
  send.set_name(again.name());
  send.set_channel(v1::RecordsRequest::FAX);
  ASSERT_OK(Do(&Stub::SendRecordsRequest, send));
  v1::ReceiveRecordsRequest receive;
  receive.set_name(again.name());
  receive.add_documents(retract.name());
  receive.set_complete(true);
  EXPECT_ERROR(Do(&Stub::ReceiveRecords, receive), StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  ASSERT_OK_AND_ASSIGN(const auto document, File(patient, "prior-notes"));
  receive.set_documents(0, document.name());
  ASSERT_OK(Do(&Stub::ReceiveRecords, receive));
  EXPECT_EQ(Unmet(patient), std::vector<std::string>{});
}

TEST_F(IntakeRpc, RulesThatEndWithoutOthersMakeThePatientUnreadyOnTheirLastDay) {
  Configure();
  const v1::ReceiveReferralResponse referred = Refer();
  Complete(referred.patient().name());
  v1::ListScreeningRuleSetsRequest list;
  list.set_parent(ClinicPath());
  ASSERT_OK_AND_ASSIGN(const auto sets, Call(&Stub::ListScreeningRuleSets, list, ROLE_CLINIC_ADMIN));
  v1::CreateScreeningRuleSetRequest create;
  create.set_parent(ClinicPath());
  *create.mutable_screening_rule_set() = sets.screening_rule_sets(0);
  *create.mutable_screening_rule_set()->mutable_effective_from() = Date(2026, 11, 24);
  *create.mutable_screening_rule_set()->mutable_effective_until() = Date(2026, 11, 27);
  ASSERT_OK(Do(&Stub::CreateScreeningRuleSet, create, ROLE_CLINIC_ADMIN));
  v1::GetIntakeCaseRequest get;
  get.set_name(referred.intake_case().name());
  Service().clock().Advance(absl::Hours(24 * 3));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Call(&Stub::GetIntakeCase, get)->state(), v1::IntakeCase::READY);
  Service().clock().Advance(absl::Hours(24));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Unmet(referred.patient().name()), std::vector<std::string>{"SCREENING_RULES_MISSING"});
  EXPECT_EQ(Call(&Stub::GetIntakeCase, get)->state(), v1::IntakeCase::OPEN);
}

TEST_F(IntakeRpc, FollowUpsComeDueOnTheClinicsDaysUntilTheRecordsArrive) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  create.mutable_records_request()->mutable_provider()->set_organization("Prior Clinic");
  create.mutable_records_request()->set_basis(v1::RecordsRequest::TREATMENT);
  create.mutable_records_request()->add_record_types("progress-notes");
  ASSERT_OK_AND_ASSIGN(const auto draft, Do(&Stub::CreateRecordsRequest, create));
  v1::SendRecordsRequestRequest send;
  send.set_name(draft.name());
  send.set_channel(v1::RecordsRequest::FAX);
  ASSERT_OK(Do(&Stub::SendRecordsRequest, send));
  v1::GetRecordsRequestRequest get;
  get.set_name(draft.name());
  for (int i = 1; i <= 3; ++i) {
    Service().clock().Advance(absl::Hours(24 * 7));
    ASSERT_OK(Service().RunDueJobs());
    ASSERT_OK_AND_ASSIGN(const auto now, Call(&Stub::GetRecordsRequest, get));
    EXPECT_EQ(now.follow_ups_due(), i);
    EXPECT_EQ(OpenWork("RECORDS_OVERDUE"), i == 3 ? 1 : 0);
  }
  EXPECT_EQ(OpenWork("RECORDS_FOLLOW_UP"), 1);
  ASSERT_OK_AND_ASSIGN(const auto document, File(patient, "prior-notes"));
  v1::ReceiveRecordsRequest receive;
  receive.set_name(draft.name());
  receive.add_documents(document.name());
  receive.set_complete(true);
  ASSERT_OK(Do(&Stub::ReceiveRecords, receive));
  EXPECT_EQ(OpenWork("RECORDS_OVERDUE"), 0);
  EXPECT_EQ(OpenWork("RECORDS_FOLLOW_UP"), 0);
  EXPECT_EQ(OpenWork("RECORDS_REVIEW"), 1);
  v1::ReviewRecordsRequest review;
  review.set_name(draft.name());
  ASSERT_OK_AND_ASSIGN(const auto reviewed, Do(&Stub::ReviewRecords, review, ROLE_PSYCHIATRIST));
  EXPECT_EQ(reviewed.state(), v1::RecordsRequest::REVIEWED);
  EXPECT_EQ(OpenWork("RECORDS_REVIEW"), 0);
}

TEST_F(IntakeRpc, AReleaseExpiresTheDayAfterItsLast) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  *create.mutable_records_request() = RecordsDraft();
  *create.mutable_records_request()->mutable_release()->mutable_expiration_date() = Date(2026, 11, 24);
  ASSERT_OK_AND_ASSIGN(const auto draft, Do(&Stub::CreateRecordsRequest, create));
  v1::RequestRecordsSignatureRequest ask;
  ask.set_name(draft.name());
  ASSERT_OK(Do(&Stub::RequestRecordsSignature, ask));
  v1::GetRecordsRequestRequest get;
  get.set_name(draft.name());
  Service().clock().Advance(absl::Hours(24));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Call(&Stub::GetRecordsRequest, get)->state(), v1::RecordsRequest::AWAITING_SIGNATURE);
  Service().clock().Advance(absl::Hours(24));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Call(&Stub::GetRecordsRequest, get)->state(), v1::RecordsRequest::EXPIRED);
}

TEST_F(IntakeRpc, AClearanceThatDoesNotComeIsLateAndOneThatRunsOutExpires) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::CreateClearanceRequest create;
  create.set_parent(patient);
  create.mutable_clearance()->set_kind("primary-care");
  create.mutable_clearance()->mutable_clinician()->set_organization("Family Practice");
  create.mutable_clearance()->set_question("Labs?");
  ASSERT_OK(Do(&Stub::CreateClearance, create));
  ASSERT_OK_AND_ASSIGN(const auto cleared, Clear(patient));
  Service().clock().Advance(absl::Hours(24 * 8));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(OpenWork("CLEARANCE_LATE"), 1);
  Service().clock().Advance(absl::Hours(24 * 70));
  ASSERT_OK(Service().RunDueJobs());
  v1::GetClearanceRequest get;
  get.set_name(cleared.name());
  EXPECT_EQ(Call(&Stub::GetClearance, get)->state(), v1::Clearance::EXPIRED);
}

TEST_F(IntakeRpc, AConsentIsSignedOnTheWordsInForceWithEveryStatement) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::SignConsentRequest request;
  request.set_parent(patient);
  request.mutable_consent()->set_consent_template(consent_template_.name());
  request.mutable_consent()->set_content_hash(std::string(64, 'a'));
  auto* signature = request.mutable_consent()->mutable_signature();
  signature->set_signer_name("Guardian");
  signature->set_capacity(v1::Signature::GUARDIAN);
  signature->set_method(v1::Signature::VERBAL);
  const auto unsound = Do(&Stub::SignConsent, request);
  ASSERT_ERROR(unsound, StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(unsound.status())->fields.size(), 2u);
  signature->set_capacity(v1::Signature::SELF);
  signature->set_method(v1::Signature::ELECTRONIC);
  EXPECT_ERROR(Do(&Stub::SignConsent, request), StatusCode::kFailedPrecondition, "CONSENT_CONTENT_CHANGED");
  request.mutable_consent()->set_content_hash(consent_template_.content_hash());
  EXPECT_ERROR(Do(&Stub::SignConsent, request), StatusCode::kFailedPrecondition, "STATEMENTS_NOT_ACCEPTED");
  ASSERT_OK_AND_ASSIGN(const auto consent, Sign(patient));
  EXPECT_EQ(consent.state(), v1::Consent::ACTIVE);

  v1::RevokeConsentRequest revoke;
  revoke.set_name(consent.name());
  revoke.set_reason("changed my mind");
  ASSERT_OK_AND_ASSIGN(const auto revoked, Do(&Stub::RevokeConsent, revoke));
  EXPECT_EQ(revoked.state(), v1::Consent::REVOKED);
  const auto unmet = Unmet(patient);
  EXPECT_EQ(std::count(unmet.begin(), unmet.end(), "CONSENT_EXPIRED"), 1);
}

TEST_F(IntakeRpc, ANewConsentVersionThatMustBeSignedReopensTheStepOnItsDay) {
  Configure();
  const std::string patient = Refer().patient().name();
  Complete(patient);
  v1::CreateConsentTemplateRequest create;
  create.set_parent(ClinicPath());
  *create.mutable_consent_template() = consent_template_;
  *create.mutable_consent_template()->mutable_effective_from() = Date(2026, 11, 30);
  EXPECT_ERROR(Do(&Stub::CreateConsentTemplate, create, ROLE_CLINIC_ADMIN), StatusCode::kAlreadyExists,
               "CONSENT_CONTENT_UNCHANGED");
  create.mutable_consent_template()->set_body("Ketamine is used off label. New risk.");
  create.mutable_consent_template()->set_resign_required(true);
  EXPECT_ERROR(Do(&Stub::CreateConsentTemplate, create, ROLE_ASSISTANT), StatusCode::kPermissionDenied);
  ASSERT_OK(Do(&Stub::CreateConsentTemplate, create, ROLE_CLINIC_ADMIN));
  EXPECT_EQ(Unmet(patient, 6), std::vector<std::string>{});
  EXPECT_EQ(Unmet(patient, 7), std::vector<std::string>{"CONSENT_EXPIRED"});
  Service().clock().Advance(absl::Hours(24 * 7));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(CountEvents("step.expired"), 1);
}

TEST_F(IntakeRpc, ADocumentsContentComesBackWithItsHashAndARetractedOneCountsNoMore) {
  Configure();
  const std::string patient = Refer().patient().name();
  ASSERT_OK_AND_ASSIGN(const auto document, File(patient, "ekg"));
  EXPECT_EQ(document.sha256().size(), 64u);
  v1::GetDocumentContentRequest get;
  get.set_name(document.name());
  ASSERT_OK_AND_ASSIGN(const auto content, Call(&Stub::GetDocumentContent, get));
  EXPECT_EQ(content.content(), "%PDF-1.7 ekg");
  EXPECT_EQ(content.sha256(), document.sha256());
  v1::RetractDocumentRequest retract;
  retract.set_name(document.name());
  retract.set_reason("another patient's");
  ASSERT_OK(Do(&Stub::RetractDocument, retract));
  const auto unmet = Unmet(patient);
  EXPECT_EQ(std::count(unmet.begin(), unmet.end(), "DOCUMENT_MISSING"), 1);
  v1::ListDocumentsRequest list;
  list.set_parent(patient);
  EXPECT_EQ(Call(&Stub::ListDocuments, list)->documents_size(), 0);
  list.set_include_retracted(true);
  EXPECT_EQ(Call(&Stub::ListDocuments, list)->documents_size(), 1);
}

TEST_F(IntakeRpc, PoliciesAreFoundByDayAndListedPageByPage) {
  Configure();
  v1::ListIntakeTemplatesRequest list;
  list.set_parent(ClinicPath());
  list.set_program("iv-ketamine");
  ASSERT_OK_AND_ASSIGN(const auto templates, Call(&Stub::ListIntakeTemplates, list, ROLE_CLINIC_ADMIN));
  ASSERT_EQ(templates.intake_templates_size(), 1);
  v1::CreateIntakeTemplateRequest next;
  next.set_parent(ClinicPath());
  *next.mutable_intake_template() = templates.intake_templates(0);
  *next.mutable_intake_template()->mutable_effective_from() = Date(2027, 1, 1);
  ASSERT_OK(Do(&Stub::CreateIntakeTemplate, next, ROLE_CLINIC_ADMIN));
  *list.mutable_as_of_date() = Date(2027, 1, 1);
  ASSERT_OK_AND_ASSIGN(const auto later, Call(&Stub::ListIntakeTemplates, list, ROLE_CLINIC_ADMIN));
  ASSERT_EQ(later.intake_templates_size(), 1);
  EXPECT_NE(later.intake_templates(0).name(), templates.intake_templates(0).name());
  list.clear_as_of_date();
  list.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first, Call(&Stub::ListIntakeTemplates, list, ROLE_CLINIC_ADMIN));
  list.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Call(&Stub::ListIntakeTemplates, list, ROLE_CLINIC_ADMIN));
  EXPECT_EQ(second.intake_templates(0).name(), later.intake_templates(0).name());
  EXPECT_TRUE(second.next_page_token().empty());
}

TEST_F(IntakeRpc, AValidateOnlyCallChangesNothing) {
  Configure();
  v1::ReceiveReferralRequest request;
  request.set_parent(ClinicPath());
  request.set_program("iv-ketamine");
  request.set_validate_only(true);
  request.mutable_referral()->set_source(v1::Referral::SELF);
  *request.mutable_patient() = NewPatient();
  ASSERT_OK(Do(&Stub::ReceiveReferral, request));
  v1::ListPatientsRequest list;
  list.set_parent(ClinicPath());
  EXPECT_EQ(Call(&Stub::ListPatients, list)->patients_size(), 0);
}

}  // namespace
}  // namespace kat::intake
