#include "services/messaging/effects/message_effects.h"

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/domain/planning.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

absl::Status TellOf(Tx& tx, const char* type, const PatientMessage& message, std::optional<tx::Work> work = std::nullopt) {
  return Tell(tx, {.type = type,
                   .subject = names::Of(tx.clinic(), message.id),
                   .subject_version = message.revision,
                   .state = StateName(message.state),
                   .related = RelatedTo(tx.clinic(), message),
                   .work = std::move(work)});
}

std::optional<tx::Work> CallWork(const PatientMessage& message) {
  if (!NeedsCall(message)) return std::nullopt;
  return tx::Work{.kind = kTellPatient,
                  .role = kAssistantRole,
                  .due_at = message.appointment_start,
                  .urgency = tx::Work::Urgency::kSoon};
}

absl::Status MarkSuppressed(Tx& tx, PatientMessage& message, Suppression reason) {
  RETURN_IF_ERROR(Suppress(message, reason, tx.now()));
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  return tx.CancelJob(kSendJob, message.id.str());
}

}  // namespace

std::map<std::string, std::string> RelatedTo(const ClinicId& clinic, const PatientMessage& message) {
  std::map<std::string, std::string> related = {{"patient", names::Of(clinic, message.patient)}};
  if (message.patient.empty()) related.clear();
  if (!message.appointment.empty()) related["appointment"] = names::Of(clinic, message.appointment);
  if (!message.course.empty()) related["course"] = names::Of(clinic, message.course);
  return related;
}

std::map<std::string, std::string> RelatedTo(const ClinicId& clinic, const Appointment& appointment) {
  std::map<std::string, std::string> related = {{"patient", names::Of(clinic, appointment.patient)}};
  if (!appointment.course.empty()) related["course"] = names::Of(clinic, appointment.course);
  return related;
}

absl::StatusOr<bool> AddMessage(Tx& tx, const PatientMessage& message) {
  ASSIGN_OR_RETURN(const bool added, tx.InsertMessage(message));
  if (!added) return false;
  if (message.state == MessageState::kPlanned) {
    RETURN_IF_ERROR(tx.Schedule({.kind = kSendJob, .key = message.id.str(), .due_at = message.plan_at, .payload = "{}"}));
    RETURN_IF_ERROR(TellOf(tx, "message.planned", message));
  } else {
    RETURN_IF_ERROR(TellOf(tx, "message.suppressed", message, CallWork(message)));
  }
  return true;
}

absl::Status KeepSuppressed(Tx& tx, PatientMessage& message, Suppression reason) {
  RETURN_IF_ERROR(MarkSuppressed(tx, message, reason));
  return TellOf(tx, "message.suppressed", message, CallWork(message));
}

absl::Status KeepSuppressedQuietly(Tx& tx, PatientMessage& message, Suppression reason) {
  RETURN_IF_ERROR(MarkSuppressed(tx, message, reason));
  return TellOf(tx, "message.suppressed", message);
}

absl::Status KeepAccepted(Tx& tx, PatientMessage& message) {
  RETURN_IF_ERROR(Advance(message, MessageEvent::kAccept, tx.now()));
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  std::optional<tx::Work> work;
  if (message.channel == Channel::kVoiceTask) {
    work = tx::Work{.kind = kCallPatient,
                    .role = message.category == Category::kClinical ? kNurseRole : kAssistantRole,
                    .due_at = message.latest_at,
                    .urgency = tx::Work::Urgency::kSoon};
  }
  return TellOf(tx, "message.sent", message, std::move(work));
}

absl::Status KeepDelivered(Tx& tx, PatientMessage& message) {
  RETURN_IF_ERROR(Advance(message, MessageEvent::kDeliver, tx.now()));
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  RETURN_IF_ERROR(tx.CancelJob(kTrackJob, message.id.str()));
  return TellOf(tx, "message.delivered", message);
}

absl::Status KeepFailed(Tx& tx, PatientMessage& message, const std::string& failure) {
  RETURN_IF_ERROR(Advance(message, MessageEvent::kFail, tx.now()));
  message.failure = failure;
  RETURN_IF_ERROR(tx.UpdateMessage(message));
  RETURN_IF_ERROR(tx.CancelJob(kTrackJob, message.id.str()));
  return TellOf(tx, "message.failed", message,
                tx::Work{.kind = kMessageFailed,
                         .role = kAssistantRole,
                         .due_at = message.latest_at,
                         .urgency = tx::Work::Urgency::kSoon});
}

absl::Status PlanAnswer(Tx& tx, const Reply& reply, std::string body) {
  PatientMessage answer;
  answer.id = MessageId(NewId());
  answer.patient = reply.patient;
  answer.step_id = kAnswerStep;
  answer.purpose = Purpose::kAdHoc;
  answer.category = Category::kReminder;
  answer.channels = {Channel::kSms};
  answer.plan_at = tx.now();
  answer.body = std::move(body);
  answer.address = reply.from_address;
  answer.created_at = answer.updated_at = tx.now();
  return AddMessage(tx, answer).status();
}

absl::StatusOr<ContactPreferences> KeepConsent(Tx& tx, const PatientId& patient, const Consent& said, const std::string& evidence) {
  ASSIGN_OR_RETURN(ContactPreferences preferences, tx.GetPreferences(patient, true));
  Apply(said, preferences);
  RETURN_IF_ERROR(tx.PutPreferences(preferences, tx.now()));
  const ConsentEvent event{ConsentEventId(NewId()), patient, said, evidence};
  RETURN_IF_ERROR(tx.InsertConsentEvent(event));
  const bool granted = said.state == ConsentState::kGranted;
  RETURN_IF_ERROR(Tell(tx, {.type = granted ? "contact_consent.granted" : "contact_consent.revoked",
                            .subject = absl::StrCat(names::Of(tx.clinic(), patient), "/contactConsentEvents/", event.id.str()),
                            .subject_version = 1,
                            .state = granted ? "GRANTED" : "REVOKED",
                            .related = {{"patient", names::Of(tx.clinic(), patient)}}}));
  return preferences;
}

absl::StatusOr<MessagingPolicy> PolicyToday(Tx& tx) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const std::vector<MessagingPolicy> policies, tx.AllPolicies());
  const MessagingPolicy* policy = ChoosePolicy(policies, DayAt(tx.now(), clinic.zone));
  if (policy == nullptr) return errors::PolicyMissing();
  return *policy;
}

}  // namespace kat::messaging
