#ifndef KAT_SERVICES_SCHEDULING_PLANNING_COURSES_INSTANCE_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_COURSES_INSTANCE_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/repairer.h"

namespace kat::scheduling {

// The instance of several courses: those first, in order, then what else their patients do.
optimizer::Instance MakeInstance(ClinicModel& model, const std::vector<CourseToRepair>& courses);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_COURSES_INSTANCE_H_
