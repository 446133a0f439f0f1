#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_TWINS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_TWINS_H_

#include <cstddef>
#include <vector>

#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// For each row of prices the first row that is like it: itself, or that of a resource that could stand in for its own
// on that day, with the same starts, the same capacity and no cost of its own, in roles that need not keep their hands.
// Of such resources no one is worth more than the other, so that one price for all of them loses nothing and is found
// sooner.
std::vector<size_t> FirstAlike(const Instance& instance, Prices& prices);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_TWINS_H_
