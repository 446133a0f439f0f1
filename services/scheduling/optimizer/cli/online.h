#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_ONLINE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_ONLINE_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "services/scheduling/optimizer/cli/solution.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

struct OnlineStep {
  int course = 0;
  bool scheduled = false;
  Cost cost = 0;           // of the plan, or of leaving the course out
  Cost lower_bound = 0;    // of the best plan, or of leaving the course out
  bool proved = false;     // the decision and its cost are the best, given all that stood
  int64_t latency_ns = 0;  // to plan the course and to put it into the picture
  int64_t ops = 0;
};

struct OnlineResult {
  Solution solution;
  std::vector<OnlineStep> steps;
};

// Courses arrive one by one in the order of the instance; each is placed at once, at the least cost given all that
// stands, and never moved again. It is declined only where it has no plan, or where leaving it out costs less. Standing
// visits of courses not reached yet hold their capacity until their turn. `budget_ops` and `time_limit` as in
// PlanOptions.
OnlineResult RunOnline(const Instance& instance, int64_t budget_ops, std::chrono::nanoseconds time_limit);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_ONLINE_H_
