#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

VisitType VisitTypeOf(const pg::Row& row) {
  VisitType type{.id = row.Get<VisitTypeId>("id"),
                 .version = row.Get<int64_t>("version"),
                 .created_at = row.Get<absl::Time>("created_at"),
                 .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("body")), &type);
  return type;
}

std::vector<VisitType> VisitTypesOf(const pg::Rows& rows) {
  std::vector<VisitType> out;
  for (const pg::Row& row : rows) out.push_back(VisitTypeOf(row));
  return out;
}

}  // namespace

absl::Status PgVisitTypeTable::Insert(const VisitType& type) {
  changed_ = true;
  const absl::Status status =
      db_.Execute(
             "insert into visit_types (clinic, id, body, version, created_at, updated_at) "
             "values ($1, $2, $3, $4, $5, $6)",
             {clinic_, type.id, ToJson(type).dump(), type.version, type.created_at, type.updated_at})
          .status();
  return absl::IsAlreadyExists(status) ? NameTaken("visit type") : status;
}

absl::Status PgVisitTypeTable::Update(const VisitType& type) {
  changed_ = true;
  return CheckUpdated(db_.Execute("update visit_types set body = $3, version = $4, updated_at = $5 "
                                  "where clinic = $1 and id = $2 and version = $4::bigint - 1",
                                  {clinic_, type.id, ToJson(type).dump(), type.version, type.updated_at}),
                      "visit type");
}

absl::StatusOr<VisitType> PgVisitTypeTable::Get(const VisitTypeId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from visit_types where clinic = $1 and id = $2", {clinic_, id}));
  if (!row) return ResourceNotFound("visit type");
  return VisitTypeOf(*row);
}

absl::StatusOr<std::vector<VisitType>> PgVisitTypeTable::List(const ListRange& range) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from visit_types where clinic = $1 and ($2::text is null or id > $2::text) "
                             "order by id limit $3",
                             {clinic_, AfterKey(range, 0), range.limit}));
  return VisitTypesOf(rows);
}

absl::StatusOr<std::vector<VisitType>> PgVisitTypeTable::All() {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from visit_types where clinic = $1 order by id", {clinic_}));
  return VisitTypesOf(rows);
}

}  // namespace kat::scheduling
