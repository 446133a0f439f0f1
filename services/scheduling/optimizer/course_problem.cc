#include "services/scheduling/optimizer/course_problem.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace kat::optimizer {
namespace {

constexpr int kFarDays = 1 << 20;        // above every horizon
constexpr Minute kFarMinutes = 1 << 29;  // above every distance of two starts

int CeilDays(Minute minutes) { return -DayOf(-minutes); }

Minute MinOf(const Lag& lag, const Clinic& clinic, const Course& course) {
  return std::max(lag.min_minutes, clinic.visit_types[course.visits[lag.from].type].duration);
}

// The days between two visits whose starts lie in [min, max] of real time apart, and up to `shift` more or less on the
// line.
DayRange DaysOf(const Lag& lag, Minute min, Minute max, Minute shift) {
  DayRange days = {std::max(lag.min_days, CeilDays(min - shift - (kMinutesPerDay - 1))),
                   lag.max_days.value_or(kFarDays)};
  if (max < kFarMinutes) days.hi = std::min(days.hi, DayOf(max + shift + (kMinutesPerDay - 1)));
  return days;
}

// The most that the line and real time differ by between any two minutes.
Minute MostShift(const Clinic& clinic) {
  Minute sum = 0, least = 0, most = 0;
  for (const ClockShift& shift : clinic.clock_shifts) {
    sum += shift.by;
    least = std::min(least, sum);
    most = std::max(most, sum);
  }
  return most - least;
}

}  // namespace

Minute FirstStart(const Clinic& clinic, Minute real) {
  Minute begin = std::numeric_limits<Minute>::min(), ahead = 0;
  for (const ClockShift& shift : clinic.clock_shifts) {
    const Minute start = std::max(begin, real - ahead);
    if (start < shift.from) return start;
    begin = shift.to;
    ahead += shift.by;
  }
  return std::max(begin, real - ahead);
}

Minute LastStart(const Clinic& clinic, Minute real) {
  Minute end = std::numeric_limits<Minute>::max(), ahead = 0;
  for (const ClockShift& shift : clinic.clock_shifts) ahead += shift.by;
  for (auto shift = clinic.clock_shifts.rbegin(); shift != clinic.clock_shifts.rend(); ++shift) {
    const Minute start = std::min(end, real - ahead);
    if (start >= shift->to) return start;
    end = shift->from - 1;
    ahead -= shift->by;
  }
  return std::min(end, real - ahead);
}

bool CourseProblem::Build(const StartIndex& index, const Course& course, const PlanOptions& options) {
  course_ = &course;
  clinic_ = &index.clinic();
  most_shift_ = MostShift(*clinic_);
  constant_ = 0;
  day_prices_ = options.day_prices;
  untidy_ = options.untidy;
  busy_ = index.picture().PatientTime(course.patient);
  AddFreeVisits(index, options);
  AddFixed();
  AddLags();
  if (!Close()) return false;
  if (!FindMeetings()) return false;
  FindParents();
  FindFrontiers();
  return true;
}

