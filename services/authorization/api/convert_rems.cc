#include "services/authorization/api/convert_rems.h"

namespace kat::authorization::api {

domain::RemsSetting FromProto(const v1::RemsSetting& proto) {
  domain::RemsSetting setting;
  setting.id = IdOf<domain::SettingId>(proto.name());
  setting.display_name = proto.display_name();
  setting.type = static_cast<domain::RemsSetting::Type>(proto.setting_type());
  setting.representative_name = proto.authorized_representative().display_name();
  setting.representative_title = proto.authorized_representative().title();
  setting.representative_phone = proto.authorized_representative().phone();
  setting.representative_email = proto.authorized_representative().email();
  for (const auto& site : proto.sites()) {
    setting.sites.push_back({site.display_name(), FromProto(site.address()), site.phone(), site.dea_number()});
  }
  for (int acquisition : proto.acquisitions()) {
    if (acquisition == v1::RemsSetting::PATIENT_SPECIFIC) setting.acquires_patient_specific = true;
    if (acquisition == v1::RemsSetting::BULK) setting.acquires_bulk = true;
  }
  return setting;
}

v1::RemsSetting ToProto(const ClinicId& clinic, const domain::RemsSetting& setting) {
  v1::RemsSetting proto;
  proto.set_name(ResourceName(clinic, kSettings, setting.id));
  proto.set_display_name(setting.display_name);
  proto.set_setting_type(static_cast<v1::RemsSetting::SettingType>(setting.type));
  auto* representative = proto.mutable_authorized_representative();
  representative->set_display_name(setting.representative_name);
  representative->set_title(setting.representative_title);
  representative->set_phone(setting.representative_phone);
  representative->set_email(setting.representative_email);
  for (const domain::RemsSite& site : setting.sites) {
    auto* to = proto.add_sites();
    to->set_display_name(site.display_name);
    *to->mutable_address() = ToProto(site.address);
    to->set_phone(site.phone);
    to->set_dea_number(site.dea_number);
  }
  if (setting.acquires_patient_specific) proto.add_acquisitions(v1::RemsSetting::PATIENT_SPECIFIC);
  if (setting.acquires_bulk) proto.add_acquisitions(v1::RemsSetting::BULK);
  proto.set_state(static_cast<v1::RemsSetting::State>(setting.state));
  proto.set_rems_id(setting.rems_id);
  if (setting.certified_from) *proto.mutable_certified_from() = rpc::ToProto(*setting.certified_from);
  if (setting.suspended_from) *proto.mutable_suspended_from() = rpc::ToProto(*setting.suspended_from);
  proto.set_etag(rpc::Etag(setting.version));
  *proto.mutable_create_time() = rpc::ToProto(setting.created_at);
  *proto.mutable_update_time() = rpc::ToProto(setting.updated_at);
  return proto;
}

absl::StatusOr<domain::RemsEnrollment> FromProto(const v1::RemsEnrollment& proto) {
  domain::RemsEnrollment enrollment{.patient = IdOf<PatientId>(proto.patient()),
                                    .setting = IdOf<domain::SettingId>(proto.rems_setting()),
                                    .prescriber_name = proto.prescriber_name()};
  ASSIGN_OR_RETURN(enrollment.patient_signed, OptionalDay(proto.has_patient_signed_date(), proto.patient_signed_date(),
                                                          "rems_enrollment.patient_signed_date"));
  ASSIGN_OR_RETURN(enrollment.prescriber_signed,
                   OptionalDay(proto.has_prescriber_signed_date(), proto.prescriber_signed_date(),
                               "rems_enrollment.prescriber_signed_date"));
  return enrollment;
}

v1::RemsEnrollment ToProto(const ClinicId& clinic, const domain::RemsEnrollment& e) {
  v1::RemsEnrollment proto;
  proto.set_name(ResourceName(clinic, kEnrollments, e.id));
  proto.set_patient(ResourceName(clinic, kPatients, e.patient));
  proto.set_rems_setting(ResourceName(clinic, kSettings, e.setting));
  proto.set_prescriber_name(e.prescriber_name);
  if (e.patient_signed) *proto.mutable_patient_signed_date() = rpc::ToProto(*e.patient_signed);
  if (e.prescriber_signed) *proto.mutable_prescriber_signed_date() = rpc::ToProto(*e.prescriber_signed);
  proto.set_state(static_cast<v1::RemsEnrollment::State>(e.state));
  proto.set_channel(static_cast<v1::SubmissionChannel>(e.channel));
  proto.set_confirmation(e.confirmation);
  if (e.submitted_at) *proto.mutable_submit_time() = rpc::ToProto(*e.submitted_at);
  proto.set_rems_patient_id(e.rems_patient_id);
  if (e.enrolled_from) *proto.mutable_enrolled_from() = rpc::ToProto(*e.enrolled_from);
  if (e.ended_from) *proto.mutable_ended_from() = rpc::ToProto(*e.ended_from);
  proto.set_end_reason(e.end_reason);
  proto.set_etag(rpc::Etag(e.version));
  *proto.mutable_create_time() = rpc::ToProto(e.created_at);
  *proto.mutable_update_time() = rpc::ToProto(e.updated_at);
  return proto;
}

namespace {

v1::MonitoringFormContent ContentToProto(const domain::FormContent& c) {
  v1::MonitoringFormContent proto;
  proto.set_rems_patient_id(c.rems_patient_id);
  proto.set_first_treatment(c.first_treatment);
  proto.set_rems_setting_id(c.rems_setting_id);
  proto.set_setting_name(c.setting_name);
  *proto.mutable_setting_address() = ToProto(c.setting_address);
  proto.set_monitoring_clinician(c.monitoring_clinician);
  proto.set_dose_mg(c.dose_mg);
  proto.set_devices(c.devices);
  for (const std::string& lot : c.lots) proto.add_lots(lot);
  if (c.first_device_at) *proto.mutable_first_device_time() = rpc::ToProto(*c.first_device_at);
  if (c.monitoring_end_at) *proto.mutable_monitoring_end_time() = rpc::ToProto(*c.monitoring_end_at);
  proto.set_monitoring_minutes(c.monitoring_minutes);
  proto.set_ready_to_leave_minutes(c.ready_to_leave_minutes);
  if (c.discharge_at) *proto.mutable_discharge_time() = rpc::ToProto(*c.discharge_at);
  static constexpr const char* kPoints[] = {"", "PRE", "POST_40", "PRE_DISCHARGE", "OTHER"};
  for (const domain::VitalSigns& v : c.vitals) {
    auto* to = proto.add_vitals();
    to->set_point(kPoints[static_cast<int>(v.point)]);
    to->set_systolic(v.systolic);
    to->set_diastolic(v.diastolic);
    to->set_spo2(v.spo2);
    *to->mutable_take_time() = rpc::ToProto(v.at);
  }
  for (const auto& [drug_class, taken] : c.concomitant) {
    auto* to = proto.add_concomitant();
    to->set_drug_class(drug_class);
    to->set_taken(taken);
  }
  for (const domain::TreatmentEvent& e : c.events) {
    auto* to = proto.add_events();
    to->set_kind(e.kind);
    if (e.start_at) *to->mutable_start_time() = rpc::ToProto(*e.start_at);
    if (e.end_at) *to->mutable_end_time() = rpc::ToProto(*e.end_at);
    to->set_serious(e.serious);
    to->set_description(e.description);
  }
  return proto;
}

}  // namespace

v1::MonitoringForm ToProto(const ClinicId& clinic, const domain::MonitoringForm& form) {
  v1::MonitoringForm proto;
  proto.set_name(ResourceName(clinic, kForms, form.id));
  proto.set_appointment(ResourceName(clinic, kAppointments, form.appointment));
  proto.set_patient(ResourceName(clinic, kPatients, form.patient));
  proto.set_state(static_cast<v1::MonitoringForm::State>(form.state));
  *proto.mutable_session_date() = rpc::ToProto(form.session_day);
  *proto.mutable_due_time() = rpc::ToProto(form.due_at);
  for (const std::string& field : form.missing_fields) proto.add_missing_fields(field);
  if (form.content) *proto.mutable_content() = ContentToProto(*form.content);
  proto.set_channel(static_cast<v1::SubmissionChannel>(form.channel));
  proto.set_confirmation(form.confirmation);
  if (form.submitted_at) *proto.mutable_submit_time() = rpc::ToProto(*form.submitted_at);
  proto.set_submitted_by(form.submitted_by);
  proto.set_evidence_document(form.evidence_document);
  proto.set_correction_note(form.correction_note);
  proto.set_etag(rpc::Etag(form.version));
  *proto.mutable_create_time() = rpc::ToProto(form.created_at);
  *proto.mutable_update_time() = rpc::ToProto(form.updated_at);
  return proto;
}

}  // namespace kat::authorization::api
