#include "services/scheduling/domain/treatment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

using enum TreatmentState;

bool IsOver(const TreatmentRecord& record) { return record.state == kCompleted || record.state == kNotTreated; }

absl::Status CheckTime(absl::Time at, const TreatmentRecord& record, absl::Time now, absl::string_view field) {
  if (at < record.checked_in_at) return InvalidField(field, "lies before check-in");
  if (at > now) return InvalidField(field, "lies in the future");
  return absl::OkStatus();
}

// The last reading of a kind whose time is within [from, until].
const VitalSigns* Latest(const TreatmentRecord& record, VitalSigns::Point point, absl::Time from, absl::Time until) {
  const VitalSigns* latest = nullptr;
  for (const VitalSigns& vital_signs : record.vital_signs) {
    if (vital_signs.point != point || vital_signs.measured_at < from || vital_signs.measured_at > until) continue;
    if (latest == nullptr || vital_signs.measured_at >= latest->measured_at) latest = &vital_signs;
  }
  return latest;
}

bool AboveLimit(const VitalSigns& baseline, const Monitoring& monitoring) {
  return (monitoring.baseline_systolic_max > 0 && baseline.systolic > monitoring.baseline_systolic_max) ||
         (monitoring.baseline_diastolic_max > 0 && baseline.diastolic > monitoring.baseline_diastolic_max);
}

// Esketamine is given under a REMS whatever the clinic has set up.
constexpr int kRemsObservationMinutes = 120;
bool UnderRems(const Dose& dose) {
  return absl::EqualsIgnoreCase(dose.drug, "esketamine") || absl::EqualsIgnoreCase(dose.drug, "spravato");
}
bool UnderRems(const TreatmentRecord& record) {
  return std::any_of(record.doses.begin(), record.doses.end(), [](const Dose& dose) { return UnderRems(dose); });
}

bool HasLimits(const Monitoring& monitoring) {
  return monitoring.baseline_systolic_max > 0 || monitoring.baseline_diastolic_max > 0;
}

// Keeps a list in order of time where entries come late.
template <class Entry, class Key>
void InsertByTime(std::vector<Entry>& entries, const Entry& entry, Key key) {
  entries.insert(std::upper_bound(entries.begin(), entries.end(), entry,
                                  [&](const Entry& a, const Entry& b) { return key(a) < key(b); }),
                 entry);
}

class DischargeCheck {
 public:
  DischargeCheck(const TreatmentRecord& record, const Discharge& discharge, const Monitoring& monitoring,
                 absl::string_view subject)
      : record_(record), discharge_(discharge), monitoring_(monitoring), subject_(subject) {}

  std::vector<PreconditionViolation> Run() {
    if (record_.doses.empty()) {
      Add("DOSE_MISSING", "record the doses that were given, or end the visit without treatment");
    }
    const bool rems = UnderRems(record_);
    if (rems && record_.monitored_by.empty()) Add("MONITOR_MISSING", "name who monitored the patient");
    if (discharge_.left_before_release) return std::move(unmet_);
    CheckReadings(rems);
    CheckObservation();
    if (!discharge_.stable) Add("NOT_STABLE", "a clinician must find the patient clinically stable");
    return std::move(unmet_);
  }

 private:
  void Add(const char* type, std::string what) { unmet_.push_back({type, std::string(subject_), std::move(what)}); }

  void CheckReadings(bool rems) {
    const absl::Time last_dose = record_.doses.empty() ? record_.checked_in_at : record_.doses.back().given_at;
    const auto missing = [&](VitalSigns::Point point) {
      return Latest(record_, point, last_dose + absl::Microseconds(1), *discharge_.discharged_at) == nullptr;
    };
    if ((rems || monitoring_.post_dose_vitals_required) && missing(VitalSigns::Point::kPostDose)) {
      Add("POST_DOSE_VITALS_MISSING", "record the vital signs after the last dose");
    }
    if ((rems || HasLimits(monitoring_)) && missing(VitalSigns::Point::kBeforeDischarge)) {
      Add("DISCHARGE_VITALS_MISSING", "record the vital signs before discharge, after the last dose");
    }
    const bool oxygen = std::any_of(record_.vital_signs.begin(), record_.vital_signs.end(),
                                    [](const VitalSigns& reading) { return reading.oxygen_saturation > 0; });
    if (rems && !oxygen) Add("OXYGEN_SATURATION_MISSING", "record the oxygen saturation");
  }

