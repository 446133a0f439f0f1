#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"
#include "services/messaging/store/pg_message_tables.h"

namespace kat::messaging {
namespace {

TrackedAppointment ReadAppointment(const pg::Row& row) {
  TrackedAppointment t;
  Appointment& a = t.known;
  a.id = row.Get<AppointmentId>("id");
  a.patient = row.Get<PatientId>("patient");
  a.course = row.Get<CourseId>("course");
  a.version = row.Get<int64_t>("version");
  a.start_at = row.Get<absl::Time>("start_at");
  a.end_at = row.Get<absl::Time>("end_at");
  a.standing = GetEnum<Standing>(row, "standing");
  a.confirmed = row.Get<bool>("confirmed");
  a.visit_type = row.Get<std::string>("visit_type");
  a.program = row.Get<std::string>("program");
  a.session_number = row.Get<int>("session_number");
  t.driver_name = row.Get<std::string>("driver_name");
  t.driver_phone = row.Get<std::string>("driver_phone");
  return t;
}

Consent ReadConsent(const pg::Row& row) {
  Consent c;
  c.channel = GetEnum<Channel>(row, "channel");
  c.category = GetEnum<Category>(row, "category");
  c.state = GetEnum<ConsentState>(row, "state");
  c.source = GetEnum<ConsentSource>(row, "source");
  c.changed_at = row.Get<absl::Time>("changed_at");
  c.recorded_by = row.Get<std::string>("recorded_by");
  return c;
}

ConsentEvent ReadConsentEvent(const pg::Row& row) {
  return {row.Get<ConsentEventId>("id"), row.Get<PatientId>("patient"), ReadConsent(row), row.Get<std::string>("evidence")};
}

Reply ReadReply(const pg::Row& row) {
  Reply r;
  r.id = row.Get<ReplyId>("id");
  r.from_address = row.Get<std::string>("from_address");
  r.body = row.Get<std::string>("body");
  r.meaning = GetEnum<Meaning>(row, "meaning");
  r.patient = row.Get<PatientId>("patient");
  r.message = row.Get<MessageId>("message");
  r.confirmed_appointment = row.Get<AppointmentId>("confirmed_appointment");
  r.needs_person = row.Get<bool>("needs_person");
  r.carrier_message_id = row.Get<std::string>("carrier_message_id");
  r.received_at = row.Get<absl::Time>("received_at");
  return r;
}

constexpr char kPutConsent[] = R"(
    insert into contact_consents (clinic, patient, channel, category, state, source, changed_at, recorded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (clinic, patient, channel, category)
    do update set state = excluded.state, source = excluded.source, changed_at = excluded.changed_at,
      recorded_by = excluded.recorded_by)";

}  // namespace

absl::StatusOr<std::optional<TrackedAppointment>> PgContactTables::FindAppointment(const AppointmentId& id, bool for_update) {
  if (for_update) {
    RETURN_IF_ERROR(
        db_.Query("select pg_advisory_xact_lock(hashtextextended('messaging.appointment.' || $1::text || '.' || $2::text, 0))", {clinic_, id})
            .status());
  }
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, db_.QueryOptional("select * from tracked_appointments where id = $1", {id}));
  if (!row) return std::optional<TrackedAppointment>();
  return std::optional<TrackedAppointment>(ReadAppointment(*row));
}

absl::Status PgContactTables::PutAppointment(const TrackedAppointment& t) {
  const Appointment& a = t.known;
  return db_.Execute(R"(
      insert into tracked_appointments (clinic, id, patient, course, version, start_at, end_at, standing, confirmed, visit_type, program,
        session_number, driver_name, driver_phone)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
      on conflict (clinic, id) do update set patient = excluded.patient, course = excluded.course, version = excluded.version,
        start_at = excluded.start_at, end_at = excluded.end_at, standing = excluded.standing, confirmed = excluded.confirmed,
        visit_type = excluded.visit_type, program = excluded.program, session_number = excluded.session_number,
        driver_name = excluded.driver_name, driver_phone = excluded.driver_phone)",
                     {clinic_, a.id, a.patient, a.course, a.version, a.start_at, a.end_at, Number(a.standing), a.confirmed,
                      a.visit_type, a.program, a.session_number, t.driver_name, t.driver_phone})
      .status();
}

