#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_RESERVATION_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_RESERVATION_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/authorization/domain/coverage.h"

namespace kat::authorization::domain {

// Units held for the visits of one booking. Its units are UnitLines of their own.
struct Reservation {
  enum class State { kUnspecified, kHeld, kConfirmed, kReleased, kExpired };  // numbers of CoverageReservation.State
  ReservationId id;
  PatientId patient;
  CourseId course;
  std::string program;
  Requirement requirement = Requirement::kNotRequired;
  std::vector<Condition> conditions;
  absl::Time expires_at;
  State state = State::kHeld;
  int64_t version = 1;
};

inline absl::string_view Name(Reservation::State state) {
  constexpr absl::string_view kNames[] = {"STATE_UNSPECIFIED", "HELD", "CONFIRMED", "RELEASED", "EXPIRED"};
  return kNames[static_cast<int>(state)];
}

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_RESERVATION_H_
