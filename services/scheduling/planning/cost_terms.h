#ifndef KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_

#include <cstdint>
#include <vector>

#include "services/scheduling/domain/plan.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::scheduling {

// The terms that are not 0, in words. `shifted_days` of what the gaps cost are days off the days that visits should
// stay near. `weights`: by which it was reckoned.
std::vector<CostTerm> Explain(const optimizer::CostTerms& cost, int64_t shifted_days,
                              const optimizer::Weights& weights);

// What a unit of each term weighs.
std::vector<CostWeight> Explain(const optimizer::Weights& weights);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_COST_TERMS_H_
