#include "services/scheduling/optimizer/bound/pricer.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace kat::optimizer {

Pricer::Answer Pricer::Price(const PricedCourse& course, int64_t limit) {
  Answer answer{.cost = limit};
  if (!course.possible()) return answer;
  course_ = &course;
  problem_ = &course.problem();
  days_ = problem_->clinic().days;
  costs_.Begin(course);
  const int n = problem_->size(), roles = problem_->num_continuity();
  const size_t cells = static_cast<size_t>(n) * days_;
  if (around_.size() < cells) {
    around_.resize(cells);
    below_.resize(cells);
  }
  if (roots_.size() < static_cast<size_t>(n)) roots_.resize(n);
  if (children_.size() < static_cast<size_t>(n)) children_.resize(n);
  day_.assign(n, 0);
  constant_ = prices_->InUnits(problem_->constant());
  best_ = floor_ = limit;
  most_ops_ = ops() + kMostOps;

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
      for (int p = 0; p < n; ++p) answer.visits.push_back(costs_.Place(course_->ClassOf(p), best_day_[p]));
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
  costs_.Keep(choice);
  if (++stamp_ == 0) {
    for (std::vector<Known>* known : {&around_, &below_, &roots_}) {
      for (Known& one : *known) one.stamp = 0;
    }
    stamp_ = 1;
  }
}

int64_t Pricer::Around(int position, int day) {
  const size_t index = static_cast<size_t>(position) * days_ + day;
  if (around_[index].stamp == stamp_) return around_[index].cost;
  int64_t cost = costs_.Least(course_->ClassOf(position), day);
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
    own += costs_.Least(course_->ClassOf(position), day);
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

}  // namespace kat::optimizer
