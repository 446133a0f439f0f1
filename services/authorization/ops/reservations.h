#ifndef KAT_SERVICES_AUTHORIZATION_OPS_RESERVATIONS_H_
#define KAT_SERVICES_AUTHORIZATION_OPS_RESERVATIONS_H_

#include <map>
#include <string>
#include <vector>

#include "services/authorization/domain/reservation.h"
#include "services/authorization/ops/authorizations.h"

// Units held for bookings: held, confirmed, given back.
namespace kat::authorization {

inline constexpr char kExpireJob[] = "coverage_reservation.expire";

// Resource name of what a condition is about.
std::string ConditionSubject(const ClinicId& clinic, const PatientId& patient, const domain::Condition& condition);

// Holds units for every visit, or refuses with COVERAGE_UNMET and every unmet condition. With `allow_conditional`,
// visits that a renewal would cover hold nothing and refuse nothing, unless the clinic's settings do.
absl::StatusOr<domain::Reservation> Reserve(store::Tx& tx, const PatientId& patient, const domain::CourseId& course,
                                            const std::string& program, const std::vector<domain::Visit>& visits,
                                            absl::Time expires_at, bool allow_conditional = false);

// Gives the units of a held reservation back; nothing to do for one that has ended. STATE_FORBIDS where it is
// confirmed.
absl::StatusOr<domain::Reservation> Release(store::Tx& tx, const domain::ReservationId& id);

// Ends a held reservation whose time has come; nothing to do for any other.
absl::Status Expire(store::Tx& tx, const domain::ReservationId& id);

// The booking stands: its visits keep their units, by `appointments` (visit id to appointment). Where the reservation
// had ended before, units are sought again, and a visit for which there are none becomes uncovered, with work.
absl::Status Confirm(store::Tx& tx, const domain::ReservationId& id,
                     const std::map<std::string, domain::Appointment>& appointments);

// A booked visit moved to another day, or was called off.
absl::Status MoveVisit(store::Tx& tx, const domain::UnitLine& line, absl::CivilDay day, int64_t appointment_version);
absl::Status CancelVisit(store::Tx& tx, const domain::UnitLine& line, int64_t appointment_version);

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_OPS_RESERVATIONS_H_