  void CheckObservation() {
    const std::optional<absl::Time> due = ObservationDue(record_, monitoring_);
    if (!due || !discharge_.short_observation_reason.empty() || discharge_.monitoring_end_at >= *due) return;
    const int64_t missing = absl::ToInt64Minutes(absl::Ceil(*due - discharge_.monitoring_end_at, absl::Minutes(1)));
    Add("OBSERVATION_TOO_SHORT", absl::StrCat("observe for ", missing, " more minutes, or give a prescriber's reason"));
  }

  const TreatmentRecord& record_;
  const Discharge& discharge_;
  const Monitoring& monitoring_;
  const absl::string_view subject_;
  std::vector<PreconditionViolation> unmet_;
};

// Faults of the decision itself, before what it rests on.
absl::Status CheckDecision(const TreatmentRecord& record, const Discharge& discharge, Decider decider, absl::Time now) {
  RETURN_IF_ERROR(CheckTime(discharge.monitoring_end_at, record, now, "discharge.monitoring_end_time"));
  RETURN_IF_ERROR(CheckTime(*discharge.discharged_at, record, now, "discharge.discharge_time"));
  if (*discharge.discharged_at < discharge.monitoring_end_at) {
    return InvalidField("discharge.discharge_time", "lies before the end of monitoring");
  }
  if (!record.doses.empty() && discharge.monitoring_end_at < record.doses.back().given_at) {
    return InvalidField("discharge.monitoring_end_time", "lies before the last dose");
  }
  const bool departs = discharge.left_before_release || !discharge.short_observation_reason.empty();
  if (discharge.left_before_release && discharge.short_observation_reason.empty()) {
    return InvalidField("discharge.short_observation_reason", "is required where the patient left before release");
  }
  if (decider == Decider::kNone) {
    return InvalidField("discharge.decided_by", "must be a nurse or prescriber of the clinic, who has decided");
  }
  if (departs && decider != Decider::kPrescriber) {
    return InvalidField("discharge.decided_by", "must be a prescriber where observation is cut short");
  }
  return absl::OkStatus();
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
  if (UnderRems(dose) || HasLimits(monitoring)) {
    const VitalSigns* baseline = Latest(record, VitalSigns::Point::kBaseline, record.checked_in_at, dose.given_at);
    if (baseline == nullptr) return BaselineVitalsMissing();
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
  RETURN_IF_ERROR(CheckTime(event.onset_at, record, now, "adverse_event.onset_time"));
  if (event.resolved_at && *event.resolved_at < event.onset_at)
    return InvalidField("adverse_event.resolve_time", "lies before the onset");
  if (event.resolved_at && *event.resolved_at > now)
    return InvalidField("adverse_event.resolve_time", "lies in the future");
  InsertByTime(record.adverse_events, event, [](const AdverseEvent& entry) { return entry.onset_at; });
  return absl::OkStatus();
}

std::optional<absl::Time> ObservationDue(const TreatmentRecord& record, const Monitoring& monitoring) {
  if (record.doses.empty()) return std::nullopt;
  const Dose& from = monitoring.observation_from_last_dose ? record.doses.back() : record.doses.front();
  const int minutes = std::max(monitoring.observation_minutes, UnderRems(record) ? kRemsObservationMinutes : 0);
  const absl::Time due = from.given_at + absl::Minutes(minutes);
  return record.extensions.empty() ? due : std::max(due, record.extensions.back().until);
}

absl::Status ExtendObservation(TreatmentRecord& record, const ObservationExtension& extension, Decider decider,
                               absl::Time now) {
  if (record.state != kTreating && record.state != kObserving) {
    return WrongState("treatment record", StateName(record.state), "observed for longer");
  }
  if (decider == Decider::kNone) {
    return InvalidField("decided_by", "must be a nurse or prescriber of the clinic, who has decided");
  }
  if (extension.until <= now) return InvalidField("until_time", "must be in the future");
  if (extension.until > now + limits::kLongestObservation) {
    return InvalidField("until_time", "must be within 12 hours; a patient who is observed for longer is admitted");
  }
  record.extensions.push_back(extension);
  record.extensions.back().decided_at = now;
  return absl::OkStatus();
}

absl::Status DischargePatient(TreatmentRecord& record, const Discharge& discharge, Decider decider,
                              const Monitoring& monitoring, absl::Time now, absl::string_view subject) {
  if (IsOver(record)) return WrongState("treatment record", StateName(record.state), "discharged");
  Discharge decided = discharge;
  if (!decided.discharged_at) decided.discharged_at = now;
  RETURN_IF_ERROR(CheckDecision(record, decided, decider, now));
  std::vector<PreconditionViolation> unmet = DischargeCheck(record, decided, monitoring, subject).Run();
  if (!unmet.empty()) return Conditions("DISCHARGE_REFUSED", "the patient cannot be discharged yet", std::move(unmet));
  record.discharge = std::move(decided);
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
