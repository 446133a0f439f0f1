#include "services/scheduling/planning/optimizer_kept_picture.h"

#include <set>
#include <utility>

#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/planning/course_answers.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int kPatient = 0;

// What a day of a resource takes in the picture: its steps, by what a busy day has, and its versions.
constexpr size_t kBytesOfDay = 320;

}  // namespace

class OptimizerKeptPicture::WithPatient {
 public:
  WithPatient(optimizer::Picture& picture, const ClinicModel& model, const std::vector<PatientTime>& times)
      : picture_(picture) {
    for (const PatientTime& busy : times) {
      intervals_.push_back(model.LineOf(busy.time));
      picture_.AddPatientTime(kPatient, intervals_.back());
    }
  }
  ~WithPatient() {
    for (const optimizer::Interval& interval : intervals_) picture_.RemovePatientTime(kPatient, interval);
  }
  WithPatient(const WithPatient&) = delete;

 private:
  optimizer::Picture& picture_;
  std::vector<optimizer::Interval> intervals_;
};

OptimizerKeptPicture::OptimizerKeptPicture(PlanningPicture picture)
    : input_(std::move(picture)), model_(input_, kWeights) {
  model_.AddAllThatIsAskedFor();
}

absl::StatusOr<std::unique_ptr<KeptPicture>> OptimizerKeptPicture::Make(PlanningPicture picture) {
  std::unique_ptr<OptimizerKeptPicture> kept(new OptimizerKeptPicture(std::move(picture)));
  RETURN_IF_ERROR(optimizer::ValidateClinic(kept->model_.clinic()));
  kept->picture_ = std::make_unique<optimizer::Picture>(kept->model_.clinic());
  kept->planner_ = std::make_unique<optimizer::CoursePlanner>(*kept->picture_);
  kept->bytes_ = kept->EstimateBytes();
  return kept;
}

void OptimizerKeptPicture::Add(const ResourceKey& resource, const TimeSpan& time, int load) {
  if (const auto block = model_.BlockOf(resource, time, load)) picture_->AddBlock(*block);
}

void OptimizerKeptPicture::Remove(const ResourceKey& resource, const TimeSpan& time, int load) {
  if (const auto block = model_.BlockOf(resource, time, load)) picture_->RemoveBlock(*block);
}

absl::StatusOr<optimizer::Course> OptimizerKeptPicture::CourseOf(const PlanningScope& scope,
                                                                 const PlanningQuestion& question) {
  const int first_day = model_.line().DayNumber(scope.first_day);
  optimizer::Course course =
      model_.MakeCourse(question, "course", kPatient, {scope.now, first_day, first_day + scope.days});
  RETURN_IF_ERROR(optimizer::ValidateCourse(model_.clinic(), course));
  return course;
}

absl::StatusOr<PlanningAnswer> OptimizerKeptPicture::Plan(const PlanningScope& scope,
                                                          const PlanningQuestion& question) {
  ASSIGN_OR_RETURN(const optimizer::Course course, CourseOf(scope, question));
  const WithPatient patient(*picture_, model_, scope.patient_times);
  return PlanAnswer(model_, *planner_, course, question);
}

absl::StatusOr<PlanningAnswer> OptimizerKeptPicture::PlanMove(const PlanningScope& scope,
                                                              const PlanningQuestion& question, const MoveWish& wish) {
  ASSIGN_OR_RETURN(const optimizer::Course course, CourseOf(scope, question));
  const WithPatient patient(*picture_, model_, scope.patient_times);
  return MoveAnswer(model_, *planner_, course, question, wish, scope.first_day, scope.days);
}

// The picture, and what the planner knows of it: for each way in which a role uses a resource and each day, the starts
// at which each candidate can, as it is and as it was before.
size_t OptimizerKeptPicture::EstimateBytes() const {
  const optimizer::Clinic& clinic = model_.clinic();
  constexpr size_t kWordsOfDay = limits::kMinutesPerDay / limits::kSlotMinutes / 64 + 2;
  std::vector<size_t> holders(clinic.tag_names.size());
  for (const optimizer::Resource& resource : clinic.resources) {
    for (const optimizer::HeldTag& held : resource.tags) ++holders[held.tag];
  }
  std::set<std::pair<int, std::vector<std::pair<int, int>>>> ways;
  size_t of_day = clinic.resources.size() * kBytesOfDay;
  for (const optimizer::VisitType& type : clinic.visit_types) {
    for (const optimizer::Role& role : type.roles) {
      std::vector<std::pair<int, int>> usage;
      for (const optimizer::Segment& segment : role.usage) usage.emplace_back(segment.from, segment.to);
      if (!ways.emplace(role.tag, std::move(usage)).second) continue;
      of_day += sizeof(void*) + holders[role.tag] * 2 * kWordsOfDay * sizeof(uint64_t);
    }
  }
  return of_day * static_cast<size_t>(clinic.days);
}

}  // namespace kat::scheduling
