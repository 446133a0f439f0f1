#include "services/authorization/domain/monitoring_form.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/authorization/domain/errors.h"

namespace kat::authorization::domain {
namespace {

constexpr int kDueDays = 7;               // Spravato REMS: within 7 calendar days of the session
constexpr int kObservationMinutes = 120;  // Spravato label 2.x: at least two hours after administration

constexpr absl::string_view kNames[] = {"STATE_UNSPECIFIED", "NOT_DUE",  "DRAFT",           "READY",
                                        "SUBMITTED",         "ACCEPTED", "NEEDS_CORRECTION"};
constexpr FormState no = FormState::kUnspecified;
constexpr FormState kNext[7][5] = {
    //                     fields missing     fields complete    submit                 accept                return
    /* UNSPECIFIED      */ {no, no, no, no, no},
    /* NOT_DUE          */ {FormState::kDraft, FormState::kReady, no, no, no},
    /* DRAFT            */ {FormState::kDraft, FormState::kReady, no, no, no},
    /* READY            */ {FormState::kDraft, FormState::kReady, FormState::kSubmitted, no, no},
    /* SUBMITTED        */ {no, no, no, FormState::kAccepted, FormState::kNeedsCorrection},
    /* ACCEPTED         */ {no, no, no, no, no},
    /* NEEDS_CORRECTION */ {FormState::kDraft, FormState::kReady, no, no, no},
};

absl::StatusOr<FormState> Transition(FormState state, FormEvent event, absl::string_view action) {
  const FormState next = Next(state, event);
  if (next == FormState::kUnspecified) return WrongState("monitoring form", Name(state), action);
  return next;
}

FormContent Fill(const TreatmentRecord& record, const FormSources& sources) {
  FormContent content;
  if (sources.enrollment) content.rems_patient_id = sources.enrollment->rems_patient_id;
  content.first_treatment = sources.first_treatment;
  if (sources.setting) {
    content.rems_setting_id = sources.setting->rems_id;
    content.setting_name = sources.setting->display_name;
    if (!sources.setting->sites.empty()) content.setting_address = sources.setting->sites[0].address;
  }
  content.monitoring_clinician = record.monitored_by;
  int64_t micrograms = 0;
  for (const Dose& dose : record.doses) {
    micrograms += dose.micrograms;
    content.devices += dose.devices;
    if (!dose.lot_number.empty() &&
        std::find(content.lots.begin(), content.lots.end(), dose.lot_number) == content.lots.end()) {
      content.lots.push_back(dose.lot_number);
    }
    if (!content.first_device_at || dose.given_at < *content.first_device_at) content.first_device_at = dose.given_at;
  }
  content.dose_mg = static_cast<int>(micrograms / 1000);
  content.monitoring_end_at = record.monitoring_end_at;
  content.discharge_at = record.discharge_at;
  if (content.first_device_at && content.monitoring_end_at) {
    content.monitoring_minutes =
        static_cast<int>(absl::ToInt64Minutes(*content.monitoring_end_at - *content.first_device_at));
    if (content.monitoring_minutes < kObservationMinutes) content.ready_to_leave_minutes = content.monitoring_minutes;
  }
  content.vitals = record.vitals;
  content.events = record.events;
  if (sources.medication_classes) {
    const auto& taken = *sources.medication_classes;
    for (const std::string& drug_class : sources.concomitant_classes) {
      content.concomitant[drug_class] = std::find(taken.begin(), taken.end(), drug_class) != taken.end();
    }
  }
  return content;
}

std::vector<std::string> Missing(const FormContent& content, const TreatmentRecord& record,
                                 const FormSources& sources) {
  std::vector<std::string> missing;
  const auto need = [&](bool there, absl::string_view field) {
    if (!there) missing.emplace_back(field);
  };
  need(!content.rems_patient_id.empty(), "rems_patient_id");
  need(!content.rems_setting_id.empty(), "rems_setting_id");
  need(!content.monitoring_clinician.empty(), "monitoring_clinician");
  need(!record.doses.empty(), "doses");
  need(std::none_of(record.doses.begin(), record.doses.end(), [](const Dose& d) { return d.lot_number.empty(); }),
       "doses.lot_number");
  using Point = VitalSigns::Point;
  for (const auto& [point, name] : {std::pair{Point::kBaseline, "vitals.pre"},
                                    {Point::kPostDose, "vitals.post_40"},
                                    {Point::kBeforeDischarge, "vitals.pre_discharge"}}) {
    need(std::any_of(content.vitals.begin(), content.vitals.end(),
                     [&](const VitalSigns& v) { return v.point == point; }),
         name);
  }
  need(std::any_of(content.vitals.begin(), content.vitals.end(), [](const VitalSigns& v) { return v.spo2 > 0; }),
       "vitals.oxygen_saturation");
  need(content.monitoring_end_at.has_value(), "monitoring_end_time");
  need(content.discharge_at.has_value(), "discharge_time");
  need(content.ready_to_leave_minutes == 0 || !record.short_observation_reason.empty(), "short_observation_reason");
  need(sources.concomitant_classes.empty() || sources.medication_classes.has_value(), "concomitant");
  for (size_t i = 0; i < content.events.size(); ++i) {
    const TreatmentEvent& event = content.events[i];
    need(event.start_at.has_value(), absl::StrCat("events[", i, "].start_time"));
    need(!event.serious || !event.description.empty(), absl::StrCat("events[", i, "].description"));
  }
  return missing;
}

}  // namespace

absl::string_view Name(FormState state) { return kNames[static_cast<int>(state)]; }
FormState Next(FormState state, FormEvent event) { return kNext[static_cast<int>(state)][static_cast<int>(event)]; }

MonitoringForm NewForm(FormId id, AppointmentId appointment, PatientId patient, std::string program,
                       absl::CivilDay session_day, absl::TimeZone zone, absl::Time now) {
  MonitoringForm form;
  form.id = std::move(id);
  form.appointment = std::move(appointment);
  form.patient = std::move(patient);
  form.program = std::move(program);
  form.session_day = session_day;
  form.due_at = InstantOf(session_day + kDueDays + 1, 0, zone);
  form.version = 1;
  form.created_at = form.updated_at = now;
  return form;
}

absl::Status PrepareForm(MonitoringForm& form, const TreatmentRecord& record, const FormSources& sources) {
  FormContent content = Fill(record, sources);
  std::vector<std::string> missing = Missing(content, record, sources);
  const FormEvent event = missing.empty() ? FormEvent::kFieldsComplete : FormEvent::kFieldsMissing;
  ASSIGN_OR_RETURN(form.state, Transition(form.state, event, "prepared"));
  form.content = std::move(content);
  form.missing_fields = std::move(missing);
  return absl::OkStatus();
}

absl::Status MarkSubmitted(MonitoringForm& form, Channel channel, const std::string& confirmation, absl::Time at,
                           const std::string& by, const std::string& evidence_document, absl::Time now,
                           absl::TimeZone zone) {
  if (form.state == FormState::kDraft && !form.missing_fields.empty()) {
    std::vector<PreconditionViolation> missing;
    for (const std::string& field : form.missing_fields) {
      missing.push_back({"FIELD_MISSING", field, absl::StrCat(field, " is missing")});
    }
    return FormIncomplete(std::move(missing));
  }
  ASSIGN_OR_RETURN(const FormState next, Transition(form.state, FormEvent::kSubmit, "submitted"));
  if (channel == Channel::kPhone) return InvalidField("channel", "must be the portal or fax");
  RETURN_IF_ERROR(NotInFuture(at, now, "submit_time"));
  if (at < InstantOf(form.session_day, 0, zone)) return InvalidField("submit_time", "must not be before the session");
  form.state = next;
  form.channel = channel;
  form.confirmation = confirmation;
  form.submitted_at = at;
  form.submitted_by = by;
  form.evidence_document = evidence_document;
  form.correction_note.clear();
  return absl::OkStatus();
}

absl::Status RecordResponse(MonitoringForm& form, bool accepted, const std::string& note) {
  if (!accepted && note.empty()) return InvalidField("correction_note", "is required where the form was not accepted");
  ASSIGN_OR_RETURN(form.state, Transition(form.state, accepted ? FormEvent::kAccept : FormEvent::kReturn,
                                          accepted ? "accepted" : "returned"));
  form.correction_note = accepted ? "" : note;
  return absl::OkStatus();
}

int EscalationStage(const MonitoringForm& form, const Settings& settings, absl::Time now) {
  // Days are counted back from the due time, so that one form's stages keep the zone that it was opened in.
  int stage = 0;
  for (int days : settings.monitoring_form_days) {
    stage += now >= form.due_at - absl::Hours(24) * (kDueDays + 1 - days) ? 1 : 0;
  }
  return stage;
}

std::optional<absl::Time> NextEscalation(const MonitoringForm& form, const Settings& settings, absl::TimeZone zone,
                                         absl::Time now) {
  if (form.state == FormState::kSubmitted || form.state == FormState::kAccepted || form.state == FormState::kNotDue) {
    return std::nullopt;
  }
  std::optional<absl::Time> next;
  const auto at = [&](absl::Time time) {
    if (time > now && (!next || time < *next)) next = time;
  };
  for (int days : settings.monitoring_form_days) at(form.due_at - absl::Hours(24) * (kDueDays + 1 - days));
  at(form.due_at);
  return next;
}

}  // namespace kat::authorization::domain
