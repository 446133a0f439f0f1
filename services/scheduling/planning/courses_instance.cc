#include "services/scheduling/planning/courses_instance.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kat::scheduling {
namespace {

// What else the patient does is a course of visits that use nothing and stay.
void AddBusy(ClinicModel& model, const CourseToRepair& course, int patient, optimizer::Instance& instance) {
  if (course.busy.empty() || course.patient.empty()) return;
  optimizer::Course busy{.id = absl::StrCat("busy-", instance.courses.size()), .patient = patient};
  for (const TimeSpan& time : course.busy) {
    const optimizer::Interval at = model.LineOf(time);
    busy.visits.push_back({.id = absl::StrCat("busy-", busy.visits.size()),
                           .type = model.IdleType(at.to - at.from),
                           .current = optimizer::Standing{.start = at.from},
                           .fixed = true});
  }
  instance.courses.push_back(std::move(busy));
}

}  // namespace

optimizer::Instance MakeInstance(ClinicModel& model, const std::vector<CourseToRepair>& courses) {
  optimizer::Instance instance;
  std::map<PatientId, int> patients;
  for (const CourseToRepair& course : courses) {
    int patient = optimizer::kOwnPatient;
    if (!course.patient.empty()) patient = patients.emplace(course.patient, patients.size()).first->second;
    instance.courses.push_back(
        model.MakeCourse(course.question, absl::StrCat("course-", instance.courses.size()), patient));
  }
  for (const CourseToRepair& course : courses) {
    if (!course.patient.empty()) AddBusy(model, course, patients.at(course.patient), instance);
  }
  instance.patient_names.resize(patients.size());
  for (const auto& [patient, index] : patients) instance.patient_names[index] = patient.str();
  instance.clinic = model.clinic();
  instance.blocks = model.Blocks();
  return instance;
}

}  // namespace kat::scheduling
