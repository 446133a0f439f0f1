#include "services/scheduling/domain/appointment_state.h"

#include <array>

#include "libs/base/error.h"

namespace kat::scheduling {
namespace {

using enum AppointmentState;

constexpr int kActions = 8;
constexpr std::array<const char*, kActions> kActionWords = {"confirmed",
                                                            "moved",
                                                            "cancelled",
                                                            "marked as a no-show",
                                                            "checked in",
                                                            "completed",
                                                            "ended without treatment",
                                                            "completed without treatment"};
constexpr std::array<const char*, 7> kStateNames = {"",          "BOOKED",    "CONFIRMED", "CHECKED_IN",
                                                    "COMPLETED", "CANCELLED", "NO_SHOW"};

using Cell = std::optional<AppointmentState>;
constexpr Cell kNo = std::nullopt;

// State × action. A move takes the patient's confirmation back: it was given for another time. Whoever is checked in
// has a treatment record, which alone ends the visit: by discharge, or without treatment. A visit at which no drug is
// given has neither: it takes place.
constexpr std::array<std::array<Cell, kActions>, 7> kTable = {{
    //  confirm     move     cancel      no-show  check in    complete  end untreated  take place
    {{kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},
    {{kConfirmed, kBooked, kCancelled, kNoShow, kCheckedIn, kNo, kNo, kCompleted}},  // booked
    {{kConfirmed, kBooked, kCancelled, kNoShow, kCheckedIn, kNo, kNo, kCompleted}},  // confirmed
    {{kNo, kNo, kNo, kNo, kNo, kCompleted, kCancelled, kNo}},                        // checked in
    {{kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},                                      // completed
    {{kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},                                      // cancelled
    {{kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo}},                                      // no-show
}};

}  // namespace

std::string StateName(AppointmentState state) { return kStateNames[static_cast<int>(state)]; }

std::optional<AppointmentState> StateFromName(absl::string_view name) {
  for (size_t i = 1; i < kStateNames.size(); ++i) {
    if (name == kStateNames[i]) return static_cast<AppointmentState>(i);
  }
  return std::nullopt;
}

absl::StatusOr<AppointmentState> Next(AppointmentState state, AppointmentAction action) {
  const Cell next = kTable[static_cast<int>(state)][static_cast<int>(action)];
  if (next) return *next;
  return WrongState("appointment", StateName(state), kActionWords[static_cast<int>(action)]);
}

bool IsOpen(AppointmentState state) { return state == kBooked || state == kConfirmed; }

bool IsLost(AppointmentState state) { return state == kCancelled || state == kNoShow; }

bool Occupies(AppointmentState state) { return !IsLost(state); }

}  // namespace kat::scheduling
