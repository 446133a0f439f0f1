#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_CHOOSE_DECISION_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_CHOOSE_DECISION_H_

#include <vector>

#include "services/scheduling/optimizer/bound/decision.h"
#include "services/scheduling/optimizer/bound/lagrangian.h"

namespace kat::optimizer {

// What to decide next: the ways in which the question can be answered on which the mix of plans disagrees most with
// itself. Every schedule that is as decided so far is as decided by one of them too. Empty where the mix agrees.
std::vector<Decision> ChooseDecision(const Instance& instance, const Lagrangian& lagrangian);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_CHOOSE_DECISION_H_
