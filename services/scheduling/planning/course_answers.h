#ifndef KAT_SERVICES_SCHEDULING_PLANNING_COURSE_ANSWERS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_COURSE_ANSWERS_H_

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// What Planner's questions come to, `course` being that of `question` in the planner's picture; without reasons.
PlanningAnswer PlanAnswer(const ClinicModel& clinic, optimizer::CoursePlanner& planner, const optimizer::Course& course,
                          const PlanningQuestion& question);
// Days are looked at among `days` from `first_day` on.
PlanningAnswer MoveAnswer(const ClinicModel& clinic, optimizer::CoursePlanner& planner, const optimizer::Course& course,
                          const PlanningQuestion& question, const MoveWish& wish, absl::CivilDay first_day, int days);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_COURSE_ANSWERS_H_
