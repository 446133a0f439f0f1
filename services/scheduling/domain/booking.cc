#include "services/scheduling/domain/booking.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

const Appointment* FindById(const std::vector<Appointment>& appointments, const AppointmentId& id) {
  const auto it = std::find_if(appointments.begin(), appointments.end(),
                               [&](const Appointment& appointment) { return appointment.id == id; });
  return it == appointments.end() ? nullptr : &*it;
}

TimedVisit Timed(const Appointment& appointment) {
  return {appointment.visit_id, appointment.time.start, appointment.time.end};
}

Reason TooEarly(absl::string_view visit_id, absl::string_view what) {
  return {.kind = ReasonKind::kWindow,
          .from_visit = std::string(visit_id),
          .description = absl::StrCat(visit_id, visit_id.empty() ? "" : ": ", what)};
}

// Reasons of `after` that are not in `before`, by rule and visits.
std::vector<Reason> NewReasons(std::vector<Reason> after, const std::vector<Reason>& before) {
  std::erase_if(after, [&](const Reason& reason) {
    return std::any_of(before.begin(), before.end(), [&](const Reason& old) {
      return old.kind == reason.kind && old.from_visit == reason.from_visit && old.to_visit == reason.to_visit &&
             old.allowed == reason.allowed && old.asked == reason.asked;
    });
  });
  return after;
}

// The appointment that takes the place of one that was cancelled or missed.
absl::StatusOr<Appointment> BookAnew(const BookingFacts& facts, const Appointment& lost) {
  if (!IsLost(lost.state) || lost.course.empty()) {
    return WrongState("appointment", StateName(lost.state), "booked anew");
  }
  if (facts.course.state != CourseState::kActive) return WrongState("course", "STOPPED", "planned");
  for (const Block& block : facts.course.blocks) {
    if (block.number == lost.block && block.state == BlockState::kCancelled) {
      return WrongState("block", "CANCELLED", "booked again in part; book its phases anew");
    }
  }
  for (const Appointment& other : facts.appointments) {
    if (Occupies(other.state) && other.visit_id == lost.visit_id) return VisitStands();
  }
  return Appointment{.course = lost.course,
                     .patient = lost.patient,
                     .block = lost.block,
                     .visit_id = lost.visit_id,
                     .visit_type = lost.visit_type,
                     .session_number = lost.session_number,
                     .program = lost.program,
                     .rebooks = lost.id};
}

// The role by which a member of staff may let the course depart from its protocol; 0 for none.
int OverrideRoleOf(const BookingFacts& facts, const ResourceKey& staff) {
  const auto it = facts.resources.find(staff);
  if (it == facts.resources.end() || it->second.retired) return 0;
  for (int role : facts.protocol.OverrideRoles()) {
    if (std::count(it->second.roles.begin(), it->second.roles.end(), role) > 0) return role;
  }
  return 0;
}

// Holds each breach against the overrides, notes these on the appointments that they are about, and returns the
// breaches that none answers.
absl::StatusOr<std::vector<Reason>> NoteOverrides(const BookingFacts& facts, const std::vector<Reason>& broken,
                                                  const std::vector<ProtocolOverride>& overrides,
                                                  std::vector<Appointment>& moved) {
  std::vector<Reason> unanswered;
  for (const Reason& breach : broken) {
    const bool answered = std::any_of(overrides.begin(), overrides.end(),
                                      [&](const ProtocolOverride& decision) { return decision.Answers(breach); });
    if (!answered) unanswered.push_back(breach);
  }
  for (size_t i = 0; i < overrides.size(); ++i) {
    const bool needed =
        std::any_of(broken.begin(), broken.end(), [&](const Reason& breach) { return overrides[i].Answers(breach); });
    if (!needed)
      return InvalidField(absl::StrCat("overrides[", i, "]"), "is of no rule that this breaks, or of another amount");
    ProtocolOverride decision = overrides[i];
    decision.role = OverrideRoleOf(facts, decision.decided_by);
    decision.decided_at = facts.now;
    if (decision.role == 0) {
      return InvalidField(absl::StrCat("overrides[", i, "].decided_by"),
                          "must be staff of a role that may decide it; see override_roles of the protocol version");
    }
    for (Appointment& appointment : moved) {
      if (appointment.visit_id == decision.from_visit || appointment.visit_id == decision.to_visit) {
        appointment.overrides.push_back(decision);
      }
    }
  }
  return unanswered;
}

}  // namespace

