#include "services/scheduling/optimizer/whole/trips.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "services/scheduling/optimizer/whole/open_days.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {
namespace {

// The lag to an earlier visit that says most of where this one stands: one with an ideal, then the narrowest.
const PairLag* TightestLag(const CourseProblem& problem, int position) {
  auto rank = [&](const PairLag& lag) {
    const DayRange apart = problem.Between(lag.earlier, position);
    return std::tuple(!lag.has_ideal, apart.hi - apart.lo, -lag.earlier);
  };
  const PairLag* tightest = nullptr;
  for (const PairLag& lag : problem.LagsBack(position)) {
    if (tightest == nullptr || rank(lag) < rank(*tightest)) tightest = &lag;
  }
  return tightest;
}

}  // namespace

Trips::Trips(const Instance& instance, const std::vector<Alone>& alone)
    : instance_(&instance), days_(instance.clinic.days) {
  OpenDays open(instance);
  CourseProblem problem;
  for (size_t i = 0; i < instance.courses.size(); ++i) {
    const Course& course = instance.courses[i];
    if (!alone[i].free || !alone[i].possible || !problem.Build(open.index(), course, {})) continue;
    Trip& trip = trips_.emplace_back();
    trip.course = static_cast<int>(i);
    trip.drop = DropCostOf(instance.clinic, course);
    trip.constant = problem.constant();
    open.SetCourse(course);
    size_t below = 0;
    for (int p = 0; p < problem.size(); ++p) {
      Stop& stop = trip.stops.emplace_back(MakeStop(problem, p));
      stop.first_cost = day_cost_.size();
      stop.first_below = below;
      open.SetVisit(*problem.visit(p).visit);
      const std::optional<Standing>& current = problem.visit(p).visit->current;
      for (int day = stop.first_day; day <= stop.last_day; ++day) {
        Cost cost = problem.DayCostOf(p, day);
        if (current && DayOf(current->start) != day) cost += instance.clinic.weights.move;
        day_cost_.push_back(cost <= trip.drop && open.Has(day) ? static_cast<float>(cost) : kNever);
      }
      while (stop.last_day >= stop.first_day && day_cost_.back() == kNever) {
        day_cost_.pop_back();
        --stop.last_day;
      }
      below += std::max(0, stop.last_day - stop.first_day + 1);
    }
    below_.resize(std::max(below_.size(), below));
  }
}

Trips::Stop Trips::MakeStop(const CourseProblem& problem, int position) const {
  const FreeVisit& free = problem.visit(position);
  Stop stop;
  stop.type = free.type_index;
  stop.first_day = std::max(0, free.days.lo);
  stop.last_day = std::min(days_ - 1, free.days.hi);
  stop.max_days = days_;
  if (const PairLag* lag = TightestLag(problem, position)) {
    const DayRange apart = problem.Between(lag->earlier, position);
    stop.parent = lag->earlier;
    stop.min_days = apart.lo;
    stop.max_days = apart.hi;
    stop.ideal = lag->ideal;
    stop.gap = lag->has_ideal ? static_cast<float>(instance_->clinic.weights.gap) : 0;
  }
  return stop;
}

// What the stop and all below it cost at best after each day of its parent: for one distance after another, all of the
// parent's days at once, which is what processors are quick at.
void Trips::AddBelow(const Stop& stop, const Stop& parent) {
  best_.assign(static_cast<size_t>(std::max(0, parent.last_day - parent.first_day + 1)), kNever);
  float* best = best_.data() - parent.first_day;
  const float* below = Below(stop);
  for (int after = stop.min_days; after <= std::min(stop.max_days, days_); ++after) {
    const float gap = stop.gap * static_cast<float>(std::abs(after - stop.ideal));
    const int first = std::max(parent.first_day, stop.first_day - after);
    const int last = std::min(parent.last_day, stop.last_day - after);
    for (int day = first; day <= last; ++day) best[day] = std::min(best[day], below[day + after] + gap);
  }
  float* above = below_.data() + parent.first_below - parent.first_day;
  for (int day = parent.first_day; day <= parent.last_day; ++day) above[day] += best[day];
}

// -1: none.
int Trips::BestDay(const Stop& stop, int parent_day) const {
  const float* below = Below(stop);
  float least = kNever;
  int best = -1;
  const int last = std::min(stop.last_day, parent_day + stop.max_days);
  for (int day = std::max(stop.first_day, parent_day + stop.min_days); day <= last; ++day) {
    const float cost = below[day] + stop.gap * static_cast<float>(std::abs(day - parent_day - stop.ideal));
    if (cost < least) {
      least = cost;
      best = day;
    }
  }
  return best;
}

float Trips::Choose(size_t trip, const std::vector<float>& paid, std::vector<int>& days) {
  const std::vector<Stop>& stops = trips_[trip].stops;
  const size_t size = stops.back().first_below + std::max(0, stops.back().last_day - stops.back().first_day + 1);
  std::copy_n(day_cost_.begin() + stops.front().first_cost, size, below_.begin());
  ops_ += static_cast<int64_t>(size) / 8 + 1;
  float sum = static_cast<float>(trips_[trip].constant);
  for (size_t p = stops.size(); p-- > 0;) {
    const Stop& stop = stops[p];
    float* below = below_.data() + stop.first_below - stop.first_day;
    const float* pays = paid.data() + static_cast<size_t>(stop.type) * days_;
    for (int day = stop.first_day; day <= stop.last_day; ++day) below[day] += pays[day];
    if (stop.parent >= 0) {
      AddBelow(stop, stops[stop.parent]);
    } else {
      const int best = BestDay(stop, 0);
      sum += best < 0 ? kNever : below[best];
    }
  }
  days.clear();
  if (sum == kNever) return kNever;
  for (const Stop& stop : stops) days.push_back(BestDay(stop, stop.parent < 0 ? 0 : days[stop.parent]));
  return sum;
}

}  // namespace kat::optimizer
