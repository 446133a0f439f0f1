#ifndef KAT_SERVICES_SCHEDULING_OPS_RESOURCE_CHANGE_H_
#define KAT_SERVICES_SCHEDULING_OPS_RESOURCE_CHANGE_H_

#include "absl/status/status.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Writes `after` over `before`, as its next version, and tells of it and of every appointment that can no longer be
// held, or can again.
absl::Status ChangeResource(Tx& tx, const Resource& before, Resource& after);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_RESOURCE_CHANGE_H_
