#include "libs/pg/migrate.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::pg {
namespace {

// Any number, the same for every process that migrates a database: "kat" in ASCII.
constexpr char kLock[] = "select pg_advisory_xact_lock(7037300)";
constexpr char kCreateTable[] =
    "create table if not exists schema_migrations ("
    " version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default "
    "now())";

absl::Status Broken(absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, message, {.reason = "SCHEMA_MISMATCH"});
}

absl::Status CheckNumbering(const std::vector<Migration>& migrations) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<int>(i) + 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("migration ", migrations[i].name, " has number ", migrations[i].version, " in place ", i + 1));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Version(Tx& tx) {
  ASSIGN_OR_RETURN(Row table, tx.QueryOne("select to_regclass('schema_migrations') is not null as there"));
  if (!table.Get<bool>("there")) return 0;
  ASSIGN_OR_RETURN(Row row, tx.QueryOne("select coalesce(max(version), 0) as version from schema_migrations"));
  return row.Get<int>("version");
}

absl::Status ApplyOne(Tx& tx, const Migration& migration) {
  RETURN_IF_ERROR(tx.Query("set local statement_timeout = 0").status());
  RETURN_IF_ERROR(tx.Query(kLock).status());
  ASSIGN_OR_RETURN(Row sum,
                   tx.QueryOne("select encode(sha256(convert_to($1, 'UTF8')), 'hex') as checksum", {migration.sql}));
  ASSIGN_OR_RETURN(std::optional<Row> applied,
                   tx.QueryOptional("select checksum from schema_migrations where version = $1", {migration.version}));
  const std::string checksum = sum.Get<std::string>("checksum");
  if (applied) {
    if (applied->Get<std::string>("checksum") == checksum) return absl::OkStatus();
    return Broken(absl::StrCat("migration ", migration.version, " (", migration.name,
                               ") was changed after this database applied it; write a new one instead"));
  }
  RETURN_IF_ERROR(tx.Script(migration.sql));
  return tx
      .Query("insert into schema_migrations (version, name, checksum) values ($1, $2, $3)",
             {migration.version, migration.name, checksum})
      .status();
}

}  // namespace

absl::StatusOr<int> SchemaVersion(Database& database) {
  int version = 0;
  RETURN_IF_ERROR(database.Run({.read_only = true}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(version, Version(tx));
    return absl::OkStatus();
  }));
  return version;
}

absl::Status Migrate(Database& owner, const std::vector<Migration>& migrations) {
  RETURN_IF_ERROR(CheckNumbering(migrations));
  RETURN_IF_ERROR(owner.Run({.max_duration = absl::InfiniteDuration()}, [](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Query("set local statement_timeout = 0").status());
    RETURN_IF_ERROR(tx.Query(kLock).status());
    RETURN_IF_ERROR(tx.Query(kCreateTable).status());
    return tx.Query("grant select on schema_migrations to public").status();
  }));
  for (const Migration& migration : migrations) {
    const absl::Status status =
        owner.Run({.max_duration = absl::InfiniteDuration()}, [&](Tx& tx) { return ApplyOne(tx, migration); });
    if (!status.ok()) {
      absl::Status named(status.code(),
                         absl::StrCat("migration ", migration.version, " (", migration.name, "): ", status.message()));
      status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { named.SetPayload(url, payload); });
      return named;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSchema(Database& database, const std::vector<Migration>& migrations) {
  ASSIGN_OR_RETURN(const int found, SchemaVersion(database));
  const int wanted = migrations.empty() ? 0 : migrations.back().version;
  if (found >= wanted) return absl::OkStatus();
  return Broken(
      absl::StrCat("the database has schema version ", found, ", this service needs ", wanted, ": run its `migrate`"));
}

}  // namespace kat::pg
