#include "services/scheduling/optimizer/bound/priced_course.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace kat::optimizer {
namespace {

constexpr size_t kMostApart = 6;  // candidates of a continuity role that are told apart by twos

bool Inside(const std::vector<Interval>& windows, Minute from, Minute to) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const Interval& window) { return window.from <= from && to <= window.to; });
}

}  // namespace

PricedCourse::PricedCourse(const Prices& prices, StartIndex& index, const Course& course)
    : possible_(problem_.Build(index, course, PlanOptions())), days_(index.clinic().days) {
  if (!possible_) return;
  MakeClasses();
  MakeRanges(prices, index);
  MakeStanding(prices, index);
  MakeHands(prices, index);
}

void PricedCourse::MakeClasses() {
  auto same = [&](int a, int b) {
    const FreeVisit &x = problem_.visit(a), &y = problem_.visit(b);
    return x.type == y.type && x.start_min == y.start_min && x.start_max == y.start_max && !x.visit->current &&
           !y.visit->current && x.visit->windows == y.visit->windows;
  };
  for (int p = 0; p < problem_.size(); ++p) {
    int found = -1;
    for (int k = 0; k < num_classes() && found < 0; ++k) {
      if (same(representative_[k], p)) found = k;
    }
    if (found < 0) {
      found = num_classes();
      representative_.push_back(p);
    }
    class_of_.push_back(found);
  }
}

void PricedCourse::MakeRanges(const Prices& prices, const StartIndex& index) {
  const Course& course = problem_.course();
  const Weights& weights = problem_.clinic().weights;
  const int slot = problem_.clinic().slot_minutes;
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    const Minute duration = free.type->duration;
    DayRange days = free.days;
    for (int p = 0; p < problem_.size(); ++p) {
      if (class_of_[p] != k) continue;
      days = {std::min(days.lo, problem_.visit(p).days.lo), std::max(days.hi, problem_.visit(p).days.hi)};
    }
    for (int day = 0; day < days_; ++day) {
      first_range_.push_back(static_cast<uint32_t>(ranges_.size()));
      if (day < days.lo || day > days.hi) continue;
      const DaySlots slots = index.Slots(day);
      const size_t first = ranges_.size();
      // Windows that hold a visit that starts on the day.
      auto of_day = [&](const std::vector<Interval>& windows) {
        std::vector<Interval> near;
        for (const Interval& window : windows) {
          if (window.from < slots.first + slots.count * slot && window.to > slots.first) near.push_back(window);
        }
        return near;
      };
      const std::vector<Interval> available = of_day(course.available), preferred = of_day(course.preferred);
      if (available.empty()) continue;
      for (int s = 0; s < slots.count; ++s) {
        const Minute start = slots.first + s * slot, end = start + duration;
        if (start < free.start_min || start > free.start_max || !Inside(available, start, end)) continue;
        if (free.visit->windows && !Inside(*free.visit->windows, start, end)) continue;
        const bool busy = std::any_of(problem_.busy().begin(), problem_.busy().end(),
                                      [&](const Interval& at) { return at.from < end && start < at.to; });
        if (busy) continue;
        Cost extra = course.preferred.empty() || Inside(preferred, start, end) ? 0 : weights.preference;
        const bool stands = free.visit->current && free.visit->current->start == start;
        if (free.visit->current && !stands) extra += weights.move;
        const int64_t units = prices.InUnits(extra);
        if (ranges_.size() > first && ranges_.back().last == s - 1 && ranges_.back().extra == units && !stands &&
            !ranges_.back().stands) {
          ranges_.back().last = static_cast<int16_t>(s);
        } else {
          ranges_.push_back({static_cast<int16_t>(s), static_cast<int16_t>(s), units, stands});
        }
      }
    }
  }
  first_range_.push_back(static_cast<uint32_t>(ranges_.size()));
}

