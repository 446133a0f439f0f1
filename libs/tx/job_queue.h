#ifndef KAT_LIBS_TX_JOB_QUEUE_H_
#define KAT_LIBS_TX_JOB_QUEUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"
#include "libs/tx/transaction.h"

namespace kat::tx {

struct DueJob {
  int64_t id = 0;
  ClinicId clinic;
  Job job;
};

// A job that failed for good. `parked_at` is real time.
struct ParkedJob {
  int64_t id = 0;
  ClinicId clinic;
  Job job;
  std::string error;
  absl::Time parked_at;
};

// The jobs of all clinics, seen as the worker's role. What a job does happens elsewhere: a transaction under the job's
// clinic that first calls Transaction::FinishJob(id). Thread-safe.
class JobQueue {
 public:
  explicit JobQueue(pg::Database& worker_database) : database_(worker_database) {}

  // Up to `limit` jobs due at `now` but those of the ids in `except`: those of the kinds in `last` after all others,
  // and of each sort the longest due first. Looks only: two replicas may see the same job, and FinishJob lets one do
  // it.
  absl::StatusOr<std::vector<DueJob>> Due(absl::Time now, int limit, const std::vector<int64_t>& except = {},
                                          const std::vector<std::string>& last = {});
  // Puts a failed job off and counts the attempt.
  absl::Status Retry(int64_t id, absl::Time due_at);
  // Takes a job that cannot be done out of the queue, with its error, for a person.
  absl::Status Park(int64_t id, absl::string_view error);
  // The parked ones, the longest parked first.
  absl::StatusOr<std::vector<ParkedJob>> Parked(int limit);
  // Puts a parked job back into the queue with no attempts; false where it is not parked, or was dropped because one of
  // the same clinic, kind and key has been scheduled since.
  absl::StatusOr<bool> Replay(int64_t id, absl::Time due_at);
  // Jobs due at `now`, and when the first one after it will be.
  absl::StatusOr<int> CountDue(absl::Time now);
  absl::StatusOr<std::optional<absl::Time>> NextDueAfter(absl::Time now);

 private:
  pg::Database& database_;
};

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_JOB_QUEUE_H_
