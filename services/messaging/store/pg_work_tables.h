#ifndef KAT_SERVICES_MESSAGING_STORE_PG_WORK_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_PG_WORK_TABLES_H_

#include <vector>

#include "libs/pg/database.h"
#include "services/messaging/store/work_tables.h"

namespace kat::messaging {

// The work queue and summary readings over PostgreSQL.
class PgWorkTables {
 public:
  PgWorkTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status PutWorkItem(const WorkItem& item);
  absl::StatusOr<WorkItem> GetWorkItem(const WorkItemId& id, bool for_update);
  absl::StatusOr<std::optional<WorkItem>> LockWorkItem(absl::string_view owner, absl::string_view kind, absl::string_view subject);
  absl::StatusOr<std::vector<WorkItem>> ListWorkItems(const WorkFilter& filter, const Slice& slice);
  absl::StatusOr<std::vector<WorkItem>> OpenItems(absl::string_view owner, absl::string_view kind);
  absl::StatusOr<std::vector<std::string>> ParkedJobs();
  absl::StatusOr<std::vector<std::string>> ParkedEvents();
  absl::StatusOr<SummaryReading> LockReading(const PatientId& patient, absl::string_view reader);
  absl::Status PutReading(const SummaryReading& reading);

 private:
  pg::Tx& db_;
  const ClinicId& clinic_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_PG_WORK_TABLES_H_
