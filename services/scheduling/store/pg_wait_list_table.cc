#include "services/scheduling/store/pg_wait_list_table.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

template <class State>
State StateOf(const std::string& name, State fallback) {
  for (int i = 1; i <= 5; ++i) {
    if (StateName(static_cast<State>(i)) == name) return static_cast<State>(i);
  }
  return fallback;
}

WaitListEntry EntryOf(const pg::Row& row) {
  WaitListEntry entry{.id = row.Get<WaitListEntryId>("id"),
                      .patient = row.Get<PatientId>("patient"),
                      .course = CourseId(row.Get<std::optional<std::string>>("course").value_or("")),
                      .visit_type = VisitTypeId(row.Get<std::optional<std::string>>("visit_type").value_or("")),
                      .appointment = AppointmentId(row.Get<std::optional<std::string>>("appointment").value_or("")),
                      .earliest_day = row.Get<absl::CivilDay>("earliest_day"),
                      .latest_day = row.Get<absl::CivilDay>("latest_day"),
                      .priority = static_cast<WaitPriority>(row.Get<int>("priority")),
                      .authorization_end = row.Get<std::optional<absl::CivilDay>>("authorization_end"),
                      .notice_minutes = row.Get<int>("notice_minutes"),
                      .offer_minutes = row.Get<int>("offer_minutes"),
                      .state = StateOf(row.Get<std::string>("state"), WaitState::kRemoved),
                      .end_reason = static_cast<WaitEndReason>(row.Get<int>("end_reason")),
                      .version = row.Get<int64_t>("version"),
                      .created_at = row.Get<absl::Time>("created_at"),
                      .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("available")), &entry.available);
  return entry;
}

WaitListOffer OfferOf(const pg::Row& row) {
  WaitListOffer offer{.id = row.Get<WaitListOfferId>("id"),
                      .entry = row.Get<WaitListEntryId>("entry"),
                      .patient = row.Get<PatientId>("patient"),
                      .course = row.Get<CourseId>("course"),
                      .hold = row.Get<HoldId>("hold"),
                      .moves = row.Get<AppointmentId>("moves"),
                      .visit_type = row.Get<VisitTypeId>("visit_type"),
                      .time = {row.Get<absl::Time>("start_at"), row.Get<absl::Time>("end_at")},
                      .repair = static_cast<OfferRepair>(row.Get<int>("repair")),
                      .state = StateOf(row.Get<std::string>("state"), OfferState::kExpired),
                      .expires_at = row.Get<absl::Time>("expires_at"),
                      .appointment = row.Get<AppointmentId>("appointment"),
                      .version = row.Get<int64_t>("version"),
                      .created_at = row.Get<absl::Time>("created_at")};
  FromJson(ParseJson(row.Get<std::string>("assignments")), &offer.assignments);
  return offer;
}

template <class T>
pg::Param NullIfEmpty(const Id<T>& id) {
  return id.empty() ? pg::Param(std::nullopt) : pg::Param(id);
}

template <class State>
pg::Param NameOrNull(std::optional<State> state) {
  return state ? pg::Param(StateName(*state)) : pg::Param(std::nullopt);
}

template <class Row, class Of>
std::vector<Row> AllOf(const pg::Rows& rows, Of of) {
  std::vector<Row> out;
  for (const pg::Row& row : rows) out.push_back(of(row));
  return out;
}

}  // namespace

absl::Status PgWaitListTable::InsertEntry(const WaitListEntry& entry) {
  const absl::Status status =
      db_.Execute(
             "insert into wait_list_entries (clinic, id, patient, course, visit_type, earliest_day, latest_day, "
             "available, priority, authorization_end, notice_minutes, offer_minutes, state, version, created_at, "
             "updated_at, appointment) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
             "$17)",
             {clinic_, entry.id, entry.patient, NullIfEmpty(entry.course), NullIfEmpty(entry.visit_type),
              entry.earliest_day, entry.latest_day, ToJson(entry.available).dump(), static_cast<int>(entry.priority),
              entry.authorization_end, entry.notice_minutes, entry.offer_minutes, StateName(entry.state), entry.version,
              entry.created_at, entry.updated_at, NullIfEmpty(entry.appointment)})
          .status();
  const std::string violated = pg::ViolatedConstraint(status);
  const bool waits = violated == "wait_list_entries_of_course" || violated == "wait_list_entries_of_appointment";
  return waits ? AlreadyWaiting() : status;
}

absl::Status PgWaitListTable::UpdateEntry(const WaitListEntry& entry) {
  return CheckUpdated(
      db_.Execute(
          "update wait_list_entries set state = $3, version = $4, updated_at = $5, end_reason = $6 where clinic "
          "= $1 and id = $2 and version = $4::bigint - 1",
          {clinic_, entry.id, StateName(entry.state), entry.version, entry.updated_at,
           static_cast<int>(entry.end_reason)}),
      "wait list entry");
}

