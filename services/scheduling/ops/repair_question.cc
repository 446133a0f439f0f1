#include "services/scheduling/ops/repair_question.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

constexpr int kDaysAroundBefore = 2;  // of a visit that needs a place: where others may make way for it
constexpr int kDaysAroundAfter = 7;

class RepairReader {
 public:
  RepairReader(Tx& tx, const RepairTrigger& trigger) : tx_(tx), trigger_(trigger) {}

  absl::StatusOr<RepairCase> Read(bool allow_others) {
    ASSIGN_OR_RETURN(case_.setup, LoadClinicFacts(tx_));
    today_ = DayAt(tx_.now(), zone());
    if (const auto* absence = std::get_if<Absence>(&trigger_)) RETURN_IF_ERROR(ReadAbsence(*absence));
    if (const auto* shift = std::get_if<CourseShift>(&trigger_)) RETURN_IF_ERROR(ReadShift(*shift));
    if (const auto* lost = std::get_if<LostVisit>(&trigger_)) RETURN_IF_ERROR(ReadLost(*lost));
    if (allow_others) RETURN_IF_ERROR(ReadOthers());
    LeaveOutEmpty();
    SetHorizon();
    for (CourseInRepair& course : case_.courses) {
      ASSIGN_OR_RETURN(CourseToRepair question, Ask(course));
      case_.question.courses.push_back(std::move(question));
    }
    return std::move(case_);
  }

 private:
  absl::TimeZone zone() const { return case_.setup.clinic.Zone(); }
  absl::CivilDay DayOf(const Appointment& appointment) const { return DayAt(appointment.time.start, zone()); }
  bool MayMove(const Appointment& appointment) const {
    return IsOpen(appointment.state) && appointment.time.start > tx_.now();
  }

