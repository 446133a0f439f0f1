#include "libs/pg/database.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"

namespace kat::pg {
namespace {

using testing::IsError;
using testing::TestDatabase;
using Code = absl::StatusCode;

TestDatabase& Shared() {
  static TestDatabase& database = []() -> TestDatabase& {
    TestDatabase& made = TestDatabase::Get({.service = "pgtest"});
    made.AsSuperuser(
        "create table things (id text primary key, amount bigint not null, constraint things_positive check (amount >= "
        "0));"
        "create table parts (thing text not null constraint parts_of references things (id) deferrable initially "
        "deferred);"
        "create table spans (span int8range, constraint spans_apart exclude using gist (span with &&));"
        "create table doomed (id int);"
        "create function die() returns trigger language plpgsql as"
        " $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
        "create constraint trigger die after insert on doomed deferrable initially deferred for each row execute "
        "function die();"
        "alter function die() owner to postgres; alter function die() security definer;"
        "grant all on things, parts, spans, doomed to kat_pgtest");
    return made;
  }();
  return database;
}

Database& Db() { return Shared().service(); }

absl::Status RunSql(const std::string& sql, const std::vector<Param>& params = {}, const RunOptions& options = {}) {
  return Db().Run(options, [&](Tx& tx) { return tx.Query(sql, params).status(); });
}

int64_t Count(const std::string& id) {
  int64_t count = -1;
  EXPECT_OK(Db().Run({}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Row row, tx.QueryOne("select count(*) as n from things where id = $1", {id}));
    count = row.Get<int64_t>("n");
    return absl::OkStatus();
  }));
  return count;
}

