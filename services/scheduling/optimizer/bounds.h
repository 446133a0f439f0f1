#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_

#include <memory>
#include <vector>

#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/hands.h"

namespace kat::optimizer {

// Lower bounds on the cost of visits not placed yet. Each visit hangs by one lag from its parent, so that what remains
// falls into trees; the best days for a tree are found exactly, its visits' meetings and other lags left aside. A tree
// is bounded once with all hands allowed, and once with those of a set alone: a plan either stays inside the set, or
// pays a handoff.
class Bounds {
 public:
  static constexpr int kAnyHands = -1;

  void Reset(const CourseProblem& problem, Cells& cells, Hands& hands);

  // Of the tree below `position`, with `position` itself, whose parent stands on `parent_day`; without handoffs.
  Cost Below(int set, int position, int parent_day);
  // The same of a position without a parent.
  Cost Root(int set, int position);
  // Of the trees below `position` alone, which stands on `day`.
  Cost Children(int set, int position, int day) {
    Cost sum = 0;
    for (int child : problem_->Children(position)) sum += Below(set, child, day);
    return sum < kInfiniteCost ? sum : kInfiniteCost;
  }
  // Of all positions from `first` on, given the days of those before it.
  Cost Rest(int set, int first, const std::vector<int>& days) {
    Cost sum = 0;
    for (int p = first; p < problem_->size(); ++p) {
      const int parent = problem_->Parent(p);
      if (parent >= first) continue;
      sum += parent < 0 ? Root(set, p) : Below(set, p, days[parent]);
      if (sum >= kInfiniteCost) return kInfiniteCost;
    }
    return sum;
  }

  int64_t ops() const { return ops_; }

 private:
  struct Known {
    uint32_t stamp = 0;
    Cost cost = 0;
  };
  struct Table {               // of one set
    std::vector<Known> below;  // [position][parent's day]
    std::vector<Known> at;     // [position][day]
    std::vector<Known> root;   // [position]
  };

  Cost At(int set, int position, int day);
  Cost CellLeast(int set, int position, int day);
  Table& TableOf(int set);

  const CourseProblem* problem_ = nullptr;
  Cells* cells_ = nullptr;
  Hands* hands_ = nullptr;
  int num_days_ = 0;
  uint32_t stamp_ = 0;
  std::vector<std::unique_ptr<Table>> tables_;  // [set + 1]
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_
