#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_KEPT_PICTURE_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_KEPT_PICTURE_H_

#include <cstddef>
#include <memory>

#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/kept_picture.h"

namespace kat::scheduling {

// Kept in the optimizer's picture, with a planner that knows it.
class OptimizerKeptPicture final : public KeptPicture {
 public:
  // What `picture` refers to must outlive it. INVALID_ARGUMENT where the optimizer cannot take the clinic.
  static absl::StatusOr<std::unique_ptr<KeptPicture>> Make(PlanningPicture picture);

  void Add(const ResourceKey& resource, const TimeSpan& time, int load) override;
  void Remove(const ResourceKey& resource, const TimeSpan& time, int load) override;
  absl::StatusOr<PlanningAnswer> Plan(const PlanningScope& scope, const PlanningQuestion& question) override;
  absl::StatusOr<PlanningAnswer> PlanMove(const PlanningScope& scope, const PlanningQuestion& question,
                                          const MoveWish& wish) override;
  size_t bytes() const override { return bytes_; }

 private:
  explicit OptimizerKeptPicture(PlanningPicture picture);
  absl::StatusOr<optimizer::Course> CourseOf(const PlanningScope& scope, const PlanningQuestion& question);
  size_t EstimateBytes() const;

  // A patient's times, for as long as a question about the patient is asked.
  class WithPatient;

  const PlanningPicture input_;
  ClinicModel model_;
  std::unique_ptr<optimizer::Picture> picture_;
  std::unique_ptr<optimizer::CoursePlanner> planner_;
  size_t bytes_ = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OPTIMIZER_KEPT_PICTURE_H_
