#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_IMPROVER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_IMPROVER_H_

#include "services/scheduling/planning/improver.h"

namespace kat::scheduling {

// An improver over the optimizer's search of a whole clinic.
class OptimizerImprover final : public Improver {
 public:
  absl::StatusOr<ImproveAnswer> Improve(const PlanningPicture& picture, const ImproveQuestion& question,
                                        const SearchControl& control) override;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_IMPROVER_H_