void CourseProblem::AddFreeVisits(const StartIndex& index, const PlanOptions& options) {
  // Continuity roles, one of each name: a name listed twice weighs twice.
  continuity_.clear();
  handoff_weight_.clear();
  for (int role : course_->continuity) {
    size_t at = std::find(continuity_.begin(), continuity_.end(), role) - continuity_.begin();
    if (at == continuity_.size()) {
      continuity_.push_back(role);
      handoff_weight_.push_back(0);
    }
    handoff_weight_[at] += clinic_->weights.handoff;
  }
  Minute hour_min = kMinutesPerDay, hour_end = 0;
  for (const Interval& window : course_->available) {
    Minute midnight = DayOf(window.from) * kMinutesPerDay;
    bool one_day = window.to <= midnight + kMinutesPerDay;
    hour_min = std::min(hour_min, one_day ? window.from - midnight : 0);
    hour_end = std::max(hour_end, one_day ? window.to - midnight : kFarMinutes);
  }
  position_of_.assign(course_->visits.size(), -1);
  size_t n = 0;
  for (size_t i = 0; i < course_->visits.size(); ++i) {
    const Visit& visit = course_->visits[i];
    if (visit.fixed) continue;
    position_of_[i] = static_cast<int>(n);
    if (visits_.size() <= n) visits_.emplace_back();
    FreeVisit& free = visits_[n++];
    free.visit = &visit;
    free.type = &clinic_->visit_types[visit.type];
    free.index = static_cast<int>(i);
    free.type_index = visit.type;
    free.roles_touch = index.RolesTouch(visit.type);
    free.day_costs = false;
    free.quick = true;
    free.use_from = 0;
    free.use_to = free.type->duration;
    free.hands.assign(continuity_.size(), -1);
    for (size_t r = 0; r < free.type->roles.size(); ++r) {
      const Role& role = free.type->roles[r];
      const bool day_cost = index.HasDayCost(index.PatternOf(visit.type, static_cast<int>(r)));
      bool hand = false;
      for (const Segment& segment : role.usage) {
        free.use_from = std::min(free.use_from, segment.from);
        free.use_to = std::max(free.use_to, segment.to);
      }
      for (size_t c = 0; c < continuity_.size(); ++c) {
        if (continuity_[c] != role.name) continue;
        free.hands[c] = static_cast<int>(r);
        hand = true;
      }
      free.day_costs = free.day_costs || day_cost;
      free.quick = free.quick && (!day_cost || hand);
    }
    free.start_min = std::max(0, course_->earliest_day * kMinutesPerDay);
    free.start_max = clinic_->days * kMinutesPerDay - 1;
    free.hour_min = hour_min;
    free.hour_max = std::min(kMinutesPerDay - 1, hour_end - free.type->duration);
    free.use_days = {DayOf(free.hour_min + free.use_from),
                     DayOf(std::max(free.hour_min, free.hour_max) + free.use_to - 1)};
    free.fixed_gaps.clear();
    free.rules.clear();
    for (const VisitRule& rule : options.rules) {
      if (rule.visit == free.index) free.rules.push_back(&rule);
    }
  }
  visits_.resize(n);
  size_ = static_cast<int>(n);
}

void CourseProblem::AddFixed() {
  fixed_hands_.resize(continuity_.size());
  for (std::vector<int>& hands : fixed_hands_) hands.clear();
  for (const Visit& visit : course_->visits) {
    if (!visit.fixed) continue;
    busy_.push_back({visit.current->start, visit.current->start + clinic_->visit_types[visit.type].duration});
    for (size_t c = 0; c < continuity_.size(); ++c) {
      for (const RoleAssignment& assigned : visit.current->assign) {
        if (assigned.role_name != continuity_[c]) continue;
        auto at = std::lower_bound(fixed_hands_[c].begin(), fixed_hands_[c].end(), assigned.resource);
        if (at == fixed_hands_[c].end() || *at != assigned.resource) fixed_hands_[c].insert(at, assigned.resource);
      }
    }
  }
  for (size_t c = 0; c < continuity_.size(); ++c) {
    if (!fixed_hands_[c].empty()) constant_ += handoff_weight_[c] * static_cast<Cost>(fixed_hands_[c].size() - 1);
  }
}

void CourseProblem::AddFixedLag(const Lag& lag, FreeVisit& free, bool free_is_later, Minute fixed_start,
                                Minute fixed_duration) {
  Minute min = std::max(lag.min_minutes, free_is_later ? fixed_duration : free.type->duration);
  Minute max = lag.max_minutes.value_or(kFarMinutes);
  const int fixed_day = DayOf(fixed_start);
  const Minute fixed_real = clinic_->RealTime(fixed_start);
  int day_lo = lag.min_days, day_hi = lag.max_days.value_or(kFarDays);
  if (free_is_later) {
    free.start_min =
        std::max({free.start_min, FirstStart(*clinic_, fixed_real + min), (fixed_day + day_lo) * kMinutesPerDay});
    if (max < kFarMinutes) free.start_max = std::min(free.start_max, LastStart(*clinic_, fixed_real + max));
    if (day_hi < kFarDays) free.start_max = std::min(free.start_max, (fixed_day + day_hi + 1) * kMinutesPerDay - 1);
    if (lag.ideal_days) free.fixed_gaps.push_back({fixed_day + *lag.ideal_days});
  } else {
    free.start_max = std::min(
        {free.start_max, LastStart(*clinic_, fixed_real - min), (fixed_day - day_lo + 1) * kMinutesPerDay - 1});
    if (max < kFarMinutes) free.start_min = std::max(free.start_min, FirstStart(*clinic_, fixed_real - max));
    if (day_hi < kFarDays) free.start_min = std::max(free.start_min, (fixed_day - day_hi) * kMinutesPerDay);
    if (lag.ideal_days) free.fixed_gaps.push_back({fixed_day - *lag.ideal_days});
  }
}

