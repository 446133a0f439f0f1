#include "services/intake/api/rpc_fixture.h"

#include <algorithm>
#include <set>

namespace kat::intake {
namespace {

using namespace common::v1;  // NOLINT: roles by name

v1::StepSpec Step(const std::string& key, v1::StepKind kind, int validity, Role responsible) {
  v1::StepSpec step;
  step.set_key(key);
  step.set_kind(kind);
  step.set_title(key);
  step.set_required(true);
  step.set_validity_days(validity);
  step.set_responsible(responsible);
  step.set_due_business_days(3);
  return step;
}

}  // namespace

void IntakeRpc::Configure() {
  const auto from = Date(2026, 1, 1);
  v1::CreateScreeningRuleSetRequest rules;
  rules.set_parent(ClinicPath());
  auto* set = rules.mutable_screening_rule_set();
  set->set_program("iv-ketamine");
  *set->mutable_effective_from() = from;
  auto* rule = set->add_rules();
  rule->set_code("intracerebral-hemorrhage");
  rule->set_outcome(v1::ScreeningRule::HARD_CONTRAINDICATION);
  rule->set_reason("history of intracerebral hemorrhage");
  rule->set_question("ich");
  rule->set_required(true);
  rule = set->add_rules();
  rule->set_code("blood-pressure");
  rule->set_outcome(v1::ScreeningRule::CAUTION);
  rule->set_reason("raised blood pressure");
  rule->set_metric(v1::ScreeningRule::SYSTOLIC_MMHG);
  rule->set_above(140);
  ASSERT_OK(Do(&Stub::CreateScreeningRuleSet, rules, ROLE_CLINIC_ADMIN));

  v1::CreateInteractionRuleSetRequest interactions;
  interactions.set_parent(ClinicPath());
  interactions.mutable_interaction_rule_set()->set_program("iv-ketamine");
  *interactions.mutable_interaction_rule_set()->mutable_effective_from() = from;
  auto* maoi = interactions.mutable_interaction_rule_set()->add_rules();
  maoi->set_code("maoi");
  maoi->add_drug_classes("maoi");
  maoi->set_handling(v1::InteractionRule::SIGN_OFF);
  maoi->set_reason("hypertensive risk");
  ASSERT_OK(Do(&Stub::CreateInteractionRuleSet, interactions, ROLE_CLINIC_ADMIN));

  v1::CreateIntakePolicyRequest policy;
  policy.set_parent(ClinicPath());
  *policy.mutable_intake_policy()->mutable_effective_from() = from;
  for (const int day : {7, 14, 21}) policy.mutable_intake_policy()->add_records_follow_up_days(day);
  policy.mutable_intake_policy()->set_risk_review_due_minutes(60);
  policy.mutable_intake_policy()->set_clearance_due_business_days(5);
  ASSERT_OK(Do(&Stub::CreateIntakePolicy, policy, ROLE_CLINIC_ADMIN));

  v1::CreateConsentTemplateRequest consent;
  consent.set_parent(ClinicPath());
  consent.mutable_consent_template()->set_key("iv-consent");
  consent.mutable_consent_template()->set_title("IV ketamine");
  *consent.mutable_consent_template()->mutable_effective_from() = from;
  consent.mutable_consent_template()->set_validity_days(365);
  consent.mutable_consent_template()->set_body("Ketamine is used off label.");
  auto* statement = consent.mutable_consent_template()->add_required_statements();
  statement->set_code("no-driving");
  statement->set_text("I will not drive until the next day.");
  ASSERT_OK_AND_ASSIGN(consent_template_, Do(&Stub::CreateConsentTemplate, consent, ROLE_CLINIC_ADMIN));

  v1::CreateIntakeTemplateRequest request;
  request.set_parent(ClinicPath());
  auto* intake_template = request.mutable_intake_template();
  intake_template->set_program("iv-ketamine");
  intake_template->set_title("IV ketamine");
  *intake_template->mutable_effective_from() = from;
  *intake_template->add_steps() = Step("eval", v1::STEP_KIND_PSYCHIATRIC_EVALUATION, 90, ROLE_PSYCHIATRIST);
  *intake_template->add_steps() = Step("screening", v1::STEP_KIND_MEDICAL_SCREENING, 30, ROLE_NURSE);
  *intake_template->add_steps() = Step("phq9", v1::STEP_KIND_MEASURE, 14, ROLE_ASSISTANT);
  intake_template->mutable_steps(2)->set_tool(v1::MEASURE_TOOL_PHQ9);
  *intake_template->add_steps() = Step("meds", v1::STEP_KIND_MEDICATION_LIST, 30, ROLE_NURSE);
  *intake_template->add_steps() = Step("records", v1::STEP_KIND_RECORDS_REQUEST, 0, ROLE_ASSISTANT);
  *intake_template->add_steps() = Step("cardiology", v1::STEP_KIND_CLEARANCE, 180, ROLE_ASSISTANT);
  intake_template->mutable_steps(5)->set_clearance_kind("cardiology");
  *intake_template->add_steps() = Step("consent", v1::STEP_KIND_CONSENT, 0, ROLE_ASSISTANT);
  intake_template->mutable_steps(6)->set_consent_key("iv-consent");
  *intake_template->add_steps() = Step("ekg", v1::STEP_KIND_DOCUMENT, 365, ROLE_NURSE);
  intake_template->mutable_steps(7)->set_document_type("ekg");
  ASSERT_OK(Do(&Stub::CreateIntakeTemplate, request, ROLE_CLINIC_ADMIN));
}

v1::Patient IntakeRpc::NewPatient(const std::string& family) const {
  v1::Patient patient;
  patient.set_given_name("Ana");
  patient.set_family_name(family);
  *patient.mutable_birth_date() = Date(1980, 5, 6);
  patient.set_email("ana@example.org");
  return patient;
}

v1::ReceiveReferralResponse IntakeRpc::Refer(const std::string& family) {
  v1::ReceiveReferralRequest request;
  request.set_parent(ClinicPath());
  request.set_program("iv-ketamine");
  request.mutable_referral()->set_source(v1::Referral::SELF);
  *request.mutable_patient() = NewPatient(family);
  const auto response = Do(&Stub::ReceiveReferral, request);
  EXPECT_OK(response);
  return response.value_or(v1::ReceiveReferralResponse());
}

absl::StatusOr<v1::Readiness> IntakeRpc::Readiness(const std::string& patient, int days_ahead) {
  v1::GetReadinessRequest request;
  request.set_name(patient);
  request.set_program("iv-ketamine");
  *request.mutable_as_of_date() =
      rpc::ToProto(absl::ToCivilDay(Service().clock().Now(), absl::FixedTimeZone(-5 * 3600)) + days_ahead);
  return Call(&Stub::GetReadiness, request);
}

std::vector<std::string> IntakeRpc::Unmet(const std::string& patient, int days_ahead) {
  std::vector<std::string> codes;
  const auto readiness = Readiness(patient, days_ahead);
  EXPECT_OK(readiness);
  if (!readiness.ok()) return {"ERROR"};
  for (const auto& condition : readiness->conditions()) {
    if (condition.state() == common::v1::Condition::UNMET) codes.push_back(condition.code());
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

v1::MedicalScreening IntakeRpc::Screening(v1::ScreeningAnswer::Answer hemorrhage, int systolic) const {
  v1::MedicalScreening screening;
  screening.set_program("iv-ketamine");
  *screening.mutable_screening_date() = Date(2026, 11, 23);
  screening.mutable_screener()->set_display_name("Kim, RN");
  screening.mutable_vitals()->set_systolic_mmhg(systolic);
  screening.mutable_vitals()->set_diastolic_mmhg(80);
  screening.add_answers()->set_code("ich");
  screening.mutable_answers(0)->set_answer(hemorrhage);
  return screening;
}

absl::StatusOr<v1::Measure> IntakeRpc::Phq9(const std::string& patient, int item9) {
  v1::CreateMeasureRequest request;
  request.set_parent(patient);
  request.mutable_measure()->set_tool(v1::MEASURE_TOOL_PHQ9);
  for (int n = 1; n <= 9; ++n) {
    auto* item = request.mutable_measure()->add_items();
    item->set_number(n);
    item->set_value(n == 9 ? item9 : 2);
  }
  return Do(&Stub::CreateMeasure, request);
}

absl::StatusOr<v1::Document> IntakeRpc::File(const std::string& patient, const std::string& type) {
  v1::CreateDocumentRequest request;
  request.set_parent(patient);
  request.mutable_document()->set_type(type);
  request.mutable_document()->set_title(type);
  request.mutable_document()->set_media_type("application/pdf");
  request.set_content("%PDF-1.7 " + type);
  return Do(&Stub::CreateDocument, request);
}

v1::RecordsRequest IntakeRpc::RecordsDraft() const {
  v1::RecordsRequest draft;
  draft.mutable_provider()->set_display_name("Dr. Prior");
  draft.set_basis(v1::RecordsRequest::AUTHORIZATION);
  draft.add_record_types("progress-notes");
  auto* release = draft.mutable_release();
  release->set_description("Progress notes 2024 to 2026");
  release->set_discloser("Dr. Prior");
  release->set_recipient("The clinic");
  release->set_purpose("at the request of the individual");
  *release->mutable_expiration_date() = Date(2027, 5, 23);
  release->set_states_right_to_revoke(true);
  release->set_states_conditioning(true);
  release->set_states_redisclosure(true);
  return draft;
}

absl::StatusOr<v1::Consent> IntakeRpc::Sign(const std::string& patient) {
  v1::SignConsentRequest request;
  request.set_parent(patient);
  request.mutable_consent()->set_consent_template(consent_template_.name());
  request.mutable_consent()->set_content_hash(consent_template_.content_hash());
  request.mutable_consent()->add_accepted_statements("no-driving");
  auto* signature = request.mutable_consent()->mutable_signature();
  signature->set_signer_name("Ana Ruiz");
  signature->set_capacity(v1::Signature::SELF);
  signature->set_method(v1::Signature::ELECTRONIC);
  return Do(&Stub::SignConsent, request);
}

absl::StatusOr<v1::Clearance> IntakeRpc::Clear(const std::string& patient) {
  v1::CreateClearanceRequest create;
  create.set_parent(patient);
  create.mutable_clearance()->set_kind("cardiology");
  create.mutable_clearance()->mutable_clinician()->set_display_name("Dr. Heart");
  create.mutable_clearance()->set_question("Fit for ketamine?");
  ASSIGN_OR_RETURN(const v1::Clearance asked, Do(&Stub::CreateClearance, create));
  v1::SendClearanceRequest send;
  send.set_name(asked.name());
  RETURN_IF_ERROR(Do(&Stub::SendClearance, send).status());
  v1::ReceiveClearanceRequest receive;
  receive.set_name(asked.name());
  RETURN_IF_ERROR(Do(&Stub::ReceiveClearance, receive).status());
  v1::DecideClearanceRequest decide;
  decide.set_name(asked.name());
  decide.set_decision(v1::Clearance::CLEARED);
  *decide.mutable_valid_through_date() = Date(2027, 1, 31);
  return Do(&Stub::DecideClearance, decide, ROLE_PSYCHIATRIST);
}

absl::StatusOr<v1::RecordsRequest> IntakeRpc::ReceiveAll(const std::string& patient) {
  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  *create.mutable_records_request() = RecordsDraft();
  ASSIGN_OR_RETURN(const v1::RecordsRequest drafted, Do(&Stub::CreateRecordsRequest, create));
  v1::RequestRecordsSignatureRequest ask;
  ask.set_name(drafted.name());
  RETURN_IF_ERROR(Do(&Stub::RequestRecordsSignature, ask).status());
  v1::SignRecordsReleaseRequest sign;
  sign.set_name(drafted.name());
  sign.mutable_signature()->set_signer_name("Ana Ruiz");
  sign.mutable_signature()->set_capacity(v1::Signature::SELF);
  sign.mutable_signature()->set_method(v1::Signature::PAPER);
  RETURN_IF_ERROR(Do(&Stub::SignRecordsRelease, sign).status());
  v1::SendRecordsRequestRequest send;
  send.set_name(drafted.name());
  send.set_channel(v1::RecordsRequest::FAX);
  RETURN_IF_ERROR(Do(&Stub::SendRecordsRequest, send).status());
  ASSIGN_OR_RETURN(const v1::Document document, File(patient, "prior-notes"));
  v1::ReceiveRecordsRequest receive;
  receive.set_name(drafted.name());
  receive.add_documents(document.name());
  receive.set_complete(true);
  return Do(&Stub::ReceiveRecords, receive);
}

void IntakeRpc::Complete(const std::string& patient) {
  v1::CreatePsychiatricEvaluationRequest evaluation;
  evaluation.set_parent(patient);
  auto* out = evaluation.mutable_psychiatric_evaluation();
  *out->mutable_evaluation_date() = Date(2026, 11, 23);
  out->mutable_evaluator()->set_display_name("Dr. Psych");
  out->add_diagnoses()->set_icd10_code("F33.2");
  auto* trial = out->add_medication_trials();
  trial->set_drug("sertraline");
  trial->set_drug_class("ssri");
  trial->set_max_dose("200 mg/day");
  *trial->mutable_start_date() = Date(2026, 1, 1);
  *trial->mutable_end_date() = Date(2026, 2, 25);
  trial->set_adherence(v1::MedicationTrial::ADHERENT);
  trial->set_outcome(v1::MedicationTrial::INADEQUATE_RESPONSE);
  trial->set_reason_stopped("no effect");
  trial->set_adequate(true);
  out->set_psychosis(v1::PsychiatricEvaluation::ABSENT);
  out->set_mania(v1::PsychiatricEvaluation::ABSENT);
  out->set_substance_use_disorder(v1::PsychiatricEvaluation::HISTORY);
  EXPECT_OK(Do(&Stub::CreatePsychiatricEvaluation, evaluation, ROLE_PSYCHIATRIST));

  v1::CreateMedicalScreeningRequest screening;
  screening.set_parent(patient);
  *screening.mutable_medical_screening() = Screening(v1::ScreeningAnswer::NO);
  EXPECT_OK(Do(&Stub::CreateMedicalScreening, screening, ROLE_NURSE));
  EXPECT_OK(Phq9(patient, 0));
  v1::GetMedicationListRequest get;
  get.set_name(patient + "/medicationList");
  ASSERT_OK_AND_ASSIGN(const auto list, Call(&Stub::GetMedicationList, get));
  v1::VerifyMedicationListRequest verify;
  verify.set_parent(patient);
  verify.set_list_etag(list.etag());
  verify.set_source("patient");
  EXPECT_OK(Do(&Stub::VerifyMedicationList, verify, ROLE_NURSE));
  EXPECT_OK(ReceiveAll(patient));
  EXPECT_OK(Clear(patient));
  EXPECT_OK(Sign(patient));
  EXPECT_OK(File(patient, "ekg"));
}

int IntakeRpc::OpenWork(const std::string& kind) {
  std::set<std::string> open;
  for (const auto& event : Service().Events(clinic_)) {
    if (!event.has_work() || event.work().kind() != kind) continue;
    if (event.work().closed()) {
      open.erase(event.subject());
    } else {
      open.insert(event.subject());
    }
  }
  return static_cast<int>(open.size());
}

int IntakeRpc::CountEvents(const std::string& type) {
  int count = 0;
  for (const auto& event : Service().Events(clinic_)) count += event.type() == type;
  return count;
}

}  // namespace kat::intake
