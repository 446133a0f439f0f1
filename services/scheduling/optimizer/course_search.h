#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_

#include <deque>
#include <vector>

#include "services/scheduling/optimizer/bounds.h"
#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/meetings.h"
#include "services/scheduling/optimizer/proved_states.h"

namespace kat::optimizer {

// The cheapest plan of one course: depth first over the days and hands of its visits in the problem's order, cut by
// Bounds, by what was proved of the same state before (ProvedStates), and by the best plan so far. A second descent,
// along equal cost, takes the earliest.
class CourseSearch {
 public:
  explicit CourseSearch(StartIndex& index) : cells_(index), meetings_(cells_) {}

  struct Result {
    bool found = false;
    bool proved = true;
    Cost cost = kInfiniteCost;
    Cost lower_bound = 0;               // min(cost of the best plan, limit), or what is proved of it
    std::vector<Placement> placements;  // by position
    int64_t ops = 0;
  };

  // Plans that cost `limit` or more do not count.
  Result Run(const CourseProblem& problem, Cost limit, int64_t budget_ops);

 private:
  struct Child {
    Cost bound;  // of any plan through it, beyond the cost of what is placed
    int day;
    int slot;
    int option;
    int tuple;
    Cost day_cost;     // of the day, and of lags back
    Cost option_cost;  // of the option, if the visit meets nobody
    bool meets;
  };
  struct RestOfSet {
    int set;
    Cost cost;
  };
  struct Level {
    std::vector<Child> children;
    std::vector<RestOfSet> rests;
    std::vector<int> met;  // earlier positions that the visit meets on the day
  };

  Cost Descend(int position, Cost cost, int set);
  void AddChildren(int position, Cost cost, int set, int day, Cost& cut);
  Cost DayAndLags(int position, int day) const;
  Cost RestAfter(int position, int set, Level& level);
  // What taking the child adds: handoffs excluded. nullopt: out of budget.
  std::optional<Cost> Take(int position, const Child& child);
  void Gather(int position, const Child& child, std::vector<Chosen>& members, Cost& cost_of_parts);
  void MakeKey(int position, int set);
  bool OutOfBudget();
  std::vector<Placement> Placements();

  Cells cells_;
  Meetings meetings_;
  Hands hands_;
  Bounds bounds_;
  ProvedStates proved_;
  const CourseProblem* problem_ = nullptr;

  std::vector<int> day_, option_;        // of placed positions
  std::vector<Cost> group_cost_;         // of the visits that meet, at the last of them
  std::vector<std::vector<int>> meets_;  // placed positions that a placed position meets
  std::deque<Level> levels_;
  std::vector<int> key_;
  std::vector<int> best_day_, best_option_;
  Cost best_ = 0;  // plans must cost less
  bool found_ = false;
  bool earliest_ = false;  // second descent: in order of time, until the first plan
  bool stop_ = false;
  int64_t nodes_ = 0, ops_ = 0, ops_at_start_ = 0, budget_ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_