void PricedCourse::MakeStanding(const Prices& prices, const StartIndex& index) {
  reassign_ = prices.InUnits(problem_.clinic().weights.reassign);
  for (int k = 0; k < num_classes(); ++k) {
    const FreeVisit& free = problem_.visit(representative_[k]);
    std::vector<int>& standing = standing_.emplace_back();
    const std::vector<Role>& roles = free.type->roles;
    if (!free.visit->current || free.visit->current->assign.size() != roles.size()) continue;
    for (size_t r = 0; r < roles.size(); ++r) {
      const std::span<const int> candidates = index.Candidates(index.PatternOf(free.type_index, static_cast<int>(r)));
      for (const RoleAssignment& assigned : free.visit->current->assign) {
        const auto at = std::find(candidates.begin(), candidates.end(), assigned.resource);
        if (assigned.role_name != roles[r].name || at == candidates.end()) continue;
        standing.push_back(static_cast<int>(at - candidates.begin()));
      }
    }
    if (standing.size() != roles.size()) standing.clear();
  }
}

void PricedCourse::MakeHands(const Prices& prices, const StartIndex& index) {
  for (int c = 0; c < problem_.num_continuity(); ++c) {
    std::vector<Hands>& ways = hands_.emplace_back();
    std::vector<int> all;
    int visits = 0;
    for (int p = 0; p < problem_.size(); ++p) {
      const FreeVisit& free = problem_.visit(p);
      if (free.hands[c] < 0) continue;
      ++visits;
      const std::span<const int> candidates = index.Candidates(index.PatternOf(free.type_index, free.hands[c]));
      all.insert(all.end(), candidates.begin(), candidates.end());
    }
    const std::vector<int>& fixed = problem_.FixedHands(c);
    const int64_t handoff = prices.InUnits(problem_.HandoffWeight(c));
    if (handoff == 0 || visits == 0 || (visits == 1 && fixed.empty())) {
      ways.push_back({{}, 0});  // any
      continue;
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (int hand : fixed) std::erase(all, hand);
    // With the hands that one handoff adds told apart, any hands are those of two and more.
    const bool apart = visits + (fixed.empty() ? 0 : 1) > 2 && all.size() <= kMostApart;
    ways.push_back({{}, apart ? 2 * handoff : handoff});
    if (!fixed.empty()) ways.push_back({fixed, 0});
    for (size_t i = 0; i < all.size(); ++i) {
      if (fixed.empty()) ways.push_back({{all[i]}, 0});
      if (!apart) continue;
      if (!fixed.empty()) {
        std::vector<int> more = fixed;
        more.push_back(all[i]);
        ways.push_back({std::move(more), handoff});
      }
      for (size_t j = i + 1; j < all.size() && fixed.empty(); ++j) ways.push_back({{all[i], all[j]}, handoff});
    }
  }
}

Pricer::Answer Pricer::Price(const PricedCourse& course, int64_t limit) {
  Answer answer{.cost = limit};
  if (!course.possible()) return answer;
  course_ = &course;
  problem_ = &course.problem();
  days_ = problem_->clinic().days;
  const int n = problem_->size(), roles = problem_->num_continuity();
  const size_t cells = static_cast<size_t>(n) * days_;
  if (cells_.size() < cells) {
    cells_.resize(cells);
    around_.resize(cells);
    below_.resize(cells);
  }
  if (roots_.size() < static_cast<size_t>(n)) roots_.resize(n);
  if (children_.size() < static_cast<size_t>(n)) children_.resize(n);
  day_.assign(n, 0);
  constant_ = prices_->InUnits(problem_->constant());
  best_ = floor_ = limit;
  most_ops_ = ops_ + prices_->ops() + kMostOps;

  any_ = Bare(std::vector<int>(roles, 0));
  if (any_ >= limit) return answer;
  least_with_.assign(roles, {});
  int64_t handoff = kNever;  // what hands beyond the fewest cost at least
  for (int c = 0; c < roles; ++c) {
    least_with_[c].assign(course.HandsOf(c).size(), -1);
    for (const PricedCourse::Hands& hands : course.HandsOf(c)) {
      if (hands.extra > 0) handoff = std::min(handoff, hands.extra);
    }
  }
  Search(/*handoffs=*/false, answer);
  if (any_ + handoff < best_) Search(/*handoffs=*/true, answer);
  answer.cost = std::min(best_, floor_);
  return answer;
}

// The best plan in hands that cost a handoff, or in such that cost none.
void Pricer::Search(bool handoffs, Answer& answer) {
  // The likely ones first: each costs at least what it does with any one role in its hands and the others in any.
  struct Way {
    int64_t bound;
    std::vector<int> choice;
  };
  const int roles = problem_->num_continuity(), n = problem_->size();
  std::vector<Way> ways;
  std::vector<int> choice(roles, 0);
  auto grow = [&](auto&& self, int c, int64_t bare, int64_t extra) -> void {
    if (bare + extra >= best_) return;
    if (Spent() || ways.size() >= kMostWays) {  // no plan costs less than in any hands
      floor_ = std::min(floor_, any_);
      return;
    }
    if (c == roles) {
      if ((extra > 0) == handoffs) ways.push_back({bare + extra, choice});
      return;
    }
    const std::vector<PricedCourse::Hands>& hands = course_->HandsOf(c);
    for (size_t w = 0; w < hands.size(); ++w) {
      if (hands[w].extra > 0 && !handoffs) continue;
      choice[c] = static_cast<int>(w);
      self(self, c + 1, std::max(bare, LeastWith(c, static_cast<int>(w))), extra + hands[w].extra);
    }
    choice[c] = 0;
  };
  grow(grow, 0, any_, 0);
  std::sort(ways.begin(), ways.end(),
            [](const Way& a, const Way& b) { return std::tie(a.bound, a.choice) < std::tie(b.bound, b.choice); });
  for (const Way& way : ways) {
    if (way.bound >= best_) break;
    if (Spent()) {  // the others cost no less than this one
      floor_ = std::min(floor_, way.bound);
      break;
    }
    int64_t extra = 0;
    for (int c = 0; c < roles; ++c) extra += course_->HandsOf(c)[way.choice[c]].extra;
    const int64_t bound = Bare(way.choice) + extra;
    if (bound >= best_) continue;
    found_ = false;
    nodes_ = 0;
    Descend(0, constant_ + extra, bound - constant_ - extra);
    if (found_) {
      answer.placed = true;
      answer.visits.clear();
      for (int p = 0; p < n; ++p) answer.visits.push_back(Place(p, best_day_[p]));
    }
    if (nodes_ >= kMostNodes) floor_ = std::min(floor_, bound);
  }
}

// What the course costs at least with this role in these hands and all others in any, handoffs apart.
int64_t Pricer::LeastWith(int c, int way) {
  if (way == 0) return any_;
  int64_t& known = least_with_[c][way];
  if (known < 0) {
    std::vector<int> choice(problem_->num_continuity(), 0);
    choice[c] = way;
    known = Bare(choice);
  }
  return known;
}

// By its trees, in the hands chosen, handoffs apart.
int64_t Pricer::Bare(const std::vector<int>& choice) {
  Begin(choice);
  int64_t sum = constant_;
  for (int p = 0; p < problem_->size() && sum < best_; ++p) {
    if (problem_->Parent(p) < 0) sum += Root(p);
  }
  return std::min(sum, kNever);
}

void Pricer::Begin(const std::vector<int>& choice) {
  choice_ = choice;
  if (++stamp_ == 0) {
    for (std::vector<Known>* known : {&cells_, &around_, &below_, &roots_}) {
      for (Known& one : *known) one.stamp = 0;
    }
    stamp_ = 1;
  }
}

const int32_t* Pricer::RoleCosts(int position, size_t role, int day) {
  const FreeVisit& free = problem_->visit(position);
  const int pattern = prices_->index().PatternOf(free.type_index, static_cast<int>(role));
  for (size_t c = 0; c < choice_.size(); ++c) {
    if (free.hands[c] != static_cast<int>(role)) continue;
    const std::vector<int>& hands = course_->HandsOf(static_cast<int>(c))[choice_[c]].hands;
    if (hands.empty()) continue;
    const std::span<const int> candidates = prices_->index().Candidates(pattern);
    if (scratch_.size() <= role) scratch_.resize(role + 1);
    const int32_t* only = nullptr;
    int served = 0;
    for (int hand : hands) {
      const auto at = std::lower_bound(candidates.begin(), candidates.end(), hand);
      if (at == candidates.end() || *at != hand) continue;
      const int32_t* one = prices_->Of(pattern, static_cast<int>(at - candidates.begin()), day);
      if (++served == 1) {
        only = one;
        continue;
      }
      std::vector<int32_t>& both = scratch_[role];
      if (served == 2) both.assign(only, only + prices_->slots());
      for (int s = 0; s < prices_->slots(); ++s) both[s] = std::min(both[s], one[s]);
      only = both.data();
    }
    if (served == 0) {
      scratch_[role].assign(prices_->slots(), prices_->never());
      only = scratch_[role].data();
    }
    return only;
  }
  return prices_->Cheapest(pattern, day);
}

bool Pricer::Allowed(int position, size_t role, int resource) const {
  const FreeVisit& free = problem_->visit(position);
  for (size_t c = 0; c < choice_.size(); ++c) {
    if (free.hands[c] != static_cast<int>(role)) continue;
    const std::vector<int>& hands = course_->HandsOf(static_cast<int>(c))[choice_[c]].hands;
    if (!hands.empty() && std::find(hands.begin(), hands.end(), resource) == hands.end()) return false;
  }
  return true;
}

// The visit where it stands, in the same hands.
int64_t Pricer::Staying(int position, int day, int slot) {
  const std::vector<int>& standing = course_->Standing(course_->ClassOf(position));
  const FreeVisit& free = problem_->visit(position);
  int64_t cost = standing.empty() ? kNever : 0;
  for (size_t r = 0; r < standing.size(); ++r) {
    const int pattern = prices_->index().PatternOf(free.type_index, static_cast<int>(r));
    if (!Allowed(position, r, prices_->index().Candidates(pattern)[standing[r]])) return kNever;
    cost += prices_->Of(pattern, standing[r], day)[slot];
  }
  return cost < prices_->never() ? cost : kNever;
}

int64_t Pricer::Cell(int position, int day, int* slot, bool* stays) {
  const int visit_class = course_->ClassOf(position);
  Known& known = cells_[static_cast<size_t>(visit_class) * days_ + day];
  if (slot == nullptr && known.stamp == stamp_) return known.cost;
  int64_t best = kNever;
  const std::span<const PricedCourse::Range> ranges = course_->Ranges(visit_class, day);
  if (!ranges.empty()) {
    const int first = ranges.front().first, last = ranges.back().last, length = last - first + 1;
    sums_.assign(length, 0);
    const size_t roles = problem_->visit(position).type->roles.size();
    for (size_t r = 0; r < roles; ++r) {
      const int32_t* costs = RoleCosts(position, r, day) + first;
      int32_t* sums = sums_.data();
      for (int s = 0; s < length; ++s) sums[s] += costs[s];
    }
    ops_ += length * static_cast<int64_t>(roles) / 16 + 1;
    for (const PricedCourse::Range& range : ranges) {
      auto take = [&](int64_t cost, int at, bool same) {
        if (cost >= best) return;
        best = cost;
        if (slot == nullptr) return;
        *slot = at;
        *stays = same;
      };
      if (range.stands) {
        const int64_t same = Staying(position, day, range.first), other = sums_[range.first - first];
        if (same < kNever) take(same + range.extra, range.first, true);
        if (other < prices_->never()) take(other + range.extra + course_->reassign(), range.first, false);
        continue;
      }
      const int32_t* from = sums_.data() + (range.first - first);
      const int32_t* to = sums_.data() + (range.last - first) + 1;
      int32_t least = prices_->never();
      for (const int32_t* s = from; s != to; ++s) least = std::min(least, *s);
      if (least >= prices_->never() || least + range.extra >= best) continue;
      const int at = slot == nullptr ? 0 : range.first + static_cast<int>(std::find(from, to, least) - from);
      take(least + range.extra, at, false);
    }
  }
  known = {stamp_, best};
  return best;
}

int64_t Pricer::Around(int position, int day) {
  const size_t index = static_cast<size_t>(position) * days_ + day;
  if (around_[index].stamp == stamp_) return around_[index].cost;
  int64_t cost = Cell(position, day);
  if (cost < kNever) cost += prices_->InUnits(problem_->DayCostOf(position, day));
  for (int child : problem_->Children(position)) {
    if (cost >= kNever) break;
    cost += Below(child, day);
  }
  cost = std::min(cost, kNever);
  around_[index] = {stamp_, cost};
  return cost;
}

int64_t Pricer::Gap(const PairLag& lag, int days) const {
  return lag.has_ideal ? prices_->InUnits(problem_->clinic().weights.gap * std::abs(days - lag.ideal)) : 0;
}

int64_t Pricer::Below(int position, int parent_day) {
  const size_t index = static_cast<size_t>(position) * days_ + parent_day;
  if (below_[index].stamp == stamp_) return below_[index].cost;
  const PairLag* lag = problem_->ParentLag(position);
  const DayRange apart = problem_->Between(lag->earlier, position), own = problem_->visit(position).days;
  const int lo = std::max(own.lo, parent_day + apart.lo), hi = std::min(own.hi, parent_day + apart.hi);
  const int ideal = parent_day + (lag->has_ideal ? lag->ideal : 0);
  const int middle = lag->has_ideal ? std::clamp(ideal, lo, std::max(lo, hi)) : lo;
  int64_t best = kNever;
  int down = middle, up = middle + 1;
  while (down >= lo || up <= hi) {
    const bool take_down = down >= lo && (up > hi || std::abs(down - ideal) <= std::abs(up - ideal));
    const int day = take_down ? down-- : up++;
    if (day > hi) continue;
    const int64_t gap = Gap(*lag, day - parent_day);
    if (gap >= best) {
      if (lag->has_ideal) break;
      continue;
    }
    ++ops_;
    best = std::min(best, gap + Around(position, day));
  }
  below_[index] = {stamp_, best};
  return best;
}

int64_t Pricer::Root(int position) {
  if (roots_[position].stamp == stamp_) return roots_[position].cost;
  const DayRange days = problem_->visit(position).days;
  int64_t best = kNever;
  for (int day = days.lo; day <= days.hi && best > 0; ++day) {
    ++ops_;
    if (prices_->InUnits(problem_->DayCostOf(position, day)) < best) best = std::min(best, Around(position, day));
  }
  roots_[position] = {stamp_, best};
  return best;
}

// `rest` is the bound of all positions from here on.
void Pricer::Descend(int position, int64_t cost, int64_t rest) {
  if (position == problem_->size()) {
    best_ = cost;
    best_day_ = day_;
    found_ = true;
    return;
  }
  if (++nodes_ > kMostNodes) return;
  DayRange days = problem_->visit(position).days;
  for (int u = 0; u < position; ++u) {
    const DayRange apart = problem_->Between(u, position);
    days.lo = std::max(days.lo, day_[u] + apart.lo);
    days.hi = std::min(days.hi, day_[u] + apart.hi);
  }
  const int parent = problem_->Parent(position);
  rest -= parent < 0 ? Root(position) : Below(position, day_[parent]);
  std::vector<Child>& children = children_[position];
  children.clear();
  for (int day = days.lo; day <= days.hi; ++day) {
    int64_t own = prices_->InUnits(problem_->DayCostOf(position, day));
    for (const PairLag& lag : problem_->LagsBack(position)) own += Gap(lag, day - day_[lag.earlier]);
    if (cost + own + rest >= best_) continue;
    own += Cell(position, day);
    int64_t more = rest;
    for (int child : problem_->Children(position)) {
      if (cost + own + more >= best_) break;
      more += Below(child, day);
    }
    if (cost + own + more < best_) children.push_back({own + more, own, more, day});
  }
  ops_ += 1 + days.hi - days.lo;
  std::sort(children.begin(), children.end(),
            [](const Child& a, const Child& b) { return std::tie(a.bound, a.day) < std::tie(b.bound, b.day); });
  for (size_t i = 0; i < children.size(); ++i) {
    const Child child = children[i];
    if (cost + child.bound >= best_ || nodes_ > kMostNodes) return;
    day_[position] = child.day;
    Descend(position + 1, cost + child.own, child.rest);
  }
}

Placement Pricer::Place(int position, int day) {
  Placement placement;
  int slot = 0;
  bool stays = false;
  Cell(position, day, &slot, &stays);
  const DaySlots slots = prices_->index().Slots(day);
  placement.start = slots.first + slot * problem_->clinic().slot_minutes;
  const FreeVisit& free = problem_->visit(position);
  const std::vector<int>& standing = course_->Standing(course_->ClassOf(position));
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    const int pattern = prices_->index().PatternOf(free.type_index, static_cast<int>(r));
    const std::span<const int> candidates = prices_->index().Candidates(pattern);
    const int32_t least = RoleCosts(position, r, day)[slot];
    for (size_t c = 0; c < candidates.size(); ++c) {
      const bool this_one =
          stays ? standing[r] == static_cast<int>(c)
                : prices_->Of(pattern, static_cast<int>(c), day)[slot] == least && Allowed(position, r, candidates[c]);
      if (this_one) {
        placement.resources.push_back(candidates[c]);
        break;
      }
    }
  }
  return placement;
}

}  // namespace kat::optimizer