absl::CivilDay FirstBookableDay(const BookingFacts& facts) {
  const absl::CivilDay today = DayAt(facts.now, facts.clinic.Zone());
  const bool begun = std::any_of(facts.course.blocks.begin(), facts.course.blocks.end(),
                                 [](const Block& block) { return block.state == BlockState::kBooked; });
  const absl::CivilDay lead = begun ? today : today + facts.protocol.min_lead_days;
  return std::max(facts.course.earliest_day, lead);
}

absl::StatusOr<std::vector<Appointment>> CheckPlan(const BookingFacts& facts, const BlockPlan& plan,
                                                   const std::vector<ProtocolOverride>& overrides) {
  if (plan.course_version != facts.course.version) return PlanStale();
  ASSIGN_OR_RETURN(const std::vector<int> phases, PhasesOfBlock(facts.course, facts.protocol, plan.phases));
  const Expansion block = ExpandPhases(facts.protocol, phases, CountBooked(facts.course, facts.protocol));
  if (plan.visits.size() != block.visits.size()) {
    return InvalidField("plan.visits", absl::StrCat("must be the ", block.visits.size(), " visits of the phases"));
  }
  for (size_t i = 0; i < plan.visits.size(); ++i) {
    RETURN_IF_ERROR(CheckInReach(plan.visits[i].start, facts.now, absl::StrCat("plan.visits[", i, "].start_time")));
  }
  const absl::CivilDay first_day = FirstBookableDay(facts);
  int session = CountSessions(facts.course, facts.appointments);
  std::vector<Reason> faults;
  std::vector<Appointment> out;
  std::vector<TimedVisit> visits = StandingVisits(facts.appointments);
  for (size_t i = 0; i < block.visits.size(); ++i) {
    const VisitSpec& spec = block.visits[i];
    const PlannedVisit& planned = plan.visits[i];
    if (planned.visit_id != spec.visit_id) {
      return InvalidField(absl::StrCat("plan.visits[", i, "].visit_id"), absl::StrCat("must be ", spec.visit_id));
    }
    const auto type = facts.visit_types.find(spec.visit_type);
    if (type == facts.visit_types.end()) return ResourceNotFound("visit type");
    for (Reason& fault : CheckPlacement(facts.clinic, facts.resources, type->second, spec.visit_id, planned.start,
                                        planned.assignments)) {
      faults.push_back(std::move(fault));
    }
    if (planned.start < facts.now || DayAt(planned.start, facts.clinic.Zone()) < first_day) {
      faults.push_back(TooEarly(spec.visit_id, absl::StrCat("may not be before ", FormatDay(first_day), " or now")));
    }
    out.push_back({.course = facts.course.id,
                   .patient = facts.course.patient,
                   .visit_id = spec.visit_id,
                   .visit_type = spec.visit_type,
                   .session_number = type->second.dosing ? ++session : 0,
                   .time = {planned.start, planned.start + absl::Minutes(type->second.duration_minutes)},
                   .assignments = planned.assignments,
                   .program = facts.course.program});
    visits.push_back(Timed(out.back()));
  }
  ASSIGN_OR_RETURN(const std::vector<Reason> broken,
                   NoteOverrides(facts, CheckLags(block.lags, visits, facts.clinic.Zone()), overrides, out));
  faults.insert(faults.end(), broken.begin(), broken.end());
  if (!faults.empty()) return PlanInvalid(faults);
  return out;
}

