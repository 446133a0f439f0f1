#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DAY_LIMITS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DAY_LIMITS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// A way to count what a resource does in a day: five infusions of two hours and no more fit into a room that is open
// for ten and a half. Each usage weighs something, in whole numbers; lengths are measured in some usage's length and
// rounded down, so that the limit of a day is often sharper than its minutes.
struct DayCount {
  struct Use {
    int weight = 0;   // 0: not counted
    Minute from = 0;  // it keeps one of `places` from `from` until `to`, relative to its start
    Minute to = 0;
  };
  int places = 1;  // so many at a time fit beside each other
  std::vector<Use> uses;
};

// The ways to count, a few. `usages`: all ways in which chosen visits can use a resource of this capacity, what they
// are lifted by included.
std::vector<DayCount> DayCounts(const std::vector<std::vector<Segment>>& usages, int capacity);

// One possible use: kept from `from` until `to`.
struct DayUse {
  Minute from, to;
  int weight;
};
// The most that uses that do not overlap weigh. Sorts them.
int64_t MostWeight(std::vector<DayUse>& uses);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DAY_LIMITS_H_
