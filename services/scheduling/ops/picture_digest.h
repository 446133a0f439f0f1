#ifndef KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_
#define KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_

#include <string>
#include <vector>

#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// 16 hexadecimal digits that are the same for the same picture on every machine: of its loads, of the clinic's setup
// and of the courses that are planned in it.
std::string DigestOf(const PlanningPicture& picture, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_
