#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_STATE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_STATE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kat::scheduling {

// Numbers of kat.scheduling.v1.Appointment.State.
enum class AppointmentState {
  kBooked = 1,
  kConfirmed = 2,
  kCheckedIn = 3,
  kCompleted = 4,
  kCancelled = 5,
  kNoShow = 6,
};

enum class AppointmentAction { kConfirm, kMove, kCancel, kNoShow, kCheckIn, kComplete, kEndUntreated, kTakePlace };

// `BOOKED`, and back.
std::string StateName(AppointmentState state);
std::optional<AppointmentState> StateFromName(absl::string_view name);

// The state after `action`; FAILED_PRECONDITION, STATE_FORBIDS, where there is none.
absl::StatusOr<AppointmentState> Next(AppointmentState state, AppointmentAction action);

// Booked or confirmed: it is still to come, and its resources are taken.
bool IsOpen(AppointmentState state);
// Called off or missed: its visit can be booked anew.
bool IsLost(AppointmentState state);
// Whether it takes its resources: all but cancelled and no-show.
bool Occupies(AppointmentState state);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_APPOINTMENT_STATE_H_
