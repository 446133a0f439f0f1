#include "services/scheduling/planning/course_answers.h"

#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/plan_move.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

// Those of two days at a distance from the day wanted that can be planned on.
std::vector<optimizer::Interval> DaysAt(const ClinicModel& clinic, absl::CivilDay day, int distance,
                                        absl::CivilDay first_day, int days) {
  std::vector<optimizer::Interval> out;
  for (absl::CivilDay candidate : {day - distance, day + distance}) {
    if (candidate < first_day || candidate >= first_day + days) continue;
    out.push_back(clinic.DayOf(candidate));
    if (distance == 0) break;
  }
  return out;
}

}  // namespace

PlanningAnswer PlanAnswer(const ClinicModel& clinic, optimizer::CoursePlanner& planner, const optimizer::Course& course,
                          const PlanningQuestion& question) {
  const optimizer::CoursePlans plans = planner.Plan(course, {.k = question.max_plans});
  PlanningAnswer answer{.weights = Explain(kWeights),
                        .lower_bound = plans.plans.empty() ? 0 : plans.lower_bound,
                        .proved = plans.proved,
                        .steps = plans.ops};
  for (const optimizer::CoursePlan& plan : plans.plans) {
    answer.plans.push_back(clinic.Answer(question, course, plan.visits, plan.cost));
  }
  return answer;
}

PlanningAnswer MoveAnswer(const ClinicModel& clinic, optimizer::CoursePlanner& planner, const optimizer::Course& course,
                          const PlanningQuestion& question, const MoveWish& wish, absl::CivilDay first_day, int days) {
  optimizer::MoveRequest request{.visit = question.FindVisit(wish.visit_id)};
  const optimizer::Minute start = course.visits[request.visit].current->start;
  request.avoid = {{start, start + 1}};
  for (absl::CivilDay day : wish.avoid) request.avoid.push_back(clinic.DayOf(day));
  PlanningAnswer answer;
  const auto ask = [&] {
    const optimizer::MovePlans plans = optimizer::PlanMove(
        planner, course, request, {.k = question.max_plans - static_cast<int>(answer.plans.size())});
    for (const optimizer::MovePlan& plan : plans.plans) {
      answer.plans.push_back(clinic.Answer(question, course, plan.plan.visits, plan.plan.cost));
    }
  };
  if (!wish.day) {
    ask();
    return answer;
  }
  for (int distance = 0; distance <= limits::kMaxMoveDistanceDays; ++distance) {
    if (static_cast<int>(answer.plans.size()) >= question.max_plans) break;
    request.within = DaysAt(clinic, *wish.day, distance, first_day, days);
    if (!request.within.empty()) ask();
  }
  return answer;
}

}  // namespace kat::scheduling
