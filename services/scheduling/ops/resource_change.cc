#include "services/scheduling/ops/resource_change.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {

absl::Status ChangeResource(Tx& tx, const Resource& before, Resource& after) {
  after.key = before.key;
  after.version = before.version + 1;
  after.created_at = before.created_at;
  after.updated_at = tx.now();
  RETURN_IF_ERROR(LockSetup(tx));
  ASSIGN_OR_RETURN(const ClinicFacts facts_before, LoadClinicFacts(tx));
  RETURN_IF_ERROR(tx.resources().Update(after));
  RETURN_IF_ERROR(Publish(tx, after, "updated"));
  ClinicFacts facts_after = facts_before;
  facts_after.resources[after.key] = after;
  return TellStranded(tx, facts_before, facts_after, after.key);
}

}  // namespace kat::scheduling