absl::StatusOr<ContactPreferences> PgContactTables::GetPreferences(const PatientId& patient, bool for_update) {
  if (for_update) {
    RETURN_IF_ERROR(
        db_.Query("select pg_advisory_xact_lock(hashtextextended('messaging.consent.' || $1::text || '.' || $2::text, 0))", {clinic_, patient})
            .status());
  }
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from contact_consents where patient = $1 order by channel, category", {patient}));
  ContactPreferences preferences;
  preferences.patient = patient;
  for (const pg::Row& row : rows) {
    const Consent consent = ReadConsent(row);
    if (consent.channel == Channel::kNone) {
      preferences.all_revoked = consent.state == ConsentState::kRevoked;
    } else {
      preferences.consents.push_back(consent);
    }
  }
  return preferences;
}

absl::Status PgContactTables::PutPreferences(const ContactPreferences& preferences, absl::Time now) {
  for (const Consent& c : preferences.consents) {
    RETURN_IF_ERROR(db_.Execute(kPutConsent, {clinic_, preferences.patient, Number(c.channel), Number(c.category), Number(c.state),
                                              Number(c.source), c.changed_at, c.recorded_by})
                        .status());
  }
  const ConsentState all = preferences.all_revoked ? ConsentState::kRevoked : ConsentState::kNone;
  return db_.Execute(kPutConsent, {clinic_, preferences.patient, 0, 0, Number(all), 0, now, ""}).status();
}

absl::Status PgContactTables::InsertConsentEvent(const ConsentEvent& e) {
  return db_.Execute(R"(
      insert into contact_consent_events (clinic, id, patient, channel, category, state, source, changed_at, recorded_by, evidence)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))",
                     {clinic_, e.id, e.patient, Number(e.consent.channel), Number(e.consent.category), Number(e.consent.state),
                      Number(e.consent.source), e.consent.changed_at, e.consent.recorded_by, e.evidence})
      .status();
}

absl::StatusOr<std::vector<ConsentEvent>> PgContactTables::ListConsentEvents(const PatientId& patient, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from contact_consent_events
      where patient = $1 and ($3::timestamptz is null or (changed_at, id) < ($3::timestamptz, $4::text))
      order by changed_at desc, id desc limit $2)",
                                                  {patient, slice.limit, After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadConsentEvent);
}

absl::Status PgContactTables::StopNumber(absl::string_view address, Category category, absl::Time now) {
  return db_.Execute("insert into stopped_numbers (clinic, address, category, stopped_at) values ($1, $2, $3, $4) "
                     "on conflict (clinic, address, category) do update set stopped_at = excluded.stopped_at",
                     {clinic_, address, Number(category), now})
      .status();
}

absl::Status PgContactTables::StartNumber(absl::string_view address) {
  return db_.Execute("delete from stopped_numbers where address = $1", {address}).status();
}

absl::StatusOr<std::vector<StoppedNumber>> PgContactTables::StopsOf(absl::string_view address) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query("select category, stopped_at from stopped_numbers where address = $1", {address}));
  return ReadAll(rows, [](const pg::Row& row) {
    return StoppedNumber{GetEnum<Category>(row, "category"), row.Get<absl::Time>("stopped_at")};
  });
}

absl::Status PgContactTables::InsertReply(const Reply& r) {
  return db_.Execute(R"(
      insert into replies (clinic, id, from_address, body, meaning, patient, message, confirmed_appointment, needs_person,
        carrier_message_id, received_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
                     {clinic_, r.id, r.from_address, r.body, Number(r.meaning), r.patient, r.message, r.confirmed_appointment,
                      r.needs_person, r.carrier_message_id, r.received_at})
      .status();
}

absl::Status PgContactTables::UpdateReply(const Reply& r) {
  return db_.Execute("update replies set confirmed_appointment = $2, needs_person = $3 where id = $1",
                     {r.id, r.confirmed_appointment, r.needs_person})
      .status();
}

absl::StatusOr<Reply> PgContactTables::GetReply(const ReplyId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, db_.QueryOptional("select * from replies where id = $1 for update", {id}));
  if (!row) return ResourceNotFound("reply");
  return ReadReply(*row);
}

absl::StatusOr<std::optional<Reply>> PgContactTables::FindReply(absl::string_view carrier_message_id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from replies where carrier_message_id = $1", {carrier_message_id}));
  if (!row) return std::optional<Reply>();
  return std::optional<Reply>(ReadReply(*row));
}

absl::StatusOr<std::vector<Reply>> PgContactTables::ListReplies(const PatientId& patient, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from replies
      where ($1 = '' or patient = $1) and ($3::timestamptz is null or (received_at, id) < ($3::timestamptz, $4::text))
      order by received_at desc, id desc limit $2)",
                                                  {patient, slice.limit, After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadReply);
}

}  // namespace kat::messaging
