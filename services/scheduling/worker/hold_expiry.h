#ifndef KAT_SERVICES_SCHEDULING_WORKER_HOLD_EXPIRY_H_
#define KAT_SERVICES_SCHEDULING_WORKER_HOLD_EXPIRY_H_

#include "absl/status/status.h"
#include "libs/tx/transaction.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Ends a hold whose time has passed and gives its capacity back. A hold that has ended otherwise is left as it is.
absl::Status ExpireHold(Tx& tx, const tx::Job& job);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_HOLD_EXPIRY_H_