absl::StatusOr<std::vector<Appointment>> CheckMoves(const BookingFacts& facts, const std::vector<Move>& moves,
                                                    const std::vector<ProtocolOverride>& overrides) {
  std::vector<Appointment> moved;
  std::vector<Reason> faults;
  for (const Move& move : moves) {
    const Appointment* standing = FindById(facts.appointments, move.appointment);
    if (standing == nullptr) return InvalidField("moves", "must be appointments of one course");
    Appointment after = *standing;
    if (move.rebooks) {
      ASSIGN_OR_RETURN(after, BookAnew(facts, *standing));
    } else {
      ASSIGN_OR_RETURN(after.state, Next(after.state, AppointmentAction::kMove));
    }
    const auto type = facts.visit_types.find(after.visit_type);
    if (type == facts.visit_types.end()) return ResourceNotFound("visit type");
    after.time = {move.start, move.start + absl::Minutes(type->second.duration_minutes)};
    after.assignments = move.assignments;
    if (move.start < facts.now) faults.push_back(TooEarly(after.visit_id, "may not be moved into the past"));
    for (Reason& fault :
         CheckPlacement(facts.clinic, facts.resources, type->second, after.visit_id, move.start, move.assignments)) {
      faults.push_back(std::move(fault));
    }
    moved.push_back(std::move(after));
  }
  ASSIGN_OR_RETURN(const std::vector<Reason> broken,
                   NoteOverrides(facts, BrokenByMoves(facts, moves), overrides, moved));
  if (!broken.empty()) return ProtocolViolated(broken);
  if (!faults.empty()) return PlanInvalid(faults);
  return moved;
}

std::vector<Reason> BrokenByMoves(const BookingFacts& facts, const std::vector<Move>& moves) {
  std::vector<TimedVisit> after = StandingVisits(facts.appointments);
  for (const Move& move : moves) {
    const Appointment* standing = FindById(facts.appointments, move.appointment);
    if (standing == nullptr) continue;
    const TimedVisit there{standing->visit_id, move.start, move.start + (standing->time.end - standing->time.start)};
    const auto it = std::find_if(after.begin(), after.end(),
                                 [&](const TimedVisit& visit) { return visit.visit_id == standing->visit_id; });
    if (it == after.end()) {
      after.push_back(there);
    } else {
      *it = there;
    }
  }
  const std::vector<VisitLag> lags = LagsOf(facts.course, facts.protocol, {});
  const absl::TimeZone zone = facts.clinic.Zone();
  return NewReasons(CheckLags(lags, after, zone), CheckLags(lags, StandingVisits(facts.appointments), zone));
}

std::vector<Reason> BrokenByMove(const BookingFacts& facts, const Appointment& appointment, absl::Time start) {
  std::vector<Appointment> after = facts.appointments;
  for (Appointment& candidate : after) {
    if (candidate.id == appointment.id)
      candidate.time = {start, start + (appointment.time.end - appointment.time.start)};
  }
  std::vector<Reason> broken =
      CheckLags(LagsOf(facts.course, facts.protocol, {}), StandingVisits(after), facts.clinic.Zone());
  std::erase_if(broken, [&](const Reason& reason) {
    return reason.from_visit != appointment.visit_id && reason.to_visit != appointment.visit_id;
  });
  return broken;
}

std::vector<VisitLag> LagsOf(const Course& course, const ProtocolVersion& protocol, const std::vector<int>& planned) {
  std::vector<int> phases;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    for (const std::string& id : block.phases) phases.push_back(protocol.FindPhase(id));
  }
  phases.insert(phases.end(), planned.begin(), planned.end());
  return ExpandPhases(protocol, phases, {}).lags;
}

std::vector<TimedVisit> StandingVisits(const std::vector<Appointment>& appointments) {
  std::vector<TimedVisit> visits;
  for (const Appointment& appointment : appointments) {
    if (Occupies(appointment.state)) visits.push_back(Timed(appointment));
  }
  return visits;
}

int CountSessions(const Course& course, const std::vector<Appointment>& appointments) {
  int sessions = 0;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    for (const AppointmentId& id : block.appointments) {
      const Appointment* appointment = FindById(appointments, id);
      if (appointment != nullptr) sessions = std::max(sessions, appointment->session_number);
    }
  }
  return sessions;
}

}  // namespace kat::scheduling
