#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_PLAN_VARIATION_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_PLAN_VARIATION_H_

#include <vector>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// The exact search takes the first of equal plans, always the same resources and hours. Others may leave more room to
// those that come: visits go to another resource or hour of their day where that costs nothing; all of them to whoever
// has most to spare, or some to whatever chance says.
class PlanVariation {
 public:
  explicit PlanVariation(Schedule& schedule);

  // `plan` is the course's, which is not scheduled; it can stand, and costs no more afterwards.
  void Vary(int course, CoursePlan& plan, Chance& chance);

 private:
  bool Holds(int course, CoursePlan& plan);
  int MostFree(const Role& role, Minute start, int now, Chance& chance);

  Schedule* schedule_;
  std::vector<std::vector<int>> holders_;  // [tag]: resources that hold it at any time
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_PLAN_VARIATION_H_