void CourseProblem::AddLags() {
  lags_.clear();
  for (const Lag& lag : course_->lags) {
    const Visit &from = course_->visits[lag.from], &to = course_->visits[lag.to];
    if (from.fixed && to.fixed) {
      if (lag.ideal_days) {
        int gap = DayOf(to.current->start) - DayOf(from.current->start) - *lag.ideal_days;
        constant_ += clinic_->weights.gap * std::abs(gap);
      }
    } else if (from.fixed) {
      AddFixedLag(lag, visits_[position_of_[lag.to]], true, from.current->start,
                  clinic_->visit_types[from.type].duration);
    } else if (to.fixed) {
      AddFixedLag(lag, visits_[position_of_[lag.from]], false, to.current->start, 0);
    } else {
      PairLag pair;
      pair.earlier = position_of_[lag.from];  // turned round in Order where the search takes them the other way
      pair.later = position_of_[lag.to];
      pair.min = MinOf(lag, *clinic_, *course_);
      pair.max = lag.max_minutes.value_or(kFarMinutes);
      pair.days = DaysOf(lag, pair.min, pair.max, most_shift_);
      pair.has_ideal = lag.ideal_days.has_value();
      pair.ideal = lag.ideal_days.value_or(0);
      lags_.push_back(pair);
    }
  }
}

bool CourseProblem::Close() {
  // Node n stands for day 0: limits on a visit's own day are limits against it.
  const int n = size(), stride = n + 1;
  for (const FreeVisit& visit : visits_) {
    if (visit.start_min > visit.start_max) return false;
  }
  most_.assign(static_cast<size_t>(stride) * stride, kFarDays);
  auto limit = [&](int a, int b, DayRange days) {
    most_[a * stride + b] = std::min(most_[a * stride + b], days.hi);
    most_[b * stride + a] = std::min(most_[b * stride + a], -days.lo);
  };
  for (int i = 0; i <= n; ++i) limit(i, i, {0, 0});
  for (int i = 0; i < n; ++i) limit(n, i, {DayOf(visits_[i].start_min), DayOf(visits_[i].start_max)});
  for (const PairLag& lag : lags_) limit(lag.earlier, lag.later, lag.days);
  for (int k = 0; k <= n; ++k) {
    const int* via = &most_[k * stride];
    for (int i = 0; i <= n; ++i) {
      int* row = &most_[i * stride];
      const int to_k = row[k];
      if (to_k >= kFarDays || i == k) continue;
      for (int j = 0; j <= n; ++j) row[j] = std::min(row[j], to_k + via[j]);
    }
  }
  for (int i = 0; i <= n; ++i) {
    if (most_[i * stride + i] < 0) return false;
  }
  for (int i = 0; i < n; ++i) {
    visits_[i].days = Between(n, i);
    visits_[i].by_day = visits_[i].index == 0 || !visits_[i].fixed_gaps.empty() || day_prices_ != nullptr;
  }
  Order();
  return true;
}

