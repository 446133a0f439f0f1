#include "services/intake/api/request_converters.h"

#include "libs/base/status_macros.h"

namespace kat::intake {

v1::Medication ToProto(const Medication& medication, const ClinicId& clinic) {
  v1::Medication proto;
  proto.set_name(NameUnder(clinic, medication.patient, "medications", medication.id.str()));
  proto.set_drug(medication.drug);
  proto.set_drug_class(medication.drug_class);
  proto.set_dose(medication.dose);
  proto.set_route(medication.route);
  if (medication.start_date) *proto.mutable_start_date() = rpc::ToProto(*medication.start_date);
  if (medication.end_date) *proto.mutable_end_date() = rpc::ToProto(*medication.end_date);
  proto.set_stop_reason(medication.stop_reason);
  proto.set_prescriber(medication.prescriber);
  *proto.mutable_create_time() = rpc::ToProto(medication.create_time);
  return proto;
}

absl::StatusOr<Medication> FromProto(const v1::Medication& proto) {
  Medication medication{.drug = proto.drug(),
                        .drug_class = proto.drug_class(),
                        .dose = proto.dose(),
                        .route = proto.route(),
                        .prescriber = proto.prescriber()};
  ASSIGN_OR_RETURN(medication.start_date,
                   OptionalDay(proto.has_start_date(), proto.start_date(), "medication.start_date"));
  return medication;
}

v1::MedicationVerification ToProto(const MedicationVerification& verification, const ClinicId& clinic) {
  v1::MedicationVerification proto;
  proto.set_name(NameUnder(clinic, verification.patient, "medicationVerifications", verification.id.str()));
  *proto.mutable_verified_date() = rpc::ToProto(verification.verified_date);
  proto.set_verified_by(verification.verified_by);
  proto.set_source(verification.source);
  proto.set_changes(verification.changes);
  proto.set_list_etag(rpc::Etag(verification.list_version));
  for (const std::string& code : verification.signed_off_codes) proto.add_signed_off_codes(code);
  *proto.mutable_create_time() = rpc::ToProto(verification.create_time);
  return proto;
}

v1::InteractionFlag ToProto(const InteractionFlag& flag, const ClinicId& clinic, const PatientId& patient) {
  v1::InteractionFlag proto;
  proto.set_code(flag.code);
  proto.set_medication(NameUnder(clinic, patient, "medications", flag.medication.str()));
  proto.set_handling(As<v1::InteractionRule::Handling>(flag.handling));
  proto.set_reason(flag.reason);
  proto.set_instruction(flag.instruction);
  proto.set_signed_off(flag.signed_off);
  return proto;
}

v1::InteractionRule ToProto(const InteractionRule& rule) {
  v1::InteractionRule proto;
  proto.set_code(rule.code);
  for (const std::string& drug_class : rule.drug_classes) proto.add_drug_classes(drug_class);
  for (const std::string& drug : rule.drugs) proto.add_drugs(drug);
  proto.set_handling(As<v1::InteractionRule::Handling>(rule.handling));
  proto.set_reason(rule.reason);
  proto.set_instruction(rule.instruction);
  proto.set_source(rule.source);
  return proto;
}

InteractionRule FromProto(const v1::InteractionRule& proto) {
  return {.code = proto.code(),
          .drug_classes = {proto.drug_classes().begin(), proto.drug_classes().end()},
          .drugs = {proto.drugs().begin(), proto.drugs().end()},
          .handling = As<Handling>(proto.handling()),
          .reason = proto.reason(),
          .instruction = proto.instruction(),
          .source = proto.source()};
}

v1::RecordsRequest ToProto(const RecordsRequest& request, const ClinicId& clinic, absl::CivilDay day) {
  v1::RecordsRequest proto;
  proto.set_name(NameUnder(clinic, request.patient, "recordsRequests", request.id.str()));
  *proto.mutable_provider() = ToProto(request.provider);
  proto.set_basis(As<v1::RecordsRequest::Basis>(request.basis));
  proto.set_part2_program(request.part2_program);
  for (const std::string& type : request.record_types) proto.add_record_types(type);
  const ReleaseOfInformation& release = request.release;
  auto* out = proto.mutable_release();
  out->set_description(release.description);
  out->set_discloser(release.discloser);
  out->set_recipient(release.recipient);
  out->set_purpose(release.purpose);
  if (release.expiration_date) *out->mutable_expiration_date() = rpc::ToProto(*release.expiration_date);
  out->set_expiration_event(release.expiration_event);
  out->set_states_right_to_revoke(release.states_right_to_revoke);
  out->set_states_conditioning(release.states_conditioning);
  out->set_states_redisclosure(release.states_redisclosure);
  if (release.signature) *out->mutable_signature() = ToProto(*release.signature, clinic, request.patient);
  out->set_copy_given(release.copy_given);
  proto.set_state(As<v1::RecordsRequest::State>(request.state));
  if (request.basis != RecordsBasis::kTreatment) {
    for (const std::string& element : MissingElements(release, day, true)) proto.add_missing_elements(element);
  }
  proto.set_channel(As<v1::RecordsRequest::Channel>(request.channel));
  proto.set_send_reference(request.send_reference);
  if (request.send_time) *proto.mutable_send_time() = rpc::ToProto(*request.send_time);
  proto.set_follow_ups_due(request.follow_ups_due);
  if (request.next_follow_up) *proto.mutable_next_follow_up_time() = rpc::ToProto(*request.next_follow_up);
  for (const DocumentId& id : request.documents) proto.add_documents(DocumentName(clinic, request.patient, id));
  if (request.received_date) *proto.mutable_received_date() = rpc::ToProto(*request.received_date);
  proto.set_state_note(request.state_note);
  proto.set_etag(rpc::Etag(request.version));
  *proto.mutable_create_time() = rpc::ToProto(request.create_time);
  *proto.mutable_update_time() = rpc::ToProto(request.update_time);
  return proto;
}

absl::StatusOr<RecordsRequest> FromProto(const v1::RecordsRequest& proto) {
  const v1::ReleaseOfInformation& release = proto.release();
  RecordsRequest request{.provider = FromProto(proto.provider()),
                         .basis = As<RecordsBasis>(proto.basis()),
                         .part2_program = proto.part2_program(),
                         .record_types = {proto.record_types().begin(), proto.record_types().end()},
                         .release = {.description = release.description(),
                                     .discloser = release.discloser(),
                                     .recipient = release.recipient(),
                                     .purpose = release.purpose(),
                                     .expiration_event = release.expiration_event(),
                                     .states_right_to_revoke = release.states_right_to_revoke(),
                                     .states_conditioning = release.states_conditioning(),
                                     .states_redisclosure = release.states_redisclosure(),
                                     .copy_given = release.copy_given()}};
  ASSIGN_OR_RETURN(
      request.release.expiration_date,
      OptionalDay(release.has_expiration_date(), release.expiration_date(), "records_request.release.expiration_date"));
  return request;
}

v1::Clearance ToProto(const Clearance& clearance, const ClinicId& clinic) {
  v1::Clearance proto;
  proto.set_name(NameUnder(clinic, clearance.patient, "clearances", clearance.id.str()));
  proto.set_kind(clearance.kind);
  *proto.mutable_clinician() = ToProto(clearance.clinician);
  proto.set_question(clearance.question);
  proto.set_state(As<v1::Clearance::State>(clearance.state));
  *proto.mutable_due_time() = rpc::ToProto(clearance.due_at);
  proto.set_document(DocumentName(clinic, clearance.patient, clearance.document));
  proto.set_conditions(clearance.conditions);
  if (clearance.decision_date) *proto.mutable_decision_date() = rpc::ToProto(*clearance.decision_date);
  if (clearance.valid_through) *proto.mutable_valid_through_date() = rpc::ToProto(*clearance.valid_through);
  proto.set_decided_by(clearance.decided_by);
  proto.set_state_note(clearance.state_note);
  proto.set_etag(rpc::Etag(clearance.version));
  *proto.mutable_create_time() = rpc::ToProto(clearance.create_time);
  *proto.mutable_update_time() = rpc::ToProto(clearance.update_time);
  return proto;
}

v1::Consent ToProto(const Consent& consent, const ClinicId& clinic, ConsentState state) {
  v1::Consent proto;
  proto.set_name(NameUnder(clinic, consent.patient, "consents", consent.id.str()));
  proto.set_consent_template(absl::StrCat(ClinicName(clinic), "/consentTemplates/", consent.consent_template.str()));
  proto.set_content_hash(consent.content_hash);
  for (const std::string& code : consent.accepted_statements) proto.add_accepted_statements(code);
  *proto.mutable_signature() = ToProto(consent.signature, clinic, consent.patient);
  proto.set_consent_key(consent.consent_key);
  proto.set_state(As<v1::Consent::State>(state));
  if (consent.valid_through) *proto.mutable_valid_through_date() = rpc::ToProto(*consent.valid_through);
  if (consent.revoke_time) *proto.mutable_revoke_time() = rpc::ToProto(*consent.revoke_time);
  proto.set_revoke_reason(consent.revoke_reason);
  proto.set_recorded_by(consent.recorded_by);
  *proto.mutable_create_time() = rpc::ToProto(consent.create_time);
  return proto;
}

v1::Document ToProto(const Document& document, const ClinicId& clinic) {
  v1::Document proto;
  proto.set_name(DocumentName(clinic, document.patient, document.id));
  proto.set_type(document.type);
  proto.set_loinc_code(document.loinc_code);
  proto.set_title(document.title);
  proto.set_media_type(document.media_type);
  *proto.mutable_document_date() = rpc::ToProto(document.document_date);
  proto.set_author(document.author);
  proto.set_external_reference(document.external_reference);
  proto.set_size_bytes(document.size_bytes);
  proto.set_sha256(document.sha256);
  proto.set_state(As<v1::Document::State>(document.state));
  proto.set_retract_reason(document.retract_reason);
  proto.set_recorded_by(document.recorded_by);
  *proto.mutable_create_time() = rpc::ToProto(document.create_time);
  return proto;
}

}  // namespace kat::intake
