#ifndef KAT_SERVICES_MESSAGING_STORE_WORK_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_WORK_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/messaging/domain/summary.h"
#include "services/messaging/domain/work.h"
#include "services/messaging/store/slice.h"

namespace kat::messaging {

struct WorkFilter {
  int role = 0;         // 0: any
  std::string patient;  // resource name; "": any
  std::string kind;
  std::optional<absl::Time> due_before;
  WorkState state = WorkState::kNone;  // kNone: all but resolved
  std::string assignee;
};

// The work queue, and what readers of summaries have seen.
class WorkTables {
 public:
  virtual ~WorkTables() = default;

  virtual absl::Status PutWorkItem(const WorkItem& item) = 0;  // inserts or replaces
  virtual absl::StatusOr<WorkItem> GetWorkItem(const WorkItemId& id, bool for_update) = 0;
  // The one item of an owner, kind and subject, locked. Without one, locks its place against another transaction.
  virtual absl::StatusOr<std::optional<WorkItem>> LockWorkItem(absl::string_view owner, absl::string_view kind,
                                                               absl::string_view subject) = 0;
  // By urgency, due time, age; WorkKeys() gives the keys.
  virtual absl::StatusOr<std::vector<WorkItem>> ListWorkItems(const WorkFilter& filter, const Slice& slice) = 0;

  // Items of an owner and kind that are not resolved.
  virtual absl::StatusOr<std::vector<WorkItem>> OpenItems(absl::string_view owner, absl::string_view kind) = 0;
  // Ids of this service's jobs that failed for good, and wait for a person.
  virtual absl::StatusOr<std::vector<std::string>> ParkedJobs() = 0;
  // The same of events of other services that could not be applied: `feed@cursor`.
  virtual absl::StatusOr<std::vector<std::string>> ParkedEvents() = 0;

  // What `reader` was shown of a patient, locked; an empty reading where it was nothing.
  virtual absl::StatusOr<SummaryReading> LockReading(const PatientId& patient, absl::string_view reader) = 0;
  virtual absl::Status PutReading(const SummaryReading& reading) = 0;
};

std::vector<std::string> WorkKeys(const WorkItem& item);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_WORK_TABLES_H_
