#include "services/intake/api/patient_converters.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::intake {

v1::Provider ToProto(const Provider& provider) {
  v1::Provider proto;
  proto.set_display_name(provider.display_name);
  proto.set_organization(provider.organization);
  proto.set_npi(provider.npi);
  proto.set_phone(provider.phone);
  proto.set_fax(provider.fax);
  proto.set_email(provider.email);
  return proto;
}

Provider FromProto(const v1::Provider& proto) {
  return {proto.display_name(), proto.organization(), proto.npi(), proto.phone(), proto.fax(), proto.email()};
}

v1::Signature ToProto(const Signature& signature, const ClinicId& clinic, const PatientId& patient) {
  v1::Signature proto;
  proto.set_signer_name(signature.signer_name);
  proto.set_capacity(As<v1::Signature::Capacity>(signature.capacity));
  proto.set_authority(signature.authority);
  proto.set_method(As<v1::Signature::Method>(signature.method));
  *proto.mutable_sign_time() = rpc::ToProto(signature.sign_time);
  proto.set_ip_address(signature.ip_address);
  proto.set_witness(signature.witness);
  proto.set_document(DocumentName(clinic, patient, signature.document));
  return proto;
}

Signature FromProto(const v1::Signature& proto, absl::Time now) {
  return {.signer_name = proto.signer_name(),
          .capacity = As<Capacity>(proto.capacity()),
          .authority = proto.authority(),
          .method = As<SignatureMethod>(proto.method()),
          .sign_time = proto.has_sign_time() ? rpc::FromProto(proto.sign_time()) : now,
          .ip_address = proto.ip_address(),
          .witness = proto.witness(),
          .document = DocumentId(proto.document().empty() ? "" : rpc::LastSegment(proto.document()))};
}

v1::Patient ToProto(const Patient& patient, const ClinicId& clinic) {
  v1::Patient proto;
  proto.set_name(PatientName(clinic, patient.id));
  proto.set_given_name(patient.given_name);
  proto.set_family_name(patient.family_name);
  proto.set_preferred_name(patient.preferred_name);
  *proto.mutable_birth_date() = rpc::ToProto(patient.birth_date);
  proto.set_sex(As<v1::Patient::Sex>(patient.sex));
  proto.set_phone(patient.phone);
  proto.set_email(patient.email);
  if (patient.address) {
    auto* address = proto.mutable_address();
    address->set_region_code(patient.address->region_code);
    address->set_postal_code(patient.address->postal_code);
    address->set_administrative_area(patient.address->administrative_area);
    address->set_locality(patient.address->locality);
    for (const std::string& line : patient.address->address_lines) address->add_address_lines(line);
  }
  proto.set_time_zone(patient.time_zone);
  if (patient.emergency_contact) {
    proto.mutable_emergency_contact()->set_display_name(patient.emergency_contact->display_name);
    proto.mutable_emergency_contact()->set_relationship(patient.emergency_contact->relationship);
    proto.mutable_emergency_contact()->set_phone(patient.emergency_contact->phone);
  }
  for (const ExternalId& id : patient.external_ids) {
    auto* external_id = proto.add_external_ids();
    external_id->set_system(id.system);
    external_id->set_value(id.value);
  }
  proto.set_language_code(patient.language_code);
  proto.set_state(patient.delete_time ? v1::Patient::DELETED : v1::Patient::ACTIVE);
  proto.set_etag(rpc::Etag(patient.version));
  *proto.mutable_create_time() = rpc::ToProto(patient.create_time);
  *proto.mutable_update_time() = rpc::ToProto(patient.update_time);
  if (patient.delete_time) *proto.mutable_delete_time() = rpc::ToProto(*patient.delete_time);
  return proto;
}

absl::StatusOr<Patient> FromProto(const v1::Patient& proto) {
  if (!proto.has_birth_date()) return InvalidField("patient.birth_date", "is required");
  Patient patient{.given_name = proto.given_name(),
                  .family_name = proto.family_name(),
                  .preferred_name = proto.preferred_name(),
                  .sex = As<Sex>(proto.sex()),
                  .phone = proto.phone(),
                  .email = proto.email(),
                  .time_zone = proto.time_zone(),
                  .language_code = proto.language_code()};
  ASSIGN_OR_RETURN(patient.birth_date, rpc::FromProto(proto.birth_date(), "patient.birth_date"));
  if (proto.has_address()) {
    const auto& address = proto.address();
    patient.address = PostalAddress{address.region_code(),
                                    address.postal_code(),
                                    address.administrative_area(),
                                    address.locality(),
                                    {address.address_lines().begin(), address.address_lines().end()}};
  }
  if (proto.has_emergency_contact()) {
    const auto& contact = proto.emergency_contact();
    patient.emergency_contact = EmergencyContact{contact.display_name(), contact.relationship(), contact.phone()};
  }
  for (const auto& id : proto.external_ids()) patient.external_ids.push_back({id.system(), id.value()});
  return patient;
}