void CourseProblem::Order() {
  const int n = size(), stride = n + 1;
  std::vector<int> order(n), place(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return visits_[a].days.lo < visits_[b].days.lo; });
  for (int p = 0; p < n; ++p) place[order[p]] = p;
  if (!std::is_sorted(order.begin(), order.end())) {
    std::vector<FreeVisit> visits(n);
    std::vector<int> most(most_.size());
    for (int p = 0; p < n; ++p) visits[p] = std::move(visits_[order[p]]);
    for (int p = 0; p <= n; ++p) {
      for (int q = 0; q <= n; ++q) {
        most[p * stride + q] = most_[(p < n ? order[p] : n) * stride + (q < n ? order[q] : n)];
      }
    }
    visits_ = std::move(visits);
    most_ = std::move(most);
  }
  lags_back_.resize(std::max<size_t>(lags_back_.size(), n));
  for (int p = 0; p < n; ++p) lags_back_[p].clear();
  for (PairLag lag : lags_) {
    lag.earlier = place[lag.earlier];
    lag.later = place[lag.later];
    if (lag.earlier > lag.later) {
      std::swap(lag.earlier, lag.later);
      lag.days = {-lag.days.hi, -lag.days.lo};
      Minute min = lag.min;
      lag.min = -lag.max;
      lag.max = -min;
      lag.ideal = -lag.ideal;
    }
    lags_back_[lag.later].push_back(lag);
  }
  for (int p = 0; p < n; ++p) position_of_[visits_[p].index] = p;
}

Cost CourseProblem::SumDayCost(int position, int day) const {
  const FreeVisit& free = visits_[position];
  Cost cost = 0;
  if (free.index == 0) {
    cost += clinic_->weights.start_delay * course_->priority * std::max(0, day - course_->earliest_day);
  }
  for (const FixedGap& gap : free.fixed_gaps) cost += clinic_->weights.gap * std::abs(day - gap.day_at_ideal);
  if (day_prices_ != nullptr) cost += day_prices_->Of(free.type_index, day);
  return cost;
}

bool CourseProblem::FindMeetings() {
  const int n = size();
  can_meet_.assign(static_cast<size_t>(n) * n, 0);
  meets_any_.assign(n, 0);
  bool minutes_matter = false;
  auto meet = [&](int a, int b, uint8_t how) {
    can_meet_[a * n + b] = can_meet_[b * n + a] |= how;
    meets_any_[a] = meets_any_[b] = 1;
  };
  for (int a = 0; a < n; ++a) {
    for (int b = a + 1; b < n; ++b) {
      DayRange apart = Between(a, b);
      if (apart.lo <= visits_[a].use_days.hi - visits_[b].use_days.lo &&
          apart.hi >= visits_[a].use_days.lo - visits_[b].use_days.hi) {
        meet(a, b, kByDays);
      }
    }
    for (const PairLag& lag : lags_back_[a]) {
      DayRange apart = Between(lag.earlier, a);
      const FreeVisit &u = visits_[lag.earlier], &v = visits_[a];
      // The shortest and longest distances of their starts, if each stands at any hour that the patient has.
      int64_t least = int64_t{apart.lo} * kMinutesPerDay + v.hour_min - u.hour_max - most_shift_;
      int64_t most = int64_t{apart.hi} * kMinutesPerDay + v.hour_max - u.hour_min + most_shift_;
      if (least < lag.min || most > lag.max) {
        meet(lag.earlier, a, kByMinutes);
        minutes_matter = true;
      }
    }
  }
  return !minutes_matter || MinutesHold();
}

// Whether the lags allow any starts at all, each visit at any hour that the patient has: no cycle of limits contradicts
// itself.
bool CourseProblem::MinutesHold() const {
  const int n = size();
  std::vector<int64_t> most(static_cast<size_t>(n) * n);  // [a * n + b]: start(b) - start(a) at most
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      if (a == b) continue;
      most[a * n + b] = int64_t{Between(a, b).hi} * kMinutesPerDay + visits_[b].hour_max - visits_[a].hour_min;
    }
  }
  for (int later = 0; later < n; ++later) {
    for (const PairLag& lag : lags_back_[later]) {
      int64_t &up = most[lag.earlier * n + later], &down = most[later * n + lag.earlier];
      up = std::min<int64_t>(up, int64_t{lag.max} + most_shift_);
      down = std::min<int64_t>(down, most_shift_ - int64_t{lag.min});
    }
  }
  for (int k = 0; k < n; ++k) {
    for (int a = 0; a < n; ++a) {
      for (int b = 0; b < n; ++b) most[a * n + b] = std::min(most[a * n + b], most[a * n + k] + most[k * n + b]);
    }
    for (int a = 0; a < n; ++a) {
      if (most[a * n + a] < 0) return false;
    }
  }
  return true;
}

