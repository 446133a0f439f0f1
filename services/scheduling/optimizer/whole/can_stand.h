#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CAN_STAND_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CAN_STAND_H_

#include <optional>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"

namespace kat::optimizer {

// Whether the chosen visits of `course` can stand as `visits` says (as in CoursePlan) beside all that the picture
// holds: this course's fixed visits included, its chosen ones not. The picture is used to add them up and left as it
// was.
bool CanStand(Picture& picture, const Course& course, const std::vector<Placement>& visits);

// The course's visits as their `current` has them; nothing where some chosen visit has none, or where its roles are no
// longer those of its type.
std::optional<std::vector<Placement>> StandingPlan(const Clinic& clinic, const Course& course);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CAN_STAND_H_
