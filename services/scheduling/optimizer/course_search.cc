#include "services/scheduling/optimizer/course_search.h"

#include <algorithm>
#include <cstdlib>

namespace kat::optimizer {
// `any_hands`: without regard to handoffs, and without bounds: for any plan, fast.
void CourseSearch::Begin(bool any_hands) {
  const int n = problem_->size();
  hands_.Reset(*problem_);
  cells_.Reset(*problem_, hands_, any_hands);
  meetings_.Reset(*problem_, hands_);
  bounds_.Reset(*problem_, cells_, hands_, /*off=*/any_hands);
  proved_.Clear();
  day_.assign(n, 0);
  option_.assign(n, 0);
  group_cost_.assign(n, 0);
  meets_.resize(std::max<size_t>(meets_.size(), n));
  while (levels_.size() < static_cast<size_t>(n)) levels_.emplace_back();
  found_ = earliest_ = stop_ = false;
}

CourseSearch::Result CourseSearch::Run(const CourseProblem& problem, const Limits& limits) {
  problem_ = &problem;
  effort_ = Effort(limits.ops);
  if (limits.time.count() > 0) effort_.SetTimeLimit(limits.time);
  Begin(/*any_hands=*/false);
  best_ = limits.cost - problem.constant();
  Cost relaxed = 0;
  if (best_ > 0) relaxed = bounds_.RestWithHandoffs(Hands::kStart, 0, day_, best_);
  if (effort_.Spent()) relaxed = 0;
  if (relaxed < best_) relaxed = DescendInRounds(relaxed, limits.first_look);
  if (effort_.Spent()) stop_ = true;
  Result result;
  result.proved = !stop_;
  result.lower_bound = (stop_ ? std::min(best_, relaxed) : best_) + problem.constant();
  if (stop_ && !found_) {
    // Any plan is better than none: one more look, without regard to hands.
    effort_.Allow(limits.ops / 4);
    if (limits.time.count() > 0) effort_.SetTimeLimit(limits.time / 4);
    Begin(/*any_hands=*/true);
    Descend(0, 0, Hands::kStart);
    stop_ = result.any_hands = true;
  }
  result.found = found_;
  if (found_) {
    result.cost = best_ + problem.constant();
    if (!stop_) TakeEarliest();
    day_ = best_day_;
    option_ = best_option_;
    effort_.SetLimit(Effort::kUnlimited);  // what was found once is found again in no more steps
    result.placements = Placements();
  }
  result.ops = effort_.used();
  return result;
}

// A long search begins anew, for plans below one limit after another, from `relaxed` on, which all plans cost at least:
// the lower the limit the fewer days and hands can be in such a plan. Returns what all plans are proved to cost at
// least.
Cost CourseSearch::DescendInRounds(Cost relaxed, int64_t first_look) {
  look_ = first_look;
  if (look_ == 0) look_ = bounds_.NumCandidates() < kManyHands ? kFirstLook : kFirstLookAtMany;
  Descend(0, 0, Hands::kStart);
  look_ = Effort::kUnlimited;
  Cost reach = Reach();
  for (int round = 1; stop_ && !effort_.Spent(); ++round) {
    const Cost given = best_;
    const bool found = found_;
    const Cost limit = std::min(given, relaxed + 1 + reach);
    best_ = limit;
    found_ = stop_ = false;
    proved_.Clear();
    hands_.SpareNobody();
    days_.Find(*problem_, cells_, limit);
    dominance_.Spare(*problem_, days_, limit, cells_, meetings_, hands_);
    bounds_.Narrow(days_, limit);
    Descend(0, 0, Hands::kStart);
    if (found_) break;
    best_ = given;
    found_ = found;
    if (stop_) break;
    relaxed = limit;
    stop_ = limit < given;
    if (round >= kEvenRounds) reach = std::min(kInfiniteCost, 2 * reach);
  }
  return relaxed;
}

// What a handoff costs.
Cost CourseSearch::Reach() const {
  Cost least = kInfiniteCost;
  for (int c = 0; c < hands_.num_roles(); ++c) {
    if (hands_.Weight(c) > 0) least = std::min(least, hands_.Weight(c));
  }
  return least;
}

// Of the plans that cost no more than the best one, the earliest.
void CourseSearch::TakeEarliest() {
  std::vector<int> days = best_day_, options = best_option_;
  earliest_ = true;
  found_ = false;
  ++best_;
  Descend(0, 0, Hands::kStart);
  if (found_) return;
  best_day_ = std::move(days);  // out of budget on the way
  best_option_ = std::move(options);
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
    if (problem_->Parent(p) < position) sum += bounds_.Tree(set, p, day_, kInfiniteCost);
  }
  level.rests.push_back({set, std::min(sum, kInfiniteCost)});
  return level.rests.back().cost;
}

