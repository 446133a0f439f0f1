#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/error.h"
#include "libs/pg/database.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"

namespace kat::pg {
namespace {

using testing::TestDatabase;

constexpr int kAccounts = 6, kThreads = 8, kTransfersEach = 200, kTransfersPerKill = 20;
constexpr int64_t kOpening = 1000;

// Moves money once per id, however often it is called: what a request id does for a service.
absl::Status Transfer(Database& database, const std::string& id, int from, int to, int64_t amount) {
  return database.Run({}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        const int64_t is_new,
        tx.Execute("insert into transfers values ($1, $2, $3, $4) on conflict do nothing", {id, from, to, amount}));
    if (is_new == 0) return absl::OkStatus();
    // In whatever order they come, so that deadlocks are part of it.
    RETURN_IF_ERROR(tx.Query("update accounts set balance = balance - $2 where id = $1", {from, amount}).status());
    return tx.Query("update accounts set balance = balance + $2 where id = $1", {to, amount}).status();
  });
}

TEST(Chaos, NoAcknowledgedTransferIsLostOrDoubledWhileBackendsDie) {
  TestDatabase owned({.service = "chaostest", .pool_size = 5});
  owned.AsSuperuser(absl::StrCat(
      "create table accounts (id int primary key, balance bigint not null);"
      "create table transfers (id text primary key, source int not null, target int not null, amount bigint not null);"
      "grant all on accounts, transfers to kat_chaostest; insert into accounts select n, ",
      kOpening, " from generate_series(0, ", kAccounts - 1, ") n"));
  Database& database = owned.service();

  std::mutex mutex;
  std::set<std::string> acknowledged;
  std::atomic<int> finished = 0, in_doubt = 0, unavailable = 0, aborted = 0, kills = 0;
  std::atomic<bool> stop = false;
  std::thread killer([&] {
    ASSERT_OK_AND_ASSIGN(
        auto superuser,
        Database::Open(
            {.uri = absl::StrReplaceAll(owned.Uri(""), {{"user=kat_chaostest", "user=postgres"}}), .pool_size = 1}));
    for (int next = kTransfersPerKill; !stop; next += kTransfersPerKill) {
      for (int seen = finished; seen < next && !stop; seen = finished) finished.wait(seen);
      EXPECT_OK(superuser->Run({}, [](Tx& tx) {
        return tx
            .Query(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kat_chaostest'"
                " order by random() limit 1")
            .status();
      }));
      ++kills;
    }
  });

  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(t + 1);
      for (int i = 0; i < kTransfersEach; ++i) {
        const std::string id = absl::StrCat(t, ".", i);
        const int from = random() % kAccounts, to = (from + 1 + random() % (kAccounts - 1)) % kAccounts;
        const int64_t amount = random() % 50;
        for (bool done = false; !done;) {
          const absl::Status status = Transfer(database, id, from, to, amount);
          done = status.ok();
          if (ErrorReason(status) == "COMMIT_IN_DOUBT") {
            ++in_doubt;
          } else if (absl::IsUnavailable(status)) {
            ++unavailable;
          } else if (absl::IsAborted(status)) {
            ++aborted;
          } else {
            ASSERT_OK(status);
          }
        }
        {
          const std::lock_guard<std::mutex> lock(mutex);
          acknowledged.insert(id);
        }
        ++finished;
        finished.notify_all();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  ++finished;
  finished.notify_all();
  killer.join();

  ASSERT_OK(database.Run({}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows transfers, tx.Query("select id from transfers"));
    std::set<std::string> found;
    for (const Row& row : transfers) found.insert(row.Get<std::string>("id"));
    EXPECT_EQ(found, acknowledged);
    ASSIGN_OR_RETURN(const Row sum, tx.QueryOne("select sum(balance)::bigint as total from accounts"));
    EXPECT_EQ(sum.Get<int64_t>("total"), kAccounts * kOpening);
    ASSIGN_OR_RETURN(const Row wrong,
                     tx.QueryOne("select count(*) as n from accounts a where balance <> $1"
                                 " + coalesce((select sum(amount) from transfers where target = a.id), 0)"
                                 " - coalesce((select sum(amount) from transfers where source = a.id), 0)",
                                 {kOpening}));
    EXPECT_EQ(wrong.Get<int>("n"), 0);
    return absl::OkStatus();
  }));
  EXPECT_EQ(acknowledged.size(), static_cast<size_t>(kThreads * kTransfersEach));
  EXPECT_EQ(database.usage().in_use, 0);
  EXPECT_GT(kills, 10);
  EXPECT_GT(in_doubt + unavailable, 0);
  RecordProperty("kills", kills);
  std::cout << "kills " << kills << ", unavailable " << unavailable << ", in doubt " << in_doubt << ", aborted "
            << aborted << "\n";
}

}  // namespace
}  // namespace kat::pg
