#include "libs/tx/pg_transaction.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::tx {
namespace {

absl::Status ClinicUnknown() {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   "this service has not heard of the clinic yet; try again shortly",
                   {.reason = "CLINIC_UNKNOWN", .retry_after = absl::Seconds(1)});
}

absl::Status TakenElsewhere(absl::string_view reason, absl::string_view what) {
  return MakeError(absl::StatusCode::kAborted, absl::StrCat("another worker has the ", what),
                   {.reason = std::string(reason)});
}

}  // namespace

PlatformTables::PlatformTables(pg::Tx& tx, ClinicId clinic, absl::Time now, std::string trace_id)
    : tx_(tx), clinic_(std::move(clinic)), now_(now), trace_id_(std::move(trace_id)) {}

absl::StatusOr<ClinicInfo> PlatformTables::Clinic() {
  if (info_) return *info_;
  ASSIGN_OR_RETURN(std::optional<pg::Row> row,
                   tx_.QueryOptional("select display_name, phone, time_zone, holidays::text[] as holidays, disabled"
                                     " from clinic_directory where clinic = $1",
                                     {clinic_}));
  if (!row) return ClinicUnknown();
  ClinicInfo info;
  info.display_name = row->Get<std::string>("display_name");
  info.phone = row->Get<std::string>("phone");
  info.time_zone = row->Get<std::string>("time_zone");
  ASSIGN_OR_RETURN(info.zone, LoadZone(info.time_zone));
  for (const std::string& day : row->Get<std::vector<std::string>>("holidays")) {
    ASSIGN_OR_RETURN(const absl::CivilDay holiday, ParseDay(day));
    info.holidays.insert(holiday);
  }
  info.disabled = row->Get<bool>("disabled");
  info_ = info;
  return info;
}

absl::Status PlatformTables::SaveClinic(const ClinicInfo& info) {
  info_.reset();
  std::vector<std::string> holidays;
  for (const absl::CivilDay& day : info.holidays) holidays.push_back(FormatDay(day));
  return tx_
      .Query(
          "insert into clinic_directory (clinic, display_name, phone, time_zone, holidays, disabled)"
          " values ($1, $2, $3, $4, $5::text[]::date[], $6)"
          " on conflict (clinic) do update set display_name = excluded.display_name, phone = excluded.phone,"
          " time_zone = excluded.time_zone, holidays = excluded.holidays, disabled = excluded.disabled",
          {clinic_, info.display_name, info.phone, info.time_zone, holidays, info.disabled})
      .status();
}

absl::Status PlatformTables::Publish(const Event& event) {
  events_.push_back(event);
  return absl::OkStatus();
}

absl::Status PlatformTables::WriteEvents() {
  if (events_.empty()) return absl::OkStatus();
  std::vector<std::string> types, subjects, versions, states, relateds;
  std::vector<std::string> kinds, closed, roles, due_times, urgencies;  // "" for none
  for (const Event& event : events_) {
    types.push_back(event.type);
    subjects.push_back(event.subject);
    versions.push_back(std::to_string(event.subject_version));
    states.push_back(event.state);
    std::vector<std::string> related;  // key, value, key, value …
    for (const auto& [key, value] : event.related) {
      related.push_back(key);
      related.push_back(value);
    }
    relateds.push_back(pg::Param(related).text());
    const Work* work = event.work ? &*event.work : nullptr;
    kinds.push_back(work ? work->kind : "");
    closed.push_back(work ? pg::Param(work->closed).text() : "");
    roles.push_back(work ? std::to_string(work->role) : "");
    due_times.push_back(work && work->due_at ? pg::Param(*work->due_at).text() : "");
    urgencies.push_back(work ? std::to_string(static_cast<int>(work->urgency)) : "");
  }
  events_.clear();
  return tx_
      .Query(
          "insert into outbox (clinic, type, subject, subject_version, state, related, occurred_at, trace_id,"
          " work_kind, work_closed, work_role, work_due_at, work_urgency)"
          " select $1, type, subject, version, state, jsonb_object(related::text[]), $2, $3, nullif(kind, ''),"
          " nullif(closed, '')::boolean, nullif(role, '')::integer, nullif(due_at, '')::timestamptz,"
          " nullif(urgency, '')::integer"
          " from unnest($4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[],"
          " $11::text[], $12::text[], $13::text[]) with ordinality"
          " as e (type, subject, version, state, related, kind, closed, role, due_at, urgency, n) order by n",
          {clinic_, now_, trace_id_, types, subjects, versions, states, relateds, kinds, closed, roles, due_times,
           urgencies})
      .status();
}

