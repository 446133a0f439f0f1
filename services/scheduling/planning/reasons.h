#ifndef KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_

#include <vector>

#include "services/scheduling/planning/model.h"

namespace kat::scheduling {

// Why a question that has no plan has none. Never empty.
std::vector<Reason> WhyNot(const Model& model, const PlanningPicture& picture, const PlanningQuestion& question);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
