#ifndef KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_
#define KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_

#include "libs/app/app.h"
#include "services/scheduling/planning/planner.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// What falls due on the wait list.
class WaitListJobs {
 public:
  WaitListJobs(Store& worker_store, Planner& planner) : store_(worker_store), planner_(planner) {}

  // Offers capacity that came free: plans first, and takes what it found in the transaction of the job.
  absl::Status Backfill(const ClinicId& clinic, const tx::Job& job, const app::App::Apply<Tx>& apply);
  // Ends an offer that nobody answered.
  static absl::Status Expire(Tx& tx, const tx::Job& job);
  // Ends an entry that has nothing to wait for any more.
  static absl::Status End(Tx& tx, const tx::Job& job);

 private:
  Store& store_;
  Planner& planner_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_WAIT_LIST_JOBS_H_
