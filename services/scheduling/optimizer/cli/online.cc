#include "services/scheduling/optimizer/cli/online.h"

#include <algorithm>
#include <chrono>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

OnlineResult RunOnline(const Instance& instance, int64_t budget_ops, std::chrono::nanoseconds time_limit) {
  OnlineResult result;
  Picture picture(instance.clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (const Course& course : instance.courses) picture.AddCourse(course);
  CoursePlanner planner(picture);
  const Weights& weights = instance.clinic.weights;
  for (size_t i = 0; i < instance.courses.size(); ++i) {
    const Course& course = instance.courses[i];
    OnlineStep step;
    step.course = static_cast<int>(i);
    const bool stands = std::any_of(course.visits.begin(), course.visits.end(),
                                    [](const Visit& visit) { return visit.current.has_value(); });
    const bool free =
        std::any_of(course.visits.begin(), course.visits.end(), [](const Visit& visit) { return !visit.fixed; });
    const Cost without = (stands ? weights.dropped : weights.unscheduled) * course.priority;
    const auto began = std::chrono::steady_clock::now();
    for (const Visit& visit : course.visits) {
      if (visit.current && !visit.fixed) picture.RemoveStanding(visit.type, *visit.current, course.patient);
    }
    PlanOptions options;
    options.budget_ops = budget_ops;
    options.time_limit = time_limit;
    if (free) options.cost_limit = without + 1;  // a plan as dear as leaving the patient out is still a plan
    CoursePlans plans = planner.Plan(course, options);
    if (!plans.plans.empty()) {
      const std::vector<Placement>& visits = plans.plans[0].visits;
      for (size_t v = 0; v < visits.size(); ++v) {
        if (!course.visits[v].fixed) picture.AddVisit(course.visits[v].type, visits[v], course.patient);
      }
    }
    const auto ended = std::chrono::steady_clock::now();
    step.latency_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(ended - began).count();
    step.scheduled = !plans.plans.empty();
    step.proved = plans.proved;
    step.cost = step.scheduled ? plans.plans[0].cost.Total() : without;
    step.lower_bound = std::min(plans.lower_bound, step.cost);
    step.ops = plans.ops;
    result.steps.push_back(step);
    result.solution.courses.push_back(step.scheduled ? std::optional(std::move(plans.plans[0].visits)) : std::nullopt);
  }
  return result;
}

}  // namespace kat::optimizer
