#ifndef KAT_SERVICES_SCHEDULING_OPS_MOVE_H_
#define KAT_SERVICES_SCHEDULING_OPS_MOVE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// What a move of `appointment` is checked against: its course, or, for one by itself, a course of one visit and no
// rules. A lock is on the course.
absl::StatusOr<CourseFacts> LoadMoveFacts(Tx& tx, const Appointment& appointment, Lock lock);

// Moves appointments of one course, all or none. A move without assignments keeps its resources where they are free,
// else gets others. The appointments come back in the order of the moves. Errors as SchedulingService.MoveAppointment
// says, etags apart.
absl::StatusOr<std::vector<Appointment>> MoveAll(Tx& tx, Planner& planner, const CourseFacts& facts,
                                                 std::vector<Move> moves);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_MOVE_H_
