#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_GUIDE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_GUIDE_H_

#include "services/scheduling/optimizer/day_prices.h"

namespace kat::optimizer {

// What plans are asked to pay for the sake of courses still to come (PlanOptions): those with cheap alternatives leave
// scarce days to those that have none, and nobody cuts a room's day in two for nothing.
struct Guide {
  DayPrices prices;
  Cost untidy = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_GUIDE_H_
