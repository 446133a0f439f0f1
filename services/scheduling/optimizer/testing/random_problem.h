#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_RANDOM_PROBLEM_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_RANDOM_PROBLEM_H_

#include <random>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// What a random problem may hold, beside the ordinary.
struct RandomOptions {
  int max_visits = 3;
  int max_days = 4;
  bool clock_shifts = false;  // with lags in minutes only
};

// A tiny clinic with blocks, other courses that stand, and one course more (the last) to be planned: small enough to
// try every way, and full of what is rare in practice: one resource for two roles, resources that cost their day,
// segments outside the visit or overlapping, visits past midnight, dated tags, coarse grids, lags in minutes and
// between any two visits, fixed visits that overload or name what is gone, one patient with two courses, turnover on
// one day.
Instance RandomProblem(std::mt19937& random, const RandomOptions& options = {});

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_TESTING_RANDOM_PROBLEM_H_
