#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_OUTLOOK_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_OUTLOOK_H_

#include "services/scheduling/planning/outlook.h"

namespace kat::scheduling {

// By placing one course after another with the optimizer.
class OptimizerOutlook final : public OutlookPlanner {
 public:
  absl::StatusOr<OutlookAnswer> Project(const PlanningPicture& picture, const OutlookQuestion& question) override;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_OUTLOOK_H_
