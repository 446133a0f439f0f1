#include "services/scheduling/worker/wait_list_jobs.h"

#include <algorithm>

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/wait_list.h"

namespace kat::scheduling {

absl::Status WaitListJobs::Backfill(Tx& tx, const tx::Job& job) {
  TimeSpan freed = FreedOf(job);
  freed.start = std::max(freed.start, tx.now());
  return freed.start < freed.end ? OfferFreed(tx, planner_, freed) : absl::OkStatus();
}

absl::Status WaitListJobs::Expire(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(const WaitListOffer offer, tx.wait_list().GetOffer(WaitListOfferId(job.key), Lock::kForUpdate));
  if (offer.state != OfferState::kOpen) return absl::OkStatus();
  return EndOffer(tx, offer, OfferState::kExpired).status();
}

}  // namespace kat::scheduling
