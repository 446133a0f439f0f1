#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_WHOLE_CHECK_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_WHOLE_CHECK_H_

#include <optional>
#include <random>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// Schedules of whole instances judged by brute_force.h, which shares nothing with the search: each course against all
// the others, standing.

// By course: every visit (a fixed one has its start and no resources), or none.
using Schedules = std::vector<std::optional<std::vector<Placement>>>;

bool IsFeasibleWhole(const Instance& instance, const Schedules& plans);

// The objective, term by term of PROBLEM.md, of a feasible schedule.
Cost CostOfWhole(const Instance& instance, const Schedules& plans);

// The least cost of any schedule, by trying all; nothing where there are too many.
std::optional<Cost> BestOfWhole(const Instance& instance);

// A tiny clinic with several courses to be scheduled, few enough to try every schedule of most of them.
Instance RandomWhole(std::mt19937& random, bool clock_shifts = false);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_WHOLE_CHECK_H_
