#include "services/scheduling/domain/treatment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

using enum TreatmentState;

bool IsOver(const TreatmentRecord& record) { return record.state == kCompleted || record.state == kNotTreated; }

absl::Status CheckTime(absl::Time at, const TreatmentRecord& record, absl::Time now, absl::string_view field) {
  if (at < record.checked_in_at) return InvalidField(field, "lies before check-in");
  if (at > now) return InvalidField(field, "lies in the future");
  return absl::OkStatus();
}

const VitalSigns* Latest(const TreatmentRecord& record, VitalSigns::Point point) {
  const VitalSigns* latest = nullptr;
  for (const VitalSigns& vital_signs : record.vital_signs) {
    if (vital_signs.point == point && (latest == nullptr || vital_signs.measured_at >= latest->measured_at))
      latest = &vital_signs;
  }
  return latest;
}

bool AboveLimit(const VitalSigns& baseline, const Monitoring& monitoring) {
  return (monitoring.baseline_systolic_max > 0 && baseline.systolic > monitoring.baseline_systolic_max) ||
         (monitoring.baseline_diastolic_max > 0 && baseline.diastolic > monitoring.baseline_diastolic_max);
}

bool NeedsBaseline(const Monitoring& monitoring) {
  return monitoring.baseline_systolic_max > 0 || monitoring.baseline_diastolic_max > 0;
}

// Keeps a list in order of time where entries come late.
template <class Entry, class Key>
void InsertByTime(std::vector<Entry>& entries, const Entry& entry, Key key) {
  entries.insert(std::upper_bound(entries.begin(), entries.end(), entry,
                                  [&](const Entry& a, const Entry& b) { return key(a) < key(b); }),
                 entry);
}

std::vector<PreconditionViolation> UnmetAtDischarge(const TreatmentRecord& record, const Discharge& discharge,
                                                    const Monitoring& monitoring, absl::string_view subject) {
  std::vector<PreconditionViolation> unmet;
  const auto add = [&](const char* type, std::string what) {
    unmet.push_back({type, std::string(subject), std::move(what)});
  };
  if (record.doses.empty()) add("DOSE_MISSING", "record the doses that were given, or end the visit without treatment");
  if (monitoring.post_dose_vitals_required && Latest(record, VitalSigns::Point::kPostDose) == nullptr) {
    add("POST_DOSE_VITALS_MISSING", "record the vital signs after the dose");
  }
  if (NeedsBaseline(monitoring) && Latest(record, VitalSigns::Point::kBeforeDischarge) == nullptr) {
    add("DISCHARGE_VITALS_MISSING", "record the vital signs before discharge");
  }
  if (!record.doses.empty() && discharge.short_observation_reason.empty()) {
    const int64_t observed = absl::ToInt64Minutes(discharge.monitoring_end_at - record.doses.front().given_at);
    if (observed < monitoring.observation_minutes) {
      add("OBSERVATION_TOO_SHORT",
          absl::StrCat("observe for ", monitoring.observation_minutes - observed, " more minutes, or give the reason"));
    }
  }
  if (!discharge.stable) add("NOT_STABLE", "a clinician must find the patient clinically stable");
  return unmet;
}

}  // namespace

std::string StateName(TreatmentState state) {
  constexpr std::array<const char*, 6> kNames = {"", "CHECKED_IN", "TREATING", "OBSERVING", "COMPLETED", "NOT_TREATED"};
  return kNames[static_cast<int>(state)];
}

std::vector<PreconditionViolation> UnmetAtCheckIn(absl::CivilDay appointment_day, absl::CivilDay today,
                                                  const VisitType& type, const Transport& transport,
                                                  absl::string_view subject) {
  std::vector<PreconditionViolation> unmet;
  if (appointment_day != today) {
    unmet.push_back({"NOT_TODAY", std::string(subject), "the appointment is on another day; move it first"});
  }
  if (type.preparation.driver_required && !(transport.driver_arranged && !transport.driver_name.empty())) {
    unmet.push_back(
        {"DRIVER_MISSING", std::string(subject), "name who takes the patient home, or move the appointment"});
  }
  return unmet;
}

