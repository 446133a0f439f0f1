#include "services/scheduling/worker/improvement_coverage.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/business_time.h"

namespace kat::scheduling {
namespace {

// The dosing visits of one course that may move.
struct Dosing {
  GateQuestion question;
  std::vector<size_t> visits;  // in the course's question, by index in this one's visits
};

Dosing DosingOf(const CourseInRepair& course, const CourseToRepair& asked, absl::TimeZone zone) {
  Dosing dosing{.question = {.patient = course.facts.course.patient,
                             .course = course.facts.course.id,
                             .program = course.facts.course.program,
                             .allow_conditional = true}};
  for (size_t i = 0; i < asked.question.visits.size(); ++i) {
    const Appointment& appointment = *course.of_question[i];
    if (asked.question.visits[i].fixed || appointment.session_number == 0 || appointment.condition) continue;
    dosing.question.visits.push_back({appointment.visit_id, appointment.session_number, appointment.visit_type,
                                      DayAt(appointment.time.start, zone)});
    dosing.visits.push_back(i);
  }
  return dosing;
}

}  // namespace

void KeepCovered(const ClinicId& clinic, CoverageGate& coverage, const ImprovementWish& wish,
                 absl::FunctionRef<bool()> go_on, ImprovementCase& about) {
  for (size_t c = 0; c < about.courses.size(); ++c) {
    std::vector<VisitToPlan>& visits = about.question.courses[c].question.visits;
    const Dosing dosing = DosingOf(about.courses[c], about.question.courses[c], about.setup.clinic.Zone());
    if (dosing.visits.empty()) continue;
    absl::StatusOr<std::map<std::string, CoveredDays>> covered = absl::UnavailableError("not asked");
    if (go_on()) covered = coverage.Covered(clinic, dosing.question);
    for (size_t i = 0; i < dosing.visits.size(); ++i) {
      const GateVisit& visit = dosing.question.visits[i];
      CoveredDays days;
      if (!covered.ok()) {
        days = {visit.day, visit.day + 1};
      } else if (const auto found = covered->find(visit.visit_id); found != covered->end()) {
        days = found->second;
      }
      for (absl::CivilDay day = wish.first_day; day < wish.end_day; ++day) {
        if (day != visit.day && !days.Holds(day)) visits[dosing.visits[i]].avoid_days.push_back(day);
      }
    }
  }
}

}  // namespace kat::scheduling
