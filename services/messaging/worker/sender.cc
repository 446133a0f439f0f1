#include "services/messaging/worker/sender.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/effects/appointment_effects.h"
#include "services/messaging/effects/message_effects.h"

namespace kat::messaging {
namespace {

absl::Status SendAt(Tx& tx, const PatientMessage& message, absl::Time at) {
  return tx.Schedule({.kind = kSendJob, .key = message.id.str(), .due_at = at, .payload = "{}"});
}

// Puts into `message` what is to go out; false where it stands there already.
bool Prepare(PatientMessage& message, const SendDecision& decision) {
  const bool ready = message.channel == decision.channel && message.address == decision.address &&
                     message.body == decision.body && message.template_id == decision.template_id;
  message.channel = decision.channel;
  message.basis = decision.basis;
  message.template_id = decision.template_id;
  message.body = decision.body;
  message.subject_line = decision.subject_line;
  message.address = decision.address;
  return !ready;
}

bool IsAnswer(const PatientMessage& message) { return message.step_id == kAnswerStep; }

}  // namespace

absl::Status Sender::Send(Tx& tx, const tx::Job& job) {
  absl::StatusOr<PatientMessage> message = tx.GetMessage(MessageId(job.key), true);
  if (absl::IsNotFound(message.status())) return absl::OkStatus();
  RETURN_IF_ERROR(message.status());
  if (message->state == MessageState::kPlanned) return Begin(tx, *message);
  if (message->state == MessageState::kSending) return Submit(tx, *message);
  return absl::OkStatus();
}

absl::Status Sender::Begin(Tx& tx, PatientMessage& message) {
  if (message.plan_at > tx.now()) return SendAt(tx, message, message.plan_at);
  if (!message.appointment.empty() && message.step_id != kAdHocStep) {
    ASSIGN_OR_RETURN(const std::vector<PatientMessage> all, tx.LockMessagesOf(message.appointment));
    const bool told = std::any_of(all.begin(), all.end(), [&](const PatientMessage& other) {
      return other.id != message.id && IsTold(other) && other.step_id == message.step_id &&
             other.appointment_start == message.appointment_start && !IsNotice(message.purpose);
    });
    if (told) return KeepSuppressed(tx, message, Suppression::kAlreadyTold);
  }
  ASSIGN_OR_RETURN(const bool waits, WaitsForLeader(tx, message));
  if (waits) return absl::OkStatus();
  RETURN_IF_ERROR(Advance(message, MessageEvent::kBegin, tx.now()));
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  return SendAt(tx, message, tx.now());
}

absl::StatusOr<SendDecision> Sender::DecideNow(Tx& tx, const PatientMessage& message, const Bundle& bundle) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  if (clinic.disabled) return SendDecision{.reason = Suppression::kWithdrawn};
  std::optional<Appointment> appointment;
  if (!message.appointment.empty()) {
    ASSIGN_OR_RETURN(appointment, peers_.scheduling->GetAppointment(tx.clinic(), message.appointment));
  }
  ASSIGN_OR_RETURN(const Contact contact, peers_.intake->GetContact(tx.clinic(), message.patient));
  ASSIGN_OR_RETURN(const ContactPreferences preferences, tx.GetPreferences(message.patient, true));
  ASSIGN_OR_RETURN(const std::vector<StoppedNumber> stopped, tx.StopsOf(contact.phone));
  ASSIGN_OR_RETURN(const std::vector<MessageTemplate> templates, tx.TemplatesFor(message.purpose, message.template_code));
  ASSIGN_OR_RETURN(const std::vector<CadencePolicy> cadences, tx.AllCadences());
  ASSIGN_OR_RETURN(const std::vector<MessagingPolicy> policies, tx.AllPolicies());
  const absl::CivilDay today = DayAt(tx.now(), clinic.zone);
  const MessagingPolicy* policy = ChoosePolicy(policies, today);
  if (policy == nullptr) {
    // The queue has said so when the appointment came; what can wait, waits for the clinic.
    if (message.latest_at && tx.now() > *message.latest_at) return SendDecision{.reason = Suppression::kTooLate};
    return SendDecision{.kind = SendDecision::Kind::kLater, .later = tx.now() + absl::Hours(1)};
  }
  const Zones zones = SendZones(contact, clinic.zone);
  ASSIGN_OR_RETURN(const SentCounts counts,
                   tx.CountSent(message.patient, StartOfToday(tx.now(), zones), tx.now() - absl::Hours(7 * 24)));
  std::vector<absl::Time> also;
  for (const PatientMessage& follower : bundle.followers) also.push_back(*follower.appointment_start);
  return Decide({.message = message,
                 .appointment = appointment,
                 .also = also,
                 .contact = contact,
                 .preferences = preferences,
                 .stopped = stopped,
                 .templates = templates,
                 .policy = *policy,
                 .zones = zones,
                 .cadence = appointment ? CadenceFor(cadences, *appointment, clinic.zone) : nullptr,
                 .counts = counts,
                 .values = {.clinic_name = clinic.display_name, .clinic_phone = clinic.phone, .zone = clinic.zone},
                 .today = today,
                 .now = tx.now()});
}

