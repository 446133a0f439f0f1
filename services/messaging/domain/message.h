#ifndef KAT_SERVICES_MESSAGING_DOMAIN_MESSAGE_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_MESSAGE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/id.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/contact.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

// Numbers are those of the contract.
enum class MessageState {
  kNone = 0,
  kPlanned = 1,
  kSending = 2,
  kSent = 3,
  kDelivered = 4,
  kFailed = 5,
  kSuppressed = 6
};

enum class Suppression {
  kNone = 0,
  kAppointmentChanged = 1,
  kAppointmentOver = 2,
  kConsentRevoked = 3,
  kConsentMissing = 4,
  kNoChannel = 5,
  kLimitReached = 6,
  kTooLate = 7,
  kBundled = 8,
  kNotRenderable = 9,
  kPatientInactive = 10,
  kWithdrawn = 11,
  kAlreadyTold = 12,
};

// A message to a patient.
struct PatientMessage {
  MessageId id;
  PatientId patient;
  AppointmentId appointment;  // empty for an ad hoc message
  int64_t appointment_version = 0;
  std::optional<absl::Time> appointment_start;
  CourseId course;
  std::string visit_type;
  std::string program;
  std::string step_id;
  Purpose purpose = Purpose::kNone;
  Category category = Category::kNone;
  std::vector<Channel> channels;  // to try, in order
  std::string template_code;      // ad hoc
  MessageId told_by;              // notice of the same course that tells of this as well; empty for none
  bool asks_confirmation = false;
  absl::Time plan_at;
  std::optional<absl::Time> latest_at;  // of no use after it

  MessageState state = MessageState::kPlanned;
  Suppression suppression = Suppression::kNone;
  Channel channel = Channel::kNone;  // used
  Basis basis = Basis::kNone;
  TemplateId template_id;
  std::string body;
  std::string subject_line;
  std::string address;
  std::string carrier_message_id;
  std::string failure;
  int attempts = 0;
  std::optional<absl::Time> sent_at;
  std::optional<absl::Time> settled_at;
  int64_t revision = 1;  // etag
  absl::Time created_at;
  absl::Time updated_at;
};

// Step ids of messages that no cadence makes.
inline constexpr char kAdHocStep[] = "adhoc";
inline constexpr char kAnswerStep[] = "answer";

// What can happen to a message.
enum class MessageEvent {
  kBegin = 0,     // its time has come
  kDefer = 1,     // not now: quiet hours
  kAccept = 2,    // the carrier took it
  kDeliver = 3,   // it arrived
  kFail = 4,      // the carrier refused it, or could not deliver it
  kSuppress = 5,  // it must not go out
};

// The state after `event`; nullopt where it cannot happen. Total over both enums.
std::optional<MessageState> NextState(MessageState state, MessageEvent event);

// Moves `message`; FAILED_PRECONDITION, STATE_FORBIDS, where the table says no.
absl::Status Advance(PatientMessage& message, MessageEvent event, absl::Time now);
absl::Status Suppress(PatientMessage& message, Suppression reason, absl::Time now);

// Whether notices such as `message` are told together: of several visits of one course that change at once, the patient
// hears once.
bool Bundles(const PatientMessage& message);

// Whether `reason` keeps every notice of a bundle from its patient, not this one alone: it lies in the patient or in
// the words, not in the appointment.
bool HoldsForBundle(Suppression reason);

// Whether the patient has, or may have, this message.
bool IsTold(const PatientMessage& message);

// Names as in the contract.
const char* StateName(MessageState state);
const char* SuppressionName(Suppression suppression);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_MESSAGE_H_
