#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_PRIOR_AUTHORIZATION_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_PRIOR_AUTHORIZATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/authorization_states.h"
#include "services/authorization/domain/evidence.h"
#include "services/authorization/domain/insurance.h"
#include "services/authorization/domain/policy.h"
#include "services/authorization/domain/settings.h"

// A prior authorization and what can be done with it. Every action checks the state table and leaves the authorization
// unchanged where it fails. Enums carry the numbers of kat.authorization.v1.
namespace kat::authorization::domain {

enum class Channel { kUnspecified, kPortal, kFax, kPhone };

struct Submission {
  Channel channel = Channel::kUnspecified;
  std::string reference_number;
  std::string representative_name;
  absl::Time submitted_at;
  int packet_version = 0;
};

struct Decision {
  enum class Outcome {
    kUnspecified,
    kApprovedInTotal,
    kApprovedInPart,
    kApprovedModified,
    kDenied,
    kPended,
    kInformationRequested,
    kContactPayer,
    kNotRequired
  };
  Outcome outcome = Outcome::kUnspecified;
  std::string number;
  std::string administrative_reference;
  std::optional<absl::CivilDay> valid_from, valid_until;  // until is exclusive
  UnitLimits units;
  std::vector<int> reasons;  // numbers of Decision.Reason
  std::string note;
  absl::Time decided_at;
  std::optional<absl::Time> answer_due_at;

  bool approves() const;
};

struct Contest {
  enum class Level { kUnspecified, kPeerToPeer, kFirstAppeal, kSecondAppeal, kExternalReview };
  enum class Result { kOpen, kUpheld, kOverturned };
  Level level = Level::kUnspecified;
  absl::Time at;
  std::string reference_number;
  std::optional<absl::Time> decision_due_at;
  Result result = Result::kOpen;
};

enum class Priority { kUnspecified, kStandard, kExpedited };

struct PriorAuthorization {
  AuthorizationId id;
  PatientId patient;
  std::string program;
  InsuranceId insurance;
  PayerId payer;
  PolicyId policy;
  AuthorizationKind kind = AuthorizationKind::kInitial;
  Priority priority = Priority::kStandard;
  AuthorizationId previous;
  AuthorizationId renewed_by;  // a renewal was started
  absl::CivilDay requested_from;
  std::optional<absl::CivilDay> requested_until;
  UnitLimits requested_units;
  AuthState state = AuthState::kDraft;
  int packet_version = 0;
  int unmet_criteria = 0, unknown_criteria = 0;
  std::optional<Submission> submission;
  std::optional<absl::Time> decision_due_at;
  bool decision_overdue = false;
  std::optional<Decision> decision;
  std::optional<absl::Time> response_due_at;
  std::string number;
  std::optional<absl::CivilDay> valid_from, valid_until;
  UnitLimits authorized;
  UnitCounts reserved, consumed, overrun;  // kept by the store's unit lines
  int renewal_stage = 0;                   // thresholds of Settings::renewal_days passed
  std::string close_reason;
  std::vector<Contest> contests;
  int64_t version = 0;
  absl::Time created_at, updated_at;

  UnitCounts used() const { return reserved + consumed; }
  bool Covers(absl::CivilDay day) const {
    return valid_from && valid_until && *valid_from <= day && day < *valid_until;
  }
};

// What the functions below need to know of the world.
struct Moment {
  absl::Time now;
  absl::TimeZone zone;
  BusinessCalendar calendar;

  absl::CivilDay today() const { return DayAt(now, zone); }
};

// Starts a request under `policy`, with what `draft` asks for completed from the policy's grant. INVALID_ARGUMENT;
// FAILED_PRECONDITION (AUTHORIZATION_NOT_REQUIRED) where the policy asks none.
absl::StatusOr<PriorAuthorization> NewAuthorization(const PriorAuthorization& draft, const Insurance& insurance,
                                                    const PayerPolicy& policy, const Moment& moment);

// Takes a new packet: READY or DRAFT by its gaps while nothing was sent.
absl::Status TakePacket(PriorAuthorization& auth, Packet& packet, const Moment& moment);

// FAILED_PRECONDITION (PACKET_INCOMPLETE, every gap) where the packet has gaps and no reason is given.
absl::Status Submit(PriorAuthorization& auth, const Packet& packet, Submission submission,
                    const std::string& gap_reason, const DecisionClock* clock, const Moment& moment);

absl::Status RecordDecision(PriorAuthorization& auth, Decision decision, const DecisionClock* clock,
                            const Moment& moment);
absl::Status Cancel(PriorAuthorization& auth, const std::string& reason, const Moment& moment);
absl::Status Terminate(PriorAuthorization& auth, const std::string& reason, const Moment& moment);
absl::Status SchedulePeerToPeer(PriorAuthorization& auth, absl::Time at, const std::string& reference,
                                const DecisionClock* clock, const Moment& moment);
absl::Status FileAppeal(PriorAuthorization& auth, Contest::Level level, const Submission& submission,
                        const DecisionClock* clock, const Moment& moment);

// Sessions that what is not used yet would still pay for, at the dose planned for later sessions; nullopt where units
// are not limited.
std::optional<int> VisitsLeft(const PriorAuthorization& auth, const ProgramRule& rule);

// Does what time and use bring: begins, runs low, is used up, ends; clocks run out. The event types that happened, in
// order: `activated`, `expiring`, `renewal_due`, `exhausted`, `expired`, `replenished`, `decision_overdue`,
// `response_overdue`, `denied_final`.
std::vector<std::string> Advance(PriorAuthorization& auth, const Settings& settings, const ProgramRule& rule,
                                 int turnaround_days, const Moment& moment);

// When Advance has to look again; nullopt where time alone changes nothing any more.
std::optional<absl::Time> NextLook(const PriorAuthorization& auth, const Settings& settings, int turnaround_days,
                                   const Moment& moment);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_PRIOR_AUTHORIZATION_H_
