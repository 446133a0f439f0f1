#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_

#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

inline constexpr int kNoHand = -1;

// Numbers the *tuples* of resources in whose hands one visit lies, one per continuity role of the course (kNoHand where
// the visit has no such role), and the *sets* of all hands that a course has been in so far.
class Hands {
 public:
  struct Added {
    int set = 0;
    Cost cost = 0;  // of the handoffs that the tuple adds
  };

  void Reset(const CourseProblem& problem);

  // The tuple `prefix` (kEmpty to begin with) and one more hand.
  static constexpr int kEmpty = 0;
  int Extend(int prefix, int hand);
  std::span<const int> Tuple(int tuple) const { return tuples_[tuple]; }
  int num_tuples() const { return static_cast<int>(tuples_.size()); }

  // The set of the fixed visits' hands.
  static constexpr int kStart = 0;
  // The set `set` and the hands of a tuple.
  Added Add(int set, int tuple) {
    std::vector<Added>& row = added_[set];
    if (row.size() <= static_cast<size_t>(tuple)) row.resize(num_tuples(), {-1, 0});
    if (row[tuple].set >= 0) return row[tuple];
    const Added added = MakeAdded(set, tuple);  // may move the rows
    return added_[set][tuple] = added;
  }
  // What any hand outside the set costs at least; kInfiniteCost where nothing is outside of it yet.
  Cost LeastHandoff(int set) const { return least_[set]; }
  int num_sets() const { return static_cast<int>(sets_.size()); }

 private:
  using Set = std::vector<std::vector<int>>;

  Added MakeAdded(int set, int tuple);
  int Number(const Set& set);

  const CourseProblem* problem_ = nullptr;
  std::vector<std::vector<int>> tuples_;
  std::vector<std::vector<std::pair<int, int>>> longer_;  // [tuple]: (hand, tuple with it)
  std::vector<Set> sets_;
  absl::flat_hash_map<Set, int> numbers_;
  std::vector<std::vector<Added>> added_;
  std::vector<Cost> least_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_
