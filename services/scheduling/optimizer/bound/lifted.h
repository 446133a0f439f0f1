#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LIFTED_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LIFTED_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// Loads without overlaps, ascending.
std::vector<Segment> LoadProfile(const std::vector<Segment>& usage);

// What each way of using a resource takes from the others beyond its load. A provider of capacity 12 who gives an
// infusion 12 for ten minutes and then 4 for forty can have no other infusion in those forty: at neither distance do
// two fit beside each other. For the others the load might as well be 12, and a bound that prices it so is stronger.
//
// `usages`: all ways in which chosen visits can use the resource; `slot`: their starts lie whole multiples of it apart.
// For each usage, segments of load that may be added at minutes at which it has some load of its own; the sum of loads
// and additions of visits that fit together is `capacity` at most at every minute at which nothing else loads the
// resource.
std::vector<std::vector<Segment>> LiftedLoads(const std::vector<std::vector<Segment>>& usages, int capacity,
                                              Minute slot);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_LIFTED_H_
