#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_ALONE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_ALONE_H_

#include <vector>

#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// One course with the clinic to itself: nothing stands but blocks and fixed visits, and every day is open already.
struct Alone {
  Cost floor = 0;         // no schedule has this course, placed or left out, for less
  bool possible = false;  // it can be placed for no more than leaving it out
  bool free = false;      // it has a visit to place; a course without is always scheduled
  std::vector<Placement> visits;
  double demand = 0;  // the shares of all that the clinic has that its chosen visits take, summed over their roles
};

struct AloneResult {
  std::vector<Alone> courses;
  Cost bound = 0;  // the sum of all floors and of what no schedule can save: no schedule costs less
  int64_t ops = 0;
};

// What leaving the course out costs, for what it takes: the most of it is to be gained by the courses that have most.
double Worth(const Alone& alone, Cost drop);

// Plans every course alone, each within `plan_ops` steps of search.
AloneResult PlanAlone(const Instance& instance, int64_t plan_ops);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_ALONE_H_
