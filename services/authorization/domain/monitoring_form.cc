#include "services/authorization/domain/monitoring_form.h"

#include <algorithm>
#include <iterator>
#include <map>
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

constexpr absl::string_view kNames[] = {"STATE_UNSPECIFIED", "NOT_DUE",          "DRAFT",       "READY", "SUBMITTED",
                                        "ACCEPTED",          "NEEDS_CORRECTION", "NOT_REQUIRED"};
constexpr FormState no = FormState::kUnspecified;
constexpr FormState kNext[8][6] = {
    //                     fields missing     fields complete    submit                 accept                return
    //                     no dose
    /* UNSPECIFIED      */ {no, no, no, no, no, no},
    /* NOT_DUE          */ {FormState::kDraft, FormState::kReady, no, no, no, FormState::kNotRequired},
    /* DRAFT            */ {FormState::kDraft, FormState::kReady, no, no, no, no},
    /* READY            */ {FormState::kDraft, FormState::kReady, FormState::kSubmitted, no, no, no},
    /* SUBMITTED        */ {no, no, no, FormState::kAccepted, FormState::kNeedsCorrection, no},
    /* ACCEPTED         */ {no, no, no, no, no, no},
    /* NEEDS_CORRECTION */ {FormState::kDraft, FormState::kReady, no, no, no, no},
    /* NOT_REQUIRED     */ {no, no, no, no, no, no},
};

absl::StatusOr<FormState> Transition(FormState state, FormEvent event, absl::string_view action) {
  const FormState next = Next(state, event);
  if (next == FormState::kUnspecified) return WrongState("monitoring form", Name(state), action);
  return next;
}

std::vector<Dose> DosesOf(const TreatmentRecord& record, const std::string& drug) {
  std::vector<Dose> doses;
  std::copy_if(record.doses.begin(), record.doses.end(), std::back_inserter(doses),
               [&](const Dose& dose) { return drug.empty() || dose.drug == drug; });
  return doses;
}

// What a missing field lacks, and where.
std::string Explain(const std::string& field) {
  static const auto* const kWhy = new std::map<std::string, std::string>{
      {"rems_patient_id", "the patient had no REMS enrollment on the session's day; record it with its number"},
      {"rems_setting_id", "no REMS setting was certified on the session's day; record its certification"},
      {"monitoring_clinician", "the treatment record does not say who monitored"},
      {"doses", "the treatment record holds no dose of the program's drug"},
      {"doses.lot_number", "a dose of the treatment record has no lot number"},
      {"vitals.pre", "the treatment record holds no vital signs from before the first dose"},
      {"vitals.post_40", "the treatment record holds no vital signs from 40 minutes after the dose"},
      {"vitals.pre_discharge", "the treatment record holds no vital signs from before discharge"},
      {"vitals.oxygen_saturation", "no vital signs of the treatment record hold an oxygen saturation"},
      {"monitoring_end_time", "the treatment record does not say when monitoring ended; discharge the patient"},
      {"discharge_time", "the treatment record does not say when the patient left; discharge the patient"},
      {"short_observation_reason", "monitoring was shorter than two hours and the discharge does not say why"},
      {"concomitant", "intake could not say what the patient takes; prepare the form again"}};
  const auto found = kWhy->find(field);
  return absl::StrCat(field, " is missing", found == kWhy->end() ? "" : absl::StrCat(": ", found->second));
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
  for (const Dose& dose : DosesOf(record, sources.drug)) {
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
  const std::vector<Dose> doses = DosesOf(record, sources.drug);
  need(!doses.empty(), "doses");
  need(std::none_of(doses.begin(), doses.end(), [](const Dose& d) { return d.lot_number.empty(); }),
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
      missing.push_back({"FIELD_MISSING", field, Explain(field)});
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

absl::Status MarkNotRequired(MonitoringForm& form) {
  ASSIGN_OR_RETURN(form.state, Transition(form.state, FormEvent::kNoDose, "closed as not required"));
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
  if (form.state == FormState::kSubmitted || form.state == FormState::kAccepted ||
      form.state == FormState::kNotRequired) {
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
