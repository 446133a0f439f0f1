#ifndef KAT_SERVICES_INTAKE_DOMAIN_RECORDS_REQUEST_H_
#define KAT_SERVICES_INTAKE_DOMAIN_RECORDS_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/patient.h"
#include "services/intake/domain/signature.h"

namespace kat::intake {

// The elements of a valid authorization, 45 CFR 164.508(c).
struct ReleaseOfInformation {
  std::string description;                        // (c)(1)(i)
  std::string discloser;                          // (c)(1)(ii)
  std::string recipient;                          // (c)(1)(iii)
  std::string purpose;                            // (c)(1)(iv)
  std::optional<absl::CivilDay> expiration_date;  // (c)(1)(v), this or
  std::string expiration_event;
  bool states_right_to_revoke = false;  // (c)(2)(i)
  bool states_conditioning = false;     // (c)(2)(ii)
  bool states_redisclosure = false;     // (c)(2)(iii)
  std::optional<Signature> signature;   // (c)(1)(vi)
  bool copy_given = false;              // (c)(4)
};

enum class RecordsBasis { kAuthorization = 1, kPsychotherapyNotes = 2, kTreatment = 3, kCounselingNotes = 4 };

enum class RecordsState {
  kDrafted = 1,
  kAwaitingSignature = 2,
  kSigned = 3,
  kSent = 4,
  kAcknowledged = 5,
  kPartiallyReceived = 6,
  kReceived = 7,
  kReviewed = 8,
  kRejected = 9,
  kNoResponse = 10,
  kExpired = 11,
  kRevoked = 12,
};

enum class RecordsEvent {
  kRequestSignature,
  kSign,
  kSend,          // under a signed release
  kSendUnsigned,  // for treatment
  kAcknowledge,
  kReceivePart,
  kReceiveAll,
  kReview,
  kReject,
  kGiveUp,
  kExpire,
  kRevoke,
};

enum class RecordsChannel {
  kNone = 0,
  kFax = 1,
  kMail = 2,
  kDirectMessage = 3,
  kPortal = 4,
  kPhone = 5,
  kInPerson = 6
};

struct RecordsRequest {
  RecordsRequestId id;
  PatientId patient;
  Provider provider;
  RecordsBasis basis = RecordsBasis::kAuthorization;
  bool part2_program = false;  // the provider is one, 42 CFR 2.11
  std::vector<std::string> record_types;
  ReleaseOfInformation release;
  RecordsState state = RecordsState::kDrafted;
  RecordsChannel channel = RecordsChannel::kNone;
  std::string send_reference;
  std::optional<absl::Time> send_time;
  int follow_ups_due = 0;
  std::optional<absl::Time> next_follow_up;
  std::vector<DocumentId> documents;
  std::optional<absl::CivilDay> received_date;
  std::string state_note;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;

  bool arrived() const { return state == RecordsState::kReceived || state == RecordsState::kReviewed; }
};

// The state after `event`, or nullopt where it is forbidden. Total: every state meets every event.
std::optional<RecordsState> NextRecordsState(RecordsState state, RecordsEvent event);
absl::string_view RecordsStateName(RecordsState state);
// Whether an answer of the provider is awaited: follow-ups run.
bool AwaitsAnswer(RecordsState state);

// Codes of the elements that `release` lacks on `day`, in the order of the rule. With `signed_too`, the signature is
// among them.
std::vector<std::string> MissingElements(const ReleaseOfInformation& release, absl::CivilDay day, bool signed_too);

// What is wrong with the request as a draft, whose release may be incomplete.
absl::Status ValidateDraft(const RecordsRequest& request);

// Applies `event`; FAILED_PRECONDITION, STATE_FORBIDS, naming `action`.
absl::Status AdvanceRecords(RecordsRequest& request, RecordsEvent event, absl::string_view action);

// Hands a complete release over for signature.
absl::Status RequestSignature(RecordsRequest& request, absl::CivilDay today);
absl::Status SignRelease(RecordsRequest& request, const Signature& signature, bool copy_given, absl::CivilDay today,
                         absl::Time now);
// Sends it, or sends it again, and starts the follow-ups: the first is due at the start of the day that lies
// `follow_up_days[0]` after the day of sending.
absl::Status SendRequest(RecordsRequest& request, RecordsChannel channel, absl::string_view reference,
                         const std::vector<int>& follow_up_days, absl::TimeZone zone, absl::Time now);
absl::Status ReceiveRecords(RecordsRequest& request, const std::vector<DocumentId>& documents, bool complete,
                            absl::CivilDay today);

// A follow-up has come due: counts it and finds the next. True where it was the last: the request is late.
bool CountFollowUp(RecordsRequest& request, const std::vector<int>& follow_up_days, absl::TimeZone zone);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_RECORDS_REQUEST_H_
