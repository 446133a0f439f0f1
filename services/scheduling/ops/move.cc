#include "services/scheduling/ops/move.h"

#include <algorithm>
#include <set>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/picture.h"

namespace kat::scheduling {

absl::StatusOr<CourseFacts> LoadMoveFacts(Tx& tx, const Appointment& appointment, Lock lock) {
  if (!appointment.course.empty()) return LoadCourseFacts(tx, appointment.course, lock);
  CourseFacts facts;
  ASSIGN_OR_RETURN(facts.setup, LoadClinicFacts(tx));
  facts.appointments = {appointment};
  return facts;
}

absl::StatusOr<std::vector<Appointment>> MoveAll(Tx& tx, Planner& planner, const CourseFacts& facts,
                                                 std::vector<Move> moves) {
  std::set<std::string> leave_out;
  std::vector<TimeSpan> left;
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
    left.push_back(it->time);
    if (!move.assignments.empty()) continue;
    if (!broken.empty()) {
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
  ASSIGN_OR_RETURN(std::vector<Appointment> moved, CheckMoves(facts.View(), moves));
  CapacityChange change{.give_back = {leave_out.begin(), leave_out.end()}};
  for (Appointment& appointment : moved) {
    ++appointment.version;
    appointment.updated_at = tx.now();
    change.take.push_back(WantOf(appointment));
  }
  RETURN_IF_ERROR(Apply(tx, facts.setup, change));
  for (const Appointment& appointment : moved) {
    RETURN_IF_ERROR(tx.appointments().Update(appointment));
    RETURN_IF_ERROR(Publish(tx, appointment, "moved"));
  }
  RETURN_IF_ERROR(TellFreed(tx, left));
  if (facts.course.id.empty()) return moved;
  Course course = facts.course;
  ++course.version;
  course.updated_at = tx.now();
  RETURN_IF_ERROR(tx.courses().Update(course));
  return moved;
}

}  // namespace kat::scheduling
