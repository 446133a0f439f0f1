#include "services/scheduling/ops/retention.h"

#include "libs/base/status_macros.h"

namespace kat::scheduling {
namespace {

constexpr int kBatch = 500;  // a transaction that writes holds back every feed: a short one
constexpr absl::Duration kPruneEvery = absl::Hours(24 * 7);

absl::Status PruneAt(Tx& tx, absl::Time at) {
  return tx.Schedule({.kind = kPruneDecisionsJob, .key = "decisions", .due_at = at, .payload = "{}"});
}

}  // namespace

absl::Status BeginPruning(Tx& tx) { return PruneAt(tx, tx.now() + kPruneEvery); }

absl::Status PruneDecisions(Tx& tx, absl::Duration retention) {
  ASSIGN_OR_RETURN(const int64_t pruned, tx.decisions().Prune(tx.now() - retention, kBatch));
  return PruneAt(tx, pruned < kBatch ? tx.now() + kPruneEvery : tx.now());
}

}  // namespace kat::scheduling