// The day looked at more closely: with its cell and what hangs from it, any hands allowed.
void CourseSearch::AddDay(int position, Cost cost, Step step, Cost& cut) {
  const Cell& cell = cells_.At(position, step.day);
  effort_.Spend(1);
  if (cell.least >= kInfiniteCost) return;
  step.kind = Step::kDay;
  step.bound += cell.least;
  step.bound += bounds_.Children(hands_.AnyHands(), position, step.day, ParentDay(position), best_ - cost - step.bound);
  Push(position, cost, step, cut);
}

// The day's options; where they are made by hand, the first hands.
void CourseSearch::AddOptions(int position, Cost cost, int set, const Step& day, Cost& cut) {
  const Cell& cell = cells_.At(position, day.day);
  Step step = day;
  step.any = day.bound - cell.least;
  step.kind = Step::kUnknownHands;
  step.meets = false;
  step.tuple = hands_.Nobody();
  step.role = 0;
  step.option = kNone;
  if (problem_->MeetsAny(position)) {
    for (int u = 0; u < position && !step.meets; ++u) {
      step.meets = problem_->CanMeet(u, position) && meetings_.Meet({u, day_[u], option_[u]}, {position, day.day, 0});
    }
  }
  if (cell.num_options == Cells::kByHand) {
    AddHands(position, cost, set, step, cut);
    return;
  }
  step.whole = true;
  for (int i = cell.first_option; i < cell.first_option + cell.num_options; ++i) {
    step.option = i;
    const Option option = cells_.OptionOf(i);
    step.tuple = option.tuple;
    AddPart(position, cost, set, step, option, cut);
  }
}

// Those who can join the hands that the visit is in already, in the next role.
void CourseSearch::AddHands(int position, Cost cost, int set, const Step& from, Cost& cut) {
  const Cell& cell = cells_.At(position, from.day);
  const int role = cells_.NextRole(position, from.role);
  Step step = from;
  step.role = role + 1;
  step.whole = cells_.NextRole(position, role + 1) >= problem_->num_continuity();
  if (role >= problem_->num_continuity()) {
    step.option = cells_.OptionIn(position, from.day, cell, from.tuple);
    AddPart(position, cost, set, step, cells_.OptionOf(step.option), cut);
    return;
  }
  cells_.ForEachHand(position, from.day, cell, role, from.tuple, [&](const Option& part, int hand, const bits::Word*) {
    step.tuple = hands_.With(from.tuple, role, hand);
    AddPart(position, cost, set, step, part, cut);
  });
}

void CourseSearch::AddPart(int position, Cost cost, int set, Step step, const Option& part, Cost& cut) {
  effort_.Spend(1);
  step.own = (step.meets ? part.least : part.cost) + hands_.Add(set, step.tuple).cost;
  step.bound = std::max(step.bound, step.any + step.own);
  step.slot = part.slot;
  step.order = levels_[position].order++;
  Push(position, cost, step, cut);
}

// Hands looked at more closely: with the ways on from them. All that comes goes on in one of these ways; none costs
// less than what any hands allow, and its handoffs.
void CourseSearch::LookAtHands(int position, Cost cost, int set, Step step, Cost& cut) {
  Level& level = levels_[position];
  const int grown = hands_.Add(set, step.tuple).set;
  const Cost bound = bounds_.LeastWay(grown, step.any + step.own, best_ - cost, [&](int within, Cost enough) {
    effort_.Spend(1);
    const Cost so_far = step.day_cost + step.own + RestAfter(position, within, level);
    return so_far + bounds_.Children(within, position, step.day, ParentDay(position), enough - so_far);
  });
  step.bound = std::max(step.bound, bound);
  step.kind = Step::kHands;
  Push(position, cost, step, cut);
}

