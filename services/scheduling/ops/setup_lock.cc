#include "services/scheduling/ops/setup_lock.h"

namespace kat::scheduling {

absl::Status HoldSetup(Tx& tx) { return tx.clinics().HoldVersion().status(); }

absl::Status LockSetup(Tx& tx) { return tx.clinics().LockVersion().status(); }

}  // namespace kat::scheduling
