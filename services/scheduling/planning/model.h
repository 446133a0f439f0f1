#ifndef KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/planning/clinic_model.h"

namespace kat::scheduling {

// One course's planning question in the optimizer's terms: a ClinicModel with that course, and the picture.
class Model {
 public:
  // INVALID_ARGUMENT where the optimizer could not take the question. `picture` must outlive the model.
  static absl::StatusOr<std::unique_ptr<Model>> Make(const PlanningPicture& picture, const PlanningQuestion& question);
  Model(const Model&) = delete;

  const ClinicModel& clinic() const { return clinic_; }
  const optimizer::Course& course() const { return course_; }
  const optimizer::Picture& picture() const { return *optimizer_picture_; }

 private:
  Model(const PlanningPicture& picture, const PlanningQuestion& question);

  ClinicModel clinic_;
  optimizer::Course course_;
  std::unique_ptr<optimizer::Picture> optimizer_picture_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_MODEL_H_