absl::Status PlatformTables::Schedule(const Job& job) {
  return tx_
      .Query(
          "insert into jobs (clinic, kind, key, due_at, payload) values ($1, $2, $3, $4, $5)"
          " on conflict (clinic, kind, key) do update"
          " set id = excluded.id, due_at = excluded.due_at, payload = excluded.payload, attempts = 0",
          {clinic_, job.kind, job.key, job.due_at, job.payload})
      .status();
}

absl::Status PlatformTables::CancelJob(absl::string_view kind, absl::string_view key) {
  return tx_.Query("delete from jobs where clinic = $1 and kind = $2 and key = $3", {clinic_, kind, key}).status();
}

absl::Status PlatformTables::FinishJob(int64_t id) {
  ASSIGN_OR_RETURN(const int64_t taken,
                   tx_.Execute("delete from jobs where (clinic, id) ="
                               " (select clinic, id from jobs where clinic = $1 and id = $2 for update skip locked)",
                               {clinic_, id}));
  return taken == 1 ? absl::OkStatus() : TakenElsewhere("JOB_TAKEN", "job");
}

absl::Status PlatformTables::Audit(const AuditEntry& entry) {
  return tx_
      .Query(
          "insert into audit_log (clinic, occurred_at, actor, roles, method, subject, outcome, request_id, trace_id)"
          " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {clinic_, now_, entry.actor, entry.roles, entry.method, entry.subject, entry.outcome, entry.request_id,
           entry.trace_id})
      .status();
}

absl::StatusOr<std::optional<StoredResponse>> PlatformTables::FindResponse(const RequestKey& key) {
  ASSIGN_OR_RETURN(std::optional<pg::Row> row,
                   tx_.QueryOptional("select body_hash, response from request_journal"
                                     " where clinic = $1 and caller = $2 and method = $3 and request_id = $4",
                                     {clinic_, key.caller, key.method, key.request_id}));
  if (!row) return std::optional<StoredResponse>();
  return std::optional<StoredResponse>(
      {row->Get<std::string>("body_hash"), pg::BytesFromText(row->Get<std::string>("response"))});
}

absl::Status PlatformTables::StoreResponse(const RequestKey& key, const StoredResponse& response) {
  // Waits for another transaction that is storing the same key; the rest of this one still works after a conflict.
  ASSIGN_OR_RETURN(
      const int64_t stored,
      tx_.Execute("insert into request_journal (clinic, caller, method, request_id, body_hash, response, stored_at)"
                  " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                  {clinic_, key.caller, key.method, key.request_id, response.body_hash,
                   pg::Param::Bytes(response.response), now_}));
  if (stored == 1) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAlreadyExists, "a request with this id was served at the same time; repeat it",
                   {.reason = "REQUEST_SERVED"});
}

absl::StatusOr<std::string> PlatformTables::FeedCursor(absl::string_view feed) {
  ASSIGN_OR_RETURN(std::optional<pg::Row> row,
                   tx_.QueryOptional("select cursor from feed_cursors where feed = $1", {feed}));
  return row ? row->Get<std::string>("cursor") : "";
}

absl::Status PlatformTables::MoveFeedCursor(absl::string_view feed, absl::string_view from, absl::string_view to) {
  // Both statements wait for another replica that moves the same cursor, then see what it wrote.
  ASSIGN_OR_RETURN(const int64_t moved,
                   from.empty() ? tx_.Execute("insert into feed_cursors (feed, cursor) values ($1, $2)"
                                              " on conflict (feed) do update set cursor = excluded.cursor"
                                              " where feed_cursors.cursor = ''",
                                              {feed, to})
                                : tx_.Execute("update feed_cursors set cursor = $3 where feed = $1 and cursor = $2",
                                              {feed, from, to}));
  return moved == 1 ? absl::OkStatus() : TakenElsewhere("CURSOR_MOVED", "event");
}

absl::Status PlatformTables::ParkEvent(absl::string_view feed, absl::string_view cursor, absl::string_view type,
                                       absl::string_view error) {
  return tx_
      .Query(
          "insert into parked_events (clinic, feed, cursor, type, error, parked_at) values ($1, $2, $3, $4, $5, $6)"
          " on conflict (clinic, feed, cursor) do update set error = excluded.error, parked_at = excluded.parked_at",
          {clinic_, feed, cursor, type, error, now_})
      .status();
}

absl::Status PlatformTables::UnparkEvent(absl::string_view feed, absl::string_view cursor) {
  ASSIGN_OR_RETURN(const int64_t taken,
                   tx_.Execute("delete from parked_events where clinic = $1 and feed = $2 and cursor = $3",
                               {clinic_, feed, cursor}));
  return taken == 1 ? absl::OkStatus() : TakenElsewhere("EVENT_NOT_PARKED", "event");
}

}  // namespace kat::tx
