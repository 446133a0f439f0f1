#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SOLVE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SOLVE_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

struct SolveProgress {
  Cost objective = 0;
  Cost lower_bound = 0;
  int64_t ops = 0;
  const Plans* plans = nullptr;  // the schedule that costs `objective`, while it is told; none where a bound is sought
};

struct SolveOptions {
  int threads = 1;
  uint64_t seed = 1;
  // Steps of search in all. The same seed, threads and steps give the same answer, as long as `used` does not cut in.
  int64_t budget_ops = int64_t{1} << 50;
  // Of one course's plan within the search; the best that it finds by then is good enough. A course without one gets
  // more the next time.
  int64_t plan_ops = 10'000;
  // How much of the steps goes into the lower bound while there is a gap, percent: they are quick ones, a tenth of the
  // time. Where all steps are many, more of them go into it at first, and into a schedule made of it; where courses are
  // few, in any case, for the sake of a proof (Bounding). 0: neither.
  int bound_percent = 16;
  // The part of the time given that is over: from 1 on, the best so far is the answer. Called often, from all threads.
  std::function<double()> used = [] { return 0.0; };
  // Called when there is something new to tell, never by two threads at once.
  std::function<void(const SolveProgress&)> report = [](const SolveProgress&) {};
  // Where to begin; courses that cannot stand as it says are placed anew. The answer is never worse than it where it is
  // feasible.
  const Plans* initial = nullptr;
};

struct SolveResult {
  Plans plans;
  Cost objective = 0;
  Cost lower_bound = 0;  // no schedule costs less; `objective` where the answer is proved to be the best
  int64_t ops = 0;
};

// Schedules a whole clinic: never worse than taking the courses one after another, each at its best (of some thousand
// courses, at the best that its share of some 40 million steps finds).
SolveResult SolveWhole(const Instance& instance, const SolveOptions& options);

struct BoundOptions {
  int threads = 1;
  int64_t budget_ops = int64_t{1} << 50;
  int64_t plan_ops = 1'000'000;
  // What some schedule costs, where one is known; without it one is made first.
  std::optional<Cost> upper;
  std::function<double()> used = [] { return 0.0; };
  std::function<void(const SolveProgress&)> report = [](const SolveProgress&) {};
};

struct BoundResult {
  Cost lower_bound = 0;  // no schedule costs less
  Cost alone = 0;        // the sum of what every course costs alone, which is the weakest such bound
  int64_t ops = 0;
};

// What no schedule of the instance can cost less than. Valid whenever it ends.
BoundResult BoundWhole(const Instance& instance, const BoundOptions& options);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SOLVE_H_
