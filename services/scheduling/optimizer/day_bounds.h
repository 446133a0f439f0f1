#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_BOUNDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_BOUNDS_H_

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

// What all plans of a course cost at least that have a visit on a certain day, or two: by the trees in which each visit
// hangs by one lag from its parent, whatever the hands.
class DayBounds {
 public:
  explicit DayBounds(Effort& effort) : effort_(&effort) {}

  // Of plans that cost no more than `limit`: others may be said to cost too much.
  void Find(const CourseProblem& problem, Cells& cells, Cost limit);

  // kInfiniteCost where the visit cannot be there.
  Cost With(int position, int day) const { return with_[At(position, day)]; }
  Cost WithBoth(int a, int day_a, int b, int day_b) const;

 private:
  size_t At(int position, int day) const { return static_cast<size_t>(position) * num_days_ + day; }
  // What a visit's lag to its parent costs on these days; kInfiniteCost where it forbids them.
  Cost Gap(int position, int day, int parent_day) const {
    const PairLag& lag = *problem_->ParentLag(position);
    const DayRange apart = problem_->Between(lag.earlier, position);
    if (day < parent_day + apart.lo || day > parent_day + apart.hi) return kInfiniteCost;
    return lag.has_ideal ? problem_->clinic().weights.gap * std::abs(day - parent_day - lag.ideal) : 0;
  }
  // Calls visit(day, gap) for each day that a visit can stand on by that lag.
  template <class F>
  void ForEachDay(int position, int parent_day, F&& visit) const {
    const DayRange apart = problem_->Between(problem_->Parent(position), position);
    const DayRange own = range_[position];
    const int last = std::min(own.hi, parent_day + apart.hi);
    for (int day = std::max(own.lo, parent_day + apart.lo); day <= last; ++day) {
      visit(day, Gap(position, day, parent_day));
    }
  }
  void FindRanges(Cost limit);
  void FindBelow(Cells& cells);

  Effort* effort_;
  const CourseProblem* problem_ = nullptr;
  int num_days_ = 0;
  std::vector<DayRange> range_;  // [position]: days that are looked at
  Cost all_ = 0;                 // of all trees
  std::vector<Cost> with_;       // [position][day]
  std::vector<Cost> below_;      // [position][day]: of the visit there and all that hangs from it
  std::vector<Cost> child_;      // [position][its parent's day]: the same at best, and the gap
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_DAY_BOUNDS_H_
