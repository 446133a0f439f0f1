#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_

#include <span>
#include <vector>

#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/day_bounds.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/memo.h"

namespace kat::optimizer {

// Lower bounds on the cost of visits not placed yet. Each visit hangs by one lag from its parent, so that what remains
// falls into trees; the best days for a tree are found exactly, its visits' meetings and other lags left aside. A tree
// is bounded within the hands of a set, where the set may welcome any hands in some roles (Hands::Free). Of a plan that
// goes on from a set this makes a bound by its Ways: in each role it either stays inside the set, or pays a handoff.
//
// A question comes with what is enough: from there on any bound that is enough will do, which takes less time.
class Bounds {
 public:
  // A plan goes on within `set` and pays `handoffs` at least.
  struct Way {
    int set = 0;
    Cost handoffs = 0;
  };

  explicit Bounds(Effort& effort) : effort_(&effort) {}

  // Of all roles together.
  size_t NumCandidates() {
    size_t n = 0;
    for (int c = 0; c < hands_->num_roles(); ++c) n += Candidates(c).size();
    return n;
  }
  // From now on only plans count that cost no more than `limit`, by what `days` found for it, and whose hands are not
  // spared.
  void Narrow(const DayBounds& days, Cost limit);
  // Whether a visit can be there in a plan that counts.
  bool Counts(int position, int day) const {
    return counts_.empty() || counts_[static_cast<size_t>(position) * num_days_ + day] != 0;
  }

  // `off`: it bounds nothing, and costs nothing.
  void Reset(const CourseProblem& problem, Cells& cells, Hands& hands, bool off);

  // Of the tree below `position`, with `position` itself, whose parent stands on `parent_day`, and the parent's parent,
  // where a lag asks for it, on `second_day`; without handoffs.
  Cost Below(int set, int position, int parent_day, int second_day, Cost enough);
  // The same of a position without a parent.
  Cost Root(int set, int position, Cost enough);
  // Of the trees below `position` alone, which stands on `day`, and its parent on `parent_day`.
  Cost Children(int set, int position, int day, int parent_day, Cost enough) {
    Cost sum = 0;
    for (int child : problem_->Children(position)) {
      if (sum >= enough) break;
      sum += Below(set, child, day, parent_day, enough - sum);
    }
    return std::min(sum, kInfiniteCost);
  }
  // Of the tree below `position`, with `position` itself, given the days of those before it.
  Cost Tree(int set, int position, const std::vector<int>& days, Cost enough) {
    const int parent = problem_->Parent(position);
    if (parent < 0) return Root(set, position, enough);
    const PairLag* second = problem_->SecondLag(position);
    return Below(set, position, days[parent], second == nullptr ? kNoDay : days[second->earlier], enough);
  }
  // Of all positions from `first` on, given the days of those before it.
  Cost Rest(int set, int first, const std::vector<int>& days, Cost enough) {
    Cost sum = 0;
    for (int p = first; p < problem_->size() && sum < enough; ++p) {
      if (problem_->Parent(p) < first) sum += Tree(set, p, days, enough - sum);
    }
    return std::min(sum, kInfiniteCost);
  }

  // Of all positions from `first` on, handoffs included, going on from `set`: looks at the hands that may come, one set
  // after another, as long as the bound may reach `enough`.
  Cost RestWithHandoffs(int set, int first, const std::vector<int>& days, Cost enough);

  // The least of all ways on from a set, handoffs included, where within(s, e) bounds what goes on within s (e is
  // enough), and `any` what goes on in any hands. Where that is `enough`, it may be any bound that is enough.
  template <class F>
  Cost LeastWay(int set, Cost any, Cost enough, F&& within) {
    const std::span<const Way> ways = Ways(set);
    Cost least = kInfiniteCost, floor = any;
    const auto look = [&](const Way& way) {
      if (any + way.handoffs >= std::min(least, enough)) {
        least = std::min(least, any + way.handoffs);
      } else {
        const Cost most = std::min(least, enough) - way.handoffs;
        const Cost bound = way.set == hands_->AnyHands() ? any : within(way.set, most);
        least = std::min(least, bound + way.handoffs);
        floor = std::max(floor, bound);
      }
    };
    // Those who stay in all roles come last: they can do no better than those who stay in one, and there are more sets
    // of hands in all roles than in one.
    for (size_t i = ways.size(); i-- > 1;) look(ways[i]);
    if (floor < least) look(ways[0]);
    return least;
  }

 private:
  // All ways on from a set, the cheapest in handoffs first: each plan goes one of them.
  std::span<const Way> Ways(int set);

  static constexpr int kNoDay = -1;
  static constexpr int kMostSets = 64;         // of hands that a question is asked of
  static constexpr int64_t kGrowAfter = 8000;  // steps: shorter searches end sooner without

  struct WaySpan {
    uint32_t first = 0, count = 0;
  };

  // A question of RestWithHandoffs about one role.
  struct Growth {
    int role;
    int first;
    const std::vector<int>& days;
    Cost any;  // with any hands in the role
    Cost enough;
    int sets_left;         // to be looked at
    int failed = kNoHand;  // the first hand of a set that is cheap enough
  };

  Cost Grow(Growth& growth, int set, Cost handoffs, size_t next);
  std::span<const int> Candidates(int role);
  // The set, any hands in roles that no visit of the tree below `position` has: their hands make no difference there.
  int Own(int set, int position) {
    if (lacking_[position].empty() || set == hands_->AnyHands()) return set;
    const size_t at = static_cast<size_t>(set) * problem_->size() + position;
    if (at < own_.size() && own_[at] >= 0) return own_[at];
    return FindOwn(set, position);
  }
  int FindOwn(int set, int position);
  Cost At(int set, int position, int day, int parent_day, Cost enough);
  // What is known of a question: the cost, or (below 0: its complement) what it is at least, enough or not.
  static bool IsKnown(Cost known, Cost enough) { return known >= 0 || ~known >= enough; }
  static Cost KnownCost(Cost known) { return known >= 0 ? known : ~known; }
  // As it is remembered: a bound that was enough need not be the cost, unless there is no way at all.
  static Cost Remembered(Cost bound, Cost enough) { return bound < enough || bound >= kInfiniteCost ? bound : ~bound; }
  uint64_t Key(int set, int position, int day, int other_day, bool at) const {
    const uint64_t days = num_days_ + 1;
    const uint64_t tree = static_cast<uint64_t>(set) * problem_->size() + position;
    return ((tree * days + day + 1) * days + other_day + 1) * 2 + at;
  }

  Effort* effort_;
  const CourseProblem* problem_ = nullptr;
  Cells* cells_ = nullptr;
  Hands* hands_ = nullptr;
  bool off_ = false;
  int num_days_ = 0;
  std::vector<uint8_t> counts_;  // [position][day]; empty: all do
  Memo<Cost> known_{1 << 14};
  std::vector<std::vector<int>> lacking_;  // [position]: roles that no visit of its tree has
  std::vector<int> own_;                   // [set * positions + position]; -1: not known yet
  std::vector<Way> ways_;
  Memo<WaySpan> ways_of_;                     // set
  std::vector<std::vector<int>> candidates_;  // [continuity role]; empty: not asked for yet
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUNDS_H_
