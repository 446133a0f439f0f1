#include "services/scheduling/planning/cost_terms.h"

#include "absl/strings/str_cat.h"

namespace kat::scheduling {
namespace {

void Add(std::vector<CostTerm>& terms, CostKind kind, int64_t cost, int64_t weight, absl::string_view what) {
  if (cost == 0) return;
  const int64_t count = weight > 0 ? cost / weight : cost;
  terms.push_back({.kind = kind, .count = count, .cost = cost, .explanation = absl::StrCat(count, " ", what)});
}

}  // namespace

std::vector<CostTerm> Explain(const optimizer::CostTerms& cost, int64_t shifted_days,
                              const optimizer::Weights& weights) {
  const int64_t shift = shifted_days * weights.gap;
  std::vector<CostTerm> terms;
  Add(terms, CostKind::kStartDelay, cost.start_delay, weights.start_delay, "days after the earliest possible start");
  Add(terms, CostKind::kGap, cost.gap - shift, weights.gap, "days off the ideal gaps between visits");
  Add(terms, CostKind::kPreference, cost.preference, weights.preference, "visits outside the preferred hours");
  Add(terms, CostKind::kHandoff, cost.handoff, weights.handoff, "changes of a person or room that should stay");
  Add(terms, CostKind::kMove, cost.move, weights.move, "appointments that get another time");
  Add(terms, CostKind::kReassign, cost.reassign, weights.reassign, "appointments that get another person or room");
  Add(terms, CostKind::kShift, shift, weights.gap, "days away from where the visits stood");
  Add(terms, CostKind::kDay, cost.day_cost, 1, "for people or rooms that are called in");
  return terms;
}

std::vector<CostWeight> Explain(const optimizer::Weights& weights) {
  return {{CostKind::kStartDelay, weights.start_delay},
          {CostKind::kGap, weights.gap},
          {CostKind::kPreference, weights.preference},
          {CostKind::kHandoff, weights.handoff},
          {CostKind::kMove, weights.move},
          {CostKind::kReassign, weights.reassign},
          {CostKind::kShift, weights.gap}};
}

}  // namespace kat::scheduling
