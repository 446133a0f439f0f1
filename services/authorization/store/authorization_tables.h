#ifndef KAT_SERVICES_AUTHORIZATION_STORE_AUTHORIZATION_TABLES_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_AUTHORIZATION_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/authorization/domain/coverage.h"
#include "services/authorization/domain/evidence.h"
#include "services/authorization/domain/prior_authorization.h"
#include "services/authorization/domain/reservation.h"
#include "services/authorization/store/payer_tables.h"

namespace kat::authorization::store {

struct AuthorizationFilter {
  PatientId patient;                      // empty: all
  std::string program;                    // empty: all
  std::vector<domain::AuthState> states;  // empty: all
};

// Prior authorizations and their packets.
class AuthorizationTables {
 public:
  virtual ~AuthorizationTables() = default;

  virtual absl::Status InsertAuthorization(const domain::PriorAuthorization& auth) = 0;
  // Writes all but the counters, which the unit lines keep. FAILED_PRECONDITION (UNITS_BELOW_USE) where the units
  // authorized are fewer than those held and used.
  virtual absl::Status SaveAuthorization(const domain::PriorAuthorization& auth) = 0;
  virtual absl::StatusOr<domain::PriorAuthorization> FindAuthorization(const domain::AuthorizationId& id,
                                                                       Lock lock = Lock::kRead) = 0;
  // Of a patient for a program; kWrite locks them in the order of their ids.
  virtual absl::StatusOr<std::vector<domain::PriorAuthorization>> AuthorizationsOf(const PatientId& patient,
                                                                                   const std::string& program,
                                                                                   Lock lock) = 0;
  // Newest first; keys: creation in microseconds, id.
  virtual absl::StatusOr<std::vector<domain::PriorAuthorization>> ListAuthorizations(const AuthorizationFilter& filter,
                                                                                     const Slice& slice) = 0;

  virtual absl::Status InsertPacket(const domain::Packet& packet) = 0;
  virtual absl::StatusOr<domain::Packet> FindPacket(const domain::AuthorizationId& id, int version) = 0;
  // Newest first; keys: version.
  virtual absl::StatusOr<std::vector<domain::Packet>> ListPackets(const domain::AuthorizationId& id,
                                                                  const Slice& slice) = 0;
};

// Units held and used, visit by visit.
class UnitTables {
 public:
  virtual ~UnitTables() = default;

  virtual absl::Status InsertReservation(const domain::Reservation& reservation) = 0;
  virtual absl::Status SaveReservationState(const domain::Reservation& reservation) = 0;
  virtual absl::StatusOr<domain::Reservation> FindReservation(const domain::ReservationId& id,
                                                              Lock lock = Lock::kRead) = 0;

  // Counts the units on the authorization. FAILED_PRECONDITION where they would exceed the authorized ones;
  // ALREADY_EXISTS where the visit has a booked line.
  virtual absl::Status InsertLine(const domain::UnitLine& line) = 0;
  virtual absl::Status UpdateLine(const domain::UnitLine& line) = 0;
  virtual absl::StatusOr<std::optional<domain::UnitLine>> FindLine(int64_t id) = 0;
  virtual absl::StatusOr<std::vector<domain::UnitLine>> LinesOfReservation(const domain::ReservationId& id) = 0;
  // Held, confirmed, consumed and uncovered ones.
  virtual absl::StatusOr<std::vector<domain::UnitLine>> LinesOf(const PatientId& patient,
                                                                const std::string& program) = 0;
  virtual absl::StatusOr<std::vector<domain::UnitLine>> LinesOfAuthorization(const domain::AuthorizationId& id) = 0;
  // The booked line of a visit (confirmed, consumed or uncovered), if there is one.
  virtual absl::StatusOr<std::optional<domain::UnitLine>> LineOfVisit(const domain::CourseId& course,
                                                                      const std::string& visit_id) = 0;
  virtual absl::StatusOr<std::optional<domain::UnitLine>> LineOfAppointment(const domain::AppointmentId& id) = 0;

  // Notes that a session's treatment is taken into account; false where it was before.
  virtual absl::StatusOr<bool> NoteTreated(const domain::AppointmentId& id, absl::Time at) = 0;
};

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_AUTHORIZATION_TABLES_H_
