#ifndef KAT_SERVICES_MESSAGING_DOMAIN_APPOINTMENT_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_APPOINTMENT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/base/id.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// Where an appointment stands, as far as messages care.
enum class Standing { kUpcoming = 1, kBegun = 2, kCompleted = 3, kCancelled = 4, kNoShow = 5 };

// An appointment as scheduling says that it is.
struct Appointment {
  AppointmentId id;
  PatientId patient;
  CourseId course;  // empty where it belongs to none
  int64_t version = 0;
  absl::Time start_at;
  absl::Time end_at;
  Standing standing = Standing::kUpcoming;
  bool confirmed = false;
  std::string visit_type;  // last segment of its resource name
  std::string program;
  int session_number = 0;  // among dosing sessions; 0 for others
};

// What messaging keeps of it: the facts last learned, and what the patient said.
struct TrackedAppointment {
  Appointment known;
  std::string driver_name;
  std::string driver_phone;
};

// A patient as intake says; empty strings where it does not know.
struct Contact {
  PatientId id;
  std::string first_name;
  std::string phone;  // E.164
  std::string email;
  std::string language;                // two letters
  std::optional<absl::TimeZone> zone;  // that the patient lives in, where stated
  bool active = true;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_APPOINTMENT_H_
