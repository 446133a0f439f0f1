#include "services/authorization/ops/reservations.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/domain/uncovered.h"
#include "services/authorization/ops/names.h"

namespace kat::authorization {
namespace {

using domain::LineState;
using domain::Reservation;
using domain::UnitLine;

absl::Status Tell(store::Tx& tx, const Reservation& reservation, const char* type) {
  return tx.Publish({.type = type,
                     .subject = ResourceName(tx.clinic(), kReservations, reservation.id),
                     .subject_version = reservation.version,
                     .state = std::string(Name(reservation.state)),
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, reservation.patient)},
                                 {"course", ResourceName(tx.clinic(), kCourses, reservation.course)}}});
}

absl::Status End(store::Tx& tx, Reservation& reservation, Reservation::State state, LineState line_state,
                 const char* type) {
  // The patient's authorizations first, in their order: every writer takes these locks before lines.
  RETURN_IF_ERROR(tx.AuthorizationsOf(reservation.patient, reservation.program, store::Lock::kWrite).status());
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, tx.LinesOfReservation(reservation.id));
  for (const UnitLine& line : lines) {
    if (line.state != LineState::kHeld) continue;
    UnitLine ended = line;
    ended.state = line_state;
    RETURN_IF_ERROR(SaveLine(tx, line, std::move(ended)));
  }
  reservation.state = state;
  ++reservation.version;
  RETURN_IF_ERROR(tx.SaveReservationState(reservation));
  RETURN_IF_ERROR(tx.CancelJob(kExpireJob, reservation.id.str()));
  return Tell(tx, reservation, type);
}

// Takes the units away from holds that an earlier try to book the same visits has left; whether there were any. Should
// that try still come through, its confirmation seeks units again.
absl::StatusOr<bool> ReleaseEarlierHolds(store::Tx& tx, const domain::CoverageFacts& facts,
                                         const std::vector<domain::Visit>& visits) {
  bool any = false;
  for (const UnitLine& line : facts.lines) {
    const bool same =
        line.course == facts.course &&
        std::any_of(visits.begin(), visits.end(), [&](const domain::Visit& v) { return v.visit_id == line.visit_id; });
    if (line.state != LineState::kHeld || !same) continue;
    UnitLine released = line;
    released.state = LineState::kReleased;
    RETURN_IF_ERROR(SaveLine(tx, line, std::move(released)));
    any = true;
  }
  return any;
}

// Finds units for a line that has none, at its day; UNCOVERED where there are none.
absl::Status Seek(store::Tx& tx, UnitLine& line) {
  ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                   LoadFacts(tx, line.patient, line.course, line.program, store::Lock::kWrite));
  if (!facts.rule) {
    MarkUncovered(facts, "PROGRAM_RULE_MISSING", line);
    return absl::OkStatus();
  }
  line.units = facts.rule->Planned(line.session_number);
  const domain::Choice choice = Choose(facts, {line.visit_id, line.session_number, line.day}, line.units, {});
  MarkUncovered(facts, choice.code, line);
  if (choice.chosen == nullptr) return absl::OkStatus();
  line.authorization = choice.chosen->id;
  line.state = LineState::kConfirmed;
  return absl::OkStatus();
}

}  // namespace

std::string ConditionSubject(const ClinicId& clinic, const PatientId& patient, const domain::Condition& condition) {
  using Subject = domain::Condition::Subject;
  switch (condition.subject) {
    case Subject::kAuthorization:
      return ResourceName(clinic, kAuthorizations, domain::AuthorizationId(condition.subject_id));
    case Subject::kInsurance:
      return ResourceName(clinic, kInsurances, domain::InsuranceId(condition.subject_id));
    case Subject::kProgram:
      return absl::StrCat("clinics/", clinic.str(), "/programRules/", condition.subject_id);
    case Subject::kForms:
      return absl::StrCat("clinics/", clinic.str());
    case Subject::kPatient:
      break;
  }
  return ResourceName(clinic, kPatients, patient);
}

absl::StatusOr<Reservation> Reserve(store::Tx& tx, const PatientId& patient, const domain::CourseId& course,
                                    const std::string& program, const std::vector<domain::Visit>& visits,
                                    absl::Time expires_at, bool allow_conditional) {
  ASSIGN_OR_RETURN(domain::CoverageFacts facts, LoadFacts(tx, patient, course, program, store::Lock::kWrite));
  ASSIGN_OR_RETURN(const bool superseded, ReleaseEarlierHolds(tx, facts, visits));
  if (superseded) {
    ASSIGN_OR_RETURN(facts, LoadFacts(tx, patient, course, program, store::Lock::kWrite));
  }
  const domain::Coverage coverage = Decide(facts, visits, allow_conditional);
  if (!coverage.satisfied()) {
    std::vector<PreconditionViolation> unmet;
    for (const domain::Condition& c : coverage.unmet()) {
      unmet.push_back({c.code, ConditionSubject(tx.clinic(), patient, c), c.description});
    }
    return domain::CoverageUnmet(std::move(unmet));
  }
  Reservation reservation{.id = domain::ReservationId(NewId()),
                          .patient = patient,
                          .course = course,
                          .program = program,
                          .requirement = coverage.requirement,
                          .conditions = coverage.conditions,
                          .expires_at = expires_at};
  RETURN_IF_ERROR(tx.InsertReservation(reservation));
  for (const domain::Allocation& allocation : coverage.allocations) {
    if (allocation.already_held) continue;
    UnitLine line{.reservation = reservation.id,
                  .patient = patient,
                  .course = course,
                  .program = program,
                  .visit_id = allocation.visit.visit_id,
                  .session_number = allocation.visit.session_number,
                  .day = allocation.visit.day,
                  .authorization = allocation.authorization,
                  .units = allocation.units};
    RETURN_IF_ERROR(tx.InsertLine(line));
  }
  for (const domain::UncoveredVisit& uncovered : coverage.uncovered) {
    RETURN_IF_ERROR(tx.InsertLine({.reservation = reservation.id,
                                   .patient = patient,
                                   .course = course,
                                   .program = program,
                                   .visit_id = uncovered.visit.visit_id,
                                   .session_number = uncovered.visit.session_number,
                                   .day = uncovered.visit.day,
                                   .code = uncovered.code}));
  }
  RETURN_IF_ERROR(
      tx.Schedule({.kind = kExpireJob, .key = reservation.id.str(), .due_at = expires_at, .payload = "{}"}));
  RETURN_IF_ERROR(Tell(tx, reservation, "coverage_reservation.held"));
  return reservation;
}

