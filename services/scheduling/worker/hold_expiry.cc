#include "services/scheduling/worker/hold_expiry.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/holding.h"

namespace kat::scheduling {

absl::Status ExpireHold(Tx& tx, const tx::Job& job) {
  const HoldId id(job.key);
  ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(id, Lock::kForUpdate));
  if (hold.state != HoldState::kActive) return absl::OkStatus();
  return EndHold(tx, id, HoldState::kExpired).status();
}

}  // namespace kat::scheduling
