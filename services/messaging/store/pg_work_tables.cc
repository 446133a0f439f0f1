#include "services/messaging/store/pg_work_tables.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"
#include "services/messaging/store/configuration_tables.h"

namespace kat::messaging {
namespace {

using Pairs = std::map<std::string, std::string>;

std::vector<std::string> KeysOf(const Pairs& pairs) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : pairs) keys.push_back(key);
  return keys;
}

std::vector<std::string> ValuesOf(const Pairs& pairs) {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs) values.push_back(value);
  return values;
}

Pairs ReadPairs(const pg::Row& row, absl::string_view keys_column, absl::string_view values_column) {
  const auto keys = row.Get<std::vector<std::string>>(keys_column);
  const auto values = row.Get<std::vector<std::string>>(values_column);
  Pairs pairs;
  for (size_t i = 0; i < keys.size() && i < values.size(); ++i) pairs[keys[i]] = values[i];
  return pairs;
}

WorkItem ReadItem(const pg::Row& row) {
  WorkItem w;
  w.id = row.Get<WorkItemId>("id");
  w.owner = row.Get<std::string>("owner");
  w.kind = row.Get<std::string>("kind");
  w.subject = row.Get<std::string>("subject");
  w.subject_version = row.Get<int64_t>("subject_version");
  w.patient = row.Get<std::string>("patient");
  w.related = ReadPairs(row, "related_keys", "related_values");
  w.role = row.Get<int>("role");
  w.urgency = GetEnum<Urgency>(row, "urgency");
  w.due_at = row.Get<std::optional<absl::Time>>("due_at");
  w.state = GetEnum<WorkState>(row, "state");
  w.assignee = row.Get<std::string>("assignee");
  w.snoozed_until = row.Get<std::optional<absl::Time>>("snoozed_until");
  w.snooze_reason = row.Get<std::string>("snooze_reason");
  w.resolution = row.Get<std::string>("resolution");
  w.revision = row.Get<int64_t>("revision");
  w.opened_at = row.Get<absl::Time>("opened_at");
  w.resolved_at = row.Get<std::optional<absl::Time>>("resolved_at");
  w.updated_at = row.Get<absl::Time>("updated_at");
  return w;
}

}  // namespace

std::vector<std::string> WorkKeys(const WorkItem& item) {
  return {absl::StrCat(-static_cast<int>(item.urgency)), item.due_at ? TimeKey(*item.due_at) : "infinity",
          TimeKey(item.opened_at), item.id.str()};
}

absl::Status PgWorkTables::PutWorkItem(const WorkItem& w) {
  return db_.Execute(R"(
      insert into work_items (clinic, id, owner, kind, subject, subject_version, patient, related_keys, related_values, role, urgency,
        due_at, state, assignee, snoozed_until, snooze_reason, resolution, revision, opened_at, resolved_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
      on conflict (clinic, id) do update set subject_version = excluded.subject_version, patient = excluded.patient,
        related_keys = excluded.related_keys, related_values = excluded.related_values, role = excluded.role,
        urgency = excluded.urgency, due_at = excluded.due_at, state = excluded.state, assignee = excluded.assignee,
        snoozed_until = excluded.snoozed_until, snooze_reason = excluded.snooze_reason, resolution = excluded.resolution,
        revision = excluded.revision, opened_at = excluded.opened_at, resolved_at = excluded.resolved_at,
        updated_at = excluded.updated_at)",
                     {clinic_, w.id, w.owner, w.kind, w.subject, w.subject_version, w.patient, KeysOf(w.related),
                      ValuesOf(w.related), w.role, Number(w.urgency), w.due_at, Number(w.state), w.assignee, w.snoozed_until,
                      w.snooze_reason, w.resolution, w.revision, w.opened_at, w.resolved_at, w.updated_at})
      .status();
}

absl::StatusOr<WorkItem> PgWorkTables::GetWorkItem(const WorkItemId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from work_items where id = $1 for update"
                                                : "select * from work_items where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("work item");
  return ReadItem(*row);
}

