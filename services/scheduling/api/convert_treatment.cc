#include "services/scheduling/api/convert_treatment.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

std::string NameOrNone(const ClinicId& clinic, const ResourceKey& key) {
  return key.empty() ? "" : NameOf(clinic, key);
}

void Fill(const ClinicId& clinic, const Dose& dose, v1::Dose* out) {
  out->set_drug(dose.drug);
  out->set_amount_micrograms(dose.amount_micrograms);
  out->set_route(dose.route);
  out->set_lot_number(dose.lot_number);
  out->set_ndc(dose.ndc);
  out->set_units(dose.units);
  *out->mutable_give_time() = rpc::ToProto(dose.given_at);
  out->set_given_by(NameOrNone(clinic, dose.given_by));
}

void Fill(const VitalSigns& vital_signs, v1::VitalSigns* out) {
  out->set_point(static_cast<v1::VitalSigns::Point>(vital_signs.point));
  *out->mutable_measure_time() = rpc::ToProto(vital_signs.measured_at);
  out->set_systolic(vital_signs.systolic);
  out->set_diastolic(vital_signs.diastolic);
  out->set_heart_rate(vital_signs.heart_rate);
  out->set_oxygen_saturation(vital_signs.oxygen_saturation);
  out->set_respiratory_rate(vital_signs.respiratory_rate);
}

void Fill(const AdverseEvent& event, v1::AdverseEvent* out) {
  out->set_kind(static_cast<v1::AdverseEvent::Kind>(event.kind));
  *out->mutable_onset_time() = rpc::ToProto(event.onset_at);
  if (event.resolved_at) *out->mutable_resolve_time() = rpc::ToProto(*event.resolved_at);
  out->set_serious(event.serious);
  out->set_description(event.description);
}

void Fill(const ClinicId& clinic, const Discharge& discharge, v1::Discharge* out) {
  *out->mutable_monitoring_end_time() = rpc::ToProto(discharge.monitoring_end_at);
  if (discharge.discharged_at) *out->mutable_discharge_time() = rpc::ToProto(*discharge.discharged_at);
  out->set_stable(discharge.stable);
  out->set_decided_by(NameOrNone(clinic, discharge.decided_by));
  out->set_short_observation_reason(discharge.short_observation_reason);
  out->set_left_before_release(discharge.left_before_release);
}

}  // namespace

ResourceKey ResourceKeyOf(absl::string_view name) {
  size_t slash = name.find('/');
  if (slash != absl::string_view::npos) slash = name.find('/', slash + 1);
  return slash == absl::string_view::npos ? ResourceKey() : ResourceKey(name.substr(slash + 1));
}

v1::TreatmentRecord ToProto(const ClinicId& clinic, const TreatmentRecord& record) {
  v1::TreatmentRecord out;
  out.set_appointment(NameOf(clinic, record.appointment));
  out.set_name(absl::StrCat(out.appointment(), "/treatmentRecord"));
  out.set_patient(NameOf(clinic, record.patient));
  out.set_course(NameOf(clinic, record.course));
  out.set_program(record.program);
  out.set_session_number(record.session_number);
  out.set_state(static_cast<v1::TreatmentRecord::State>(record.state));
  *out.mutable_check_in_time() = rpc::ToProto(record.checked_in_at);
  out.mutable_transport()->set_driver_arranged(record.transport.driver_arranged);
  out.mutable_transport()->set_driver_name(record.transport.driver_name);
  out.mutable_transport()->set_driver_phone(record.transport.driver_phone);
  out.set_monitored_by(NameOrNone(clinic, record.monitored_by));
  for (const Dose& dose : record.doses) Fill(clinic, dose, out.add_doses());
  for (const VitalSigns& vital_signs : record.vital_signs) Fill(vital_signs, out.add_vital_signs());
  for (const AdverseEvent& event : record.adverse_events) Fill(event, out.add_adverse_events());
  if (record.discharge) Fill(clinic, *record.discharge, out.mutable_discharge());
  if (record.pressure_decision) {
    out.mutable_pressure_decision()->set_decided_by(NameOrNone(clinic, record.pressure_decision->decided_by));
    out.mutable_pressure_decision()->set_reason(record.pressure_decision->reason);
  }
  out.set_not_treated_reason(record.not_treated_reason);
  for (const VisitPhase& phase : PhasesOf(record)) *out.add_phases() = ToProto(phase);
  for (const ObservationExtension& extension : record.extensions) {
    v1::ObservationExtension& to = *out.add_observation_extensions();
    *to.mutable_until_time() = rpc::ToProto(extension.until);
    to.set_decided_by(NameOrNone(clinic, extension.decided_by));
    to.set_reason(extension.reason);
    *to.mutable_decide_time() = rpc::ToProto(extension.decided_at);
  }
  out.set_etag(rpc::Etag(record.version));
  *out.mutable_update_time() = rpc::ToProto(record.updated_at);
  return out;
}

v1::VisitPhase ToProto(const VisitPhase& phase) {
  v1::VisitPhase out;
  out.set_kind(static_cast<v1::VisitPhase::Kind>(phase.kind));
  *out.mutable_start_time() = rpc::ToProto(phase.start);
  if (phase.end) *out.mutable_end_time() = rpc::ToProto(*phase.end);
  return out;
}

Dose FromProto(const v1::Dose& dose) {
  return {.drug = dose.drug(),
          .amount_micrograms = dose.amount_micrograms(),
          .route = dose.route(),
          .lot_number = dose.lot_number(),
          .ndc = dose.ndc(),
          .units = dose.units(),
          .given_at = rpc::FromProto(dose.give_time()),
          .given_by = ResourceKeyOf(dose.given_by())};
}

VitalSigns FromProto(const v1::VitalSigns& vital_signs) {
  return {.point = static_cast<VitalSigns::Point>(vital_signs.point()),
          .measured_at = rpc::FromProto(vital_signs.measure_time()),
          .systolic = vital_signs.systolic(),
          .diastolic = vital_signs.diastolic(),
          .heart_rate = vital_signs.heart_rate(),
          .oxygen_saturation = vital_signs.oxygen_saturation(),
          .respiratory_rate = vital_signs.respiratory_rate()};
}

AdverseEvent FromProto(const v1::AdverseEvent& event) {
  AdverseEvent out{.kind = event.kind(),
                   .onset_at = rpc::FromProto(event.onset_time()),
                   .serious = event.serious(),
                   .description = event.description()};
  if (event.has_resolve_time()) out.resolved_at = rpc::FromProto(event.resolve_time());
  return out;
}

Discharge FromProto(const v1::Discharge& discharge) {
  Discharge out{.monitoring_end_at = rpc::FromProto(discharge.monitoring_end_time()),
                .stable = discharge.stable(),
                .decided_by = ResourceKeyOf(discharge.decided_by()),
                .short_observation_reason = discharge.short_observation_reason(),
                .left_before_release = discharge.left_before_release()};
  if (discharge.has_discharge_time()) out.discharged_at = rpc::FromProto(discharge.discharge_time());
  return out;
}

Transport FromProto(const v1::Transport& transport) {
  return {.driver_arranged = transport.driver_arranged(),
          .driver_name = transport.driver_name(),
          .driver_phone = transport.driver_phone()};
}

}  // namespace kat::scheduling
