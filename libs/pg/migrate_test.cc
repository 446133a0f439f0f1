#include "libs/pg/migrate.h"

#include <gtest/gtest.h>

#include <future>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/platform.h"

namespace kat::pg {
namespace {

using testing::TestDatabase;
using Code = absl::StatusCode;

class MigrateTest : public ::testing::Test {
 protected:
  std::vector<Migration> With(std::vector<Migration> more) { return tx::WithPlatform(std::move(more)); }
  TestDatabase database_{{.service = "migratetest", .pool_size = 1}};
};

TEST_F(MigrateTest, AppliesWhatIsMissingInOrderAndNothingTwice) {
  const auto migrations = With(
      {{2, "first", "create table a (x int)"}, {3, "second", "insert into a values (1); insert into a values (2)"}});
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(Migrate(database_.owner(), migrations));
    ASSERT_OK_AND_ASSIGN(const int version, SchemaVersion(database_.service()));
    EXPECT_EQ(version, 3);
  }
  ASSERT_OK(database_.owner().Run({}, [](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Row row, tx.QueryOne("select count(*) as n from a"));
    EXPECT_EQ(row.Get<int>("n"), 2);
    return absl::OkStatus();
  }));
}

TEST_F(MigrateTest, AFailureNamesItsMigrationAndLeavesTheOnesBefore) {
  const absl::Status status =
      Migrate(database_.owner(),
              With({{2, "good", "create table a (x int)"}, {3, "bad", "create table b (x int); select nonsense"}}));
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("migration 3 (bad)"), absl::string_view::npos);
  ASSERT_OK_AND_ASSIGN(const int version, SchemaVersion(database_.service()));
  EXPECT_EQ(version, 2);
  EXPECT_ERROR(database_.owner().Run({}, [](Tx& tx) { return tx.Query("select * from b").status(); }), Code::kInternal);
}

TEST_F(MigrateTest, RefusesAMigrationThatWasChangedAfterwards) {
  ASSERT_OK(Migrate(database_.owner(), With({{2, "a", "create table a (x int)"}})));
  EXPECT_ERROR(Migrate(database_.owner(), With({{2, "a", "create table a (y int)"}})), Code::kFailedPrecondition,
               "SCHEMA_MISMATCH");
}

TEST_F(MigrateTest, RefusesNumbersWithAGap) {
  EXPECT_ERROR(Migrate(database_.owner(), With({{3, "a", "select 1"}})), Code::kInvalidArgument);
}

TEST_F(MigrateTest, AServiceDoesNotStartOnAnOlderSchemaButOnANewerOne) {
  EXPECT_ERROR(CheckSchema(database_.service(), With({{2, "a", "create table a (x int)"}})), Code::kFailedPrecondition,
               "SCHEMA_MISMATCH");
  EXPECT_OK(CheckSchema(database_.service(), With({})));
  ASSERT_OK(Migrate(database_.owner(), With({{2, "a", "create table a (x int)"}})));
  EXPECT_OK(CheckSchema(database_.service(), With({})));
}

TEST_F(MigrateTest, TwoReplicasThatMigrateAtOnceBothSucceed) {
  ASSERT_OK_AND_ASSIGN(auto other, Database::Open({.uri = database_.Uri("_owner"), .pool_size = 1}));
  std::vector<Migration> own;
  for (int i = 2; i < 12; ++i) own.push_back({i, "step", absl::StrCat("create table t", i, " (x int)")});
  const auto migrations = With(own);
  auto second = std::async(std::launch::async, [&] { return Migrate(*other, migrations); });
  EXPECT_OK(Migrate(database_.owner(), migrations));
  EXPECT_OK(second.get());
}

}  // namespace
}  // namespace kat::pg
