#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_BRUTE_FORCE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_BRUTE_FORCE_H_

#include <optional>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// Written from PROBLEM.md alone and sharing nothing with the search: minute by minute, visit by visit.

// Every chosen visit of every course but the last stands at its `current`; the last is placed as `visits` says.
// Whether that is feasible for the last course.
bool IsFeasible(const Instance& instance, const std::vector<Placement>& visits);

// What the last course then costs, day costs beyond what the others open included.
Cost CostByDefinition(const Instance& instance, const std::vector<Placement>& visits);

struct BruteForceResult {
  std::optional<Cost> best;  // nullopt: no plan
  std::vector<Placement> visits;
  bool gave_up = false;  // too many ways to try
};

// Tries every start on the grid and every resource for the last course's visits, within `rules`. The best is that of
// the least cost, with what its chosen visits pay for their days where there are `prices`.
BruteForceResult BruteForce(const Instance& instance, const std::vector<VisitRule>& rules = {},
                            int64_t max_ways = 30'000, const DayPrices* prices = nullptr);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_BRUTE_FORCE_H_
