#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"
#include "services/messaging/store/pg_message_tables.h"

namespace kat::messaging {
namespace {

PatientMessage ReadMessage(const pg::Row& row) {
  PatientMessage m;
  m.id = row.Get<MessageId>("id");
  m.patient = row.Get<PatientId>("patient");
  m.appointment = row.Get<AppointmentId>("appointment");
  m.appointment_version = row.Get<int64_t>("appointment_version");
  m.appointment_start = row.Get<std::optional<absl::Time>>("appointment_start");
  m.course = row.Get<CourseId>("course");
  m.visit_type = row.Get<std::string>("visit_type");
  m.program = row.Get<std::string>("program");
  m.step_id = row.Get<std::string>("step_id");
  m.purpose = GetEnum<Purpose>(row, "purpose");
  m.category = GetEnum<Category>(row, "category");
  m.channels = GetChannels(row, "channels");
  m.template_code = row.Get<std::string>("template_code");
  m.told_by = row.Get<MessageId>("told_by");
  m.asks_confirmation = row.Get<bool>("asks_confirmation");
  m.plan_at = row.Get<absl::Time>("plan_at");
  m.latest_at = row.Get<std::optional<absl::Time>>("latest_at");
  m.state = GetEnum<MessageState>(row, "state");
  m.suppression = GetEnum<Suppression>(row, "suppression");
  m.channel = GetEnum<Channel>(row, "channel");
  m.basis = GetEnum<Basis>(row, "basis");
  m.template_id = row.Get<TemplateId>("template_id");
  m.body = row.Get<std::string>("body");
  m.subject_line = row.Get<std::string>("subject_line");
  m.address = row.Get<std::string>("address");
  m.carrier_message_id = row.Get<std::string>("carrier_message_id");
  m.failure = row.Get<std::string>("failure");
  m.attempts = row.Get<int>("attempts");
  m.sent_at = row.Get<std::optional<absl::Time>>("sent_at");
  m.settled_at = row.Get<std::optional<absl::Time>>("settled_at");
  m.revision = row.Get<int64_t>("revision");
  m.created_at = row.Get<absl::Time>("created_at");
  m.updated_at = row.Get<absl::Time>("updated_at");
  return m;
}

}  // namespace

absl::StatusOr<bool> PgMessageTables::InsertMessage(const PatientMessage& m) {
  ASSIGN_OR_RETURN(const int64_t inserted, db_.Execute(R"(
      insert into messages (clinic, id, patient, appointment, appointment_version, appointment_start, course, visit_type, program,
        step_id, purpose, category, channels, template_code, asks_confirmation, plan_at, latest_at, state, suppression, channel, basis,
        template_id, body, subject_line, address, carrier_message_id, failure, attempts, sent_at, settled_at, revision, created_at,
        updated_at, told_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34)
      on conflict (clinic, patient, appointment, appointment_version, step_id) where appointment <> '' and step_id <> 'adhoc'
      do nothing)",
                                                       {clinic_,
                                                        m.id,
                                                        m.patient,
                                                        m.appointment,
                                                        m.appointment_version,
                                                        m.appointment_start,
                                                        m.course,
                                                        m.visit_type,
                                                        m.program,
                                                        m.step_id,
                                                        Number(m.purpose),
                                                        Number(m.category),
                                                        ChannelNumbers(m.channels),
                                                        m.template_code,
                                                        m.asks_confirmation,
                                                        m.plan_at,
                                                        m.latest_at,
                                                        Number(m.state),
                                                        Number(m.suppression),
                                                        Number(m.channel),
                                                        Number(m.basis),
                                                        m.template_id,
                                                        m.body,
                                                        m.subject_line,
                                                        m.address,
                                                        m.carrier_message_id,
                                                        m.failure,
                                                        m.attempts,
                                                        m.sent_at,
                                                        m.settled_at,
                                                        m.revision,
                                                        m.created_at,
                                                        m.updated_at,
                                                        m.told_by}));
  return inserted == 1;
}

