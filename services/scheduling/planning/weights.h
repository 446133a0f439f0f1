#ifndef KAT_SERVICES_SCHEDULING_PLANNING_WEIGHTS_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_WEIGHTS_H_

#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::scheduling {

// What a unit of each term costs, against the others. A day of waiting weighs about what a day off the ideal gap does,
// a change of clinician a little less; an unwelcome hour costs half of that; moving a patient who has an appointment is
// worth two and a half days.
inline constexpr optimizer::Weights kWeights = {.unscheduled = 2000,
                                                .dropped = 5000,
                                                .start_delay = 10,
                                                .gap = 12,
                                                .preference = 4,
                                                .handoff = 9,
                                                .move = limits::kMoveCost,
                                                .reassign = 3};

// The same for a repair. Where visits stand, a patient has waited for them already: an earlier day is no gain.
inline constexpr optimizer::Weights kRepairWeights = [] {
  optimizer::Weights weights = kWeights;
  weights.start_delay = 0;
  return weights;
}();

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_WEIGHTS_H_
