#ifndef KAT_SERVICES_SCHEDULING_STORE_REPAIR_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_REPAIR_TABLE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/repair.h"
#include "services/scheduling/store/booking_tables.h"

namespace kat::scheduling {

// Repairs: decisions, and what became of them. Conventions as in tables.h.
class RepairTable {
 public:
  virtual ~RepairTable() = default;
  virtual absl::Status Insert(const Repair& repair) = 0;
  virtual absl::Status Update(const Repair& repair) = 0;
  virtual absl::StatusOr<Repair> Get(const RepairId& id, Lock lock) = 0;  // NOT_FOUND
  // Newest first; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<Repair>> List(std::optional<RepairState> state, const ListRange& range) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_REPAIR_TABLE_H_
