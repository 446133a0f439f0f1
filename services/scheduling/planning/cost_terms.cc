#include "services/scheduling/planning/cost_terms.h"

#include "absl/strings/str_cat.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

void Add(std::vector<CostTerm>& terms, CostKind kind, int64_t cost, int64_t weight, absl::string_view what) {
  if (cost == 0) return;
  const int64_t count = weight > 0 ? cost / weight : cost;
  terms.push_back({.kind = kind, .count = count, .cost = cost, .explanation = absl::StrCat(count, " ", what)});
}

}  // namespace

std::vector<CostTerm> Explain(const optimizer::CostTerms& cost) {
  std::vector<CostTerm> terms;
  Add(terms, CostKind::kStartDelay, cost.start_delay, kWeights.start_delay, "days after the earliest possible start");
  Add(terms, CostKind::kGap, cost.gap, kWeights.gap, "days off the ideal gaps between visits");
  Add(terms, CostKind::kPreference, cost.preference, kWeights.preference, "visits outside the preferred hours");
  Add(terms, CostKind::kHandoff, cost.handoff, kWeights.handoff, "changes of a person or room that should stay");
  Add(terms, CostKind::kMove, cost.move, kWeights.move, "appointments that get another time");
  Add(terms, CostKind::kReassign, cost.reassign, kWeights.reassign, "appointments that get another person or room");
  Add(terms, CostKind::kDay, cost.day_cost, 1, "for people or rooms that are called in");
  return terms;
}

}  // namespace kat::scheduling