  absl::Status ReadAbsence(const Absence& absence) {
    const auto resource = case_.setup.resources.find(absence.resource);
    if (resource == case_.setup.resources.end()) return ResourceNotFound("resource");
    resource->second = WithAbsence(resource->second, case_.setup.clinic, absence);
    last_day_ = DayAt(absence.time.end, zone());
    const AppointmentFilter filter{.resource = absence.resource,
                                   .from = std::max(tx_.now(), absence.time.start - absl::Hours(24)),
                                   .until = absence.time.end,
                                   .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}};
    ASSIGN_OR_RETURN(const std::vector<Appointment> coming, ListAll(tx_, filter));
    for (const Appointment& appointment : coming) {
      if (!MayMove(appointment) || IsSound(case_.setup, appointment)) continue;
      ASSIGN_OR_RETURN(CourseInRepair * course, CourseOf(appointment));
      // As the course has it: it may have been cancelled since it was listed, and is not to be booked anew then.
      for (const Appointment& now : course->facts.appointments) {
        if (now.id == appointment.id && MayMove(now)) course->wanted.insert(now.id);
      }
    }
    return absl::OkStatus();
  }

  // Courses that have nothing to plan: nothing was booked, or it was cancelled since it was listed.
  void LeaveOutEmpty() {
    std::erase_if(case_.courses, [](const CourseInRepair& course) {
      return course.wanted.empty() &&
             std::none_of(course.facts.appointments.begin(), course.facts.appointments.end(),
                          [](const Appointment& appointment) { return Occupies(appointment.state); });
    });
  }

  absl::Status ReadShift(const CourseShift& shift) {
    last_day_ = shift.until;
    case_.courses.emplace_back();
    CourseInRepair& course = case_.courses.back();
    ASSIGN_OR_RETURN(course.facts, LoadCourseFacts(tx_, shift.course, Lock::kNo));
    bool found = shift.from_visit.empty();
    for (const Appointment& appointment : course.facts.appointments) {
      if (!Occupies(appointment.state)) continue;
      if (appointment.visit_id == shift.from_visit) {
        found = true;
        from_ = appointment.time.start;
      }
    }
    if (!found) return InvalidField("shift.from_visit", "is no visit of the course that stands");
    for (const Appointment& appointment : course.facts.appointments) {
      const bool hit = DayOf(appointment) >= shift.from && DayOf(appointment) < shift.until;
      if (hit && MayMove(appointment) && appointment.time.start >= from_) course.wanted.insert(appointment.id);
    }
    return absl::OkStatus();
  }

  absl::Status ReadLost(const LostVisit& lost) {
    ASSIGN_OR_RETURN(const Appointment appointment, tx_.appointments().Get(lost.appointment, Lock::kNo));
    if (appointment.course.empty()) return WrongState("appointment", StateName(appointment.state), "booked anew");
    ASSIGN_OR_RETURN(CourseInRepair * course, CourseOf(appointment));
    course->wanted.insert(appointment.id);
    // The checks of a booking, with a place that is known to be sound: only what the visit is matters here.
    const Move there{appointment.id, tx_.now(), {}, /*rebooks=*/true};
    const absl::Status checked = CheckMoves(course->facts.View(), {there}).status();
    const std::string reason = ErrorReason(checked);
    return reason == "STATE_FORBIDS" || reason == "VISIT_STANDS" ? checked : absl::OkStatus();
  }

  // Courses with visits near in time.
  absl::Status ReadOthers() {
    absl::CivilDay first = absl::CivilDay::max();
    absl::CivilDay last = absl::CivilDay::min();
    for (const CourseInRepair& course : case_.courses) {
      for (const Appointment& appointment : course.facts.appointments) {
        if (!course.wanted.contains(appointment.id)) continue;
        first = std::min(first, std::max(today_, DayOf(appointment)));
        last = std::max(last, std::max(today_, DayOf(appointment)));
      }
    }
    if (first > last) return absl::OkStatus();
    around_ = {absl::FromCivil(first - kDaysAroundBefore, zone()), absl::FromCivil(last + kDaysAroundAfter, zone())};
    const AppointmentFilter filter{.from = std::max(tx_.now(), around_.start),
                                   .until = around_.end,
                                   .states = {AppointmentState::kBooked, AppointmentState::kConfirmed}};
    ASSIGN_OR_RETURN(const std::vector<Appointment> coming, ListAll(tx_, filter));
    const size_t most = case_.courses.size() + limits::kMostCoursesMakingWay;
    for (const Appointment& appointment : coming) {
      if (case_.courses.size() >= most) break;
      if (!appointment.course.empty()) RETURN_IF_ERROR(CourseOf(appointment).status());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<CourseInRepair*> CourseOf(const Appointment& appointment) {
    for (CourseInRepair& course : case_.courses) {
      if (!appointment.course.empty() && course.facts.course.id == appointment.course) return &course;
    }
    ASSIGN_OR_RETURN(CourseFacts facts, LoadMoveFacts(tx_, appointment, Lock::kNo));
    case_.courses.push_back({.facts = std::move(facts)});
    return &case_.courses.back();
  }

  void SetHorizon() {
    absl::CivilDay last = std::max(today_, last_day_);
    for (const CourseInRepair& course : case_.courses) {
      for (const Appointment& appointment : course.facts.appointments) last = std::max(last, DayOf(appointment));
    }
    if (const auto* lost = std::get_if<LostVisit>(&trigger_); lost && lost->day) last = std::max(last, *lost->day);
    case_.first_day = today_;
    case_.days = std::min<int>(last - today_ + limits::kRepairHorizonDays, limits::kMaxHorizonDays);
  }

  absl::StatusOr<CourseToRepair> Ask(CourseInRepair& course) {
    CourseToRepair out{.patient = course.facts.appointments.front().patient};
    out.question.lags = LagsOf(course.facts.course, course.facts.protocol, {});
    out.question.preferences = course.facts.course.preferences;
    out.question.earliest_day = today_;
    std::set<std::string> own;
    for (const Appointment& appointment : course.facts.appointments) {
      const bool wanted = course.wanted.contains(appointment.id);
      if (!Occupies(appointment.state) && !wanted) continue;
      if (!case_.setup.visit_types.contains(appointment.visit_type)) return ResourceNotFound("visit type");
      VisitToPlan visit{.visit_id = appointment.visit_id, .type = appointment.visit_type};
      if (Occupies(appointment.state)) {
        visit.current = VisitToPlan::Standing{appointment.time.start, appointment.assignments};
        visit.fixed = !MayMove(appointment) || (!wanted && (appointment.pinned || !MayFollow(course, appointment)));
        own.insert(OwnerOf(appointment.id));
      }
      if (wanted) visit.near_day = NearDay(appointment);
      if (const auto* shift = std::get_if<CourseShift>(&trigger_)) {
        for (absl::CivilDay day = shift->from; day < shift->until; ++day) visit.avoid_days.push_back(day);
      }
      out.question.visits.push_back(std::move(visit));
      course.of_question.push_back(&appointment);
    }
    case_.owners.insert(own.begin(), own.end());
    if (out.patient.empty()) return out;
    const TimeSpan time{absl::FromCivil(case_.first_day - 1, zone()),
                        absl::FromCivil(case_.first_day + case_.days + 1, zone())};
    ASSIGN_OR_RETURN(const std::vector<PatientTime> times, tx_.occupancy().PatientTimes(out.patient, time));
    for (const PatientTime& patient_time : times) {
      if (!own.contains(patient_time.owner) && !IsAsked(patient_time.owner)) out.busy.push_back(patient_time.time);
    }
    return out;
  }

  // Whether a visit that may move does so here: after the shift's first one, and, of others, near in time.
  bool MayFollow(const CourseInRepair& course, const Appointment& appointment) const {
    if (appointment.time.start < from_) return false;
    if (!course.wanted.empty() || std::holds_alternative<CourseShift>(trigger_)) return true;
    return appointment.time.start >= around_.start && appointment.time.start < around_.end;
  }

  // Another course of the repair knows it.
  bool IsAsked(const std::string& owner) const {
    for (const CourseInRepair& course : case_.courses) {
      for (const Appointment& appointment : course.facts.appointments) {
        if (Occupies(appointment.state) && OwnerOf(appointment.id) == owner) return true;
      }
    }
    return false;
  }

  absl::CivilDay NearDay(const Appointment& appointment) const {
    const auto* lost = std::get_if<LostVisit>(&trigger_);
    return std::max(today_, lost && lost->day ? *lost->day : DayOf(appointment));
  }

  Tx& tx_;
  const RepairTrigger& trigger_;
  RepairCase case_;
  absl::CivilDay today_;
  absl::CivilDay last_day_ = absl::CivilDay::min();
  absl::Time from_ = absl::InfinitePast();  // of a shift: nothing moves that starts before
  TimeSpan around_;
};

}  // namespace

absl::StatusOr<RepairCase> LoadRepairCase(Tx& tx, const RepairTrigger& trigger, bool allow_others) {
  return RepairReader(tx, trigger).Read(allow_others);
}

}  // namespace kat::scheduling
