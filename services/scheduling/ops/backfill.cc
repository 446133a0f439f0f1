#include "services/scheduling/ops/backfill.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"

namespace kat::scheduling {

absl::Status TellFreed(Tx& tx, const std::vector<TimeSpan>& freed) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  for (const TimeSpan& span : freed) {
    const absl::Time start = std::max(span.start, tx.now());
    if (start >= span.end) continue;
    ASSIGN_OR_RETURN(const std::vector<WaitListEntry> waiting,
                     tx.wait_list().Waiting(DayAt(start, clinic.zone), DayAt(span.end, clinic.zone),
                                            {absl::InfinitePast(), absl::InfinitePast()}, 1));
    if (waiting.empty()) continue;
    // The key says what it is about: the same capacity that comes free twice before the job runs is offered once.
    const std::string key = absl::StrCat(absl::ToUnixMicros(start), "-", absl::ToUnixMicros(span.end));
    RETURN_IF_ERROR(tx.Schedule({.kind = kBackfillJob, .key = key, .due_at = tx.now(), .payload = "{}"}));
  }
  return absl::OkStatus();
}

TimeSpan FreedOf(const tx::Job& job) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(job.key, absl::MaxSplits('-', 1));
  int64_t start = 0;
  int64_t end = 0;
  if (!absl::SimpleAtoi(parts.first, &start) || !absl::SimpleAtoi(parts.second, &end)) return {};
  return {absl::FromUnixMicros(start), absl::FromUnixMicros(end)};
}

}  // namespace kat::scheduling