TEST(Database, ValuesOfEveryKindSurviveTheServer) {
  ASSERT_OK(Db().Run({}, [&](Tx& tx) -> absl::Status {
    const std::vector<std::string> list = {"a,\"b\"", "", "c\\d"};
    const std::string bytes("\0\xff\\x", 4);
    const absl::Time time = absl::FromUnixMicros(1'700'000'000'000'001);
    ASSIGN_OR_RETURN(
        const Row row,
        tx.QueryOne(
            "select $1::text as t, $2::boolean as b, $3::bigint as i, $4::double precision as d, $5::timestamptz as ts,"
            " $6::date as day, $7::text[] as list, $8::bytea as bytes, $9::text as nothing",
            {"O'Neil ü", true, int64_t{-5}, 0.1, time, absl::CivilDay(2024, 2, 29), list, Param::Bytes(bytes),
             std::nullopt}));
    EXPECT_EQ(row.Get<std::string>("t"), "O'Neil ü");
    EXPECT_TRUE(row.Get<bool>("b"));
    EXPECT_EQ(row.Get<int>("i"), -5);
    EXPECT_EQ(row.Get<double>("d"), 0.1);
    EXPECT_EQ(row.Get<absl::Time>("ts"), time);
    EXPECT_EQ(row.Get<absl::CivilDay>("day"), absl::CivilDay(2024, 2, 29));
    EXPECT_EQ(row.Get<std::vector<std::string>>("list"), list);
    EXPECT_EQ(BytesFromText(row.Get<std::string>("bytes")), bytes);
    EXPECT_FALSE(row.Get<std::optional<std::string>>("nothing").has_value());
    return absl::OkStatus();
  }));
}

TEST(Database, EachSqlStateOfARealServerGetsItsStatusAndConstraint) {
  ASSERT_OK(RunSql("insert into things values ('taken', 1) on conflict do nothing"));
  ASSERT_OK(RunSql("insert into spans values ('[1,5)') on conflict do nothing"));
  const struct {
    const char* sql;
    Code code;
    const char* constraint;
  } cases[] = {
      {"insert into things values ('taken', 1)", Code::kAlreadyExists, "things_pkey"},
      {"insert into spans values ('[2,3)')", Code::kAlreadyExists, "spans_apart"},
      {"insert into things values ('x', -1)", Code::kFailedPrecondition, "things_positive"},
      {"insert into things values ('x', null)", Code::kFailedPrecondition, "amount"},
      {"insert into parts values ('missing')", Code::kFailedPrecondition, "parts_of"},  // found at COMMIT
      {"do $$ begin raise exception 'capacity_exceeded'; end $$", Code::kFailedPrecondition, "capacity_exceeded"},
      {"do $$ begin raise exception 'x' using errcode = '23P01'; end $$", Code::kAlreadyExists, ""},
      {"do $$ begin raise exception 'x' using errcode = '40001'; end $$", Code::kAborted, ""},
      {"do $$ begin raise exception 'x' using errcode = '40P01'; end $$", Code::kAborted, ""},
      {"do $$ begin raise exception 'x' using errcode = '55P03'; end $$", Code::kAborted, ""},
      {"do $$ begin raise exception 'x' using errcode = '53300'; end $$", Code::kUnavailable, ""},
      {"select no_such_column from things", Code::kInternal, ""},
      {"select * from no_such_table", Code::kInternal, ""},
      {"select * from pg_authid", Code::kInternal, ""},
      {"selec", Code::kInternal, ""},
      {"select 'x'::int", Code::kInternal, ""},
      {"select 1 / 0", Code::kInternal, ""},
  };
  for (const auto& c : cases) {
    const absl::Status status = RunSql(c.sql, {}, {.max_attempts = 1});
    EXPECT_TRUE(IsError(status, c.code)) << c.sql;
    EXPECT_EQ(ViolatedConstraint(status), c.constraint) << c.sql;
  }
}

TEST(Database, AnErrorOfOursCarriesItsSqlState) {
  const std::pair<const char*, const char*> cases[] = {
      {"select * from pg_authid", "42501"},
      {"selec", "42601"},
      {"select * from nowhere", "42P01"},
      {"select 1 / 0", "22012"},
      {"insert into things values ('x', 99999999999999999999)", "22003"}};
  for (const auto& [sql, code] : cases) {
    const absl::Status status = RunSql(sql);
    ASSERT_ERROR(status, Code::kInternal, "DATABASE_ERROR");
    EXPECT_EQ(GetErrorDetail(status)->metadata.at("code"), code) << sql;
  }
}

TEST(Database, TextThatCannotBeStoredIsTheCallersError) {
  EXPECT_ERROR(RunSql("select $1::text", {std::string("a\0b", 3)}), Code::kInvalidArgument, "TEXT_INVALID");
  EXPECT_ERROR(RunSql("select $1::text", {std::string("\xc3\x28")}), Code::kInvalidArgument, "TEXT_INVALID");
}

TEST(Database, AFailedBodyOrAnErrorItIgnoresRollsBack) {
  EXPECT_ERROR(Db().Run({},
                        [](Tx& tx) -> absl::Status {
                          RETURN_IF_ERROR(tx.Query("insert into things values ('rolled back', 1)").status());
                          return EtagMismatch("thing");
                        }),
               Code::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(Count("rolled back"), 0);
  EXPECT_ERROR(Db().Run({},
                        [](Tx& tx) -> absl::Status {
                          RETURN_IF_ERROR(tx.Query("insert into things values ('rolled back', 1)").status());
                          (void)tx.Query("insert into things values ('rolled back', 1)");
                          return absl::OkStatus();
                        }),
               Code::kAlreadyExists);
  EXPECT_EQ(Count("rolled back"), 0);
}

TEST(Database, AbortedByTheBodyIsNotRunAgain) {
  int runs = 0;
  EXPECT_ERROR(Db().Run({}, [&](Tx&) { return ++runs, EtagMismatch("thing"); }), Code::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(runs, 1);
}

TEST(Database, ADeadlockIsRunAgainUntilBothHaveCommitted) {
  ASSERT_OK(RunSql("insert into things values ('a', 0), ('b', 0) on conflict do nothing"));
  std::promise<void> locked[2];
  std::shared_future<void> ready[2] = {locked[0].get_future().share(), locked[1].get_future().share()};
  std::atomic<int> runs = 0;
  const auto update = [&](int self) {
    bool first = true;
    return Db().Run({}, [&](Tx& tx) -> absl::Status {
      ++runs;
      const char* ids[2] = {"a", "b"};
      RETURN_IF_ERROR(tx.Query("update things set amount = amount + 1 where id = $1", {ids[self]}).status());
      if (std::exchange(first, false)) {
        locked[self].set_value();
        ready[1 - self].wait();
      }
      return tx.Query("update things set amount = amount + 1 where id = $1", {ids[1 - self]}).status();
    });
  };
  auto other = std::async(std::launch::async, update, 1);
  EXPECT_OK(update(0));
  EXPECT_OK(other.get());
  EXPECT_EQ(runs, 3);
}

TEST(Database, ASerializationFailureGivesUpAfterItsTries) {
  int runs = 0;
  EXPECT_ERROR(Db().Run({.max_attempts = 3},
                        [&](Tx& tx) {
                          ++runs;
                          return tx.Query("do $$ begin raise exception 'x' using errcode = '40001'; end $$").status();
                        }),
               Code::kAborted, "TRANSACTION_CONFLICT");
  EXPECT_EQ(runs, 3);
}

TEST(Database, TheDeadlineEndsAStatementAndTheConnectionServesOn) {
  const absl::Time start = absl::Now();
  EXPECT_ERROR(RunSql("select pg_sleep(30)", {}, {.deadline = start + absl::Milliseconds(100)}),
               Code::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_ERROR(RunSql("select 1", {}, {.deadline = start}), Code::kDeadlineExceeded);
  EXPECT_OK(RunSql("select 1"));
}

TEST(Database, ManyStatementsTogetherKeepToTheDeadline) {
  const absl::Time start = absl::Now();
  EXPECT_ERROR(Db().Run({.deadline = start + absl::Milliseconds(300)},
                        [](Tx& tx) -> absl::Status {
                          for (int i = 0; i < 100; ++i) RETURN_IF_ERROR(tx.Query("select pg_sleep(0.2)").status());
                          return absl::OkStatus();
                        }),
               Code::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

TEST(Database, ATransactionWithoutADeadlineEndsAllTheSame) {
  const absl::Status status = Db().Run({.max_duration = absl::Milliseconds(50)}, [](Tx& tx) -> absl::Status {
    while (true) RETURN_IF_ERROR(tx.Query("select pg_sleep(0.01)").status());
  });
  EXPECT_ERROR(status, Code::kDeadlineExceeded);
}

TEST(Database, ReadOnlyTransactionsCannotWrite) {
  EXPECT_FALSE(RunSql("insert into things values ('read only', 1)", {}, {.read_only = true}).ok());
  EXPECT_EQ(Count("read only"), 0);
}

TEST(Database, SettingsEndWithTheirTransaction) {
  const auto clinic = [](Tx& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Row row, tx.QueryOne("select current_setting('kat.clinic') as clinic"));
    return row.Get<std::string>("clinic");
  };
  ASSERT_OK_AND_ASSIGN(auto single, Database::Open({.uri = Shared().Uri(""), .pool_size = 1}));
  for (const std::string wanted : {"one", "", "o'two"}) {
    EXPECT_OK(single->Run({.clinic = wanted}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::string found, clinic(tx));
      EXPECT_EQ(found, wanted);
      return absl::OkStatus();
    }));
  }
}

TEST(Database, AnExhaustedPoolRefusesInTimeAndServesInOrderAgain) {
  ASSERT_OK_AND_ASSIGN(auto pool,
                       Database::Open({.uri = Shared().Uri(""), .pool_size = 1, .max_wait = absl::Milliseconds(50)}));
  std::promise<void> taken, release;
  auto holder = std::async(std::launch::async, [&] {
    return pool->Run({}, [&](Tx&) {
      taken.set_value();
      release.get_future().wait();
      return absl::OkStatus();
    });
  });
  taken.get_future().wait();
  EXPECT_EQ(pool->usage().in_use, 1);
  const absl::Status refused = pool->Run({}, [](Tx&) { return absl::OkStatus(); });
  ASSERT_ERROR(refused, Code::kResourceExhausted, "POOL_EXHAUSTED");
  EXPECT_TRUE(GetErrorDetail(refused)->retry_after.has_value());
  EXPECT_ERROR(pool->Run({.deadline = absl::Now() + absl::Milliseconds(10)}, [](Tx&) { return absl::OkStatus(); }),
               Code::kResourceExhausted, "POOL_EXHAUSTED");
  release.set_value();
  EXPECT_OK(holder.get());
  EXPECT_OK(pool->Run({}, [](Tx&) { return absl::OkStatus(); }));
  EXPECT_EQ(pool->usage().in_use, 0);
  EXPECT_EQ(pool->usage().waiting, 0);
}

TEST(Database, ManyMoreThreadsThanConnectionsAllGetTheirTurn) {
  ASSERT_OK_AND_ASSIGN(auto pool, Database::Open({.uri = Shared().Uri(""), .pool_size = 2}));
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) done += pool->Run({}, [](Tx& tx) { return tx.Query("select 1").status(); }).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 320);
}

TEST(Database, AKilledBackendIsUnavailableAndThePoolRecovers) {
  EXPECT_ERROR(Db().Run({},
                        [](Tx& tx) -> absl::Status {
                          RETURN_IF_ERROR(tx.Query("insert into things values ('killed', 1)").status());
                          Shared().KillConnections();
                          return tx.Query("select 1").status();
                        }),
               Code::kUnavailable, "DATABASE_UNAVAILABLE");
  EXPECT_EQ(Count("killed"), 0);
  EXPECT_EQ(Db().usage().in_use, 0);
}

TEST(Database, ConnectionsThatDiedIdleAreReplacedUnseen) {
  std::vector<std::future<absl::Status>> runs;
  for (int i = 0; i < 4; ++i)
    runs.push_back(std::async(std::launch::async, [] { return RunSql("select pg_sleep(0.05)"); }));
  for (auto& run : runs) EXPECT_OK(run.get());
  Shared().KillConnections();
  EXPECT_OK(RunSql("select 1"));
}

TEST(Database, ADeathDuringCommitIsInDoubt) {
  const absl::Status status = RunSql("insert into doomed values (1)");
  ASSERT_ERROR(status, Code::kUnavailable, "COMMIT_IN_DOUBT");
  EXPECT_TRUE(GetErrorDetail(status)->retry_after.has_value());
  EXPECT_OK(RunSql("select 1"));
}

TEST(Database, APlanThatAMigrationOutdatedIsMadeAnew) {
  Shared().AsSuperuser("create table shifting (a int); grant select on shifting to kat_pgtest");
  ASSERT_OK_AND_ASSIGN(auto pool, Database::Open({.uri = Shared().Uri(""), .pool_size = 1}));
  const auto read = [&] { return pool->Run({}, [](Tx& tx) { return tx.Query("select * from shifting").status(); }); };
  EXPECT_OK(read());
  Shared().AsSuperuser("alter table shifting add column b int");
  EXPECT_OK(read());
}

TEST(Database, ANotificationWakesTheWaiterAndCloseEndsTheWait) {
  ASSERT_OK_AND_ASSIGN(auto listener, Database::Open({.uri = Shared().Uri(""), .pool_size = 1}));
  EXPECT_TRUE(listener->WaitForNotification("bell", absl::Seconds(5)));  // connected: look at the table first
  EXPECT_FALSE(listener->WaitForNotification("bell", absl::Milliseconds(1)));
  ASSERT_OK(RunSql("select pg_notify('bell', '')"));
  EXPECT_TRUE(listener->WaitForNotification("bell", absl::Seconds(20)));
  Shared().KillConnections();
  EXPECT_FALSE(listener->WaitForNotification("bell", absl::Seconds(20)));
  EXPECT_TRUE(listener->WaitForNotification("bell", absl::Seconds(20)));  // connected anew
  auto waiting =
      std::async(std::launch::async, [&] { return listener->WaitForNotification("bell", absl::Minutes(10)); });
  listener->Close();
  EXPECT_FALSE(waiting.get());
  EXPECT_ERROR(listener->Run({}, [](Tx&) { return absl::OkStatus(); }), Code::kUnavailable, "DATABASE_CLOSED");
}

TEST(Database, AServerThatIsNotThereIsUnavailable) {
  EXPECT_ERROR(Database::Open({.uri = "host=/nonexistent dbname=x"}), Code::kUnavailable, "DATABASE_UNAVAILABLE");
  EXPECT_ERROR(Database::Open({.uri = "postgresql://[broken"}), Code::kInvalidArgument);
  EXPECT_ERROR(Database::Open({.uri = Shared().Uri(""), .password_file = "/nonexistent"}), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace kat::pg
