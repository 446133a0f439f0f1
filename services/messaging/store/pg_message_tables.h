#ifndef KAT_SERVICES_MESSAGING_STORE_PG_MESSAGE_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_PG_MESSAGE_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "libs/pg/database.h"
#include "services/messaging/store/message_tables.h"

namespace kat::messaging {

// Messages over PostgreSQL.
class PgMessageTables {
 public:
  PgMessageTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::StatusOr<bool> InsertMessage(const PatientMessage& message);
  absl::Status UpdateMessage(const PatientMessage& message);
  absl::StatusOr<PatientMessage> GetMessage(const MessageId& id, bool for_update);
  absl::StatusOr<std::optional<PatientMessage>> FindByCarrierId(absl::string_view carrier_message_id);
  absl::StatusOr<std::vector<PatientMessage>> ListMessages(const MessageFilter& filter, const Slice& slice);
  absl::StatusOr<std::vector<PatientMessage>> LockMessagesOf(const AppointmentId& appointment);
  absl::StatusOr<std::vector<PatientMessage>> LockOpenNotices(const PatientMessage& like);
  absl::StatusOr<std::vector<PatientMessage>> LastSentTo(absl::string_view address, absl::Time since);
  absl::StatusOr<std::vector<PatientMessage>> OpenQuestionsTo(absl::string_view address, absl::Time since);
  absl::StatusOr<SentCounts> CountSent(const PatientId& patient, absl::Time today_from, absl::Time week_from);

 private:
  pg::Tx& db_;
  const ClinicId& clinic_;
};

// Appointments as last learned, consent, stopped numbers and replies over PostgreSQL.
class PgContactTables {
 public:
  PgContactTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::StatusOr<std::optional<TrackedAppointment>> FindAppointment(const AppointmentId& id, bool for_update);
  absl::Status PutAppointment(const TrackedAppointment& appointment);
  absl::StatusOr<ContactPreferences> GetPreferences(const PatientId& patient, bool for_update);
  absl::Status PutPreferences(const ContactPreferences& preferences, absl::Time now);
  absl::Status InsertConsentEvent(const ConsentEvent& event);
  absl::StatusOr<std::vector<ConsentEvent>> ListConsentEvents(const PatientId& patient, const Slice& slice);
  absl::Status StopNumber(absl::string_view address, Category category, absl::Time now);
  absl::Status StartNumber(absl::string_view address);
  absl::StatusOr<std::vector<StoppedNumber>> StopsOf(absl::string_view address);
  absl::Status InsertReply(const Reply& reply);
  absl::Status UpdateReply(const Reply& reply);
  absl::StatusOr<Reply> GetReply(const ReplyId& id);
  absl::StatusOr<std::optional<Reply>> FindReply(absl::string_view carrier_message_id);
  absl::StatusOr<std::vector<Reply>> ListReplies(const PatientId& patient, const Slice& slice);

 private:
  pg::Tx& db_;
  const ClinicId& clinic_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_PG_MESSAGE_TABLES_H_