v1::DuplicateCandidate ToProto(const DuplicateCandidate& candidate, const ClinicId& clinic) {
  v1::DuplicateCandidate proto;
  proto.set_patient(PatientName(clinic, candidate.patient));
  for (const DuplicateMatch match : candidate.matches) {
    proto.add_matches(As<v1::DuplicateCandidate::Match>(match));
  }
  proto.set_state(candidate.deleted ? v1::Patient::DELETED : v1::Patient::ACTIVE);
  return proto;
}

v1::StepSpec ToProto(const StepSpec& spec) {
  v1::StepSpec proto;
  proto.set_key(spec.key);
  proto.set_kind(As<v1::StepKind>(spec.kind));
  proto.set_title(spec.title);
  proto.set_required(spec.required);
  proto.set_validity_days(spec.validity_days);
  proto.set_responsible(static_cast<common::v1::Role>(spec.responsible));
  proto.set_due_business_days(spec.due_business_days);
  proto.set_tool(As<v1::MeasureTool>(spec.tool));
  proto.set_consent_key(spec.consent_key);
  proto.set_document_type(spec.document_type);
  proto.set_clearance_kind(spec.clearance_kind);
  return proto;
}

StepSpec FromProto(const v1::StepSpec& proto) {
  return {.key = proto.key(),
          .kind = As<StepKind>(proto.kind()),
          .title = proto.title(),
          .required = proto.required(),
          .validity_days = proto.validity_days(),
          .responsible = static_cast<int>(proto.responsible()),
          .due_business_days = proto.due_business_days(),
          .tool = As<MeasureTool>(proto.tool()),
          .consent_key = proto.consent_key(),
          .document_type = proto.document_type(),
          .clearance_kind = proto.clearance_kind()};
}

v1::IntakeCase ToProto(const IntakeCase& intake_case, const ClinicId& clinic, absl::Time now) {
  v1::IntakeCase proto;
  proto.set_name(NameUnder(clinic, intake_case.patient, "cases", intake_case.id.str()));
  proto.set_patient(PatientName(clinic, intake_case.patient));
  proto.set_program(intake_case.program);
  proto.set_intake_template(absl::StrCat(ClinicName(clinic), "/intakeTemplates/", intake_case.intake_template.str()));
  proto.set_state(As<v1::IntakeCase::State>(intake_case.state));
  proto.set_close_reason(As<v1::IntakeCase::CloseReason>(intake_case.close_reason));
  proto.set_state_note(intake_case.state_note);
  if (intake_case.referral) {
    const Referral& referral = *intake_case.referral;
    auto* out = proto.mutable_referral();
    out->set_source(As<v1::Referral::Source>(referral.source));
    if (referral.referring_provider) *out->mutable_referring_provider() = ToProto(*referral.referring_provider);
    *out->mutable_referral_date() = rpc::ToProto(referral.referral_date);
    out->set_reason(referral.reason);
    out->set_external_reference(referral.external_reference);
  }
  for (const IntakeStep& step : intake_case.steps) {
    auto* out = proto.add_steps();
    out->set_name(StepName(clinic, intake_case, step.spec.key));
    *out->mutable_spec() = ToProto(step.spec);
    out->set_state(As<v1::IntakeStep::State>(step.state));
    *out->mutable_due_time() = rpc::ToProto(step.due_at);
    out->set_overdue(intake_case.state != CaseState::kClosed && step.overdue(now));
    out->set_assignee(step.assignee);
    out->set_evidence(NameOf(clinic, intake_case.patient, step.evidence));
    if (step.evidence_date) *out->mutable_evidence_date() = rpc::ToProto(*step.evidence_date);
    if (step.valid_through) *out->mutable_valid_through_date() = rpc::ToProto(*step.valid_through);
    out->set_waive_reason(step.waive_reason);
    out->set_waived_by(step.waived_by);
    if (step.waive_time) *out->mutable_waive_time() = rpc::ToProto(*step.waive_time);
  }
  proto.set_etag(rpc::Etag(intake_case.version));
  *proto.mutable_create_time() = rpc::ToProto(intake_case.create_time);
  *proto.mutable_update_time() = rpc::ToProto(intake_case.update_time);
  if (intake_case.close_time) *proto.mutable_close_time() = rpc::ToProto(*intake_case.close_time);
  return proto;
}

absl::StatusOr<Referral> FromProto(const v1::Referral& proto, absl::CivilDay today) {
  Referral referral{.source = As<ReferralSource>(proto.source()),
                    .reason = proto.reason(),
                    .external_reference = proto.external_reference()};
  if (proto.has_referring_provider()) referral.referring_provider = FromProto(proto.referring_provider());
  ASSIGN_OR_RETURN(referral.referral_date,
                   DayOr(proto.has_referral_date(), proto.referral_date(), "referral.referral_date", today));
  return referral;
}

}  // namespace kat::intake