absl::StatusOr<Reservation> Release(store::Tx& tx, const domain::ReservationId& id) {
  ASSIGN_OR_RETURN(Reservation reservation, tx.FindReservation(id, store::Lock::kWrite));
  if (reservation.state == Reservation::State::kConfirmed) {
    return WrongState("coverage reservation", Name(reservation.state), "released; cancel its appointments");
  }
  if (reservation.state != Reservation::State::kHeld) return reservation;
  RETURN_IF_ERROR(
      End(tx, reservation, Reservation::State::kReleased, LineState::kReleased, "coverage_reservation.released"));
  return reservation;
}

absl::Status Expire(store::Tx& tx, const domain::ReservationId& id) {
  ASSIGN_OR_RETURN(Reservation reservation, tx.FindReservation(id, store::Lock::kWrite));
  if (reservation.state != Reservation::State::kHeld) return absl::OkStatus();
  return End(tx, reservation, Reservation::State::kExpired, LineState::kExpired, "coverage_reservation.expired");
}

absl::Status Confirm(store::Tx& tx, const domain::ReservationId& id,
                     const std::map<std::string, domain::Appointment>& appointments) {
  ASSIGN_OR_RETURN(Reservation reservation, tx.FindReservation(id, store::Lock::kWrite));
  if (reservation.state == Reservation::State::kConfirmed) return absl::OkStatus();
  RETURN_IF_ERROR(tx.AuthorizationsOf(reservation.patient, reservation.program, store::Lock::kWrite).status());
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, tx.LinesOfReservation(id));
  for (const UnitLine& line : lines) {
    ASSIGN_OR_RETURN(const std::optional<UnitLine> booked, tx.LineOfVisit(line.course, line.visit_id));
    if (booked && booked->state == LineState::kConsumed) continue;
    if (booked) {  // an earlier booking of the same visit gives way
      UnitLine released = *booked;
      released.state = LineState::kReleased;
      RETURN_IF_ERROR(SaveLine(tx, *booked, std::move(released)));
    }
    UnitLine confirmed = line;
    confirmed.state = LineState::kConfirmed;
    if (line.state != LineState::kHeld || !line.authorization) RETURN_IF_ERROR(Seek(tx, confirmed));
    // It was booked as covered, and lost its units since: nobody has chosen to wait for a renewal.
    if (line.authorization) confirmed.renewal_request_by.reset();
    if (const auto found = appointments.find(line.visit_id); found != appointments.end()) {
      confirmed.appointment = found->second.id;
      confirmed.appointment_version = found->second.version;
    }
    RETURN_IF_ERROR(SaveLine(tx, line, std::move(confirmed)));
  }
  reservation.state = Reservation::State::kConfirmed;
  ++reservation.version;
  RETURN_IF_ERROR(tx.SaveReservationState(reservation));
  RETURN_IF_ERROR(tx.CancelJob(kExpireJob, id.str()));
  return Tell(tx, reservation, "coverage_reservation.confirmed");
}

absl::Status MoveVisit(store::Tx& tx, const UnitLine& line, absl::CivilDay day, int64_t appointment_version) {
  if (line.state != LineState::kConfirmed && line.state != LineState::kUncovered) return absl::OkStatus();
  UnitLine moved = line;
  moved.day = day;
  moved.appointment_version = appointment_version;
  bool covered = false;
  if (line.authorization) {
    ASSIGN_OR_RETURN(const domain::PriorAuthorization auth,
                     tx.FindAuthorization(*line.authorization, store::Lock::kWrite));
    covered = Running(auth.state) && auth.Covers(day);
  }
  if (!covered) RETURN_IF_ERROR(Seek(tx, moved));
  return SaveLine(tx, line, std::move(moved));
}

absl::Status CancelVisit(store::Tx& tx, const UnitLine& line, int64_t appointment_version) {
  if (line.state != LineState::kConfirmed && line.state != LineState::kUncovered) return absl::OkStatus();
  UnitLine released = line;
  released.state = LineState::kReleased;
  released.appointment_version = appointment_version;
  RETURN_IF_ERROR(SaveLine(tx, line, std::move(released)));
  return CoverUncovered(tx, line.patient, line.program);  // what was given back may cover another visit
}

}  // namespace kat::authorization