// Puts a step among those to be taken, unless it cannot lead to a better plan.
void CourseSearch::Push(int position, Cost cost, const Step& step, Cost& cut) {
  if (step.bound >= kInfiniteCost) return;
  if (cost + step.bound >= best_) {
    cut = std::min(cut, step.bound);
    return;
  }
  Level& level = levels_[position];
  level.turns.push_back({earliest_ ? 0 : step.bound, RankOf(step), static_cast<uint32_t>(level.steps.size())});
  std::push_heap(level.turns.begin(), level.turns.end());
  level.steps.push_back(step);
}

// Among steps of one bound: whole ones, then those known best, then by time; or by time alone, options of a day first.
uint64_t CourseSearch::RankOf(const Step& step) const {
  constexpr int kOrderBits = 26, kSlotBits = 11, kDayBits = 24;
  const uint64_t order = std::min(step.order, (1 << kOrderBits) - 1), day = step.day;
  const uint64_t in_day = static_cast<uint64_t>(step.slot) << kOrderBits | order;
  if (!earliest_) {
    const uint64_t known = (step.whole ? 0 : Step::kHands + 1) + (Step::kHands - step.kind);
    return (known << kDayBits | day) << (kSlotBits + kOrderBits) | in_day;
  }
  const uint64_t known = Step::kUnknownHands - std::min(step.kind, Step::kUnknownHands);
  return (day << 2 | known) << (kSlotBits + kOrderBits) | in_day;
}

Cost CourseSearch::Descend(int position, Cost cost, int set) {
  if (position == problem_->size()) {
    found_ = true;
    best_ = cost;
    best_day_ = day_;
    best_option_ = option_;
    return 0;
  }
  const bool known = position > 0 && position + 1 < problem_->size();
  if (known) {
    MakeKey(position);
    const Cost proved =
        proved_.Find(key_, [&](int less) { return hands_.Missing(set, less, problem_->FrontierOf(position).hands); });
    if (cost + proved >= best_) return proved;
    const Cost relaxed = bounds_.RestWithHandoffs(set, position, day_, best_ - cost);
    if (cost + relaxed >= best_) return relaxed;
  }
  DayRange days = problem_->visit(position).days;
  for (int u = 0; u < position; ++u) {
    const DayRange apart = problem_->Between(u, position);
    days.lo = std::max(days.lo, day_[u] + apart.lo);
    days.hi = std::min(days.hi, day_[u] + apart.hi);
  }
  Level& level = levels_[position];
  level.rests.clear();
  level.steps.clear();
  level.turns.clear();
  level.order = 0;
  Cost bound = kInfiniteCost;  // of going on from here: the least of all steps', cut ones included
  const Cost rest = RestAfter(position, hands_.AnyHands(), level);
  for (int day = days.lo; day <= days.hi; ++day) {
    if (!bounds_.Counts(position, day)) continue;
    const Cost day_cost = DayAndLags(position, day);
    Push(position, cost,
         {.bound = day_cost + rest,
          .kind = Step::kUnknownDay,
          .whole = false,
          .meets = false,
          .day = day,
          .slot = 0,
          .order = 0,
          .tuple = 0,
          .role = 0,
          .option = kNone,
          .day_cost = day_cost,
          .own = 0,
          .any = 0},
         bound);
  }
  while (!level.turns.empty()) {
    std::pop_heap(level.turns.begin(), level.turns.end());
    Step step = level.steps[level.turns.back().step];
    level.turns.pop_back();
    if (cost + step.bound >= best_) {
      bound = std::min(bound, step.bound);
      if (!earliest_) break;  // and so are all that are left
      continue;
    }
    effort_.Spend(1);
    if (effort_.Spent() || effort_.used() >= look_) stop_ = true;
    if (stop_) return 0;
    if (step.kind == Step::kUnknownDay) {
      AddDay(position, cost, step, bound);
    } else if (step.kind == Step::kDay) {
      AddOptions(position, cost, set, step, bound);
    } else if (step.kind == Step::kUnknownHands) {
      LookAtHands(position, cost, set, step, bound);
    } else if (!step.whole) {
      step.kind = Step::kUnknownHands;
      AddHands(position, cost, set, step, bound);
    } else {
      bound = std::min(bound, TakeStep(position, cost, set, step));
      if (stop_ || (earliest_ && found_)) return stop_ ? 0 : bound;
    }
  }
  if (effort_.Spent()) stop_ = true;
  if (stop_) return 0;
  if (known) {
    MakeKey(position);
    proved_.Store(key_, set, bound);
  }
  return bound;
}

