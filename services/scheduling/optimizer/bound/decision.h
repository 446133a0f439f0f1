#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DECISION_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DECISION_H_

#include <cstddef>
#include <vector>

#include "services/scheduling/optimizer/bound/priced_course.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// What is laid down about a clinic before its bound is asked for again.
struct Decision {
  enum class Kind {
    kOpen,     // a day that costs to open is open, and paid for
    kClosed,   // it is not
    kLeftOut,  // a course is not placed
    kPlaced,   // it is
    kStarts,   // where it is placed, a visit of it starts within `starts`
    kHands,    // where it is placed, a visit of it has one of `hands` in a role
  };

  Kind kind;
  size_t day = 0;        // of the first two: a number below Lagrangian::DaysToOpen
  size_t course = 0;     // of the others: in Instance::courses
  size_t visit = 0;      // in Course::visits; not a fixed one
  Interval starts = {};  // within the horizon
  size_t role = 0;       // in VisitType::roles
  std::vector<int> hands = {};
};

// A course as decisions have left it.
struct DecidedCourse {
  Course course;
  std::vector<HandLimit> limits;
  bool placed = false;  // it may not be left out
};

// The same after one decision more about it, which is not that it is left out.
DecidedCourse Decide(DecidedCourse decided, const Decision& decision, const Clinic& clinic);

// Whether a plan of the course, of visits by index in Course::visits, is as decided.
bool IsAsDecided(const std::vector<Placement>& visits, const Decision& decision);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_DECISION_H_
