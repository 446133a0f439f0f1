#ifndef KAT_SERVICES_SCHEDULING_OPS_HOLDING_H_
#define KAT_SERVICES_SCHEDULING_OPS_HOLDING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {

inline constexpr char kExpireHoldJob[] = "hold.expire";

// Takes the capacity of `plan` until `expires_at`, and schedules the hold's end. Errors as
// SchedulingService.HoldProposal says.
absl::StatusOr<Hold> TakeHold(Tx& tx, const BlockPlan& plan, absl::Time expires_at);

// Ends an active hold as `state` says and gives its capacity back. FAILED_PRECONDITION, HOLD_ENDED, where it has ended.
absl::StatusOr<Hold> EndHold(Tx& tx, const HoldId& id, HoldState state);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_HOLDING_H_