absl::StatusOr<WaitListEntry> PgWaitListTable::GetEntry(const WaitListEntryId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select * from wait_list_entries where clinic = $1 and id = $2",
                                                  lock == Lock::kForUpdate ? " for update" : ""),
                                     {clinic_, id}));
  if (!row) return ResourceNotFound("wait list entry");
  return EntryOf(*row);
}

absl::StatusOr<std::vector<WaitListEntry>> PgWaitListTable::ListEntries(std::optional<WaitState> state,
                                                                        const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select * from wait_list_entries where clinic = $1 and ($2::text is null or state = $2::text) and "
                "($3::bigint is null or (created_at, id) > (timestamptz 'epoch' + $3::bigint * interval '1 "
                "microsecond', $4::text)) order by created_at, id limit $5",
                {clinic_, NameOrNull(state), AfterKey(range, 0), AfterKey(range, 1), range.limit}));
  return AllOf<WaitListEntry>(rows, EntryOf);
}

absl::StatusOr<std::vector<WaitListEntry>> PgWaitListTable::Waiting(absl::CivilDay from, absl::CivilDay until,
                                                                    const TimeSpan& freed, int limit) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select * from wait_list_entries e where clinic = $1 and state = 'WAITING' and earliest_day <= $3 and "
                "latest_day >= $2 and not exists (select from wait_list_offers o where o.clinic = $1 and o.entry = "
                "e.id and o.start_at >= $4 and o.start_at < $5) order by created_at, id limit $6",
                {clinic_, from, until, freed.start, freed.end, limit}));
  return AllOf<WaitListEntry>(rows, EntryOf);
}

absl::StatusOr<std::optional<WaitListEntryId>> PgWaitListTable::WaitingFor(const AppointmentId& appointment) {
  return WaitingFor("appointment", appointment);
}

absl::StatusOr<std::optional<WaitListEntryId>> PgWaitListTable::WaitingFor(const CourseId& course) {
  return WaitingFor("course", course);
}

absl::StatusOr<std::optional<WaitListEntryId>> PgWaitListTable::WaitingFor(absl::string_view column,
                                                                           const pg::Param& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select id from wait_list_entries where clinic = $1 and ", column,
                                                  " = $2 and state in ('WAITING', 'OFFERED')"),
                                     {clinic_, id}));
  return row ? std::optional(row->Get<WaitListEntryId>("id")) : std::nullopt;
}

absl::Status PgWaitListTable::InsertOffer(const WaitListOffer& offer) {
  return db_
      .Execute(
          "insert into wait_list_offers (clinic, id, entry, patient, course, hold, visit_type, start_at, end_at, "
          "assignments, repair, state, expires_at, appointment, version, created_at, moves) values ($1, $2, $3, $4, "
          "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
          {clinic_, offer.id, offer.entry, offer.patient, offer.course, offer.hold, offer.visit_type, offer.time.start,
           offer.time.end, ToJson(offer.assignments).dump(), static_cast<int>(offer.repair), StateName(offer.state),
           offer.expires_at, offer.appointment, offer.version, offer.created_at, offer.moves})
      .status();
}

absl::Status PgWaitListTable::UpdateOffer(const WaitListOffer& offer) {
  return CheckUpdated(
      db_.Execute("update wait_list_offers set state = $3, appointment = $4, version = $5 where clinic = "
                  "$1 and id = $2 and version = $5::bigint - 1",
                  {clinic_, offer.id, StateName(offer.state), offer.appointment, offer.version}),
      "wait list offer");
}

absl::StatusOr<WaitListOffer> PgWaitListTable::GetOffer(const WaitListOfferId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select * from wait_list_offers where clinic = $1 and id = $2",
                                                  lock == Lock::kForUpdate ? " for update" : ""),
                                     {clinic_, id}));
  if (!row) return ResourceNotFound("wait list offer");
  return OfferOf(*row);
}

absl::StatusOr<std::vector<WaitListOffer>> PgWaitListTable::ListOffers(const WaitListEntryId& entry,
                                                                       std::optional<OfferState> state,
                                                                       const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(
          "select * from wait_list_offers where clinic = $1 and ($2::text = '' or entry = $2::text) and ($3::text "
          "is null or state = $3::text) and ($4::bigint is null or (created_at, id) < (timestamptz 'epoch' + "
          "$4::bigint * interval '1 microsecond', $5::text)) order by created_at desc, id desc limit $6",
          {clinic_, entry, NameOrNull(state), AfterKey(range, 0), AfterKey(range, 1), range.limit}));
  return AllOf<WaitListOffer>(rows, OfferOf);
}

}  // namespace kat::scheduling
