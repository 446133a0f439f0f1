#include "services/scheduling/worker/improvement_doses.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"

namespace kat::scheduling {
namespace {

constexpr int kWeek = 7;  // visits so far outside the days that may change matter to payers' weekly limits

GateQuestion QuestionOf(const Course& course) {
  return {.patient = course.patient, .course = course.id, .program = course.program, .allow_conditional = true};
}

GateVisit VisitOf(const Appointment& appointment, absl::CivilDay day) {
  return {appointment.visit_id, appointment.session_number, appointment.visit_type, day};
}

// The dosing visits of one course that may move, and those that stand near them.
struct Dosing {
  GateQuestion question;
  struct Moving {
    size_t visit = 0;  // in the course's question
    absl::CivilDay day;
  };
  std::vector<Moving> moving;
};

Dosing DosingOf(const CourseInRepair& course, const CourseToRepair& asked, const ImprovementWish& wish,
                absl::TimeZone zone) {
  Dosing dosing{.question = QuestionOf(course.facts.course)};
  for (size_t i = 0; i < asked.question.visits.size(); ++i) {
    const Appointment& appointment = *course.of_question[i];
    const absl::CivilDay day = DayAt(appointment.time.start, zone);
    if (appointment.session_number == 0 || day < wish.first_day - kWeek || day >= wish.end_day + kWeek) continue;
    dosing.question.visits.push_back(VisitOf(appointment, day));
    if (!asked.question.visits[i].fixed) dosing.moving.push_back({i, day});
  }
  return dosing;
}

// What both of them say. `ready`: on those days the patient is.
struct Limits {
  std::vector<DaySpan> ready;
  DoseDays coverage;
};

absl::StatusOr<Limits> Ask(const ClinicId& clinic, const DoseGates& gates, const GateQuestion& question,
                           const DaySpan& span) {
  Limits limits;
  ASSIGN_OR_RETURN(limits.ready, gates.readiness.ReadyDays(clinic, question.patient, question.program, span));
  ASSIGN_OR_RETURN(limits.coverage, gates.coverage.OtherDays(clinic, question, span));
  return limits;
}

bool AnyHolds(const std::vector<DaySpan>& spans, absl::CivilDay day) {
  return std::any_of(spans.begin(), spans.end(), [&](const DaySpan& span) { return span.Holds(day); });
}

}  // namespace

void LimitDoses(const ClinicId& clinic, const DoseGates& gates, const ImprovementWish& wish,
                absl::FunctionRef<bool()> go_on, ImprovementCase& about) {
  const DaySpan span{wish.first_day, wish.end_day};
  for (size_t c = 0; c < about.courses.size(); ++c) {
    PlanningQuestion& question = about.question.courses[c].question;
    const Dosing dosing = DosingOf(about.courses[c], about.question.courses[c], wish, about.setup.clinic.Zone());
    if (dosing.moving.empty()) continue;
    Limits limits;  // nowhere else
    if (go_on()) limits = Ask(clinic, gates, dosing.question, span).value_or(Limits());
    for (const Dosing::Moving& moving : dosing.moving) {
      VisitToPlan& visit = question.visits[moving.visit];
      const std::vector<DaySpan>& covered = limits.coverage.days[visit.visit_id];
      for (absl::CivilDay day = span.from; day < span.until; ++day) {
        const bool may = AnyHolds(limits.ready, day) && AnyHolds(covered, day);
        if (day != moving.day && !may) visit.avoid_days.push_back(day);
      }
    }
    question.lags.insert(question.lags.end(), limits.coverage.spacings.begin(), limits.coverage.spacings.end());
  }
}

absl::StatusOr<bool> IsRefused(const ClinicId& clinic, const DoseGates& gates, const ImprovementCase& about,
                               const ImprovementPart& part) {
  const auto course = std::find_if(about.courses.begin(), about.courses.end(), [&](const CourseInRepair& candidate) {
    return candidate.facts.course.id == part.part.course;
  });
  if (course == about.courses.end()) return false;
  const absl::TimeZone zone = about.setup.clinic.Zone();
  GateQuestion question = QuestionOf(course->facts.course);
  std::set<std::string> conditional_now;
  absl::CivilDay first = absl::CivilDay::max();
  for (const RepairMove& move : part.option().moves) {
    const absl::CivilDay day = DayAt(move.start, zone);
    if (day == DayAt(move.current_start, zone)) continue;
    for (const Appointment* appointment : course->of_question) {
      if (appointment->id != move.appointment || appointment->session_number == 0) continue;
      question.visits.push_back(VisitOf(*appointment, day));
      if (appointment->condition) conditional_now.insert(appointment->visit_id);
      first = std::min(first, day);
    }
  }
  if (question.visits.empty()) return false;
  ASSIGN_OR_RETURN(const std::vector<DaySpan> ready,
                   gates.readiness.ReadyDays(clinic, question.patient, question.program, {first, first + 1}));
  if (ready.empty()) return true;
  ASSIGN_OR_RETURN(const GateAnswer answer, gates.coverage.Check(clinic, question));
  return !answer.unmet.empty() ||
         std::any_of(answer.conditional.begin(), answer.conditional.end(),
                     [&](const auto& condition) { return !conditional_now.contains(condition.first); });
}

}  // namespace kat::scheduling
