#ifndef KAT_SERVICES_SCHEDULING_PLANNING_DEVIATION_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_DEVIATION_H_

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::scheduling {

// Plans for a course that has none within its lags, by the smallest departure from them: the fewest days that are
// enough for all lags alike, and of those lags as few as will do. Two visits that the protocol keeps on different days
// stay so, and their order does. Empty where nothing is found. `options` is kept but for its budget.
optimizer::CoursePlans PlanWithDeviation(optimizer::CoursePlanner& planner, const optimizer::Course& course,
                                         optimizer::PlanOptions options);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_DEVIATION_H_
