#ifndef KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/decision.h"

namespace kat::scheduling {

// Decisions about blocks and moves; none ever changes, and those that a block names stay.
class DecisionTable {
 public:
  virtual ~DecisionTable() = default;
  virtual absl::Status Insert(const Decision& decision) = 0;
  virtual absl::StatusOr<Decision> Get(const DecisionId& id) = 0;  // NOT_FOUND
  // Deletes up to `limit` that were made before `before` and that no block names, the oldest first; how many it
  // deleted. The worker's role alone may.
  virtual absl::StatusOr<int64_t> Prune(absl::Time before, int limit) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_
