#ifndef KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_RUNNER_H_
#define KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_RUNNER_H_

#include <list>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "libs/tx/transaction.h"
#include "services/scheduling/planning/improver.h"
#include "services/scheduling/store/store.h"
#include "services/scheduling/worker/improvement_doses.h"

namespace kat::scheduling {

struct ImprovementOptions {
  int max_runs = 1;                          // at once, of this replica
  absl::Duration lease = absl::Seconds(15);  // after this, in real time, another replica takes over from one that died
  absl::Duration renew_every = absl::Seconds(1);
  absl::Duration keep_every = absl::Seconds(5);  // at least this from keeping what was found to keeping a better one
};

// Runs improvements on threads of their own. One that another replica runs is left to it, until it lets its lease pass;
// then it begins here, from the best that the run before has kept, with the rest of the time. Whatever is written of a
// run is written in one transaction that first sees that the run still has the improvement: a process may end at any
// point. Thread-safe.
class ImprovementRunner {
 public:
  ImprovementRunner(Store& worker_store, Improver& improver, const DoseGates& gates, ImprovementOptions options);
  // Ends its searches and gives them up, for another replica to begin at once.
  ~ImprovementRunner();

  // The job kImproveJob: ABORTED, which leaves it due, as long as the improvement is under way.
  absl::Status Run(const ClinicId& clinic, const tx::Job& job);

 private:
  class Search;

  // Forgets those that are over; whether there is room for one more.
  bool MakeRoom();

  Store& store_;
  Improver& improver_;
  const DoseGates gates_;
  const ImprovementOptions options_;
  std::mutex mutex_;
  std::list<std::unique_ptr<Search>> searches_;  // guarded by mutex_
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_RUNNER_H_
