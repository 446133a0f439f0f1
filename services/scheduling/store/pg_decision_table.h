#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_DECISION_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_DECISION_TABLE_H_

#include "libs/pg/database.h"
#include "services/scheduling/store/decision_table.h"

namespace kat::scheduling {

// The SQL of decision_table.h. Used inside one transaction, under one clinic.
class PgDecisionTable final : public DecisionTable {
 public:
  PgDecisionTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Decision& decision) override;
  absl::StatusOr<Decision> Get(const DecisionId& id) override;
  absl::StatusOr<int64_t> Prune(absl::Time before, int limit) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_DECISION_TABLE_H_
