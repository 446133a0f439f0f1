#ifndef KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_
#define KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/clients/gates.h"

namespace kat::scheduling {

// Reservations that a booking rests on.
struct Reservations {
  std::string financial;
  std::string coverage;
};

// Readiness, financial clearance and coverage together. Errors: FAILED_PRECONDITION, BOOKING_REFUSED, with every unmet
// condition of all three; UNAVAILABLE where one of them cannot be asked. Thread-safe.
class BookingGates {
 public:
  BookingGates(ReadinessGate& readiness, ReservingGate& billing, ReservingGate& authorization)
      : readiness_(readiness), billing_(billing), authorization_(authorization) {}

  // Asks, and keeps nothing.
  absl::Status Check(const rpc::Call& call, const GateQuestion& question);
  // Asks, and reserves under `reserve_id`. `reserved` is what it reserved, where it fails too: then it is the caller's
  // to close its try, and to give that back after.
  absl::Status Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& reserve_id,
                       absl::Time expires_at, Reservations* reserved);
  // Gives back as well as can be; what cannot be given back now expires by itself.
  void Release(const rpc::Call& call, const Reservations& reservations, const std::string& reserve_id);

 private:
  absl::StatusOr<Unmet> Readiness(const rpc::Call& call, const GateQuestion& question);

  ReadinessGate& readiness_;
  ReservingGate& billing_;
  ReservingGate& authorization_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_BOOKING_GATES_H_
