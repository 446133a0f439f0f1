#include "services/scheduling/worker/wait_list_jobs.h"

#include <algorithm>
#include <optional>

#include "libs/base/status_macros.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/wait_list.h"
#include "services/scheduling/ops/wait_list_end.h"

namespace kat::scheduling {

absl::Status WaitListJobs::Backfill(const ClinicId& clinic, const tx::Job& job, const app::App::Apply<Tx>& apply) {
  std::optional<OfferDraft> draft;
  RETURN_IF_ERROR(store_.Run({.clinic = clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
    TimeSpan freed = FreedOf(job);
    freed.start = std::max(freed.start, tx.now());
    draft.reset();
    if (freed.start >= freed.end) return absl::OkStatus();
    ASSIGN_OR_RETURN(draft, FindOffer(tx, planner_, freed));
    return absl::OkStatus();
  }));
  if (!draft) return absl::OkStatus();
  return apply([&](Tx& tx) { return MakeOffer(tx, *draft); });
}

absl::Status WaitListJobs::Expire(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(const WaitListOffer offer, tx.wait_list().GetOffer(WaitListOfferId(job.key), Lock::kForUpdate));
  if (offer.state != OfferState::kOpen) return absl::OkStatus();
  return EndOffer(tx, offer, OfferState::kExpired).status();
}

absl::Status WaitListJobs::End(Tx& tx, const tx::Job& job) { return EndEntry(tx, WaitListEntryId(job.key)); }

}  // namespace kat::scheduling
