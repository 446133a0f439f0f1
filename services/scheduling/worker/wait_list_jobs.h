#ifndef KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_
#define KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_

#include "services/scheduling/planning/planner.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// What falls due on the wait list. Each runs in one transaction with the job's removal.
class WaitListJobs {
 public:
  explicit WaitListJobs(Planner& planner) : planner_(planner) {}

  // Offers capacity that came free.
  absl::Status Backfill(Tx& tx, const tx::Job& job);
  // Ends an offer that nobody answered.
  absl::Status Expire(Tx& tx, const tx::Job& job);

 private:
  Planner& planner_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_
