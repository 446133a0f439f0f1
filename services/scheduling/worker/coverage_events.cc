#include "services/scheduling/worker/coverage_events.h"

#include <set>
#include <utility>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/ops/events.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 500;

std::string Related(const common::v1::Event& event, const char* key) {
  const auto found = event.related().find(key);
  return found == event.related().end() ? "" : rpc::LastSegment(found->second);
}

// What is to come of one course, as it was asked about.
struct Asked {
  CourseId course;
  GateQuestion question;
  std::vector<AppointmentId> appointments;  // by index in the question's visits
  VisitConditions uncovered;
};

absl::StatusOr<Asked> LoadAsked(Tx& tx, const CourseId& id) {
  ASSIGN_OR_RETURN(const Course course, tx.courses().Get(id));
  ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
  ASSIGN_OR_RETURN(const std::vector<Appointment> appointments, tx.appointments().OfCourse(id));
  Asked asked{.course = id, .question = {.patient = course.patient, .course = id, .program = course.program}};
  for (const Appointment& visit : AskedAboutCoverage(appointments)) {
    asked.question.visits.push_back(
        {visit.visit_id, visit.session_number, visit.visit_type, DayAt(visit.time.start, clinic.Zone())});
    asked.appointments.push_back(visit.id);
  }
  return asked;
}

// Courses of the patient with visits to come.
absl::StatusOr<std::set<CourseId>> CoursesOf(Tx& tx, const PatientId& patient) {
  std::set<CourseId> courses;
  ASSIGN_OR_RETURN(
      const std::vector<Appointment> open,
      tx.appointments().List({.patient = patient, .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}},
                             {.limit = kPage}));
  for (const Appointment& appointment : open) {
    if (!appointment.course.empty()) courses.insert(appointment.course);
  }
  return courses;
}

absl::Status Note(Tx& tx, const Asked& asked) {
  // The course is locked before its appointments, as everywhere.
  RETURN_IF_ERROR(tx.courses().Get(asked.course, Lock::kForUpdate).status());
  ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
  for (size_t i = 0; i < asked.appointments.size(); ++i) {
    ASSIGN_OR_RETURN(Appointment appointment, tx.appointments().Get(asked.appointments[i], Lock::kForUpdate));
    // What has moved since is told of again.
    const bool asked_about =
        IsOpen(appointment.state) && DayAt(appointment.time.start, clinic.Zone()) == asked.question.visits[i].day;
    if (!asked_about || !TakeCondition(asked.uncovered, appointment)) continue;
    ++appointment.version;
    appointment.updated_at = tx.now();
    RETURN_IF_ERROR(tx.appointments().Update(appointment));
    RETURN_IF_ERROR(Publish(tx, appointment, "condition_changed"));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> CoverageEvents::Types() {
  return {"coverage_visit.conditional", "coverage_visit.uncovered", "coverage_visit.covered", "self_pay.elected",
          "self_pay.ended"};
}

absl::Status CoverageEvents::Handle(const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
  const ClinicId clinic(rpc::LastSegment(event.clinic()));
  std::vector<Asked> all;
  RETURN_IF_ERROR(store_.Run({.clinic = clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
    all.clear();
    std::set<CourseId> courses;
    if (const CourseId course(Related(event, "course")); !course.empty()) {
      courses.insert(course);
    } else {
      ASSIGN_OR_RETURN(courses, CoursesOf(tx, PatientId(Related(event, "patient"))));
    }
    for (const CourseId& course : courses) {
      ASSIGN_OR_RETURN(Asked asked, LoadAsked(tx, course));
      if (!asked.appointments.empty()) all.push_back(std::move(asked));
    }
    return absl::OkStatus();
  }));
  if (all.empty()) return absl::OkStatus();
  for (Asked& asked : all) {
    ASSIGN_OR_RETURN(asked.uncovered, coverage_.Uncovered(clinic, asked.question));
  }
  return apply([&](Tx& tx) -> absl::Status {
    for (const Asked& asked : all) RETURN_IF_ERROR(Note(tx, asked));
    return absl::OkStatus();
  });
}

}  // namespace kat::scheduling
