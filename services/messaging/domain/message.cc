#include "services/messaging/domain/message.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::messaging {
namespace {

constexpr MessageState kNo = MessageState::kNone;
constexpr MessageState kTable[7][6] = {
    // kBegin                 kDefer                  kAccept              kDeliver                  kFail kSuppress
    {kNo, kNo, kNo, kNo, kNo, kNo},                                                              // none
    {MessageState::kSending, MessageState::kPlanned, kNo, kNo, kNo, MessageState::kSuppressed},  // planned
    {kNo, MessageState::kPlanned, MessageState::kSent, kNo, MessageState::kFailed,
     MessageState::kSuppressed},                                            // sending
    {kNo, kNo, kNo, MessageState::kDelivered, MessageState::kFailed, kNo},  // sent
    {kNo, kNo, kNo, kNo, kNo, kNo},                                         // delivered
    {kNo, kNo, kNo, kNo, kNo, kNo},                                         // failed
    {kNo, kNo, kNo, kNo, kNo, kNo},                                         // suppressed
};

constexpr const char* kStateNames[] = {"STATE_UNSPECIFIED", "PLANNED", "SENDING",   "SENT",
                                       "DELIVERED",         "FAILED",  "SUPPRESSED"};
constexpr const char* kEventNames[] = {"be sent", "be put off", "be accepted", "be delivered", "fail", "be suppressed"};
constexpr const char* kSuppressionNames[] = {"SUPPRESSION_REASON_UNSPECIFIED",
                                             "APPOINTMENT_CHANGED",
                                             "APPOINTMENT_OVER",
                                             "CONSENT_REVOKED",
                                             "CONSENT_MISSING",
                                             "NO_CHANNEL",
                                             "LIMIT_REACHED",
                                             "TOO_LATE",
                                             "BUNDLED",
                                             "NOT_RENDERABLE",
                                             "PATIENT_INACTIVE",
                                             "WITHDRAWN",
                                             "ALREADY_TOLD"};

}  // namespace

std::optional<MessageState> NextState(MessageState state, MessageEvent event) {
  const MessageState next = kTable[static_cast<int>(state)][static_cast<int>(event)];
  if (next == kNo) return std::nullopt;
  return next;
}

absl::Status Advance(PatientMessage& message, MessageEvent event, absl::Time now) {
  const std::optional<MessageState> next = NextState(message.state, event);
  if (!next) return WrongState("message", StateName(message.state), kEventNames[static_cast<int>(event)]);
  message.state = *next;
  if (event == MessageEvent::kAccept) message.sent_at = now;
  if (event == MessageEvent::kDeliver || event == MessageEvent::kFail) message.settled_at = now;
  message.updated_at = now;
  ++message.revision;
  return absl::OkStatus();
}

absl::Status Suppress(PatientMessage& message, Suppression reason, absl::Time now) {
  RETURN_IF_ERROR(Advance(message, MessageEvent::kSuppress, now));
  message.suppression = reason;
  return absl::OkStatus();
}

bool Bundles(const PatientMessage& message) { return IsNotice(message.purpose) && !message.course.empty(); }

bool HoldsForBundle(Suppression reason) {
  switch (reason) {
    case Suppression::kConsentRevoked:
    case Suppression::kConsentMissing:
    case Suppression::kNoChannel:
    case Suppression::kLimitReached:
    case Suppression::kNotRenderable:
    case Suppression::kPatientInactive:
      return true;
    default:
      return false;
  }
}

bool IsTold(const PatientMessage& message) {
  switch (message.state) {
    case MessageState::kSending:
    case MessageState::kSent:
    case MessageState::kDelivered:
      return true;
    case MessageState::kSuppressed:
      return message.suppression == Suppression::kBundled;
    default:
      return false;
  }
}

const char* StateName(MessageState state) { return kStateNames[static_cast<int>(state)]; }
const char* SuppressionName(Suppression suppression) { return kSuppressionNames[static_cast<int>(suppression)]; }

}  // namespace kat::messaging
