#ifndef KAT_SERVICES_MESSAGING_STORE_MESSAGE_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_MESSAGE_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/messaging/domain/appointment.h"
#include "services/messaging/domain/contact.h"
#include "services/messaging/domain/message.h"
#include "services/messaging/domain/reply.h"
#include "services/messaging/store/slice.h"

namespace kat::messaging {

struct MessageFilter {
  PatientId patient;          // empty: all
  AppointmentId appointment;  // empty: all
  MessageState state = MessageState::kNone;
};

// Messages, replies, appointments as last learned, and consent. Getters are NOT_FOUND where there is none.
class MessageTables {
 public:
  virtual ~MessageTables() = default;

  // False where the patient, version of the appointment and step have their message already: nothing is written then.
  virtual absl::StatusOr<bool> InsertMessage(const PatientMessage& message) = 0;
  // ALREADY_EXISTS where the step was told for the same time already (messages_told_once).
  virtual absl::Status UpdateMessage(const PatientMessage& message) = 0;
  virtual absl::StatusOr<PatientMessage> GetMessage(const MessageId& id, bool for_update) = 0;
  virtual absl::StatusOr<std::optional<PatientMessage>> FindByCarrierId(absl::string_view carrier_message_id) = 0;
  // Latest plan time first; keys: plan_at, id.
  virtual absl::StatusOr<std::vector<PatientMessage>> ListMessages(const MessageFilter& filter, const Slice& slice) = 0;
  // All about an appointment, locked, by plan time.
  virtual absl::StatusOr<std::vector<PatientMessage>> LockMessagesOf(const AppointmentId& appointment) = 0;
  // The notices of its patient, course, purpose and step that wait or are being sent, `like` among them, locked, by
  // start of their appointment.
  virtual absl::StatusOr<std::vector<PatientMessage>> LockOpenNotices(const PatientMessage& like) = 0;
  // The message last sent by SMS to an address since a time, of every patient: one each, latest first.
  virtual absl::StatusOr<std::vector<PatientMessage>> LastSentTo(absl::string_view address, absl::Time since) = 0;
  // The latest messages sent to an address since a time that asked to confirm an appointment, one for each appointment, latest first.
  virtual absl::StatusOr<std::vector<PatientMessage>> OpenQuestionsTo(absl::string_view address, absl::Time since) = 0;
  // SMS that reached the carrier since two times, of a patient.
  virtual absl::StatusOr<SentCounts> CountSent(const PatientId& patient, absl::Time today_from, absl::Time week_from) = 0;

  virtual absl::StatusOr<std::optional<TrackedAppointment>> LockAppointment(const AppointmentId& id) = 0;
  virtual absl::StatusOr<std::optional<TrackedAppointment>> FindAppointment(const AppointmentId& id) = 0;
  virtual absl::Status PutAppointment(const TrackedAppointment& appointment) = 0;

  // What a patient has said, locked where it will be changed.
  virtual absl::StatusOr<ContactPreferences> GetPreferences(const PatientId& patient, bool for_update) = 0;
  virtual absl::Status PutPreferences(const ContactPreferences& preferences, absl::Time now) = 0;
  virtual absl::Status InsertConsentEvent(const ConsentEvent& event) = 0;
  // Latest first; keys: changed_at, id.
  virtual absl::StatusOr<std::vector<ConsentEvent>> ListConsentEvents(const PatientId& patient, const Slice& slice) = 0;

  // Numbers that opted out, by category; kNone stands for every category.
  virtual absl::Status StopNumber(absl::string_view address, Category category, absl::Time now) = 0;
  virtual absl::Status StartNumber(absl::string_view address) = 0;
  virtual absl::StatusOr<std::vector<StoppedNumber>> StopsOf(absl::string_view address) = 0;

  virtual absl::Status InsertReply(const Reply& reply) = 0;
  virtual absl::Status UpdateReply(const Reply& reply) = 0;
  virtual absl::StatusOr<Reply> GetReply(const ReplyId& id) = 0;
  virtual absl::StatusOr<std::optional<Reply>> FindReply(absl::string_view carrier_message_id) = 0;
  // Latest first; keys: received_at, id.
  virtual absl::StatusOr<std::vector<Reply>> ListReplies(const PatientId& patient, const Slice& slice) = 0;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_MESSAGE_TABLES_H_
