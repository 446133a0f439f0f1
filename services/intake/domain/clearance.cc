#include "services/intake/domain/clearance.h"

#include <array>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::intake {
namespace {

using S = ClearanceState;
constexpr auto kNo = static_cast<S>(0);

// Columns: send, receive, clear, clear with conditions, refuse, expire, reopen, contraindication found, withdraw. A
// contraindication is always allowed: it takes back what was decided or answered without knowing of it.
constexpr std::array<std::array<S, 9>, 8> kClearanceTable = {{
    // REQUESTED: an answer may come without our asking
    {S::kPendingExternal, S::kReceived, kNo, kNo, kNo, kNo, kNo, S::kRequested, S::kWithdrawn},
    // PENDING_EXTERNAL
    {kNo, S::kReceived, kNo, kNo, kNo, kNo, kNo, S::kPendingExternal, S::kWithdrawn},
    // RECEIVED
    {kNo, kNo, S::kCleared, S::kClearedWithConditions, S::kNotCleared, kNo, S::kRequested, S::kRequested,
     S::kWithdrawn},
    // CLEARED
    {kNo, kNo, kNo, kNo, kNo, S::kExpired, S::kRequested, S::kRequested, kNo},
    // CLEARED_WITH_CONDITIONS
    {kNo, kNo, kNo, kNo, kNo, S::kExpired, S::kRequested, S::kRequested, kNo},
    // NOT_CLEARED
    {kNo, kNo, kNo, kNo, kNo, kNo, S::kRequested, S::kNotCleared, kNo},
    // EXPIRED
    {kNo, kNo, kNo, kNo, kNo, kNo, S::kRequested, S::kExpired, kNo},
    // WITHDRAWN: an answer that comes all the same is welcome
    {kNo, S::kReceived, kNo, kNo, kNo, kNo, S::kRequested, S::kWithdrawn, kNo},
}};

}  // namespace

std::optional<ClearanceState> NextClearanceState(ClearanceState state, ClearanceEvent event) {
  const ClearanceState next = kClearanceTable[static_cast<size_t>(state) - 1][static_cast<size_t>(event)];
  return next == kNo ? std::nullopt : std::optional(next);
}

absl::string_view ClearanceStateName(ClearanceState state) {
  static constexpr const char* kNames[] = {
      "REQUESTED",   "PENDING_EXTERNAL", "RECEIVED", "CLEARED", "CLEARED_WITH_CONDITIONS",
      "NOT_CLEARED", "EXPIRED",          "WITHDRAWN"};
  return kNames[static_cast<size_t>(state) - 1];
}

absl::Status ValidateClearance(const Clearance& clearance) {
  if (clearance.clinician.display_name.empty() && clearance.clinician.organization.empty()) {
    return InvalidField("clearance.clinician", "needs a display_name or an organization");
  }
  if (!clearance.clinician.npi.empty() && !IsValidNpi(clearance.clinician.npi)) {
    return InvalidField("clearance.clinician.npi", "has a wrong check digit");
  }
  return absl::OkStatus();
}

absl::Status AdvanceClearance(Clearance& clearance, ClearanceEvent event, absl::string_view action) {
  const std::optional<ClearanceState> next = NextClearanceState(clearance.state, event);
  if (!next) return WrongState("clearance", ClearanceStateName(clearance.state), action);
  if (*next == ClearanceState::kRequested && clearance.state != ClearanceState::kRequested) {
    clearance.document = DocumentId();
    clearance.conditions.clear();
    clearance.decision_date.reset();
    clearance.valid_through.reset();
    clearance.decided_by.clear();
  }
  clearance.state = *next;
  return absl::OkStatus();
}

absl::Status DecideClearance(Clearance& clearance, ClearanceState decision, absl::string_view conditions,
                             std::optional<absl::CivilDay> valid_through, absl::string_view by, absl::CivilDay today) {
  ClearanceEvent event;
  switch (decision) {
    case ClearanceState::kCleared:
      event = ClearanceEvent::kClear;
      break;
    case ClearanceState::kClearedWithConditions:
      event = ClearanceEvent::kClearWithConditions;
      break;
    case ClearanceState::kNotCleared:
      event = ClearanceEvent::kRefuse;
      break;
    default:
      return InvalidField("decision", "must be CLEARED, CLEARED_WITH_CONDITIONS or NOT_CLEARED");
  }
  if (conditions.empty() == (decision == ClearanceState::kClearedWithConditions)) {
    return InvalidField("conditions", "belong to CLEARED_WITH_CONDITIONS, and to it alone");
  }
  if (valid_through && *valid_through < today) return InvalidField("valid_through_date", "has passed");
  RETURN_IF_ERROR(AdvanceClearance(clearance, event, "be decided"));
  clearance.conditions = std::string(conditions);
  clearance.decision_date = today;
  clearance.valid_through = valid_through;
  clearance.decided_by = std::string(by);
  return absl::OkStatus();
}

}  // namespace kat::intake
