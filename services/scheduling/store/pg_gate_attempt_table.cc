#include "libs/base/id.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/pg_booking_tables.h"

namespace kat::scheduling {

absl::StatusOr<std::string> PgGateAttemptTable::Open(const std::string& key) {
  ASSIGN_OR_RETURN(const pg::Row row,
                   db_.QueryOne("insert into gate_attempts as g (clinic, key, reserve_id) values ($1, $2, $3) "
                                "on conflict (clinic, key) do update set key = g.key returning reserve_id",
                                {clinic_, key, NewId()}));
  return row.Get<std::string>("reserve_id");
}

absl::Status PgGateAttemptTable::Close(const std::string& key, const std::string& reserve_id) {
  ASSIGN_OR_RETURN(const int64_t closed,
                   db_.Execute("delete from gate_attempts where clinic = $1 and key = $2 and reserve_id = $3",
                               {clinic_, key, reserve_id}));
  return closed == 1 ? absl::OkStatus() : PlanStale();
}

}  // namespace kat::scheduling
