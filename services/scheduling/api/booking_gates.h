#ifndef KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_
#define KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Reservations that a booking rests on.
struct Reservations {
  std::string financial;
  std::string coverage;
  VisitConditions conditional;  // visits that it holds no units for
};

// Readiness, financial clearance and coverage together. Errors: FAILED_PRECONDITION, BOOKING_REFUSED, with every unmet
// condition of all three; UNAVAILABLE where one of them cannot be asked. Thread-safe.
class BookingGates {
 public:
  BookingGates(ReadinessGate& readiness, ReservingGate& billing, ReservingGate& authorization)
      : readiness_(readiness), billing_(billing), authorization_(authorization) {}

  // Asks, and keeps nothing. The visits that would be conditional.
  absl::StatusOr<VisitConditions> Check(const rpc::Call& call, const GateQuestion& question);
  // Asks, and reserves under `reserve_id`. `reserved` is what it reserved, where it fails too: then it is the caller's
  // to close its try, and to give that back after.
  absl::Status Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& reserve_id,
                       absl::Time expires_at, Reservations* reserved);
  // What is unmet for dosing visits on the days that they would move to: of readiness and coverage. They are paid for
  // wherever they stand. Those that would be conditional there.
  absl::StatusOr<GateAnswer> AskForMove(const rpc::Call& call, const GateQuestion& question);
  // Gives back as well as can be; what cannot be given back now expires by itself.
  void Release(const rpc::Call& call, const Reservations& reservations, const std::string& reserve_id);

 private:
  absl::StatusOr<Unmet> Readiness(const rpc::Call& call, const GateQuestion& question);

  ReadinessGate& readiness_;
  ReservingGate& billing_;
  ReservingGate& authorization_;
};

// What the gates are asked about visits of one course. They may be conditional.
GateQuestion QuestionOf(const CourseFacts& facts, const std::vector<Appointment>& visits);
// The same about those of `moved` at which a drug is given and that would stand on another day than now; no visits:
// nothing to ask.
GateQuestion QuestionOfMoves(const CourseFacts& facts, const std::vector<Appointment>& moved);

// Ends a try to book that has failed, and gives back what it reserved. The try is closed first: were it found again
// after a crash in between, its reservations would be gone. Where it cannot be closed, it has come through in another
// call, or is found again: either way its reservations stay.
void GiveUp(Store& store, BookingGates& gates, rpc::Call& call, const std::string& attempt_key,
            const std::string& reserve_id, const Reservations& reservations);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_
