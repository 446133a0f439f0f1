#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/pg_booking_tables.h"
#include "services/scheduling/store/pg_setup_tables.h"
#include "services/scheduling/store/plan_json.h"

namespace kat::scheduling {
namespace {

constexpr const char* kNames[] = {"", "ACTIVE", "BOOKED", "RELEASED", "EXPIRED"};

std::string NameOf(HoldState state) { return kNames[static_cast<int>(state)]; }

HoldState StateOf(const std::string& name) {
  for (int i = 1; i <= 4; ++i) {
    if (name == kNames[i]) return static_cast<HoldState>(i);
  }
  return HoldState::kExpired;
}

Hold HoldOf(const pg::Row& row) {
  Hold hold{.id = row.Get<HoldId>("id"),
            .patient = row.Get<PatientId>("patient"),
            .state = StateOf(row.Get<std::string>("state")),
            .expires_at = row.Get<absl::Time>("expires_at"),
            .created_at = row.Get<absl::Time>("created_at")};
  FromJson(ParseJson(row.Get<std::string>("plan")), &hold.plan);
  return hold;
}

}  // namespace

absl::Status PgHoldTable::Insert(const Hold& hold) {
  const absl::Status status = db_.Execute(
                                     "insert into holds (clinic, id, course, patient, plan, state, expires_at, "
                                     "created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                                     {clinic_, hold.id, hold.plan.course, hold.patient, ToText(hold.plan),
                                      NameOf(hold.state), hold.expires_at, hold.created_at})
                                  .status();
  return absl::IsAlreadyExists(status) ? CourseAlreadyHeld() : status;
}

absl::Status PgHoldTable::SetState(const HoldId& id, HoldState state) {
  return db_.Execute("update holds set state = $3 where clinic = $1 and id = $2", {clinic_, id, NameOf(state)})
      .status();
}

absl::StatusOr<Hold> PgHoldTable::Get(const HoldId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat("select * from holds where clinic = $1 and id = $2",
                                                  lock == Lock::kForUpdate ? " for update" : ""),
                                     {clinic_, id}));
  if (!row) return ResourceNotFound("hold");
  return HoldOf(*row);
}

absl::StatusOr<std::vector<Hold>> PgHoldTable::List(const CourseId& course, std::optional<HoldState> state,
                                                    const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select * from holds where clinic = $1 and ($2::text = '' or course = $2::text) and ($3::text is null "
                "or state = $3::text) and ($4::bigint is null or (created_at, id) < (timestamptz 'epoch' + $4::bigint "
                "* interval '1 microsecond', $5::text)) order by created_at desc, id desc limit $6",
                {clinic_, course, state ? pg::Param(NameOf(*state)) : pg::Param(std::nullopt), AfterKey(range, 0),
                 AfterKey(range, 1), range.limit}));
  std::vector<Hold> holds;
  for (const pg::Row& row : rows) holds.push_back(HoldOf(row));
  return holds;
}

}  // namespace kat::scheduling
