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
      below += std::max(0, stop.last_day - stop.first_day + 1);
      open.SetVisit(*problem.visit(p).visit);
      const std::optional<Standing>& current = problem.visit(p).visit->current;
      for (int day = stop.first_day; day <= stop.last_day; ++day) {
        Cost cost = problem.DayCostOf(p, day);
        if (current && DayOf(current->start) != day) cost += instance.clinic.weights.move;
        day_cost_.push_back(cost <= trip.drop && open.Has(day) ? cost : kInfiniteCost);
      }
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
    stop.gap = lag->has_ideal ? instance_->clinic.weights.gap : 0;
  }
  return stop;
}

Trips::Best Trips::BestAfter(const Stop& stop, int parent_day) const {
  const int first = std::max(stop.first_day, parent_day + stop.min_days);
  const int last = std::min(stop.last_day, parent_day + stop.max_days);
  Best best;
  for (int day = first; day <= last; ++day) {
    const Cost gap = stop.gap * std::abs(day - parent_day - stop.ideal);
    const Cost cost = below_[stop.first_below + day - stop.first_day] + gap;
    if (cost < best.cost) best = {cost, day};
  }
  return best;
}

Cost Trips::Choose(size_t trip, const std::vector<Cost>& paid, std::vector<int>& days) {
  const std::vector<Stop>& stops = trips_[trip].stops;
  const size_t size = stops.back().first_below + std::max(0, stops.back().last_day - stops.back().first_day + 1);
  std::fill_n(below_.begin(), size, Cost{0});
  ops_ += static_cast<int64_t>(size) / 4 + 1;
  Cost sum = trips_[trip].constant;
  for (size_t p = stops.size(); p-- > 0;) {
    const Stop& stop = stops[p];
    for (int day = stop.first_day; day <= stop.last_day; ++day) {
      Cost& below = below_[stop.first_below + day - stop.first_day];
      below += day_cost_[stop.first_cost + day - stop.first_day];
      below = std::min(kInfiniteCost, below + paid[static_cast<size_t>(stop.type) * days_ + day]);
    }
    if (stop.parent < 0) {
      sum = std::min(kInfiniteCost, sum + BestAfter(stop, 0).cost);
      continue;
    }
    const Stop& parent = stops[stop.parent];
    for (int day = parent.first_day; day <= parent.last_day; ++day) {
      Cost& above = below_[parent.first_below + day - parent.first_day];
      above = std::min(kInfiniteCost, above + BestAfter(stop, day).cost);
    }
  }
  days.clear();
  if (sum >= kInfiniteCost) return kInfiniteCost;
  for (const Stop& stop : stops) {
    days.push_back(BestAfter(stop, stop.parent < 0 ? 0 : days[stop.parent]).day);
  }
  return sum;
}

}  // namespace kat::optimizer
