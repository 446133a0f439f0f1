#ifndef KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_TABLE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/improvement.h"
#include "services/scheduling/store/booking_tables.h"

namespace kat::scheduling {

// Improvements: operations, their results, and who runs them. Conventions as in tables.h.
//
// A run is one beginning of an improvement by one replica. Its lease is real time by the database's clock; once it has
// passed, another replica may begin a run of its own, and the old one cannot write any more.
class ImprovementTable {
 public:
  virtual ~ImprovementTable() = default;
  // FAILED_PRECONDITION, IMPROVEMENT_RUNNING, where another of the clinic is queued or runs.
  virtual absl::Status Insert(const Improvement& improvement) = 0;
  // All of it but its wish; one that is not RUNNING any more has no run.
  virtual absl::Status Update(const Improvement& improvement) = 0;
  virtual absl::StatusOr<Improvement> Get(const ImprovementId& id, Lock lock = Lock::kNo) = 0;  // NOT_FOUND
  // Newest first, without parts; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<Improvement>> List(std::optional<ImprovementState> state,
                                                        const ListRange& range) = 0;
  // The one that is queued or runs.
  virtual absl::StatusOr<std::optional<ImprovementId>> UnderWay() = 0;

  // Begins `run`, where the improvement is queued, or runs and the lease of its run has passed; false: it does not. One
  // more attempt, and a new version.
  virtual absl::StatusOr<bool> Begin(const ImprovementId& id, const std::string& run, absl::Duration lease) = 0;
  // Notes progress and renews the lease. Keeps what it has found, where that is said, for all that begin after it.
  // Whether the search is to end early; nothing, and nothing written, where the run has lost the improvement.
  virtual absl::StatusOr<std::optional<bool>> Renew(const ImprovementId& id, const std::string& run,
                                                    const ImprovementProgress& progress, absl::Duration lease,
                                                    const std::optional<FoundSchedule>& found = std::nullopt) = 0;
  // Gives the run up, for another to begin at once: the attempt does not count. Keeps the best that it has found,
  // unless that is nothing, likewise.
  virtual absl::Status GiveUp(const ImprovementId& id, const std::string& run, const FoundSchedule& found) = 0;
  // What was kept last; nothing once the improvement has ended.
  virtual absl::StatusOr<FoundSchedule> Found(const ImprovementId& id) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_TABLE_H_
