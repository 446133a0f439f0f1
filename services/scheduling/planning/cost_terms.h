#ifndef KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_

#include <vector>

#include "services/scheduling/domain/plan.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::scheduling {

// The terms that are not 0, in words.
std::vector<CostTerm> Explain(const optimizer::CostTerms& cost);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_