// Goes on below an option; returns what any plan through it costs at least, beyond `cost`.
Cost CourseSearch::TakeStep(int position, Cost cost, int set, Step step) {
  if (step.option == kNone) {
    step.option = cells_.OptionIn(position, step.day, cells_.At(position, step.day), step.tuple);
  }
  const Hands::Added added = hands_.Add(set, step.tuple);
  const std::optional<Cost> taken = Take(position, step);
  if (!taken) {
    stop_ = true;
    return 0;
  }
  if (*taken >= kInfiniteCost) return kInfiniteCost;
  const Cost more = *taken + added.cost + step.day_cost;
  if (cost + more >= best_) return more;
  return std::max(step.bound, more + Descend(position + 1, cost + more, added.set));
}

std::optional<Cost> CourseSearch::Take(int position, const Step& step) {
  day_[position] = step.day;
  option_[position] = step.option;
  meets_[position].clear();
  const Cost option_cost = cells_.OptionOf(step.option).cost;
  group_cost_[position] = option_cost;
  if (!step.meets) return option_cost;
  std::vector<Chosen> members;
  Cost parts = 0;
  Gather(position, step, members, parts);
  const std::optional<Cost> together = meetings_.Solve(members, nullptr);
  if (!together) return std::nullopt;
  if (*together >= kInfiniteCost) return kInfiniteCost;
  group_cost_[position] = *together;
  return *together - parts;
}

// All placed visits that hang together with `position` by meetings, and what they cost before it came.
void CourseSearch::Gather(int position, const Step& step, std::vector<Chosen>& members, Cost& cost_of_parts) {
  for (int u = 0; u < position; ++u) {
    if (meetings_.Meet({u, day_[u], option_[u]}, {position, step.day, step.option})) meets_[position].push_back(u);
  }
  std::vector<uint8_t> seen(position + 1);
  cost_of_parts = 0;
  seen[position] = 1;
  members.push_back({position, step.day, step.option});
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

// Whether the visits at `earlier`, placed, and `later`, not placed yet, can still meet: the days placed leave it open.
bool CourseSearch::CanStillMeet(int position, const Frontier::Meeting& meeting) const {
  if (meeting.minutes) return true;
  const FreeVisit &u = problem_->visit(meeting.earlier), &v = problem_->visit(meeting.later);
  DayRange days = v.days;
  for (int t = 0; t < position; ++t) {
    const DayRange apart = problem_->Between(t, meeting.later);
    days.lo = std::max(days.lo, day_[t] + apart.lo);
    days.hi = std::min(days.hi, day_[t] + apart.hi);
  }
  return days.lo + v.use_days.lo <= day_[meeting.earlier] + u.use_days.hi &&
         days.hi + v.use_days.hi >= day_[meeting.earlier] + u.use_days.lo;
}

// What going on at `position` depends on, the hands so far left aside.
void CourseSearch::MakeKey(int position) {
  const Frontier& frontier = problem_->FrontierOf(position);
  key_.clear();
  key_.push_back(position);
  for (int u : frontier.days) key_.push_back(day_[u]);
  if (frontier.options.empty()) return;
  live_.assign(position, 0);
  for (const Frontier::Meeting& meeting : frontier.meetings) {
    if (!live_[meeting.earlier]) live_[meeting.earlier] = CanStillMeet(position, meeting);
  }
  for (bool grown = true; grown;) {  // and who has met one of those
    grown = false;
    for (int u : frontier.options) {
      for (int t : meets_[u]) {
        if (live_[u] != live_[t]) live_[u] = live_[t] = grown = true;
      }
    }
  }
  for (int u : frontier.options) {
    key_.push_back(live_[u] || frontier.needs_day[u] ? day_[u] : -1);
    key_.push_back(live_[u] ? option_[u] : -1);
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
      placements[p] = cells_.Place(p, day_[p], cells_.OptionOf(option_[p]));
      continue;
    }
    std::sort(group.begin(), group.end());
    std::vector<Chosen> members;
    for (int u : group) members.push_back({u, day_[u], option_[u]});
    std::vector<Placement> together;
    meetings_.Solve(members, &together);
    for (size_t i = 0; i < group.size(); ++i) placements[group[i]] = std::move(together[i]);
  }
  return placements;
}

}  // namespace kat::optimizer