absl::StatusOr<std::optional<WorkItem>> PgWorkTables::LockWorkItem(absl::string_view owner, absl::string_view kind,
                                                                   absl::string_view subject) {
  RETURN_IF_ERROR(
      db_.Query("select pg_advisory_xact_lock(hashtextextended('messaging.work.' || $1::text || '.' || $2::text || '.' || $3::text, 0))",
                {owner, kind, subject})
          .status());
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from work_items where owner = $1 and kind = $2 and subject = $3 for update",
                                     {owner, kind, subject}));
  if (!row) return std::optional<WorkItem>();
  return std::optional<WorkItem>(ReadItem(*row));
}

absl::StatusOr<std::vector<WorkItem>> PgWorkTables::ListWorkItems(const WorkFilter& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from work_items
      where ($1 = 0 or role = $1) and ($2 = '' or patient = $2) and ($3 = '' or kind = $3)
        and ($4::timestamptz is null or due_at < $4::timestamptz)
        and case when $5 = 0 then state <> 4 else state = $5 end and ($6 = '' or assignee = $6)
        and ($8::integer is null
             or (-urgency, coalesce(due_at, 'infinity'), opened_at, id)
              > ($8::integer, $9::timestamptz, $10::timestamptz, $11::text))
      order by -urgency, coalesce(due_at, 'infinity'), opened_at, id limit $7)",
                                                  {filter.role, filter.patient, filter.kind, filter.due_before,
                                                   Number(filter.state), filter.assignee, slice.limit, After(slice, 0),
                                                   After(slice, 1), After(slice, 2), After(slice, 3)}));
  return ReadAll(rows, ReadItem);
}

absl::StatusOr<std::vector<WorkItem>> PgWorkTables::OpenItems(absl::string_view owner, absl::string_view kind) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query("select * from work_items where owner = $1 and kind = $2 and state <> $3 order by id",
                                                  {owner, kind, Number(WorkState::kResolved)}));
  return ReadAll(rows, ReadItem);
}

absl::StatusOr<std::vector<std::string>> PgWorkTables::ParkedJobs() {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query("select id from parked_jobs where clinic = $1 order by id", {clinic_}));
  return ReadAll(rows, [](const pg::Row& row) { return row.Get<std::string>("id"); });
}

absl::StatusOr<std::vector<std::string>> PgWorkTables::ParkedEvents() {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select feed || '@' || cursor as event from parked_events where clinic = $1 order by event",
                {clinic_}));
  return ReadAll(rows, [](const pg::Row& row) { return row.Get<std::string>("event"); });
}

absl::StatusOr<SummaryReading> PgWorkTables::LockReading(const PatientId& patient, absl::string_view reader) {
  RETURN_IF_ERROR(
      db_.Query("select pg_advisory_xact_lock(hashtextextended('messaging.summary.' || $1::text || '.' || $2::text, 0))", {patient, reader})
          .status());
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from summary_readings where patient = $1 and reader = $2", {patient, reader}));
  SummaryReading reading;
  reading.patient = patient;
  reading.reader = std::string(reader);
  if (!row) return reading;
  reading.shown_version = row->Get<int64_t>("shown_version");
  reading.shown = ReadPairs(*row, "shown_keys", "shown_hashes");
  reading.read_version = row->Get<int64_t>("read_version");
  reading.read = ReadPairs(*row, "read_keys", "read_hashes");
  reading.read_at = row->Get<std::optional<absl::Time>>("read_at");
  return reading;
}

absl::Status PgWorkTables::PutReading(const SummaryReading& r) {
  return db_.Execute(R"(
      insert into summary_readings (clinic, patient, reader, shown_version, shown_keys, shown_hashes, read_version, read_keys,
        read_hashes, read_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      on conflict (clinic, patient, reader) do update set shown_version = excluded.shown_version, shown_keys = excluded.shown_keys,
        shown_hashes = excluded.shown_hashes, read_version = excluded.read_version, read_keys = excluded.read_keys,
        read_hashes = excluded.read_hashes, read_at = excluded.read_at)",
                     {clinic_, r.patient, r.reader, r.shown_version, KeysOf(r.shown), ValuesOf(r.shown), r.read_version,
                      KeysOf(r.read), ValuesOf(r.read), r.read_at})
      .status();
}

}  // namespace kat::messaging
