#include "services/scheduling/optimizer/bounds.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace kat::optimizer {

void Bounds::Reset(const CourseProblem& problem, Cells& cells, Hands& hands, bool off) {
  off_ = off;
  problem_ = &problem;
  cells_ = &cells;
  hands_ = &hands;
  num_days_ = problem.clinic().days;
  known_.Clear();
  ways_.clear();
  ways_of_.Clear();
  candidates_.resize(std::max<size_t>(candidates_.size(), hands.num_roles()));
  for (std::vector<int>& candidates : candidates_) candidates.clear();
  counts_.clear();
  own_.clear();
  const int n = problem.size(), roles = hands.num_roles();
  if (lacking_.size() < static_cast<size_t>(n)) lacking_.resize(n);
  for (int p = n - 1; p >= 0; --p) {
    lacking_[p].clear();
    for (int c = 0; c < roles; ++c) {
      const auto lacks = [&](int child) {
        return std::find(lacking_[child].begin(), lacking_[child].end(), c) != lacking_[child].end();
      };
      const std::vector<int>& children = problem.Children(p);
      if (problem.visit(p).hands[c] < 0 && std::all_of(children.begin(), children.end(), lacks)) {
        lacking_[p].push_back(c);
      }
    }
  }
}

int Bounds::FindOwn(int set, int position) {
  int own = set;
  for (int role : lacking_[position]) own = hands_->Free(own, role);
  const size_t at = static_cast<size_t>(set) * problem_->size() + position;
  if (own_.size() <= at) own_.resize(std::max(at + 1, static_cast<size_t>(hands_->num_sets()) * problem_->size()), -1);
  return own_[at] = own;
}

void Bounds::Narrow(const DayBounds& days, Cost limit) {
  known_.Clear();
  for (std::vector<int>& candidates : candidates_) candidates.clear();
  counts_.resize(static_cast<size_t>(problem_->size()) * num_days_);
  for (int p = 0; p < problem_->size(); ++p) {
    for (int day = 0; day < num_days_; ++day) {
      counts_[static_cast<size_t>(p) * num_days_ + day] = days.With(p, day) <= limit;
    }
  }
}

std::span<const Bounds::Way> Bounds::Ways(int set) {
  if (const WaySpan* known = ways_of_.Find(set)) return {ways_.data() + known->first, known->count};
  const uint32_t first = static_cast<uint32_t>(ways_.size());
  Cost least = kInfiniteCost, second = kInfiniteCost;
  for (int c = 0; c < hands_->num_roles(); ++c) {
    if (!hands_->Costs(set, c)) continue;
    const Cost weight = hands_->Weight(c);
    ways_.push_back({hands_->Free(set, c), weight});
    second = std::min(second, std::max(least, weight));
    least = std::min(least, weight);
  }
  // Handoffs in two roles or more; or in none.
  const size_t roles = ways_.size() - first;
  if (roles > 1) ways_.push_back({hands_->AnyHands(), least + second});
  ways_.push_back({roles == 0 ? hands_->AnyHands() : set, 0});
  std::sort(ways_.begin() + first, ways_.end(),
            [](const Way& a, const Way& b) { return std::pair(a.handoffs, a.set) < std::pair(b.handoffs, b.set); });
  const uint32_t count = static_cast<uint32_t>(ways_.size()) - first;
  ways_of_.Store(set, {first, count});
  return {ways_.data() + first, count};
}

