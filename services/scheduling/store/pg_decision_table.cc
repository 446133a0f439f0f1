#include "services/scheduling/store/pg_decision_table.h"

#include <optional>
#include <string>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/store/repair_json.h"

namespace kat::scheduling {

absl::Status PgDecisionTable::Insert(const Decision& decision) {
  return db_
      .Execute("insert into decisions (clinic, id, course, body, created_at) values ($1, $2, $3, $4, $5)",
               {clinic_, decision.id, decision.course, ToText(decision), decision.created_at})
      .status();
}

absl::StatusOr<Decision> PgDecisionTable::Get(const DecisionId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from decisions where clinic = $1 and id = $2", {clinic_, id}));
  if (!row) return ResourceNotFound("decision");
  Decision decision{.id = row->Get<DecisionId>("id"),
                    .course = row->Get<CourseId>("course"),
                    .created_at = row->Get<absl::Time>("created_at")};
  FromJson(ParseJson(row->Get<std::string>("body")), &decision);
  return decision;
}

absl::StatusOr<int64_t> PgDecisionTable::Prune(absl::Time before, int limit) {
  return db_.Execute(
      "delete from decisions where clinic = $1 and id in (select id from decisions d where clinic = $1 and created_at "
      "< $2 and not exists (select from blocks b where b.clinic = $1 and b.decision = d.id and b.decision <> '') order "
      "by created_at limit $3)",
      {clinic_, before, limit});
}

}  // namespace kat::scheduling
