#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_REPAIRER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_REPAIRER_H_

#include "services/scheduling/planning/repairer.h"

namespace kat::scheduling {

// Repairs with the optimizer: all courses together by its search over whole clinics, then each one's alternatives
// exactly, given the others.
class OptimizerRepairer final : public Repairer {
 public:
  absl::StatusOr<RepairAnswer> Repair(const PlanningPicture& picture, const RepairQuestion& question) override;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_REPAIRER_H_