// Everybody who can be a hand in the role.
std::span<const int> Bounds::Candidates(int role) {
  std::vector<int>& candidates = candidates_[role];
  if (!candidates.empty()) return candidates;
  const StartIndex& index = cells_->index();
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    if (free.hands[role] < 0) continue;
    const std::span<const int> more = index.Candidates(index.PatternOf(free.type_index, free.hands[role]));
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  std::erase_if(candidates, [&](int hand) { return hands_->IsSpared(role, hand); });
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

Cost Bounds::RestWithHandoffs(int set, int first, const std::vector<int>& days, Cost enough) {
  Cost bound = LeastWay(set, Rest(hands_->AnyHands(), first, days, enough), enough,
                        [&](int within, Cost most) { return Rest(within, first, days, most); });
  if (first >= problem_->size() || effort_->used() < kGrowAfter) return bound;
  const Frontier& frontier = problem_->FrontierOf(first);
  for (int c = 0; c < hands_->num_roles() && bound < enough; ++c) {
    if (!hands_->Costs(set, c) || !frontier.hands[c]) continue;
    // The other roles stay within the set, or there is a handoff in one of them and any hands are welcome there.
    int others = set;
    Cost handoff = kInfiniteCost;
    for (int other = 0; other < hands_->num_roles(); ++other) {
      if (other == c || !hands_->Costs(set, other)) continue;
      others = hands_->Free(others, other);
      handoff = std::min(handoff, hands_->Weight(other));
    }
    if (Candidates(c).size() > kMostSets + hands_->HandsOf(set, c).size()) continue;  // more than can be looked at
    Cost least = kInfiniteCost;
    for (const Way& way : {Way{set, 0}, Way{others, handoff}}) {
      if (way.handoffs >= least || least < enough) continue;
      Growth growth{c, first, days, Rest(hands_->Free(way.set, c), first, days, enough), enough, kMostSets};
      least = std::min(least, Grow(growth, way.set, way.handoffs, 0));
      // Who spoilt it once will do so again: better first than last.
      if (growth.failed != kNoHand) {
        const auto at = std::find(candidates_[c].begin(), candidates_[c].end(), growth.failed);
        std::rotate(candidates_[c].begin(), at, at + 1);
      }
    }
    if (least >= enough) bound = std::max(bound, least);
  }
  return bound;
}

// The least cost of a plan whose hands in the role are those of `set` and some candidates from `next` on. Where that is
// less than `enough`, it may be any bound.
Cost Bounds::Grow(Growth& growth, int set, Cost handoffs, size_t next) {
  Cost best = handoffs + Rest(set, growth.first, growth.days, growth.enough - handoffs);
  const Cost more = handoffs + hands_->Weight(growth.role);
  if (best < growth.enough) return best;
  if (more + growth.any >= growth.enough) return std::min(best, more + growth.any);
  const std::span<const int> candidates = Candidates(growth.role);
  for (size_t i = next; i < candidates.size() && best >= growth.enough; ++i) {
    const int grown = hands_->AddHand(set, growth.role, candidates[i]);
    if (grown == set) continue;
    if (growth.sets_left-- <= 0) return std::min(best, more + growth.any);
    best = std::min(best, Grow(growth, grown, more, i + 1));
    if (best < growth.enough) growth.failed = candidates[i];
  }
  return best;
}

Cost Bounds::At(int set, int position, int day, int parent_day, Cost enough) {
  if (!problem_->HasSecondLagBelow(position)) parent_day = kNoDay;
  const uint64_t key = Key(set, position, day, parent_day, /*at=*/true);
  const Cost* known = known_.Find(key);
  if (known != nullptr && IsKnown(*known, enough)) return KnownCost(*known);
  if (effort_->Spent()) return 0;
  effort_->Spend(2);
  Cost cost = cells_->LeastWithin(set, position, day, cells_->At(position, day));
  if (cost < kInfiniteCost) cost += problem_->DayCostOf(position, day);
  if (cost < enough) cost += Children(set, position, day, parent_day, enough - cost);
  cost = std::min(cost, kInfiniteCost);
  known_.Store(key, Remembered(cost, enough));
  return cost;
}

Cost Bounds::Below(int set, int position, int parent_day, int second_day, Cost enough) {
  if (off_) return 0;
  set = Own(set, position);
  const PairLag* lag = problem_->ParentLag(position);
  const PairLag* second = problem_->SecondLag(position);
  if (second == nullptr) second_day = kNoDay;
  const uint64_t key = Key(set, position, parent_day, second_day, /*at=*/false);
  const Cost* known = known_.Find(key);
  if (known != nullptr && IsKnown(*known, enough)) return KnownCost(*known);
  const DayRange apart = problem_->Between(lag->earlier, position), own = problem_->visit(position).days;
  int lo = std::max(own.lo, parent_day + apart.lo), hi = std::min(own.hi, parent_day + apart.hi);
  if (second != nullptr) {
    const DayRange further = problem_->Between(second->earlier, position);
    lo = std::max(lo, second_day + further.lo);
    hi = std::min(hi, second_day + further.hi);
  }
  // From an ideal day outward: nothing beyond a gap that costs as much as the best so far can be better, and nothing
  // that is enough matters.
  const Cost weight = problem_->clinic().weights.gap;
  auto gap_to = [&](const PairLag* to, int from, int day) {
    return to == nullptr || !to->has_ideal ? 0 : weight * std::abs(day - from - to->ideal);
  };
  const bool by_parent = lag->has_ideal || second == nullptr || !second->has_ideal;
  const PairLag* main = by_parent ? lag : second;
  const int ideal = (by_parent ? parent_day : second_day) + (main->has_ideal ? main->ideal : 0);
  const int middle = main->has_ideal ? std::clamp(ideal, lo, std::max(lo, hi)) : lo;
  Cost best = kInfiniteCost, least = enough;
  int down = middle, up = middle + 1;
  while (down >= lo || up <= hi) {
    const bool take_down = down >= lo && (up > hi || std::abs(down - ideal) <= std::abs(up - ideal));
    const int day = take_down ? down-- : up++;
    if (day > hi) continue;
    const Cost gap = main->has_ideal ? weight * std::abs(day - ideal) : 0;
    if (gap >= least) {
      best = std::min(best, gap);
      break;
    }
    if (!Counts(position, day)) continue;
    const Cost gaps = gap_to(lag, parent_day, day) + gap_to(second, second_day, day);
    if (gaps >= least) {
      best = std::min(best, gaps);
      continue;
    }
    effort_->Spend(1);
    best = std::min(best, gaps + At(set, position, day, parent_day, least - gaps));
    least = std::min(least, best);
  }
  known_.Store(key, Remembered(best, enough));
  return best;
}

Cost Bounds::Root(int set, int position, Cost enough) {
  if (off_) return 0;
  set = Own(set, position);
  const uint64_t key = Key(set, position, kNoDay, kNoDay, /*at=*/false);
  const Cost* known = known_.Find(key);
  if (known != nullptr && IsKnown(*known, enough)) return KnownCost(*known);
  const DayRange days = problem_->visit(position).days;
  Cost best = kInfiniteCost, least = enough;
  for (int day = days.lo; day <= days.hi && best > 0; ++day) {
    effort_->Spend(1);
    if (!Counts(position, day)) continue;
    const Cost day_cost = problem_->DayCostOf(position, day);
    best = std::min(best, day_cost < least ? At(set, position, day, kNoDay, least) : day_cost);
    least = std::min(least, best);
  }
  known_.Store(key, Remembered(best, enough));
  return best;
}

}  // namespace kat::optimizer
