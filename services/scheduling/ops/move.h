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

// What changes in one course: appointments as CheckMoves gives them.
struct CourseChange {
  const CourseFacts& facts;
  std::vector<Appointment> changed;
  // What those that are booked anew have reserved; empty where none is.
  std::string financial_reservation;
  std::string coverage_reservation;
  // Whose capacity, held for this change until now, is given back with it; empty for nobody's.
  std::string takes_over_from = {};
};

// Writes what changes, in all courses or none: gives back and takes capacity, moves and books, publishes. `setup` is
// what the changes were checked against; the courses are locked. The appointments come back as they stand. ABORTED:
// SLOT_TAKEN, SETUP_CHANGED.
absl::StatusOr<std::vector<Appointment>> WriteChanges(Tx& tx, const ClinicFacts& setup,
                                                      std::vector<CourseChange> changes);

// Moves appointments of one course, all or none. A move without assignments keeps its resources where they are free,
// else gets others. `conditional`: visits that are so where they go. The appointments come back in the order of the
// moves. Errors as SchedulingService.MoveAppointment says, etags apart.
absl::StatusOr<std::vector<Appointment>> MoveAll(Tx& tx, Planner& planner, const CourseFacts& facts,
                                                 std::vector<Move> moves,
                                                 const std::vector<ProtocolOverride>& overrides,
                                                 const VisitConditions& conditional = {});

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_MOVE_H_
