#include "services/scheduling/optimizer/course_search.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace kat::optimizer {
namespace {

// Days of a visit that are looked at together before the search goes on below them.
constexpr int kBatchDays = 10;

}  // namespace

CourseSearch::Result CourseSearch::Run(const CourseProblem& problem, Cost limit, int64_t budget_ops) {
  problem_ = &problem;
  const int n = problem.size();
  ops_at_start_ = 0;
  nodes_ = ops_ = 0;
  hands_.Reset(problem);
  cells_.Reset(problem, hands_);
  meetings_.Reset(problem, hands_);
  bounds_.Reset(problem, cells_, hands_);
  proved_.Clear();
  ops_at_start_ = cells_.ops() + bounds_.ops() + meetings_.ops();
  budget_ops_ = budget_ops;
  day_.assign(n, 0);
  option_.assign(n, 0);
  group_cost_.assign(n, 0);
  meets_.resize(std::max<size_t>(meets_.size(), n));
  while (levels_.size() < static_cast<size_t>(n)) levels_.emplace_back();

  Result result;
  found_ = earliest_ = stop_ = false;
  best_ = limit - problem.constant();
  if (best_ > 0) Descend(0, 0, Hands::kStart);
  result.found = found_;
  result.proved = !stop_;
  result.lower_bound = best_ + problem.constant();
  if (stop_) {
    const Cost relaxed = bounds_.Rest(Bounds::kAnyHands, 0, day_);
    result.lower_bound = std::min(result.lower_bound, relaxed + problem.constant());
  }
  if (found_) {
    result.cost = best_ + problem.constant();
    if (!stop_) {
      std::vector<int> days = best_day_, options = best_option_;
      earliest_ = true;
      found_ = false;
      ++best_;
      Descend(0, 0, Hands::kStart);
      if (!found_) {  // out of budget on the way
        best_day_ = std::move(days);
        best_option_ = std::move(options);
      }
    }
    day_ = best_day_;
    option_ = best_option_;
    result.placements = Placements();
  }
  OutOfBudget();
  result.ops = ops_;
  return result;
}

bool CourseSearch::OutOfBudget() {
  ops_ = cells_.ops() + bounds_.ops() + meetings_.ops() - ops_at_start_ + nodes_;
  return ops_ > budget_ops_;
}

Cost CourseSearch::DayAndLags(int position, int day) const {
  Cost cost = problem_->DayCostOf(position, day);
  for (const PairLag& lag : problem_->LagsBack(position)) {
    if (lag.has_ideal) cost += problem_->clinic().weights.gap * std::abs(day - day_[lag.earlier] - lag.ideal);
  }
  return cost;
}

// The bound of what comes after `position`, its own children left out, if hands stay in `set`.
Cost CourseSearch::RestAfter(int position, int set, Level& level) {
  for (const RestOfSet& rest : level.rests) {
    if (rest.set == set) return rest.cost;
  }
  Cost sum = 0;
  for (int p = position + 1; p < problem_->size() && sum < kInfiniteCost; ++p) {
    const int parent = problem_->Parent(p);
    if (parent >= position) continue;
    sum += parent < 0 ? bounds_.Root(set, p) : bounds_.Below(set, p, day_[parent]);
  }
  level.rests.push_back({set, std::min(sum, kInfiniteCost)});
  return level.rests.back().cost;
}

void CourseSearch::AddChildren(int position, Cost cost, int set, int day, Cost& cut) {
  Level& level = levels_[position];
  const Cost day_cost = DayAndLags(position, day);
  if (cost + day_cost >= best_) {
    cut = std::min(cut, day_cost);
    return;
  }
  const Cell& cell = cells_.At(position, day);
  ++nodes_;
  if (cell.num_options == 0) return;
  const Cost any =
      day_cost + RestAfter(position, Bounds::kAnyHands, level) + bounds_.Children(Bounds::kAnyHands, position, day);
  if (any >= kInfiniteCost) return;
  if (cost + any + cell.least >= best_) {
    cut = std::min(cut, any + cell.least);
    return;
  }
  bool meets = false;
  if (problem_->MeetsAny(position)) {
    for (int u = 0; u < position && !meets; ++u) {
      meets = problem_->CanMeet(u, position) && meetings_.Meet({u, day_[u], option_[u]}, {position, day, 0});
    }
  }
  for (int i = 0; i < cell.num_options; ++i) {
    const Option option = cells_.OptionOf(cell, i);
    const Hands::Added added = hands_.Add(set, option.tuple);
    const Cost own = (meets ? option.least : option.cost) + added.cost;
    ++nodes_;
    if (cost + any + own >= best_) {
      cut = std::min(cut, any + own);
      continue;
    }
    // Either all that comes stays in these hands, or there is one handoff more.
    Cost bound = any + own;
    if (const Cost handoff = hands_.LeastHandoff(added.set); handoff > 0 && handoff < kInfiniteCost) {
      const Cost within = day_cost + RestAfter(position, added.set, level) + bounds_.Children(added.set, position, day);
      bound = std::min(within + own, bound + handoff);
      if (bound >= kInfiniteCost) continue;
      if (cost + bound >= best_) {
        cut = std::min(cut, bound);
        continue;
      }
    }
    level.children.push_back({bound, day, option.slot, i, option.tuple, day_cost, option.cost, meets});
  }
}

