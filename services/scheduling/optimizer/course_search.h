#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

#include "services/scheduling/optimizer/bounds.h"
#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/day_bounds.h"
#include "services/scheduling/optimizer/dominance.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/meetings.h"
#include "services/scheduling/optimizer/proved_states.h"

namespace kat::optimizer {

// The cheapest plan of one course: depth first over the days and hands of its visits in the problem's order, cut by
// Bounds, by what was proved of the same state before (ProvedStates), and by the best plan so far. A second descent,
// along equal cost, takes the earliest.
class CourseSearch {
 public:
  explicit CourseSearch(StartIndex& index) : cells_(index, effort_), meetings_(cells_, effort_), bounds_(effort_) {}

  struct Result {
    bool found = false;
    bool proved = true;
    bool any_hands = false;  // the plan was made without regard to hands: its cost lacks the handoffs
    Cost cost = kInfiniteCost;
    Cost lower_bound = 0;               // min(cost of the best plan, limit), or what is proved of it
    std::vector<Placement> placements;  // by position
    int64_t ops = 0;
  };

  struct Limits {
    Cost cost = kInfiniteCost;  // plans that cost this much or more do not count
    int64_t ops = Effort::kUnlimited;
    std::chrono::nanoseconds time{0};  // 0: none
    int64_t first_look = 0;            // steps after which a search is long; 0: by how many hands there are
  };

  Result Run(const CourseProblem& problem, const Limits& limits);

 private:
  // A day of the visit that comes next, with some of its hands or all, looked at as closely as it has had to be.
  struct Step {
    enum Kind : uint8_t { kUnknownDay, kDay, kUnknownHands, kHands };

    Cost bound;  // of any plan through it, beyond the cost of what is placed
    Kind kind;
    bool whole;  // the hands are an option
    bool meets;
    int day;
    int slot;
    int order;      // among those of one day
    int tuple;      // of hands
    int role;       // the continuity roles before it have theirs
    int option;     // of Cells; kNone: to be made
    Cost day_cost;  // of the day, and of lags back
    Cost own;       // of the option, or of all options in these hands, and of the handoffs
    Cost any;       // the day's bound without its cell: whatever the hands from then on
  };
  // When a step is taken: by bound, then what is known best; or by time.
  struct Turn {
    Cost bound;  // by time: 0
    uint64_t rank;
    uint32_t step;  // of Level::steps

    // The first of a heap is the greatest.
    friend bool operator<(const Turn& a, const Turn& b) {
      return a.bound != b.bound ? b.bound < a.bound : b.rank < a.rank;
    }
  };
  static constexpr int kNone = -1;

  struct RestOfSet {
    int set;
    Cost cost;
  };
  struct Level {
    std::vector<Step> steps;
    std::vector<Turn> turns;  // a heap of those to be taken
    std::vector<RestOfSet> rests;
    int order = 0;
  };

  void Begin(bool any_hands);
  Cost DescendInRounds(Cost relaxed, int64_t first_look);
  Cost Reach() const;
  void TakeEarliest();
  Cost Descend(int position, Cost cost, int set);
  void AddDay(int position, Cost cost, Step step, Cost& cut);
  void AddOptions(int position, Cost cost, int set, const Step& day, Cost& cut);
  void AddHands(int position, Cost cost, int set, const Step& from, Cost& cut);
  void AddPart(int position, Cost cost, int set, Step step, const Option& part, Cost& cut);
  void LookAtHands(int position, Cost cost, int set, Step step, Cost& cut);
  uint64_t RankOf(const Step& step) const;
  void Push(int position, Cost cost, const Step& step, Cost& cut);
  Cost TakeStep(int position, Cost cost, int set, Step step);
  int ParentDay(int position) const {
    const int parent = problem_->Parent(position);
    return parent < 0 ? -1 : day_[parent];
  }
  Cost DayAndLags(int position, int day) const;
  Cost RestAfter(int position, int set, Level& level);
  // What taking the child adds: handoffs excluded. nullopt: out of budget.
  std::optional<Cost> Take(int position, const Step& step);
  void Gather(int position, const Step& step, std::vector<Chosen>& members, Cost& cost_of_parts);
  bool CanStillMeet(int position, const Frontier::Meeting& meeting) const;
  void MakeKey(int position);
  std::vector<Placement> Placements();

  // Steps after which a search is long: with few hands to choose from, and with many.
  static constexpr int64_t kFirstLook = 60'000;
  static constexpr int64_t kFirstLookAtMany = 6000;
  static constexpr size_t kManyHands = 24;
  static constexpr int kEvenRounds = 5;  // before each looks twice as far as the last

  Effort effort_;
  Cells cells_;
  Meetings meetings_;
  Hands hands_;
  Bounds bounds_;
  DayBounds days_{effort_};
  Dominance dominance_{effort_};
  ProvedStates proved_;
  const CourseProblem* problem_ = nullptr;

  std::vector<int> day_, option_;        // of placed positions
  std::vector<Cost> group_cost_;         // of the visits that meet, at the last of them
  std::vector<std::vector<int>> meets_;  // placed positions that a placed position meets
  std::deque<Level> levels_;
  std::vector<int> key_;
  std::vector<uint8_t> live_;  // placed positions whose option still matters
  std::vector<int> best_day_, best_option_;
  Cost best_ = 0;  // plans must cost less
  bool found_ = false;
  bool earliest_ = false;  // second descent: in order of time, until the first plan
  bool stop_ = false;
  int64_t look_ = Effort::kUnlimited;  // it stops after so many steps, too
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_SEARCH_H_
