#include "services/scheduling/optimizer/whole/beginning.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/optimizer/whole/can_stand.h"

namespace kat::optimizer {

void Beginning::TakeOver(const Plans& plans, const std::vector<int>& order) {
  for (int i : order) {
    if (!plans[i] || schedule_.Scheduled(i)) continue;
    std::vector<Placement> visits = *plans[i];
    const std::vector<Visit>& all = schedule_.course(i).visits;
    for (size_t v = 0; v < std::min(all.size(), visits.size()); ++v) {
      if (all[v].fixed) visits[v] = {all[v].current->start, {}};
    }
    if (schedule_.Fits(i, visits)) schedule_.Place(i, std::move(visits));
  }
}

void Beginning::Construct(const std::vector<int>& order, const std::function<bool()>& stop) {
  Plans standing(schedule_.size());
  for (int i : order) standing[i] = StandingPlan(schedule_.clinic(), schedule_.course(i));
  TakeOver(standing, order);
  for (int i : order) {
    if (!schedule_.Scheduled(i) && !stop()) PlaceBest(i);
  }
}

void Beginning::PlaceBest(int course) {
  const Cost drop = schedule_.DropCost(course);
  PlanOptions options{.cost_limit = drop + 1, .budget_ops = plan_ops_};
  if (guide_ != nullptr) {
    options.day_prices = &guide_->prices;
    options.untidy = guide_->untidy;
    options.cost_limit += drop;  // what it may pay
  }
  CoursePlans plans = planner_.Plan(schedule_.course(course), options);
  ops_ += plans.ops;
  if (!plans.plans.empty() && plans.plans[0].cost.Total() <= drop)
    schedule_.Place(course, std::move(plans.plans[0].visits), plans.plans[0].cost);
}

}  // namespace kat::optimizer
