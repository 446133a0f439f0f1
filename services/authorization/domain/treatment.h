#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_TREATMENT_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_TREATMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/authorization/domain/ids.h"
#include "services/authorization/domain/units.h"

// Appointments and treatment records, as scheduling tells of them.
namespace kat::authorization::domain {

struct Appointment {
  enum class State { kUnspecified, kBooked, kConfirmed, kCheckedIn, kCompleted, kCancelled, kNoShow };
  AppointmentId id;
  PatientId patient;
  CourseId course;
  std::string program;
  std::string visit_id;
  int session_number = 0;
  absl::Time start_at;
  State state = State::kUnspecified;
  int64_t version = 0;
};

struct Dose {
  std::string drug;
  std::string lot_number;
  int64_t micrograms = 0;
  int devices = 0;  // devices or vials; 0 where that does not apply
  absl::Time given_at;
};

struct VitalSigns {
  enum class Point { kUnspecified, kBaseline, kPostDose, kBeforeDischarge, kOther };
  Point point = Point::kUnspecified;
  int systolic = 0, diastolic = 0;
  int spo2 = 0;  // 0: not measured
  absl::Time at;
};

struct TreatmentEvent {
  std::string kind;  // SEDATION, DISSOCIATION, RESPIRATORY_DEPRESSION, HYPERTENSION, SERIOUS_ADVERSE_EVENT, OTHER
  std::optional<absl::Time> start_at, end_at;
  bool serious = false;
  std::string description;
};

struct TreatmentRecord {
  AppointmentId appointment;
  PatientId patient;
  CourseId course;
  std::string program;
  int session_number = 0;
  bool completed = false;
  std::vector<Dose> doses;
  std::vector<VitalSigns> vitals;
  std::vector<TreatmentEvent> events;
  std::optional<absl::Time> monitoring_end_at, discharge_at;
  std::string decided_by;
  std::string short_observation_reason;
  std::string monitored_by;
};

// What a session used: one visit where a dose was given, its milligrams and devices. `mg_per_device` above 0 counts
// devices from milligrams where the record gives no count.
UnitCounts UnitsUsed(const TreatmentRecord& record, const std::string& drug, int mg_per_device);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_TREATMENT_H_
