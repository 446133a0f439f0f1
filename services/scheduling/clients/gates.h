#ifndef KAT_SERVICES_SCHEDULING_CLIENTS_GATES_H_
#define KAT_SERVICES_SCHEDULING_CLIENTS_GATES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/error.h"
#include "libs/rpc/call.h"
#include "services/scheduling/domain/coverage_condition.h"
#include "services/scheduling/domain/ids.h"
#include "services/scheduling/domain/outlook.h"
#include "services/scheduling/domain/protocol.h"

// What other services must agree to before visits are booked and before a patient is treated. Errors are those of the
// peer, UNAVAILABLE where it cannot be reached; an unmet condition is no error. Thread-safe.
namespace kat::scheduling {

// A visit that is asked about; the day is the clinic's.
struct GateVisit {
  std::string visit_id;
  int session_number = 0;
  VisitTypeId visit_type;
  absl::CivilDay day;
};

struct GateQuestion {
  PatientId patient;
  CourseId course;
  std::string program;
  std::vector<GateVisit> visits;
  bool allow_conditional = false;  // visits past an authorization's dates or units are no obstacle
};

using Unmet = std::vector<PreconditionViolation>;

// Days of the clinic, the last one exclusive.
struct DaySpan {
  absl::CivilDay from;
  absl::CivilDay until;

  bool Holds(absl::CivilDay day) const { return from <= day && day < until; }
};

// Intake: is the patient ready for the program on a day, and who is on the way?
class ReadinessGate {
 public:
  virtual ~ReadinessGate() = default;
  virtual absl::StatusOr<Unmet> Check(const rpc::Call& call, const PatientId& patient, const std::string& program,
                                      absl::CivilDay day) = 0;
  // The days of `span` on which the patient is ready as far as is known now, in order; asked as this service itself.
  virtual absl::StatusOr<std::vector<DaySpan>> ReadyDays(const ClinicId& clinic, const PatientId& patient,
                                                         const std::string& program, const DaySpan& span) = 0;
  // Patients in intake for the program, those whose cases are open before those that are ready, the oldest first, at
  // most `most` of each; asked as this service itself.
  virtual absl::StatusOr<std::vector<Prospect>> Prospects(const ClinicId& clinic, const std::string& program,
                                                          int most) = 0;
};

// What is unmet, and which visits are conditional where the question allows that.
struct GateAnswer {
  Unmet unmet;
  VisitConditions conditional;
};

// Either the name of a reservation, and the visits that it holds nothing for, or what is unmet.
struct Reserved {
  std::string name;
  Unmet unmet;
  VisitConditions conditional;
};

// Billing and authorization: may these visits be booked, and keep what they need for it?
class ReservingGate {
 public:
  virtual ~ReservingGate() = default;
  virtual absl::StatusOr<GateAnswer> Check(const rpc::Call& call, const GateQuestion& question) = 0;
  // The same `request_id` finds the same reservation.
  virtual absl::StatusOr<Reserved> Reserve(const rpc::Call& call, const GateQuestion& question,
                                           const std::string& request_id, absl::Time expires_at) = 0;
  // Gives a reservation back; one that has ended is left as it is.
  virtual absl::Status Release(const rpc::Call& call, const std::string& name, const std::string& request_id) = 0;
};

// Where else dosing visits could stand.
struct DoseDays {
  // By visit: the days on which it, moved by itself, would be as well covered as where it stands.
  std::map<std::string, std::vector<DaySpan>> days;
  // How far apart payers' weekly limits keep visits, in the order in which they stand.
  std::vector<VisitLag> spacings;
};

// Authorization, which is also asked by events and by searches.
class CoverageGate : public ReservingGate {
 public:
  // As for a caller, asked as this service itself.
  using ReservingGate::Check;
  virtual absl::StatusOr<GateAnswer> Check(const ClinicId& clinic, const GateQuestion& question) = 0;
  // Where on the days of `span`, 366 at most, the dosing visits could stand instead, and how far apart; asked as this
  // service itself.
  virtual absl::StatusOr<DoseDays> OtherDays(const ClinicId& clinic, const GateQuestion& question,
                                             const DaySpan& span) = 0;
  // Every visit that a payer has to authorize and no authorization covers, whether it could be booked conditionally or
  // not; asked as this service itself.
  virtual absl::StatusOr<VisitConditions> Uncovered(const ClinicId& clinic, const GateQuestion& question) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_CLIENTS_GATES_H_
