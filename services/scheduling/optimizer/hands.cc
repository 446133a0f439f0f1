#include "services/scheduling/optimizer/hands.h"

#include <algorithm>

namespace kat::optimizer {

void Hands::Reset(const CourseProblem& problem) {
  num_roles_ = problem.num_continuity();
  weight_.clear();
  spared_.resize(std::max<size_t>(spared_.size(), num_roles_));
  SpareNobody();
  tuples_.clear();
  tuples_at_.assign(1, {});
  longer_.Clear();
  members_.clear();
  members_at_.assign(1, {});  // kAny
  first_.clear();
  grown_.Clear();
  sets_.clear();
  numbers_.Clear();
  num_paths_ = 0;
  added_.Clear();
  for (int c = 0; c < num_roles_; ++c) {
    weight_.push_back(problem.HandoffWeight(c));
    first_.push_back(static_cast<int>(members_at_.size()));
    members_at_.push_back({});
  }
  scratch_ = first_;
  std::vector<int>& start = scratch_;
  for (int c = 0; c < num_roles_; ++c) {
    for (int hand : problem.FixedHands(c)) start[c] = AddToRoleSet(start[c], c, hand);
  }
  Number(start);
  start.assign(num_roles_, kAny);
  any_hands_ = Number(start);
  nobody_ = kEmpty;
  for (int c = 0; c < num_roles_; ++c) nobody_ = Extend(nobody_, kNoHand);
}

int Hands::Extend(int prefix, int hand) {
  const uint64_t key = Key(prefix, hand);
  if (const int* known = longer_.Find(key)) return *known;
  const int tuple = static_cast<int>(tuples_at_.size());
  const Span before = tuples_at_[prefix];
  tuples_at_.push_back({static_cast<uint32_t>(tuples_.size()), before.count + 1});
  for (uint32_t i = 0; i < before.count; ++i) tuples_.push_back(tuples_[before.first + i]);
  tuples_.push_back(hand);
  longer_.Store(key, tuple);
  return tuple;
}

int Hands::With(int tuple, int role, int hand) {
  scratch_.assign(Tuple(tuple).begin(), Tuple(tuple).end());
  scratch_[role] = hand;
  int with = kEmpty;
  for (int c = 0; c < num_roles_; ++c) with = Extend(with, scratch_[c]);
  return with;
}

int Hands::AddToRoleSet(int role_set, int role, int hand) {
  if (role_set == kAny) return kAny;
  const Span span = members_at_[role_set];
  const auto begin = members_.begin() + span.first, end = begin + span.count;
  const auto at = std::lower_bound(begin, end, hand);
  if (at != end && *at == hand) return role_set;
  const size_t keep = at - begin;
  scratch_members_.assign(begin, end);
  scratch_members_.insert(scratch_members_.begin() + keep, hand);
  // Down the tree from the root; what is missing on the way is made.
  int node = first_[role];
  for (size_t i = 0; i < scratch_members_.size(); ++i) {
    const uint64_t key = Key(node, scratch_members_[i]);
    if (const int* known = grown_.Find(key)) {
      node = *known;
      continue;
    }
    node = static_cast<int>(members_at_.size());
    members_at_.push_back({static_cast<uint32_t>(members_.size()), static_cast<uint32_t>(i + 1)});
    members_.insert(members_.end(), scratch_members_.begin(), scratch_members_.begin() + i + 1);
    grown_.Store(key, node);
  }
  return node;
}

int Hands::Number(std::span<const int> role_sets) {
  int path = 0;  // 0: nothing yet; the last step's number is below 0 and stands for the set
  for (size_t c = 0; c < role_sets.size(); ++c) {
    const uint64_t key = Key(path, role_sets[c]);
    const bool last = c + 1 == role_sets.size();
    if (const int* known = numbers_.Find(key)) {
      path = *known;
      continue;
    }
    path = last ? num_sets() : ++num_paths_;
    numbers_.Store(key, path);
    if (last) sets_.insert(sets_.end(), role_sets.begin(), role_sets.end());
  }
  return path;
}

int Hands::WithRole(int set, int role, int role_set) {
  if (RoleSet(set, role) == role_set) return set;
  const auto begin = sets_.begin() + static_cast<size_t>(set) * num_roles_;
  scratch_.assign(begin, begin + num_roles_);
  scratch_[role] = role_set;
  return Number(scratch_);
}

int Hands::AddHand(int set, int role, int hand) {
  return WithRole(set, role, AddToRoleSet(RoleSet(set, role), role, hand));
}

Hands::Added Hands::MakeAdded(int set, int tuple) {
  Added added{set, 0};
  for (int c = 0; c < num_roles_; ++c) {
    const int hand = Tuple(tuple)[c];
    const int before = RoleSet(added.set, c);
    if (hand == kNoHand || before == kAny || weight_[c] == 0) continue;
    const int after = AddToRoleSet(before, c, hand);
    if (after == before) continue;
    if (before != first_[c]) added.cost += weight_[c];
    added.set = WithRole(added.set, c, after);
  }
  added_.Store(Key(set, tuple), added);
  return added;
}

Cost Hands::Missing(int more, int less, std::span<const uint8_t> counts) const {
  Cost cost = 0;
  for (int c = 0; c < num_roles_; ++c) {
    if (!counts[c] || RoleSet(more, c) == RoleSet(less, c)) continue;
    const std::span<const int> a = HandsOf(more, c), b = HandsOf(less, c);
    int64_t missing = a.empty() ? 1 : 0;  // the first of `more` to come would be free, and may not be from `less`
    for (size_t i = 0, j = 0; i < a.size(); ++i) {
      while (j < b.size() && b[j] < a[i]) ++j;
      missing += j == b.size() || b[j] != a[i];
    }
    cost += missing * weight_[c];
  }
  return cost;
}

}  // namespace kat::optimizer
