#ifndef KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/decision.h"

namespace kat::scheduling {

// Decisions about blocks and moves; none ever changes.
class DecisionTable {
 public:
  virtual ~DecisionTable() = default;
  virtual absl::Status Insert(const Decision& decision) = 0;
  virtual absl::StatusOr<Decision> Get(const DecisionId& id) = 0;  // NOT_FOUND
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_DECISION_TABLE_H_
