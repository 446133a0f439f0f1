#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_PLANNER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_PLANNER_H_

#include <memory>

#include "services/scheduling/planning/kept_picture.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// Plans with the optimizer.
class OptimizerPlanner final : public Planner {
 public:
  absl::StatusOr<PlanningAnswer> Plan(const PlanningPicture& picture, const PlanningQuestion& question) override;
  absl::StatusOr<PlanningAnswer> PlanMove(const PlanningPicture& picture, const PlanningQuestion& question,
                                          const MoveWish& wish) override;
  absl::StatusOr<std::unique_ptr<KeptPicture>> Keep(const Clinic& clinic, const ResourceMap& resources,
                                                    const VisitTypeMap& visit_types, absl::CivilDay first_day,
                                                    int days) override;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_PLANNER_H_
