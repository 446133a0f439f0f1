#include "services/scheduling/ops/move.h"

#include <algorithm>
#include <set>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/picture.h"

namespace kat::scheduling {
namespace {

// The course as it is after a change of its bookings.
absl::Status TouchCourse(Tx& tx, const CourseChange& change) {
  if (change.facts.course.id.empty()) return absl::OkStatus();
  Course course = change.facts.course;
  ++course.version;
  course.updated_at = tx.now();
  RETURN_IF_ERROR(tx.courses().Update(course));
  if (change.financial_reservation.empty() && change.coverage_reservation.empty()) return absl::OkStatus();
  for (Block block : course.blocks) {
    if (block.number != change.changed[0].block) continue;
    block.financial_reservation = change.financial_reservation;
    block.coverage_reservation = change.coverage_reservation;
    return PublishBlock(tx, course, block, "booked");
  }
  return absl::OkStatus();
}

// When the appointments stood that are moved.
std::vector<TimeSpan> TimesLeft(const std::vector<CourseChange>& changes) {
  std::vector<TimeSpan> left;
  for (const CourseChange& change : changes) {
    for (const Appointment& standing : change.facts.appointments) {
      const bool moved = std::any_of(change.changed.begin(), change.changed.end(),
                                     [&](const Appointment& appointment) { return appointment.id == standing.id; });
      if (moved) left.push_back(standing.time);
    }
  }
  return left;
}

}  // namespace

absl::StatusOr<std::vector<Appointment>> WriteChanges(Tx& tx, const ClinicFacts& setup,
                                                      std::vector<CourseChange> changes) {
  CapacityChange capacity;
  for (CourseChange& change : changes) {
    if (!change.takes_over_from.empty()) capacity.give_back.push_back(change.takes_over_from);
    for (Appointment& appointment : change.changed) {
      if (appointment.id.empty()) {
        appointment.id = AppointmentId(NewId());
        appointment.created_at = tx.now();
      } else {
        capacity.give_back.push_back(OwnerOf(appointment.id));
        ++appointment.version;
      }
      appointment.updated_at = tx.now();
      capacity.take.push_back(WantOf(appointment));
    }
  }
  RETURN_IF_ERROR(Apply(tx, setup, capacity));
  RETURN_IF_ERROR(TellFreed(tx, TimesLeft(changes)));
  std::vector<Appointment> written;
  for (CourseChange& change : changes) {
    for (const Appointment& appointment : change.changed) {
      const bool anew = appointment.version == 1;
      RETURN_IF_ERROR(anew ? tx.appointments().Insert(appointment, 0) : tx.appointments().Update(appointment));
      written.push_back(appointment);
    }
    RETURN_IF_ERROR(TouchCourse(tx, change));
    for (const Appointment& appointment : change.changed) {
      RETURN_IF_ERROR(Publish(tx, appointment, appointment.version == 1 ? "booked" : "moved"));
      RETURN_IF_ERROR(PublishOverrides(tx, appointment));
    }
  }
  return written;
}

absl::StatusOr<CourseFacts> LoadMoveFacts(Tx& tx, const Appointment& appointment, Lock lock) {
  if (!appointment.course.empty()) return LoadCourseFacts(tx, appointment.course, lock);
  CourseFacts facts;
  ASSIGN_OR_RETURN(facts.setup, LoadClinicFacts(tx));
  facts.appointments = {appointment};
  return facts;
}

absl::StatusOr<std::vector<Appointment>> MoveAll(Tx& tx, Planner& planner, const CourseFacts& facts,
                                                 std::vector<Move> moves,
                                                 const std::vector<ProtocolOverride>& overrides,
                                                 const VisitConditions& conditional) {
  std::set<std::string> leave_out;
  for (const Move& move : moves) leave_out.insert(OwnerOf(move.appointment));
  // A start that breaks the protocol is answered with the rule, before resources are sought for it.
  std::vector<Reason> broken;
  for (const Move& move : moves) {
    for (const Appointment& appointment : facts.appointments) {
      if (appointment.id != move.appointment || moves.size() != 1) continue;
      for (Reason& reason : BrokenByMove(facts.View(), appointment, move.start)) broken.push_back(std::move(reason));
    }
  }
  for (Move& move : moves) {
    const auto it = std::find_if(facts.appointments.begin(), facts.appointments.end(),
                                 [&](const Appointment& candidate) { return candidate.id == move.appointment; });
    if (it == facts.appointments.end()) return InvalidField("moves", "must be appointments of one course");
    RETURN_IF_ERROR(Next(it->state, AppointmentAction::kMove).status());
    if (!move.assignments.empty()) continue;
    if (!broken.empty() && overrides.empty()) {
      move.assignments = it->assignments;
      continue;
    }
    ASSIGN_OR_RETURN(
        move.assignments,
        ChooseResources(
            tx, planner, facts.setup, it->patient,
            {.visit_id = it->visit_id, .type = it->visit_type, .start = move.start, .preferred = it->assignments},
            leave_out));
  }
  ASSIGN_OR_RETURN(std::vector<Appointment> moved, CheckMoves(facts.View(), moves, overrides));
  NoteConditions(conditional, moved);
  std::vector<CourseChange> changes;
  changes.push_back({.facts = facts, .changed = std::move(moved)});
  return WriteChanges(tx, facts.setup, std::move(changes));
}

}  // namespace kat::scheduling
