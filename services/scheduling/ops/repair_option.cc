#include "services/scheduling/ops/repair_option.h"

#include <utility>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/ops/move.h"

namespace kat::scheduling {

RepairOption OptionOf(const CourseInRepair& course, const CourseToRepair& asked, const CoursePlan& plan) {
  RepairOption option{.cost = plan.cost, .terms = plan.terms};
  std::vector<RepairMove> others;
  std::vector<Move> moves;
  size_t next = 0;
  for (size_t i = 0; i < asked.question.visits.size(); ++i) {
    if (asked.question.visits[i].fixed) continue;
    const PlannedVisit& visit = plan.visits[next++];
    const Appointment& appointment = *course.of_question[i];
    const bool rebooks = !asked.question.visits[i].current.has_value();
    if (!rebooks && visit.start == appointment.time.start && visit.assignments == appointment.assignments) continue;
    RepairMove move{.appointment = appointment.id,
                    .version = appointment.version,
                    .visit_id = appointment.visit_id,
                    .rebooks = rebooks,
                    .current_start = appointment.time.start,
                    .current_assignments = appointment.assignments,
                    .start = visit.start,
                    .assignments = visit.assignments};
    moves.push_back({appointment.id, visit.start, visit.assignments, rebooks});
    (course.wanted.contains(appointment.id) ? option.moves : others).push_back(std::move(move));
  }
  option.moves.insert(option.moves.end(), others.begin(), others.end());
  option.deviations = BrokenByMoves(course.facts.View(), moves);
  return option;
}

absl::StatusOr<CheckedPart> CheckOption(Tx& tx, const RepairPart& part, const RepairOption& option,
                                        const std::vector<ProtocolOverride>& overrides, Lock lock) {
  if (!part.course.empty()) RETURN_IF_ERROR(tx.courses().Get(part.course, lock).status());
  std::vector<Move> moves;
  Appointment first;
  for (const RepairMove& move : option.moves) {
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(move.appointment, lock));
    if (appointment.version != move.version) return RepairStale("appointment");
    if (moves.empty()) first = appointment;
    moves.push_back({move.appointment, move.start, move.assignments, move.rebooks});
  }
  CheckedPart checked;
  ASSIGN_OR_RETURN(checked.facts, LoadMoveFacts(tx, first, lock));
  if (!part.course.empty() && checked.facts.course.version != part.course_version) return RepairStale("course");
  absl::StatusOr<std::vector<Appointment>> changed = CheckMoves(checked.facts.View(), moves, overrides);
  if (!changed.ok()) return AsStale(changed.status());
  checked.changed = *std::move(changed);
  return checked;
}

absl::Status AsStale(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == "SLOT_TAKEN") return RepairStale("capacity");
  if (reason == "PLAN_INVALID") return RepairStale("setup");
  if (reason == "STATE_FORBIDS" || reason == "VISIT_STANDS") return RepairStale("appointment");
  return status;
}

}  // namespace kat::scheduling
