#include "services/scheduling/planning/model.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int kPatient = 0;

}  // namespace

Model::Model(const PlanningPicture& picture, const PlanningQuestion& question)
    : clinic_(picture, kWeights), course_(clinic_.MakeCourse(question, "course", kPatient)) {}

absl::StatusOr<std::unique_ptr<Model>> Model::Make(const PlanningPicture& picture, const PlanningQuestion& question) {
  std::unique_ptr<Model> model(new Model(picture, question));
  RETURN_IF_ERROR(optimizer::ValidateClinic(model->clinic_.clinic()));
  RETURN_IF_ERROR(optimizer::ValidateCourse(model->clinic_.clinic(), model->course_));
  model->optimizer_picture_ = std::make_unique<optimizer::Picture>(model->clinic_.clinic());
  for (const optimizer::Block& block : model->clinic_.Blocks()) model->optimizer_picture_->AddBlock(block);
  for (const PatientTime& busy : picture.patient_times) {
    model->optimizer_picture_->AddPatientTime(kPatient, model->clinic_.LineOf(busy.time));
  }
  return model;
}

}  // namespace kat::scheduling
