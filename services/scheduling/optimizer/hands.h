#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_

#include <algorithm>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/memo.h"

namespace kat::optimizer {

inline constexpr int kNoHand = -1;

// Numbers the *tuples* of resources in whose hands one visit lies, one per continuity role of the course (kNoHand where
// the visit has no such role), and the *sets* of all hands that a course has been in so far. A set says for each role
// which hands; or that any are welcome (for bounds).
class Hands {
 public:
  struct Added {
    int set = 0;
    Cost cost = 0;  // of the handoffs that the tuple adds
  };

  void Reset(const CourseProblem& problem);
  int num_roles() const { return num_roles_; }

  // The tuple `prefix` (kEmpty to begin with) and one more hand.
  static constexpr int kEmpty = 0;
  int Extend(int prefix, int hand);
  std::span<const int> Tuple(int tuple) const {
    return {tuples_.data() + tuples_at_[tuple].first, tuples_at_[tuple].count};
  }

  // Leaves a hand out of all that is looked at from now on.
  void Spare(int role, int hand) {
    std::vector<uint8_t>& spared = spared_[role];
    if (spared.size() <= static_cast<size_t>(hand)) spared.resize(hand + 1);
    spared[hand] = 1;
  }
  void SpareNobody() {
    for (std::vector<uint8_t>& spared : spared_) spared.clear();
  }
  bool IsSpared(int role, int hand) const {
    return static_cast<size_t>(hand) < spared_[role].size() && spared_[role][hand] != 0;
  }

  // The tuple with `hand` in `role`.
  int With(int tuple, int role, int hand);
  // Nobody in any role.
  int Nobody() const { return nobody_; }

  // The set of the fixed visits' hands.
  static constexpr int kStart = 0;
  // The set `set` and the hands of a tuple.
  Added Add(int set, int tuple) {
    const Added* known = added_.Find(Key(set, tuple));
    return known != nullptr ? *known : MakeAdded(set, tuple);
  }
  // Whether the tuple adds no handoff.
  bool Within(int set, int tuple) const {
    for (int c = 0; c < num_roles_; ++c) {
      const int hand = tuples_[tuples_at_[tuple].first + c];
      if (hand == kNoHand || !Costs(set, c)) continue;
      const std::span<const int> hands = HandsOf(set, c);
      if (std::find(hands.begin(), hands.end(), hand) == hands.end()) return false;
    }
    return true;
  }
  // The set `set` and one hand in one role.
  int AddHand(int set, int role, int hand);
  // The set `set` where any hands are welcome in `role`.
  int Free(int set, int role) { return WithRole(set, role, kAny); }
  // Any hands in all roles.
  int AnyHands() const { return any_hands_; }
  // Whether a hand outside the set costs something in `role`: not where nothing is in it yet, or any are welcome.
  bool Costs(int set, int role) const { return RoleSet(set, role) > first_.back() && weight_[role] > 0; }
  // The hands of a role, ascending; empty where any are welcome.
  std::span<const int> HandsOf(int set, int role) const {
    const Span& span = members_at_[RoleSet(set, role)];
    return {members_.data() + span.first, span.count};
  }
  // What the handoffs to hands of `more` that are not in `less` cost, in the roles for which `counts` says so: no plan
  // goes on from `more` cheaper than from `less` by more than that.
  Cost Missing(int more, int less, std::span<const uint8_t> counts) const;
  Cost Weight(int role) const { return weight_[role]; }
  int num_sets() const { return static_cast<int>(sets_.size()) / std::max(1, num_roles_); }

 private:
  struct Span {
    uint32_t first = 0, count = 0;
  };
  // A set is one *role set* for each role: a node in a tree of ascending hands, whose root is the empty set.
  static constexpr int kAny = 0;

  static uint64_t Key(int a, int b) {
    return static_cast<uint64_t>(static_cast<uint32_t>(a)) << 32 | static_cast<uint32_t>(b);
  }
  int RoleSet(int set, int role) const { return sets_[static_cast<size_t>(set) * num_roles_ + role]; }
  Added MakeAdded(int set, int tuple);
  int AddToRoleSet(int role_set, int role, int hand);
  int WithRole(int set, int role, int role_set);
  int Number(std::span<const int> role_sets);

  int num_roles_ = 0;
  int any_hands_ = 0;
  int nobody_ = 0;
  std::vector<Cost> weight_;
  std::vector<std::vector<uint8_t>> spared_;  // [role][hand]
  std::vector<int> tuples_;
  std::vector<Span> tuples_at_;
  Memo<int> longer_;              // (tuple, hand): the tuple with it
  std::vector<int> members_;      // of role sets
  std::vector<Span> members_at_;  // [role set]
  std::vector<int> first_;        // [role]: its empty role set; ascending
  Memo<int> grown_;               // (role set, hand beyond its last): the role set with it
  std::vector<int> sets_;         // [set * roles + role]: role set
  Memo<int> numbers_;             // path of role sets to a set
  int num_paths_ = 0;
  Memo<Added> added_;  // (set, tuple)
  std::vector<int> scratch_, scratch_members_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_HANDS_H_