TreatmentRecord OpenRecord(const Appointment& appointment, Transport transport, ResourceKey monitored_by,
                           absl::Time now) {
  return {.appointment = appointment.id,
          .patient = appointment.patient,
          .course = appointment.course,
          .program = appointment.program,
          .session_number = appointment.session_number,
          .checked_in_at = now,
          .transport = std::move(transport),
          .monitored_by = std::move(monitored_by),
          .updated_at = now};
}

absl::Status AddDose(TreatmentRecord& record, const Dose& dose, bool last,
                     const std::optional<PressureDecision>& decision, const Monitoring& monitoring, absl::Time now) {
  if (record.state != kCheckedIn && record.state != kTreating)
    return WrongState("treatment record", StateName(record.state), "given a dose");
  RETURN_IF_ERROR(CheckTime(dose.given_at, record, now, "dose.give_time"));
  if (!record.doses.empty() && dose.given_at < record.doses.back().given_at) {
    return InvalidField("dose.give_time", "lies before the dose before it");
  }
  if (NeedsBaseline(monitoring)) {
    const VitalSigns* baseline = Latest(record, VitalSigns::Point::kBaseline);
    if (baseline == nullptr || baseline->measured_at > dose.given_at) return BaselineVitalsMissing();
    if (AboveLimit(*baseline, monitoring) && !decision && !record.pressure_decision) return PressureAboveLimit();
  }
  if (decision) record.pressure_decision = decision;
  record.doses.push_back(dose);
  record.state = last ? kObserving : kTreating;
  return absl::OkStatus();
}

absl::Status AddVitalSigns(TreatmentRecord& record, const VitalSigns& vital_signs, absl::Time now) {
  if (IsOver(record)) return WrongState("treatment record", StateName(record.state), "added to");
  RETURN_IF_ERROR(CheckTime(vital_signs.measured_at, record, now, "vital_signs.measure_time"));
  if (vital_signs.diastolic >= vital_signs.systolic)
    return InvalidField("vital_signs.diastolic", "must be below systolic");
  InsertByTime(record.vital_signs, vital_signs, [](const VitalSigns& entry) { return entry.measured_at; });
  return absl::OkStatus();
}

absl::Status AddAdverseEvent(TreatmentRecord& record, const AdverseEvent& event, absl::Time now) {
  if (IsOver(record)) return WrongState("treatment record", StateName(record.state), "added to");
  RETURN_IF_ERROR(CheckTime(event.onset_at, record, now, "adverse_event.onset_time"));
  if (event.resolved_at && *event.resolved_at < event.onset_at)
    return InvalidField("adverse_event.resolve_time", "lies before the onset");
  InsertByTime(record.adverse_events, event, [](const AdverseEvent& entry) { return entry.onset_at; });
  return absl::OkStatus();
}

absl::Status DischargePatient(TreatmentRecord& record, const Discharge& discharge, const Monitoring& monitoring,
                              absl::Time now, absl::string_view subject) {
  if (IsOver(record)) return WrongState("treatment record", StateName(record.state), "discharged");
  RETURN_IF_ERROR(CheckTime(discharge.monitoring_end_at, record, now, "discharge.monitoring_end_time"));
  if (discharge.discharged_at && *discharge.discharged_at < discharge.monitoring_end_at) {
    return InvalidField("discharge.discharge_time", "lies before the end of monitoring");
  }
  std::vector<PreconditionViolation> unmet = UnmetAtDischarge(record, discharge, monitoring, subject);
  if (!unmet.empty()) return Conditions("DISCHARGE_REFUSED", "the patient cannot be discharged yet", std::move(unmet));
  record.discharge = discharge;
  if (!record.discharge->discharged_at) record.discharge->discharged_at = now;
  record.state = kCompleted;
  return absl::OkStatus();
}

absl::Status EndWithoutTreatment(TreatmentRecord& record, absl::string_view reason) {
  if (record.state != kCheckedIn)
    return WrongState("treatment record", StateName(record.state), "ended without treatment");
  record.state = kNotTreated;
  record.not_treated_reason = std::string(reason);
  return absl::OkStatus();
}

}  // namespace kat::scheduling
