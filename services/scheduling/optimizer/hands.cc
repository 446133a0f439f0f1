#include "services/scheduling/optimizer/hands.h"

#include <algorithm>

namespace kat::optimizer {

void Hands::Reset(const CourseProblem& problem) {
  problem_ = &problem;
  tuples_.assign(1, {});
  longer_.clear();
  longer_.emplace_back();
  sets_.clear();
  numbers_.clear();
  added_.clear();
  least_.clear();
  Set start;
  for (int c = 0; c < problem.num_continuity(); ++c) start.push_back(problem.FixedHands(c));
  Number(start);
}

int Hands::Extend(int prefix, int hand) {
  for (const auto& [known, tuple] : longer_[prefix]) {
    if (known == hand) return tuple;
  }
  int tuple = num_tuples();
  std::vector<int> hands = tuples_[prefix];
  hands.push_back(hand);
  tuples_.push_back(std::move(hands));
  longer_[prefix].emplace_back(hand, tuple);
  longer_.emplace_back();
  return tuple;
}

int Hands::Number(const Set& set) {
  auto [at, added] = numbers_.try_emplace(set, num_sets());
  if (added) {
    sets_.push_back(set);
    added_.emplace_back();
    Cost least = kInfiniteCost;
    for (size_t c = 0; c < set.size(); ++c) {
      if (!set[c].empty()) least = std::min(least, problem_->HandoffWeight(static_cast<int>(c)));
    }
    least_.push_back(least);
  }
  return at->second;
}

Hands::Added Hands::MakeAdded(int set, int tuple) {
  Set grown = sets_[set];
  Cost cost = 0;
  for (size_t c = 0; c < grown.size(); ++c) {
    int hand = tuples_[tuple][c];
    if (hand == kNoHand) continue;
    auto at = std::lower_bound(grown[c].begin(), grown[c].end(), hand);
    if (at != grown[c].end() && *at == hand) continue;
    if (!grown[c].empty()) cost += problem_->HandoffWeight(static_cast<int>(c));
    grown[c].insert(at, hand);
  }
  return {Number(grown), cost};
}

}  // namespace kat::optimizer
