#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CHECK_START_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CHECK_START_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"

namespace kat::optimizer {

// A rule that a requested start of one visit would break.
struct Breach {
  enum class Kind {
    kMinDays,       // of lag `lag`, against visit `other`: `amount` days too close
    kMaxDays,       // likewise, too far
    kMinMinutes,    // likewise, minutes too close
    kMaxMinutes,    // likewise, too far
    kOrder,         // of lag `lag`: would begin `amount` minutes before visit `other` ends, or end after it begins
    kGrid,          // off the grid of starts by `amount` minutes
    kHorizon,       // `amount` days outside the horizon
    kEarliestDay,   // `amount` days before the course's earliest day
    kAvailability,  // `amount` minutes of it outside the patient's available hours (of the window that fits best)
    kVisitWindows,  // likewise, outside the visit's windows
    kPatientTime,   // the patient is at visit `other` of the course, or (-1) elsewhere, for `amount` minutes of it
    kCapacity,      // nobody is free for role `role` of its visit type, or (-1) not for all roles together
  };
  Kind kind = Kind::kGrid;
  int lag = -1;
  int other = -1;
  int role = -1;
  int amount = 0;
};

// What visit `visit` would break by starting at `start` while every other visit of the course stays at its `current`
// (visits without one are left out). Empty: it can be moved there alone. `picture` holds all that stands but this
// course's chosen visits.
std::vector<Breach> CheckStart(const Picture& picture, const Course& course, int visit, Minute start);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CHECK_START_H_
