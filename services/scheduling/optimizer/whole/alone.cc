#include "services/scheduling/optimizer/whole/alone.h"

#include <algorithm>
#include <utility>

namespace kat::optimizer {

namespace {

// Of each visit type: for each role, its minutes of load over those that all holders of its tag have for sale.
std::vector<double> DemandOfTypes(const Clinic& clinic) {
  std::vector<double> supply(clinic.tag_names.size(), 1);
  for (const Resource& resource : clinic.resources) {
    double minutes = 0;
    for (const Interval& window : resource.windows) minutes += window.to - window.from;
    for (const HeldTag& held : resource.tags) supply[held.tag] += minutes * resource.capacity;
  }
  std::vector<double> demand;
  for (const VisitType& type : clinic.visit_types) {
    double sum = 0;
    for (const Role& role : type.roles) {
      for (const Segment& segment : role.usage) {
        sum += static_cast<double>(segment.to - segment.from) * segment.load / supply[role.tag];
      }
    }
    demand.push_back(sum);
  }
  return demand;
}

}  // namespace

double Worth(const Alone& alone, Cost drop) { return static_cast<double>(drop) / (alone.demand + 1e-9); }

AloneResult PlanAlone(const Instance& instance, int64_t plan_ops) {
  const Clinic& clinic = instance.clinic;
  Picture picture(clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (const Course& course : instance.courses) picture.AddCourse(course, /*fixed_only=*/true);
  // Two courses may share the cost of a day, so that neither alone owes it.
  for (size_t r = 0; r < clinic.resources.size(); ++r) {
    if (clinic.resources[r].day_cost == 0) continue;
    for (int day = picture.first_day(); day < picture.end_day(); ++day) picture.KeepOpen(static_cast<int>(r), day);
  }
  const std::vector<double> demand = DemandOfTypes(clinic);
  CoursePlanner planner(picture);
  AloneResult result;
  result.bound = FixedDayCost(instance);
  for (const Course& course : instance.courses) {
    Alone& alone = result.courses.emplace_back();
    alone.free =
        std::any_of(course.visits.begin(), course.visits.end(), [](const Visit& visit) { return !visit.fixed; });
    for (const Visit& visit : course.visits) alone.demand += visit.fixed ? 0 : demand[visit.type];
    const Cost drop = DropCostOf(clinic, course);
    PlanOptions options;
    options.budget_ops = plan_ops;
    if (alone.free) options.cost_limit = drop + 1;
    CoursePlans plans = planner.Plan(course, options);
    result.ops += plans.ops;
    alone.possible = !plans.plans.empty();
    if (alone.possible) alone.visits = std::move(plans.plans[0].visits);
    alone.floor = plans.lower_bound;
    if (alone.free) alone.floor = std::min(alone.floor, drop);
    // Where the budget ran out before a first plan, one may still be found in another picture.
    if (!alone.possible && !plans.proved) alone.possible = true;
    result.bound += alone.floor;
  }
  return result;
}

}  // namespace kat::optimizer
