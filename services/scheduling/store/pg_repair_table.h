#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_REPAIR_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_REPAIR_TABLE_H_

#include <vector>

#include "libs/pg/database.h"
#include "services/scheduling/store/repair_table.h"

namespace kat::scheduling {

// The SQL of repair_table.h. Used inside one transaction, under one clinic.
class PgRepairTable final : public RepairTable {
 public:
  PgRepairTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Repair& repair) override;
  absl::Status Update(const Repair& repair) override;
  absl::StatusOr<Repair> Get(const RepairId& id, Lock lock) override;
  absl::StatusOr<std::vector<Repair>> List(std::optional<RepairState> state, const ListRange& range) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_REPAIR_TABLE_H_
