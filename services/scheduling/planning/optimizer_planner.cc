#include "services/scheduling/planning/optimizer_planner.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/planning/course_answers.h"
#include "services/scheduling/planning/model.h"
#include "services/scheduling/planning/optimizer_kept_picture.h"
#include "services/scheduling/planning/reasons.h"

namespace kat::scheduling {

absl::StatusOr<PlanningAnswer> OptimizerPlanner::Plan(const PlanningPicture& picture,
                                                      const PlanningQuestion& question) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Model> model, Model::Make(picture, question));
  optimizer::CoursePlanner planner(model->picture());
  PlanningAnswer answer = PlanAnswer(model->clinic(), planner, model->course(), question);
  if (answer.plans.empty()) answer.reasons = WhyNot(*model);
  return answer;
}

absl::StatusOr<PlanningAnswer> OptimizerPlanner::PlanMove(const PlanningPicture& picture,
                                                          const PlanningQuestion& question, const MoveWish& wish) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Model> model, Model::Make(picture, question));
  optimizer::CoursePlanner planner(model->picture());
  PlanningAnswer answer =
      MoveAnswer(model->clinic(), planner, model->course(), question, wish, picture.first_day, picture.days);
  if (answer.plans.empty()) answer.reasons = WhyNot(*model);
  return answer;
}

absl::StatusOr<std::unique_ptr<KeptPicture>> OptimizerPlanner::Keep(const Clinic& clinic, const ResourceMap& resources,
                                                                    const VisitTypeMap& visit_types,
                                                                    absl::CivilDay first_day, int days) {
  return OptimizerKeptPicture::Make({.clinic = clinic,
                                     .resources = resources,
                                     .visit_types = visit_types,
                                     .now = absl::InfinitePast(),
                                     .first_day = first_day,
                                     .days = days});
}

}  // namespace kat::scheduling
