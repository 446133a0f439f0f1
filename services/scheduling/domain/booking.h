#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_BOOKING_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_BOOKING_H_

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/course.h"
#include "services/scheduling/domain/placement.h"
#include "services/scheduling/domain/plan.h"

namespace kat::scheduling {

using VisitTypeMap = std::map<VisitTypeId, VisitType>;

// What a plan is checked against, beside what stands in the calendar.
struct BookingFacts {
  const Clinic& clinic;
  const ResourceMap& resources;
  const VisitTypeMap& visit_types;
  const ProtocolVersion& protocol;
  const Course& course;
  const std::vector<Appointment>& appointments;  // every one of the course
  absl::Time now;
};

// The first day on which a visit of a new block may stand: the course's earliest, today, or the protocol's lead where
// nothing is booked yet.
absl::CivilDay FirstBookableDay(const BookingFacts& facts);

// The appointments of a plan, in protocol order and without ids: its visits are exactly those of its phases, every rule
// of the protocol is kept, with what was booked before too, and every placement is sound. ABORTED, PLAN_STALE;
// FAILED_PRECONDITION, PLAN_INVALID, with every fault but breaches of the protocol that an override answers;
// INVALID_ARGUMENT where visits and phases do not belong together, and on `overrides[i]` as CheckMoves says.
absl::StatusOr<std::vector<Appointment>> CheckPlan(const BookingFacts& facts, const BlockPlan& plan,
                                                   const std::vector<ProtocolOverride>& overrides = {});

// Where an appointment goes. One that was cancelled or missed is booked anew there, as another appointment.
struct Move {
  AppointmentId appointment;
  absl::Time start;
  std::vector<Assignment> assignments;
  bool rebooks = false;
};

// The appointments of `facts` as they are after `moves`, those that move alone, in the order of the moves, with their
// version as it was; those booked anew have no id yet. Each breach of the protocol needs an override that answers it,
// and is noted, with who decided it, on the appointments of the moves that it is about. FAILED_PRECONDITION:
// STATE_FORBIDS; VISIT_STANDS, where what was lost has been booked anew before; PROTOCOL_VIOLATED with every rule of
// the protocol that is broken, was not broken before, and that no override answers; PLAN_INVALID with every other
// fault. INVALID_ARGUMENT on `overrides[i]` for one that answers nothing, or whose decider may not decide it.
absl::StatusOr<std::vector<Appointment>> CheckMoves(const BookingFacts& facts, const std::vector<Move>& moves,
                                                    const std::vector<ProtocolOverride>& overrides = {});

// Rules that are broken after `moves` and were not before.
std::vector<Reason> BrokenByMoves(const BookingFacts& facts, const std::vector<Move>& moves);

// Rules that involve `appointment` and are broken where it alone goes to `start`.
std::vector<Reason> BrokenByMove(const BookingFacts& facts, const Appointment& appointment, absl::Time start);

// Lags of everything that is booked, and of `planned` phases after it.
std::vector<VisitLag> LagsOf(const Course& course, const ProtocolVersion& protocol, const std::vector<int>& planned);

// Visits of the course that count for its rules: all but those cancelled or missed.
std::vector<TimedVisit> StandingVisits(const std::vector<Appointment>& appointments);

// Dosing visits in blocks that were not cancelled.
int CountSessions(const Course& course, const std::vector<Appointment>& appointments);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_BOOKING_H_
