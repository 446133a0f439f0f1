#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/scheduling/domain/appointment_state.h"
#include "services/scheduling/domain/coverage_condition.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/protocol_override.h"
#include "services/scheduling/domain/wall_clock.h"

namespace kat::scheduling {

// A resource in a role of a visit.
struct Assignment {
  std::string role;
  ResourceKey resource;

  friend bool operator==(const Assignment&, const Assignment&) = default;
};

// A visit that is booked; of a course, or by itself.
struct Appointment {
  AppointmentId id;
  CourseId course;       // empty for one by itself
  PatientId patient;     // empty for one without
  int block = 0;         // number of its block in the course, from 1
  std::string visit_id;  // `infusion-3`
  VisitTypeId visit_type;
  int session_number = 0;
  TimeSpan time;  // the patient's time
  AppointmentState state = AppointmentState::kBooked;
  std::vector<Assignment> assignments;
  std::string program;
  std::vector<ExternalId> external_ids;
  std::string note;
  std::string cancel_reason;
  bool cancelled_by_clinic = false;
  bool cancelled_late = false;                 // with less notice than the clinic asks for
  bool pinned = false;                         // stays where it is, unless a person moves it or it cannot
  AppointmentId rebooks;                       // the lost one in whose place it stands
  std::vector<ProtocolOverride> overrides;     // departures from the protocol that it was put here with, oldest first
  std::optional<CoverageCondition> condition;  // while no authorization covers it
  int64_t version = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_H_
