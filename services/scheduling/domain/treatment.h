#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_TREATMENT_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_TREATMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/visit_type.h"

// What happens at a dosing visit: check-in, doses, vital signs, observation, discharge. What must be observed is the
// visit type's Monitoring, the clinic's rule; the sources stand at its proto. Under it lies what the REMS of esketamine
// asks of everyone, and no clinic can set aside: three blood pressures, oxygen saturation, who monitored, two hours.
namespace kat::scheduling {

// Who decides, among staff: a nurse releases a patient, a prescriber departs from the rule.
enum class Decider { kNone, kNurse, kPrescriber };

// Numbers of kat.scheduling.v1.TreatmentRecord.State.
enum class TreatmentState { kCheckedIn = 1, kTreating = 2, kObserving = 3, kCompleted = 4, kNotTreated = 5 };

struct Transport {
  bool driver_arranged = false;
  std::string driver_name;
  std::string driver_phone;
};

struct Dose {
  std::string drug;
  int64_t amount_micrograms = 0;
  std::string route;
  std::string lot_number;
  std::string ndc;
  int units = 0;  // devices or vials
  absl::Time given_at;
  ResourceKey given_by;
};

struct VitalSigns {
  enum class Point { kBaseline = 1, kPostDose = 2, kBeforeDischarge = 3, kOther = 4 };
  Point point = Point::kOther;
  absl::Time measured_at;
  int systolic = 0;
  int diastolic = 0;
  int heart_rate = 0;
  int oxygen_saturation = 0;
  int respiratory_rate = 0;
};

struct AdverseEvent {
  int kind = 0;  // number of kat.scheduling.v1.AdverseEvent.Kind
  absl::Time onset_at;
  std::optional<absl::Time> resolved_at;
  bool serious = false;
  std::string description;
};

struct Discharge {
  absl::Time monitoring_end_at;
  std::optional<absl::Time> discharged_at;
  bool stable = false;
  ResourceKey decided_by;
  std::string short_observation_reason;
  bool left_before_release = false;  // on their own, or to a hospital
};

// A clinician's decision to observe for longer than must be.
struct ObservationExtension {
  absl::Time until;
  ResourceKey decided_by;
  std::string reason;
  absl::Time decided_at;
};

struct PressureDecision {
  ResourceKey decided_by;
  std::string reason;
};

struct TreatmentRecord {
  AppointmentId appointment;
  PatientId patient;
  CourseId course;
  std::string program;
  int session_number = 0;
  TreatmentState state = TreatmentState::kCheckedIn;
  absl::Time checked_in_at;
  Transport transport;
  ResourceKey monitored_by;
  std::vector<Dose> doses;
  std::vector<VitalSigns> vital_signs;
  std::vector<AdverseEvent> adverse_events;
  std::optional<PressureDecision> pressure_decision;
  std::vector<ObservationExtension> extensions;  // in order of decision; the last one holds
  std::optional<Discharge> discharge;
  std::string not_treated_reason;
  int64_t version = 1;
  absl::Time updated_at;
};

// `CHECKED_IN`.
std::string StateName(TreatmentState state);

// What scheduling itself asks at the door: NOT_TODAY, DRIVER_MISSING. `today` is the clinic's day.
std::vector<PreconditionViolation> UnmetAtCheckIn(absl::CivilDay appointment_day, absl::CivilDay today,
                                                  const VisitType& type, const Transport& transport,
                                                  absl::string_view subject);

TreatmentRecord OpenRecord(const Appointment& appointment, Transport transport, ResourceKey monitored_by,
                           absl::Time now);

// When observation may end at the earliest: what the visit type and, under it, the REMS ask for after the dose that
// they count from, or the time that it was extended to. None before a dose.
std::optional<absl::Time> ObservationDue(const TreatmentRecord& record, const Monitoring& monitoring);

// Each changes the record, or says why it cannot; errors as SchedulingService says.
absl::Status AddDose(TreatmentRecord& record, const Dose& dose, bool last,
                     const std::optional<PressureDecision>& decision, const Monitoring& monitoring, absl::Time now);
absl::Status AddVitalSigns(TreatmentRecord& record, const VitalSigns& vital_signs, absl::Time now);
absl::Status AddAdverseEvent(TreatmentRecord& record, const AdverseEvent& event, absl::Time now);
absl::Status ExtendObservation(TreatmentRecord& record, const ObservationExtension& extension, Decider decider,
                               absl::Time now);
absl::Status DischargePatient(TreatmentRecord& record, const Discharge& discharge, Decider decider,
                              const Monitoring& monitoring, absl::Time now, absl::string_view subject);
absl::Status EndWithoutTreatment(TreatmentRecord& record, absl::string_view reason);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_TREATMENT_H_
