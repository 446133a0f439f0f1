#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_IMPROVEMENT_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_IMPROVEMENT_TABLE_H_

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/database.h"
#include "services/scheduling/store/improvement_table.h"

namespace kat::scheduling {

// The SQL of improvement_table.h. Used inside one transaction, under one clinic.
class PgImprovementTable final : public ImprovementTable {
 public:
  PgImprovementTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const Improvement& improvement) override;
  absl::Status Update(const Improvement& improvement) override;
  absl::StatusOr<Improvement> Get(const ImprovementId& id, Lock lock) override;
  absl::StatusOr<std::vector<Improvement>> List(std::optional<ImprovementState> state, const ListRange& range) override;
  absl::StatusOr<std::optional<ImprovementId>> UnderWay() override;
  absl::StatusOr<bool> Begin(const ImprovementId& id, const std::string& run, absl::Duration lease) override;
  absl::StatusOr<std::optional<bool>> Renew(const ImprovementId& id, const std::string& run,
                                            const ImprovementProgress& progress, absl::Duration lease,
                                            const std::optional<FoundSchedule>& found) override;
  absl::Status GiveUp(const ImprovementId& id, const std::string& run, const FoundSchedule& found) override;
  absl::StatusOr<FoundSchedule> Found(const ImprovementId& id) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_IMPROVEMENT_TABLE_H_