absl::Status Sender::Submit(Tx& tx, PatientMessage& message) {
  ASSIGN_OR_RETURN(const std::optional<CarrierRecord> taken, carrier_.Find(tx.clinic(), message.id));
  if (taken) return Accepted(tx, message, *taken);
  if (IsAnswer(message)) {
    message.channel = Channel::kSms;
    message.basis = Basis::kAnswer;
    return HandOver(tx, message);
  }
  ASSIGN_OR_RETURN(Bundle bundle, ReadBundle(tx, *peers_.scheduling, message));
  // In a transaction of its own, before the carrier hears of the rest: whoever still follows is told.
  if (!bundle.untrue.empty()) return ReleaseFirst(tx, message, bundle.untrue);
  ASSIGN_OR_RETURN(const SendDecision decision, DecideNow(tx, message, bundle));
  switch (decision.kind) {
    case SendDecision::Kind::kSuppress:
      (void)Prepare(message, {});
      if (HoldsForBundle(decision.reason)) RETURN_IF_ERROR(EndFollowers(tx, message, decision.reason));
      return KeepSuppressed(tx, message, decision.reason);
    case SendDecision::Kind::kLater:
      (void)Prepare(message, {});
      message.plan_at = decision.later;
      RETURN_IF_ERROR(Advance(message, MessageEvent::kDefer, tx.now()));
      RETURN_IF_ERROR(tx.UpdateMessage(message));
      return SendAt(tx, message, message.plan_at);
    case SendDecision::Kind::kSend:
      break;
  }
  // A confirmation may speak of the first visit alone; what has moved or will not be must all be named.
  const bool tells_all = decision.lists_visits || message.purpose == Purpose::kBookingConfirmation;
  if (!tells_all && !bundle.followers.empty()) return ReleaseFirst(tx, message, bundle.followers);
  const bool changed = Prepare(message, decision);
  if (message.channel == Channel::kVoiceTask) {
    RETURN_IF_ERROR(KeepAccepted(tx, message));
    return EndFollowers(tx, message, Suppression::kBundled);
  }
  if (!changed) return HandOver(tx, message);
  // The words and the number are kept before the carrier hears of them: whatever dies then, it is known what was said to
  // whom, and whose reply it is.
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  return SendAt(tx, message, tx.now());
}

absl::Status Sender::ReleaseFirst(Tx& tx, const PatientMessage& message, std::vector<PatientMessage>& followers) {
  RETURN_IF_ERROR(Release(tx, followers));
  return SendAt(tx, message, tx.now());
}

absl::Status Sender::Failed(Tx& tx, PatientMessage& message, const std::string& failure) {
  RETURN_IF_ERROR(EndFollowers(tx, message, Suppression::kBundled));
  return KeepFailed(tx, message, failure);
}

absl::Status Sender::HandOver(Tx& tx, PatientMessage& message) {
  // The last try may have been taken and its answer lost: the carrier was asked before this.
  if (message.attempts >= limits::kCarrierAttempts) return Failed(tx, message, "CARRIER_UNAVAILABLE");
  ++message.attempts;
  const absl::StatusOr<CarrierRecord> record = carrier_.Send({.clinic = tx.clinic(),
                                                              .message = message.id,
                                                              .channel = message.channel,
                                                              .address = message.address,
                                                              .subject_line = message.subject_line,
                                                              .body = message.body});
  if (record.ok()) return Accepted(tx, message, *record);
  if (absl::IsInvalidArgument(record.status())) return Failed(tx, message, ErrorReason(record.status()));
  message.updated_at = tx.now();
  ++message.revision;
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  return SendAt(tx, message, tx.now() + limits::kCarrierBackoff * (1 << (message.attempts - 1)));
}

absl::Status Sender::Accepted(Tx& tx, PatientMessage& message, const CarrierRecord& record) {
  message.carrier_message_id = record.carrier_message_id;
  RETURN_IF_ERROR(KeepAccepted(tx, message));
  RETURN_IF_ERROR(
      tx.Schedule({.kind = kTrackJob, .key = message.id.str(), .due_at = tx.now() + limits::kTrackEvery, .payload = "{}"}));
  return EndFollowers(tx, message, Suppression::kBundled);
}

absl::Status Sender::Track(Tx& tx, const tx::Job& job) {
  absl::StatusOr<PatientMessage> message = tx.GetMessage(MessageId(job.key), true);
  if (absl::IsNotFound(message.status())) return absl::OkStatus();
  RETURN_IF_ERROR(message.status());
  if (message->state != MessageState::kSent) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<CarrierRecord> record, carrier_.Find(tx.clinic(), message->id));
  if (record && record->status == CarrierRecord::Status::kDelivered) return KeepDelivered(tx, *message);
  if (record && record->status == CarrierRecord::Status::kUndelivered) return KeepFailed(tx, *message, record->failure);
  if (tx.now() - *message->sent_at > limits::kTrackFor) return KeepFailed(tx, *message, "NO_DELIVERY_REPORT");
  return tx.Schedule({.kind = kTrackJob, .key = job.key, .due_at = tx.now() + limits::kTrackEvery, .payload = "{}"});
}

}  // namespace kat::messaging
