#ifndef KAT_SERVICES_MESSAGING_DOMAIN_PLANNING_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_PLANNING_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "services/messaging/domain/appointment.h"
#include "services/messaging/domain/message.h"
#include "services/messaging/domain/policy.h"

namespace kat::messaging {

// What happened to an appointment that patients are told of.
enum class Change { kBooked, kMoved, kCancelled, kCompleted };

struct PlanInput {
  const Appointment& appointment;
  const CadencePolicy& cadence;
  SendWindow window;
  const Zones& zones;  // the patient's
  absl::Time now;
  Change change = Change::kBooked;
  // Every message there was about this appointment so far.
  const std::vector<PatientMessage>& earlier;
};

// What is to be sent, and when the appointment must be looked at.
struct Plan {
  // PLANNED, or SUPPRESSED where no moment is left (TOO_LATE) or the patient was already told (ALREADY_TOLD).
  std::vector<PatientMessage> messages;
  // When an unconfirmed visit becomes a call to make; a driver not named, at-risk work. Not before now.
  std::optional<absl::Time> confirm_by;
  std::optional<absl::Time> driver_by;
};

// Plans the messages that follow a change:
// - a notice at once (in a course it waits for others of the course); of a move or cancellation only where the patient
// was told of the appointment before,
//   and a move of which the patient never knew is told as a booking;
// - reminders and preparation before the start, inside the window. One whose moment is past when the appointment is
// made is skipped, but
//   preparation then goes out at once, and so does the last step that asks to confirm where no later one asks;
// - follow-up after the end, on completion.
Plan PlanMessages(const PlanInput& input);

// Whether `old` and `now` are the same to the patient: same time, same kind of visit, both still to come.
bool SameToPatient(const Appointment& old, const Appointment& now);

// Whether a suppressed message of this kind leaves something that a person must tell the patient.
bool NeedsCall(const PatientMessage& message);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_PLANNING_H_
