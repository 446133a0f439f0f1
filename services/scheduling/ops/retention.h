#ifndef KAT_SERVICES_SCHEDULING_OPS_RETENTION_H_
#define KAT_SERVICES_SCHEDULING_OPS_RETENTION_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

inline constexpr char kPruneDecisionsJob[] = "decision.prune";

// A plan that somebody still has at hand finds its decision.
inline constexpr int kShortestRetentionDays = 30;
inline constexpr int kLongestRetentionDays = 36'500;

// Has the decisions of a new clinic looked at, from then on for ever.
absl::Status BeginPruning(Tx& tx);

// What the job does: deletes decisions that are older than `retention` and that no block names, some hundreds at a time
// until there are none, and looks again in a week.
absl::Status PruneDecisions(Tx& tx, absl::Duration retention);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_RETENTION_H_