Cost CourseSearch::Descend(int position, Cost cost, int set) {
  if (position == problem_->size()) {
    found_ = true;
    best_ = cost;
    best_day_ = day_;
    best_option_ = option_;
    return 0;
  }
  if (position > 0 && position + 1 < problem_->size()) {
    MakeKey(position, set);
    const Cost proved = proved_.Find(key_);
    if (cost + proved >= best_) return proved;
  }
  DayRange days = problem_->visit(position).days;
  for (int u = 0; u < position; ++u) {
    const DayRange apart = problem_->Between(u, position);
    days.lo = std::max(days.lo, day_[u] + apart.lo);
    days.hi = std::min(days.hi, day_[u] + apart.hi);
  }
  Level& level = levels_[position];
  level.rests.clear();
  Cost bound = kInfiniteCost;  // of going on from here: the least of all children's, cut ones included
  for (int from = days.lo; from <= days.hi; from += kBatchDays) {
    level.children.clear();
    for (int day = from; day <= std::min(days.hi, from + kBatchDays - 1); ++day) {
      AddChildren(position, cost, set, day, bound);
    }
    std::sort(level.children.begin(), level.children.end(), [this](const Child& a, const Child& b) {
      return earliest_ ? std::tie(a.day, a.slot, a.bound, a.option) < std::tie(b.day, b.slot, b.bound, b.option)
                       : std::tie(a.bound, a.day, a.slot, a.option) < std::tie(b.bound, b.day, b.slot, b.option);
    });
    for (const Child& child : level.children) {
      if (cost + child.bound >= best_) {
        bound = std::min(bound, child.bound);
        continue;
      }
      if (OutOfBudget()) stop_ = true;
      const Hands::Added added = hands_.Add(set, child.tuple);
      const std::optional<Cost> taken = stop_ ? std::nullopt : Take(position, child);
      if (!taken) {
        stop_ = true;
        return std::min(bound, child.bound);
      }
      if (*taken >= kInfiniteCost) continue;
      const Cost more = *taken + added.cost + child.day_cost;
      if (cost + more >= best_) {
        bound = std::min(bound, more);
        continue;
      }
      const Cost below = Descend(position + 1, cost + more, added.set);
      bound = std::min(bound, std::max(child.bound, more + below));
      if (stop_ || (earliest_ && found_)) return bound;
    }
  }
  if (position > 0 && position + 1 < problem_->size()) {
    MakeKey(position, set);
    proved_.Store(key_, bound);
  }
  return bound;
}

std::optional<Cost> CourseSearch::Take(int position, const Child& child) {
  day_[position] = child.day;
  option_[position] = child.option;
  meets_[position].clear();
  group_cost_[position] = child.option_cost;
  if (!child.meets) return child.option_cost;
  std::vector<Chosen> members;
  Cost parts = 0;
  Gather(position, child, members, parts);
  const std::optional<Cost> together = meetings_.Solve(members, budget_ops_ - ops_, nullptr);
  if (!together) return std::nullopt;
  if (*together >= kInfiniteCost) return kInfiniteCost;
  group_cost_[position] = *together;
  return *together - parts;
}

// All placed visits that hang together with `position` by meetings, and what they cost before it came.
void CourseSearch::Gather(int position, const Child& child, std::vector<Chosen>& members, Cost& cost_of_parts) {
  for (int u = 0; u < position; ++u) {
    if (meetings_.Meet({u, day_[u], option_[u]}, {position, child.day, child.option})) meets_[position].push_back(u);
  }
  std::vector<uint8_t> seen(position + 1);
  cost_of_parts = 0;
  seen[position] = 1;
  members.push_back({position, child.day, child.option});
  for (int u : meets_[position]) {
    if (seen[u]) continue;
    // A part: everything that u hung together with; its cost stands at its last visit.
    int last = u;
    std::vector<int> part = {u};
    seen[u] = 1;
    for (size_t i = 0; i < part.size(); ++i) {
      last = std::max(last, part[i]);
      for (int other = 0; other < position; ++other) {
        const std::vector<int>& links = meets_[std::max(part[i], other)];
        if (!seen[other] && std::find(links.begin(), links.end(), std::min(part[i], other)) != links.end()) {
          seen[other] = 1;
          part.push_back(other);
        }
      }
    }
    cost_of_parts += group_cost_[last];
    for (int p : part) members.push_back({p, day_[p], option_[p]});
  }
  std::sort(members.begin(), members.end(), [](const Chosen& a, const Chosen& b) { return a.position < b.position; });
}

void CourseSearch::MakeKey(int position, int set) {
  const Frontier& frontier = problem_->FrontierOf(position);
  key_.clear();
  key_.push_back(position);
  key_.push_back(set);
  for (int u : frontier.days) key_.push_back(day_[u]);
  for (int u : frontier.options) {
    key_.push_back(day_[u]);
    key_.push_back(option_[u]);
  }
}

std::vector<Placement> CourseSearch::Placements() {
  const int n = problem_->size();
  std::vector<Placement> placements(n);
  std::vector<uint8_t> seen(n);
  for (int p = 0; p < n; ++p) {
    if (seen[p]) continue;
    std::vector<int> group = {p};
    seen[p] = 1;
    for (size_t i = 0; i < group.size() && problem_->MeetsAny(p); ++i) {
      const int a = group[i];
      for (int b = 0; b < n; ++b) {
        if (!seen[b] && meetings_.Meet({a, day_[a], option_[a]}, {b, day_[b], option_[b]})) {
          seen[b] = 1;
          group.push_back(b);
        }
      }
    }
    if (group.size() == 1) {
      const Option option = cells_.OptionOf(cells_.At(p, day_[p]), option_[p]);
      placements[p] = cells_.Place(p, day_[p], option);
      continue;
    }
    std::sort(group.begin(), group.end());
    std::vector<Chosen> members;
    for (int u : group) members.push_back({u, day_[u], option_[u]});
    std::vector<Placement> together;
    meetings_.Solve(members, std::numeric_limits<int64_t>::max() / 4, &together);
    for (size_t i = 0; i < group.size(); ++i) placements[group[i]] = std::move(together[i]);
  }
  return placements;
}

}  // namespace kat::optimizer
