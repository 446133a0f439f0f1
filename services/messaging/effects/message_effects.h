#ifndef KAT_SERVICES_MESSAGING_EFFECTS_MESSAGE_EFFECTS_H_
#define KAT_SERVICES_MESSAGING_EFFECTS_MESSAGE_EFFECTS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "services/messaging/store/store.h"

// What handlers and workers do to messages inside a transaction: state, event, job and work together.
namespace kat::messaging {

// Jobs about one message; the key is the message.
inline constexpr char kSendJob[] = "message.send";
inline constexpr char kTrackJob[] = "message.track";
// Jobs about one appointment; the key is the appointment.
inline constexpr char kConfirmByJob[] = "preparation.confirm_by";
inline constexpr char kDriverByJob[] = "preparation.driver_by";
// Job that carries a patient's yes to scheduling; the key is the reply.
inline constexpr char kReplyJob[] = "reply.confirm";

// Kinds of this service's own work about messages and preparation.
inline constexpr char kCallToConfirm[] = "CALL_TO_CONFIRM";
inline constexpr char kDriverNotNamed[] = "DRIVER_NOT_NAMED";
inline constexpr char kCallPatient[] = "CALL_PATIENT";
inline constexpr char kTellPatient[] = "TELL_PATIENT";
inline constexpr char kMessageFailed[] = "MESSAGE_FAILED";
inline constexpr char kReplyToRead[] = "REPLY_TO_READ";
inline constexpr char kNotConfigured[] = "MESSAGING_NOT_CONFIGURED";

// `related` of a message's events: patient, appointment, course.
std::map<std::string, std::string> RelatedTo(const ClinicId& clinic, const PatientMessage& message);
std::map<std::string, std::string> RelatedTo(const ClinicId& clinic, const Appointment& appointment);

// Keeps a new message, PLANNED (its job is scheduled) or SUPPRESSED. False where the patient has it already.
absl::StatusOr<bool> AddMessage(Tx& tx, const PatientMessage& message);

// Keep a change of a message, with its event, and what it leaves for a person.
absl::Status KeepSuppressed(Tx& tx, PatientMessage& message, Suppression reason);
// The same, where a person hears of it by another message.
absl::Status KeepSuppressedQuietly(Tx& tx, PatientMessage& message, Suppression reason);
absl::Status KeepAccepted(Tx& tx, PatientMessage& message);
absl::Status KeepDelivered(Tx& tx, PatientMessage& message);
absl::Status KeepFailed(Tx& tx, PatientMessage& message, const std::string& failure);

// Plans the one text that answers a reply, to its number.
absl::Status PlanAnswer(Tx& tx, const Reply& reply, std::string body);

// Records what a patient said about being contacted: state, history and event.
absl::StatusOr<ContactPreferences> KeepConsent(Tx& tx, const PatientId& patient, const Consent& said, const std::string& evidence);

// The policy that holds today at the clinic; FAILED_PRECONDITION, POLICY_MISSING, where none does.
absl::StatusOr<MessagingPolicy> PolicyToday(Tx& tx);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_EFFECTS_MESSAGE_EFFECTS_H_