absl::Status PgMessageTables::UpdateMessage(const PatientMessage& m) {
  return db_
      .Execute(R"(
      update messages set plan_at = $2, state = $3, suppression = $4, channel = $5, basis = $6, template_id = $7, body = $8,
        subject_line = $9, address = $10, carrier_message_id = $11, failure = $12, attempts = $13, sent_at = $14, settled_at = $15,
        revision = $16, updated_at = $17, told_by = $18
      where id = $1)",
               {m.id, m.plan_at, Number(m.state), Number(m.suppression), Number(m.channel), Number(m.basis),
                m.template_id, m.body, m.subject_line, m.address, m.carrier_message_id, m.failure, m.attempts,
                m.sent_at, m.settled_at, m.revision, m.updated_at, m.told_by})
      .status();
}

absl::StatusOr<PatientMessage> PgMessageTables::GetMessage(const MessageId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from messages where id = $1 for update"
                                                : "select * from messages where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("message");
  return ReadMessage(*row);
}

absl::StatusOr<std::optional<PatientMessage>> PgMessageTables::FindByCarrierId(absl::string_view carrier_message_id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from messages where carrier_message_id = $1 and carrier_message_id <> '' for update",
                                     {carrier_message_id}));
  if (!row) return std::optional<PatientMessage>();
  return std::optional<PatientMessage>(ReadMessage(*row));
}

absl::StatusOr<std::vector<PatientMessage>> PgMessageTables::ListMessages(const MessageFilter& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from messages
      where ($1 = '' or patient = $1) and ($2 = '' or appointment = $2) and ($3 = 0 or state = $3)
        and ($5::timestamptz is null or (plan_at, id) < ($5::timestamptz, $6::text))
      order by plan_at desc, id desc limit $4)",
                                                  {filter.patient, filter.appointment, Number(filter.state), slice.limit,
                                                   After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadMessage);
}

absl::StatusOr<std::vector<PatientMessage>> PgMessageTables::LockMessagesOf(const AppointmentId& appointment) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from messages where appointment = $1 and appointment <> '' order by plan_at, id for update",
                             {appointment}));
  return ReadAll(rows, ReadMessage);
}

absl::StatusOr<std::vector<PatientMessage>> PgMessageTables::LockOpenNotices(const PatientMessage& like) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from messages
      where patient = $1 and course = $2 and course <> '' and purpose = $3 and step_id = $4 and state in ($5, $6)
      order by appointment_start, id for update)",
                                                  {like.patient, like.course, Number(like.purpose), like.step_id,
                                                   Number(MessageState::kPlanned), Number(MessageState::kSending)}));
  return ReadAll(rows, ReadMessage);
}

absl::StatusOr<std::vector<PatientMessage>> PgMessageTables::LastSentTo(absl::string_view address, absl::Time since) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from (
        select distinct on (patient) * from messages
        where address = $1 and address <> '' and channel = $3 and sent_at >= $2 and step_id <> 'answer'
        order by patient, sent_at desc, id desc) last
      order by sent_at desc, id desc)",
                                                  {address, since, Number(Channel::kSms)}));
  return ReadAll(rows, ReadMessage);
}

absl::StatusOr<std::vector<PatientMessage>> PgMessageTables::OpenQuestionsTo(absl::string_view address, absl::Time since) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from (
        select distinct on (appointment) * from messages
        where address = $1 and address <> '' and channel = $3 and sent_at >= $2 and asks_confirmation
        order by appointment, sent_at desc, id desc) last
      order by sent_at desc, id desc)",
                                                  {address, since, Number(Channel::kSms)}));
  return ReadAll(rows, ReadMessage);
}

absl::StatusOr<SentCounts> PgMessageTables::CountSent(const PatientId& patient, absl::Time today_from, absl::Time week_from) {
  ASSIGN_OR_RETURN(const pg::Row row, db_.QueryOne(R"(
      select count(*) filter (where sent_at >= $2) as today, count(*) as week from messages
      where patient = $1 and channel = $4 and sent_at >= $3 and step_id <> 'answer')",
                                                   {patient, today_from, week_from, Number(Channel::kSms)}));
  return SentCounts{row.Get<int>("today"), row.Get<int>("week")};
}

}  // namespace kat::messaging
