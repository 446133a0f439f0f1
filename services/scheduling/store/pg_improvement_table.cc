#include "services/scheduling/store/pg_improvement_table.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/improvement_json.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

ImprovementState StateOf(const std::string& name) {
  for (ImprovementState state :
       {ImprovementState::kQueued, ImprovementState::kRunning, ImprovementState::kReady,
        ImprovementState::kPartlyApplied, ImprovementState::kApplied, ImprovementState::kCancelled}) {
    if (StateName(state) == name) return state;
  }
  return ImprovementState::kFailed;
}

Improvement ImprovementOf(const pg::Row& row) {
  Improvement improvement{.id = row.Get<ImprovementId>("id"),
                          .state = StateOf(row.Get<std::string>("state")),
                          .stop_early = row.Get<bool>("stop_early"),
                          .attempts = row.Get<int>("attempts"),
                          .run = row.Get<std::string>("run"),
                          .version = row.Get<int64_t>("version"),
                          .created_at = row.Get<absl::Time>("created_at"),
                          .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("body")), &improvement);
  FromJson(ParseJson(row.Get<std::string>("progress")), &improvement.progress);
  return improvement;
}

int64_t Millis(absl::Duration duration) { return absl::ToInt64Milliseconds(duration); }

}  // namespace

absl::Status PgImprovementTable::Insert(const Improvement& improvement) {
  const absl::Status status =
      db_.Execute(
             "insert into improvements (clinic, id, state, body, progress, stop_early, attempts, run, version, "
             "created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10)",
             {clinic_, improvement.id, StateName(improvement.state), ToJson(improvement).dump(),
              ToJson(improvement.progress).dump(), improvement.stop_early, improvement.attempts, improvement.version,
              improvement.created_at, improvement.updated_at})
          .status();
  return absl::IsAlreadyExists(status) ? ImprovementRunning("") : status;
}

absl::Status PgImprovementTable::Update(const Improvement& improvement) {
  return CheckUpdated(
      db_.Execute(
          "update improvements set state = $3, body = $4, progress = $5, stop_early = $6, version = $7, "
          "updated_at = $8, run = case when $3 = 'RUNNING' then run else '' end, lease_until = case when $3 = "
          "'RUNNING' then lease_until end, found = case when $3 = 'RUNNING' then found end where clinic = $1 and id = "
          "$2 and version = $7::bigint - 1",
          {clinic_, improvement.id, StateName(improvement.state), ToJson(improvement).dump(),
           ToJson(improvement.progress).dump(), improvement.stop_early, improvement.version, improvement.updated_at}),
      "improvement");
}

absl::StatusOr<Improvement> PgImprovementTable::Get(const ImprovementId& id, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional(absl::StrCat("select id, state, body, progress, stop_early, attempts, run, version, "
                                     "created_at, updated_at from improvements where clinic = $1 and id = $2",
                                     lock == Lock::kForUpdate ? " for update" : ""),
                        {clinic_, id}));
  if (!row) return ResourceNotFound("improvement");
  return ImprovementOf(*row);
}

absl::StatusOr<std::vector<Improvement>> PgImprovementTable::List(std::optional<ImprovementState> state,
                                                                  const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select id, state, body - 'parts' as body, progress, stop_early, attempts, run, version, created_at, "
                "updated_at from improvements where clinic = $1 and ($2::text is null or state = $2::text) and "
                "($3::bigint is null or (created_at, id) < (timestamptz 'epoch' + $3::bigint * interval '1 "
                "microsecond', $4::text)) order by created_at desc, id desc limit $5",
                {clinic_, state ? pg::Param(StateName(*state)) : pg::Param(std::nullopt), AfterKey(range, 0),
                 AfterKey(range, 1), range.limit}));
  std::vector<Improvement> improvements;
  for (const pg::Row& row : rows) improvements.push_back(ImprovementOf(row));
  return improvements;
}

absl::StatusOr<std::optional<ImprovementId>> PgImprovementTable::UnderWay() {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional("select id from improvements where clinic = $1 and state in ('QUEUED', 'RUNNING')", {clinic_}));
  return row ? std::optional(row->Get<ImprovementId>("id")) : std::nullopt;
}

absl::StatusOr<bool> PgImprovementTable::Begin(const ImprovementId& id, const std::string& run, absl::Duration lease) {
  ASSIGN_OR_RETURN(
      const int64_t begun,
      db_.Execute("update improvements set state = 'RUNNING', run = $3, lease_until = clock_timestamp() + $4::bigint * "
                  "interval '1 millisecond', attempts = attempts + 1, version = version + 1 where clinic = $1 and id = "
                  "$2 and state in ('QUEUED', 'RUNNING') and (run = '' or lease_until <= clock_timestamp())",
                  {clinic_, id, run, Millis(lease)}));
  return begun == 1;
}

absl::StatusOr<std::optional<bool>> PgImprovementTable::Renew(const ImprovementId& id, const std::string& run,
                                                              const ImprovementProgress& progress, absl::Duration lease,
                                                              const std::optional<FoundSchedule>& found) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional("update improvements set progress = $4, lease_until = clock_timestamp() + $5::bigint * "
                        "interval '1 millisecond', found = coalesce($6::jsonb, found) where clinic = $1 and id = $2 "
                        "and run = $3 returning stop_early",
                        {clinic_, id, run, ToJson(progress).dump(), Millis(lease),
                         found ? pg::Param(ToText(*found)) : pg::Param(std::nullopt)}));
  return row ? std::optional(row->Get<bool>("stop_early")) : std::nullopt;
}

absl::Status PgImprovementTable::GiveUp(const ImprovementId& id, const std::string& run, const FoundSchedule& found) {
  return db_
      .Execute(
          "update improvements set run = '', lease_until = null, attempts = attempts - 1, found = coalesce($4::jsonb, "
          "found) where clinic = $1 and id = $2 and run = $3",
          {clinic_, id, run, found.courses.empty() ? pg::Param(std::nullopt) : pg::Param(ToText(found))})
      .status();
}

absl::StatusOr<FoundSchedule> PgImprovementTable::Found(const ImprovementId& id) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional("select found from improvements where clinic = $1 and id = $2 and found is not null",
                        {clinic_, id}));
  FoundSchedule found;
  if (row) FromJson(ParseJson(row->Get<std::string>("found")), &found);
  return found;
}

}  // namespace kat::scheduling
