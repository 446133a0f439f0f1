#ifndef KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_

#include <vector>

#include "services/scheduling/planning/model.h"

namespace kat::scheduling {

// Why a question that has no plan has none, each cause with the least that would be enough where that is known. Never
// empty.
std::vector<Reason> WhyNot(const Model& model);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_REASONS_H_