void CourseProblem::FindParents() {
  const int n = size();
  parent_.assign(n, -1);
  parent_lag_.assign(n, -1);
  children_.resize(std::max<size_t>(children_.size(), n));
  for (int p = 0; p < n; ++p) children_[p].clear();
  second_lag_.assign(n, -1);
  second_below_.assign(n, 0);
  for (int p = 0; p < n; ++p) {
    const std::vector<PairLag>& lags = lags_back_[p];
    auto rank = [&](const PairLag& lag) {  // an ideal first, then the narrower window, then the later parent
      DayRange apart = Between(lag.earlier, p);
      return std::tuple(!lag.has_ideal, apart.hi - apart.lo, -lag.earlier);
    };
    int best = -1, second = -1;
    for (int i = 0; i < static_cast<int>(lags.size()); ++i) {
      if (best < 0 || rank(lags[i]) < rank(lags[best])) best = i;
    }
    for (int i = 0; i < static_cast<int>(lags.size()); ++i) {
      const int a = lags[i].earlier, b = lags[best].earlier;
      if (a == b || (parent_[a] != b && parent_[b] != a)) continue;
      if (second < 0 || rank(lags[i]) < rank(lags[second])) second = i;
    }
    // The later of the two is the parent, the other the parent's.
    if (second >= 0 && lags[second].earlier > lags[best].earlier) std::swap(best, second);
    parent_lag_[p] = best;
    if (best < 0) continue;
    parent_[p] = lags[best].earlier;
    children_[parent_[p]].push_back(p);
    second_lag_[p] = second;
    if (second >= 0) second_below_[parent_[p]] = 1;
  }
}

void CourseProblem::FindFrontiers() {
  const int n = size();
  frontiers_.resize(std::max<size_t>(frontiers_.size(), n));
  meetings_.clear();
  for (int later = 0; later < n; ++later) {
    for (int u = 0; u < later && meets_any_[later]; ++u) {
      if (CanMeet(u, later)) meetings_.push_back({u, later, (can_meet_[u * n + later] & kByMinutes) != 0});
    }
  }
  std::vector<uint8_t> meets(n);
  for (int p = n - 1; p >= 0; --p) {
    Frontier& frontier = frontiers_[p];
    frontier.days.clear();
    frontier.options.clear();
    frontier.meetings.clear();
    if (p + 1 < n) {
      frontier.needs_day = frontiers_[p + 1].needs_day;
      frontier.hands = frontiers_[p + 1].hands;
    } else {
      frontier.needs_day.assign(n, 0);
      frontier.hands.assign(num_continuity(), 0);
    }
    for (const PairLag& lag : lags_back_[p]) frontier.needs_day[lag.earlier] = 1;
    for (int c = 0; c < num_continuity(); ++c) frontier.hands[c] |= visits_[p].hands[c] >= 0;
    std::fill(meets.begin(), meets.end(), 0);
    for (const Frontier::Meeting& meeting : meetings_) {
      if (meeting.earlier >= p || meeting.later < p) continue;
      frontier.meetings.push_back(meeting);
      meets[meeting.earlier] = 1;
    }
    for (bool grown = !frontier.meetings.empty(); grown;) {  // who meets one that meets
      grown = false;
      for (const Frontier::Meeting& meeting : meetings_) {
        if (meeting.later >= p || meets[meeting.earlier] == meets[meeting.later]) continue;
        meets[meeting.earlier] = meets[meeting.later] = grown = true;
      }
    }
    for (int u = 0; u < p; ++u) {
      if (meets[u]) {
        frontier.options.push_back(u);
      } else if (frontier.needs_day[u]) {
        frontier.days.push_back(u);
      }
    }
  }
}

}  // namespace kat::optimizer
