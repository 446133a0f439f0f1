#include "services/scheduling/optimizer/plan_move.h"

#include <algorithm>
#include <utility>

namespace kat::optimizer {

MovePlans PlanMove(CoursePlanner& planner, const Course& course, const MoveRequest& request, PlanOptions options) {
  VisitRule rule;
  rule.visit = request.visit;
  rule.starts_not_in = request.avoid;
  const Minute now = course.visits[request.visit].current->start;
  if (request.avoid.empty()) rule.starts_not_in.push_back({now, now + 1});
  if (!request.within.empty()) rule.starts_in = request.within;
  options.rules.push_back(std::move(rule));
  options.distinct_visits = {request.visit};
  CoursePlans plans = planner.Plan(course, options);

  MovePlans result{.plans = {}, .proved = plans.proved, .lower_bound = plans.lower_bound, .ops = plans.ops};
  for (CoursePlan& plan : plans.plans) {
    MovePlan& move = result.plans.emplace_back();
    for (size_t i = 0; i < course.visits.size(); ++i) {
      const Visit& visit = course.visits[i];
      if (visit.fixed || !visit.current) continue;
      if (plan.visits[i].start != visit.current->start) {
        move.moved.push_back(static_cast<int>(i));
      } else if (!SameResources(planner.clinic(), visit, plan.visits[i])) {
        move.reassigned.push_back(static_cast<int>(i));
      }
    }
    move.plan = std::move(plan);
  }
  return result;
}

}  // namespace kat::optimizer
