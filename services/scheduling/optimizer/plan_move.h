#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_MOVE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_MOVE_H_

#include <vector>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

struct MoveRequest {
  int visit = 0;  // the visit that must go elsewhere; it has a `current` and is not fixed
  // It may not start in these. Empty: not where it starts now.
  std::vector<Interval> avoid;
  // Where not empty: it must start in one of these (the patient asks for Thursday).
  std::vector<Interval> within;
};

struct MovePlan {
  CoursePlan plan;
  std::vector<int> moved;       // visits whose start differs from their `current`, the asked one included
  std::vector<int> reassigned;  // visits that keep their start and change some resource
};

struct MovePlans {
  std::vector<MovePlan> plans;  // best first; any two have the asked visit on another day or an hour apart
  bool proved = true;
  Cost lower_bound = 0;
  int64_t ops = 0;
};

// The cheapest ways to move one visit of a standing course, each of whose visits has a `current`; the others move or
// change hands only where the weights of `move` and `reassign` make that the better plan. The picture holds all that
// stands but this course's chosen visits. `options.rules`, `options.distinct_visits` are set from the request.
MovePlans PlanMove(CoursePlanner& planner, const Course& course, const MoveRequest& request, PlanOptions options = {});

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_MOVE_H_
