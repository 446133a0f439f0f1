#include "libs/base/id.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/pg_booking_tables.h"

namespace kat::scheduling {

absl::StatusOr<GateAttempt> PgGateAttemptTable::Open(const std::string& key, absl::Time now, absl::Time needed_until,
                                                     absl::Time expires_at) {
  RETURN_IF_ERROR(
      db_.Execute("delete from gate_attempts where clinic = $1 and expires_at <= $2", {clinic_, now}).status());
  ASSIGN_OR_RETURN(
      const pg::Row row,
      db_.QueryOne("insert into gate_attempts as g (clinic, key, reserve_id, expires_at) values ($1, $2, $3, $4) "
                   "on conflict (clinic, key) do update set "
                   "reserve_id = case when g.expires_at > $5 then g.reserve_id else excluded.reserve_id end, "
                   "expires_at = case when g.expires_at > $5 then g.expires_at else excluded.expires_at end "
                   "returning reserve_id, expires_at",
                   {clinic_, key, NewId(), expires_at, needed_until}));
  return GateAttempt{row.Get<std::string>("reserve_id"), row.Get<absl::Time>("expires_at")};
}

absl::Status PgGateAttemptTable::Close(const std::string& key, const std::string& reserve_id) {
  ASSIGN_OR_RETURN(const int64_t closed,
                   db_.Execute("delete from gate_attempts where clinic = $1 and key = $2 and reserve_id = $3",
                               {clinic_, key, reserve_id}));
  return closed == 1 ? absl::OkStatus() : PlanStale();
}

}  // namespace kat::scheduling
