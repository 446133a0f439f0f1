#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DIVE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DIVE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "services/scheduling/optimizer/bound/lagrangian.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// Makes a schedule of the mix of plans that a bound is made of. A few courses at a time, those whose plans agree most,
// come to stand as one of their plans says, hour and hands included; then prices settle anew around them, with plans
// for the others that fit beside them. It knows what every hour is worth to those who are still to come, which no
// construction by insertion does. Not thread-safe.
class Dive {
 public:
  // From where `bound` is, which CanGoAround.
  Dive(const Instance& instance, const Lagrangian& bound);

  // In about so many steps; after each, so many passes of pricing. False where it was stopped: not all are in.
  bool Run(int steps, int passes, const std::function<bool()>& stop);

  const Plans& plans() const { return schedule_.plans(); }
  Cost objective() const { return schedule_.objective(); }
  int64_t ops() const { return lagrangian_->ops() + plan_ops_; }

 private:
  // How much the plans of a course agree.
  struct Candidate {
    int course;
    double agreement;
  };

  std::vector<Candidate> Waiting() const;
  bool Place(int course);
  bool PlaceRest(const std::function<bool()>& stop);

  Schedule schedule_;
  CoursePlanner planner_;
  std::unique_ptr<Lagrangian> lagrangian_;
  int64_t plan_ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DIVE_H_
