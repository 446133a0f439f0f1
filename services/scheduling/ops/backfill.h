#ifndef KAT_SERVICES_SCHEDULING_OPS_BACKFILL_H_
#define KAT_SERVICES_SCHEDULING_OPS_BACKFILL_H_

#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

inline constexpr char kBackfillJob[] = "wait_list.backfill";

// Notes that capacity came free at those times, for the wait list: a job of this transaction offers it. What is past,
// and days for which nobody waits, are left out.
absl::Status TellFreed(Tx& tx, const std::vector<TimeSpan>& freed);

// What a job of TellFreed is about.
TimeSpan FreedOf(const tx::Job& job);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_BACKFILL_H_
