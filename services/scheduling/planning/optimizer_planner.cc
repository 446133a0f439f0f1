#include "services/scheduling/planning/optimizer_planner.h"

#include <memory>

#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/plan_move.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/model.h"
#include "services/scheduling/planning/reasons.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

// Days at a distance from the day wanted, within the picture.
std::vector<optimizer::Interval> DaysAt(const Model& model, const PlanningPicture& picture, absl::CivilDay day,
                                        int distance) {
  std::vector<optimizer::Interval> out;
  for (absl::CivilDay candidate : {day - distance, day + distance}) {
    if (candidate < picture.first_day || candidate >= picture.first_day + picture.days) continue;
    out.push_back(model.DayOf(candidate));
    if (distance == 0) break;
  }
  return out;
}

}  // namespace

absl::StatusOr<PlanningAnswer> OptimizerPlanner::Plan(const PlanningPicture& picture,
                                                      const PlanningQuestion& question) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Model> model, Model::Make(picture, question));
  const optimizer::CoursePlans plans =
      optimizer::PlanCourse(model->picture(), model->course(), {.k = question.max_plans});
  PlanningAnswer answer{.weights = Explain(kWeights),
                        .lower_bound = plans.plans.empty() ? 0 : plans.lower_bound,
                        .proved = plans.proved,
                        .steps = plans.ops};
  for (const optimizer::CoursePlan& plan : plans.plans) answer.plans.push_back(model->Answer(plan.visits, plan.cost));
  if (answer.plans.empty()) answer.reasons = WhyNot(*model);
  return answer;
}

absl::StatusOr<PlanningAnswer> OptimizerPlanner::PlanMove(const PlanningPicture& picture,
                                                          const PlanningQuestion& question, const MoveWish& wish) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Model> model, Model::Make(picture, question));
  optimizer::CoursePlanner planner(model->picture());
  optimizer::MoveRequest request{.visit = model->FindVisit(wish.visit_id)};
  const optimizer::Minute start = model->course().visits[request.visit].current->start;
  request.avoid = {{start, start + 1}};
  for (absl::CivilDay day : wish.avoid) request.avoid.push_back(model->DayOf(day));
  PlanningAnswer answer;
  const auto ask = [&] {
    const optimizer::MovePlans plans = optimizer::PlanMove(
        planner, model->course(), request, {.k = question.max_plans - static_cast<int>(answer.plans.size())});
    for (const optimizer::MovePlan& plan : plans.plans) {
      answer.plans.push_back(model->Answer(plan.plan.visits, plan.plan.cost));
    }
  };
  if (!wish.day) {
    ask();
  } else {
    for (int distance = 0; distance <= limits::kMaxMoveDistanceDays; ++distance) {
      if (static_cast<int>(answer.plans.size()) >= question.max_plans) break;
      request.within = DaysAt(*model, picture, *wish.day, distance);
      if (!request.within.empty()) ask();
    }
  }
  if (answer.plans.empty()) answer.reasons = WhyNot(*model);
  return answer;
}

}  // namespace kat::scheduling
