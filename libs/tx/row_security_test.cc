#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::tx {
namespace {

using testing::TestDatabase;
using Code = absl::StatusCode;

// A service's own tables, as its migrations would make them.
const char kOwnTables[] = R"(
  create table patients (clinic text not null, id text not null, name text not null, primary key (clinic, id));
  select kat_tenant_table('patients');
  create table notes (clinic text not null, id text not null, patient text not null, primary key (clinic, id),
                      foreign key (clinic, patient) references patients);
  select kat_tenant_table('notes');
)";

class RowSecurityTest : public ::testing::Test {
 protected:
  int Count(pg::Database& database, const ClinicId& clinic, const std::string& table) {
    int count = -1;
    EXPECT_OK(database.Run({.clinic = clinic.str()}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const pg::Row row, tx.QueryOne("select count(*) as n from " + table));
      count = row.Get<int>("n");
      return absl::OkStatus();
    }));
    return count;
  }
  absl::Status Sql(pg::Database& database, const ClinicId& clinic, const std::string& sql) {
    return database.Run({.clinic = clinic.str()}, [&](pg::Tx& tx) { return tx.Query(sql).status(); });
  }
  void Fill(const ClinicId& clinic) {
    ASSERT_OK(database_.service().Run({.clinic = clinic.str()}, [&](pg::Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Query("insert into patients values ($1, 'p1', 'x'), ($1, 'p2', 'y')", {clinic}).status());
      PlatformTables tables(tx, clinic, absl::UnixEpoch(), "");
      RETURN_IF_ERROR(tables.Publish({.type = "t", .subject = "s"}));
      RETURN_IF_ERROR(tables.WriteEvents());
      RETURN_IF_ERROR(tables.Audit({.actor = "a"}));
      RETURN_IF_ERROR(tables.StoreResponse({"c", "m", "r"}, {"h", "b"}));
      return tables.Schedule({.kind = "k", .key = "1", .due_at = absl::UnixEpoch(), .payload = "{}"});
    }));
  }

  TestDatabase& database_ = TestDatabase::Get({.service = "rlstest", .migrations = {{2, "own", kOwnTables}}});
  ClinicId ours_ = database_.NewClinic();
  ClinicId theirs_ = database_.NewClinic();
  const ClinicId nobody_;
};

TEST_F(RowSecurityTest, AQueryWithoutAWhereSeesOneClinicAlone) {
  Fill(ours_);
  Fill(theirs_);
  for (const char* table : {"patients", "outbox", "jobs", "request_journal", "audit_log", "clinic_directory"}) {
    const int wanted = std::string(table) == "patients" ? 2 : 1;
    EXPECT_EQ(Count(database_.service(), ours_, table), wanted) << table;
    EXPECT_EQ(Count(database_.service(), theirs_, table), wanted) << table;
    EXPECT_EQ(Count(database_.service(), nobody_, table), 0) << table;
    EXPECT_EQ(Count(database_.service(), ClinicId("' or true --"), table), 0) << table;
  }
}

TEST_F(RowSecurityTest, TheWorkerSeesAllQueuesButPatientsUnderTheirClinicAlone) {
  Fill(ours_);
  Fill(theirs_);
  for (const char* table : {"outbox", "jobs", "clinic_directory", "audit_clinics"}) {
    EXPECT_GE(Count(database_.worker(), nobody_, table), 2) << table;
  }
  for (const char* table : {"patients", "request_journal", "audit_log"}) {
    EXPECT_EQ(Count(database_.worker(), nobody_, table), 0) << table;
    EXPECT_GE(Count(database_.worker(), ours_, table), 1) << table;
  }
}

TEST_F(RowSecurityTest, ForeignRowsCannotBeWrittenChangedOrRemoved) {
  Fill(theirs_);
  for (pg::Database* database : {&database_.service(), &database_.worker()}) {
    EXPECT_FALSE(Sql(*database, ours_, "insert into patients values ('" + theirs_.str() + "', 'p9', 'x')").ok());
    EXPECT_OK(Sql(*database, ours_, "update patients set name = 'changed'"));
    EXPECT_OK(Sql(*database, ours_, "delete from patients"));
    EXPECT_FALSE(Sql(*database, nobody_, "insert into patients values ('', 'p9', 'x')").ok());
  }
  EXPECT_EQ(Count(database_.service(), theirs_, "patients where name <> 'changed'"), 2);
}

TEST_F(RowSecurityTest, ARowOfOursCannotBeGivenToAnother) {
  Fill(ours_);
  EXPECT_FALSE(Sql(database_.service(), ours_, "update patients set clinic = '" + theirs_.str() + "'").ok());
}

TEST_F(RowSecurityTest, NoRoleMayBypassOrSwitchItOff) {
  Fill(ours_);
  for (pg::Database* database : {&database_.service(), &database_.worker()}) {
    EXPECT_FALSE(Sql(*database, ours_, "alter table patients disable row level security").ok());
    EXPECT_FALSE(Sql(*database, ours_, "set role kat_rlstest_owner").ok());
    EXPECT_FALSE(Sql(*database, ours_, "create table mine (x int)").ok());
  }
  EXPECT_FALSE(Sql(database_.service(), ours_, "set role kat_rlstest_worker").ok());
  EXPECT_FALSE(Sql(database_.service(), ours_, "select * from feed_cursors").ok());
  EXPECT_EQ(Count(database_.owner(), nobody_, "patients"), 0);
  EXPECT_EQ(Count(database_.owner(), nobody_,
                  "pg_roles where rolname like 'kat\\_rlstest%' and (rolbypassrls or rolsuper or rolcreaterole)"),
            0);
}

TEST_F(RowSecurityTest, EveryTableThatHoldsClinicsIsUnderRowSecurity) {
  EXPECT_EQ(Count(database_.owner(), nobody_,
                  "pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
                  " and not (relrowsecurity and relforcerowsecurity)"
                  " and relname not in ('schema_migrations', 'feed_cursors')"),
            0);
}

TEST_F(RowSecurityTest, AMigrationChangesRowsClinicByClinic) {
  Fill(ours_);
  Fill(theirs_);
  ASSERT_OK(Sql(database_.owner(), nobody_, "select kat_for_each_clinic('update patients set name = ''migrated''')"));
  EXPECT_EQ(Count(database_.service(), ours_, "patients where name = 'migrated'"), 2);
  EXPECT_EQ(Count(database_.service(), theirs_, "patients where name = 'migrated'"), 2);
}

TEST_F(RowSecurityTest, ATableThatCouldMixClinicsIsRefused) {
  const std::vector<std::string> refused = {
      "create table bad (id text primary key)",
      "create table bad (id text not null, clinic text not null, primary key (clinic, id))",
      "create table bad (clinic text, id text)",
      "create table bad (clinic text not null, id text primary key)",
      "create table bad (clinic text not null, id text, primary key (clinic, id), code text unique)",
      "create table bad (clinic text not null, room text, exclude using gist (room with =))",
  };
  for (const std::string& create : refused) {
    const absl::Status status = database_.owner().Run({}, [&](pg::Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Query(create).status());
      return tx.Query("select kat_tenant_table('bad')").status();
    });
    EXPECT_TRUE(testing::IsError(status, Code::kFailedPrecondition)) << create;
  }
}

}  // namespace
}  // namespace kat::tx
