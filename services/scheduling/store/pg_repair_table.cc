#include "services/scheduling/store/pg_repair_table.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/store/pg_setup_tables.h"
#include "services/scheduling/store/repair_json.h"

namespace kat::scheduling {
namespace {

RepairState StateOf(const std::string& name) {
  for (RepairState state : {RepairState::kProposed, RepairState::kPartlyApplied}) {
    if (StateName(state) == name) return state;
  }
  return RepairState::kApplied;
}

Repair RepairOf(const pg::Row& row) {
  Repair repair{.id = row.Get<RepairId>("id"),
                .state = StateOf(row.Get<std::string>("state")),
                .version = row.Get<int64_t>("version"),
                .created_at = row.Get<absl::Time>("created_at"),
                .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("body")), &repair);
  return repair;
}

}  // namespace

absl::Status PgRepairTable::Insert(const Repair& repair) {
  return db_
      .Execute(
          "insert into repairs (clinic, id, state, body, version, created_at, updated_at) values ($1, $2, $3, $4, $5, "
          "$6, $7)",
          {clinic_, repair.id, StateName(repair.state), ToJson(repair).dump(), repair.version, repair.created_at,
           repair.updated_at})
      .status();
}

absl::Status PgRepairTable::Update(const Repair& repair) {
  return CheckUpdated(db_.Execute("update repairs set state = $3, body = $4, version = $5, updated_at = $6 where "
                                  "clinic = $1 and id = $2 and version = $5::bigint - 1",
                                  {clinic_, repair.id, StateName(repair.state), ToJson(repair).dump(), repair.version,
                                   repair.updated_at}),
                      "repair");
}

absl::StatusOr<Repair> PgRepairTable::Get(const RepairId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select * from repairs where clinic = $1 and id = $2",
                                                  lock == Lock::kForUpdate ? " for update" : ""),
                                     {clinic_, id}));
  if (!row) return ResourceNotFound("repair");
  return RepairOf(*row);
}

absl::StatusOr<std::vector<Repair>> PgRepairTable::List(std::optional<RepairState> state, const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select * from repairs where clinic = $1 and ($2::text is null or state = $2::text) and ($3::bigint is "
                "null or (created_at, id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::text)) "
                "order by created_at desc, id desc limit $5",
                {clinic_, state ? pg::Param(StateName(*state)) : pg::Param(std::nullopt), AfterKey(range, 0),
                 AfterKey(range, 1), range.limit}));
  std::vector<Repair> repairs;
  for (const pg::Row& row : rows) repairs.push_back(RepairOf(row));
  return repairs;
}

}  // namespace kat::scheduling
