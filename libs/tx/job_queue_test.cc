#include "libs/tx/job_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::tx {
namespace {

using testing::TestDatabase;
using Code = absl::StatusCode;

class BareTx : public Transaction {};
class BarePgTx : public PgTransaction<BareTx> {
 public:
  using PgTransaction::PgTransaction;
};

// The queue is of all clinics, so each test has a database of its own.
class JobQueueTest : public ::testing::Test {
 protected:
  absl::Status Schedule(absl::string_view key, absl::Time due_at, absl::string_view payload = "{}") {
    return store_.Run({.clinic = clinic_}, [&](BareTx& tx) {
      return tx.Schedule(
          {.kind = "reminder", .key = std::string(key), .due_at = due_at, .payload = std::string(payload)});
    });
  }
  absl::Status Finish(int64_t id) {
    return worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.FinishJob(id); });
  }
  std::vector<DueJob> Due() {
    auto due = queue_.Due(clock_.Now(), 100);
    EXPECT_OK(due);
    return due.ok() ? *due : std::vector<DueJob>();
  }

  TestDatabase database_{{.service = "jobtest", .pool_size = 4}};
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  PgStore<BareTx, BarePgTx> store_{database_.service(), clock_};
  PgStore<BareTx, BarePgTx> worker_store_{database_.worker(), clock_};
  JobQueue queue_{database_.worker()};
  ClinicId clinic_ = database_.NewClinic();
};

TEST_F(JobQueueTest, JobsComeWhenTheyAreDueTheLongestDueFirst) {
  ASSERT_OK(Schedule("later", clock_.Now() + absl::Hours(2)));
  ASSERT_OK(Schedule("second", clock_.Now()));
  ASSERT_OK(Schedule("first", clock_.Now() - absl::Hours(1), R"({"version": 2})"));
  const std::vector<DueJob> due = Due();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].job.key, "first");
  EXPECT_EQ(due[0].job.kind, "reminder");
  EXPECT_EQ(due[0].job.payload, R"({"version": 2})");
  EXPECT_EQ(due[0].job.due_at, clock_.Now() - absl::Hours(1));
  EXPECT_EQ(due[0].clinic, clinic_);
  EXPECT_EQ(due[1].job.key, "second");
  ASSERT_OK_AND_ASSIGN(const int count, queue_.CountDue(clock_.Now()));
  EXPECT_EQ(count, 2);
  ASSERT_OK_AND_ASSIGN(const std::optional<absl::Time> next, queue_.NextDueAfter(clock_.Now()));
  EXPECT_EQ(next, clock_.Now() + absl::Hours(2));
  ASSERT_OK_AND_ASSIGN(const std::optional<absl::Time> none, queue_.NextDueAfter(clock_.Now() + absl::Hours(2)));
  EXPECT_EQ(none, std::nullopt);
}

TEST_F(JobQueueTest, AJobIsDoneOnceAmongManyWorkers) {
  ASSERT_OK(Schedule("raced", clock_.Now()));
  const int64_t id = Due().at(0).id;
  std::atomic<int> done = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
        RETURN_IF_ERROR(tx.FinishJob(id));
        return tx.Publish({.type = "done", .subject = "s"});
      });
      status.ok() ? ++done : ++refused;
      EXPECT_TRUE(status.ok() || testing::IsError(status, Code::kAborted, "JOB_TAKEN"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(database_.Events(clinic_).size(), 1u);
  EXPECT_TRUE(Due().empty());
}

TEST_F(JobQueueTest, AnotherWorkerDoesNotWaitForAJobInHand) {
  ASSERT_OK(Schedule("held", clock_.Now()));
  const int64_t id = Due().at(0).id;
  ASSERT_OK(worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.FinishJob(id));
    EXPECT_ERROR(std::async(std::launch::async, [&] { return Finish(id); }).get(), Code::kAborted, "JOB_TAKEN");
    return absl::OkStatus();
  }));
}

TEST_F(JobQueueTest, AJobWhoseEffectFailsStays) {
  ASSERT_OK(Schedule("fails", clock_.Now()));
  const int64_t id = Due().at(0).id;
  EXPECT_FALSE(worker_store_
                   .Run({.clinic = clinic_},
                        [&](BareTx& tx) -> absl::Status {
                          RETURN_IF_ERROR(tx.FinishJob(id));
                          return PeerUnavailable("intake");
                        })
                   .ok());
  EXPECT_EQ(Due().size(), 1u);
  EXPECT_OK(Finish(id));
}

TEST_F(JobQueueTest, SchedulingAgainReplacesAndTheOldOneCannotBeDone) {
  ASSERT_OK(Schedule("moved", clock_.Now()));
  const int64_t old = Due().at(0).id;
  ASSERT_OK(Schedule("moved", clock_.Now() + absl::Hours(1)));
  EXPECT_ERROR(Finish(old), Code::kAborted, "JOB_TAKEN");
  EXPECT_TRUE(Due().empty());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Due().size(), 1u);
}

TEST_F(JobQueueTest, AJobMayScheduleItselfAnew) {
  ASSERT_OK(Schedule("daily", clock_.Now()));
  const int64_t id = Due().at(0).id;
  ASSERT_OK(worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.FinishJob(id));
    return tx.Schedule({.kind = "reminder", .key = "daily", .due_at = tx.now() + absl::Hours(24), .payload = "{}"});
  }));
  ASSERT_EQ(database_.Jobs(clinic_).size(), 1u);
  EXPECT_EQ(database_.Jobs(clinic_)[0].due_at, clock_.Now() + absl::Hours(24));
}

TEST_F(JobQueueTest, ACancelledJobIsGoneAndOthersOfItsKindStay) {
  ASSERT_OK(Schedule("a", clock_.Now()));
  ASSERT_OK(Schedule("b", clock_.Now()));
  ASSERT_OK(store_.Run({.clinic = clinic_}, [](BareTx& tx) { return tx.CancelJob("reminder", "a"); }));
  ASSERT_OK(store_.Run({.clinic = database_.NewClinic()}, [](BareTx& tx) { return tx.CancelJob("reminder", "b"); }));
  ASSERT_EQ(Due().size(), 1u);
  EXPECT_EQ(Due()[0].job.key, "b");
}

TEST_F(JobQueueTest, PassesOverWhatItIsToldTo) {
  ASSERT_OK(Schedule("held", clock_.Now()));
  ASSERT_OK(Schedule("free", clock_.Now()));
  const int64_t held = Due().at(0).id;
  ASSERT_OK_AND_ASSIGN(const std::vector<DueJob> due, queue_.Due(clock_.Now(), 100, {held}));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].job.key, "free");
  ASSERT_OK_AND_ASSIGN(const int counted, queue_.CountDue(clock_.Now()));
  EXPECT_EQ(counted, 2) << "what is passed over is due all the same";
}

TEST_F(JobQueueTest, KindsThatComeLastAreAfterAllOthersHoweverLongTheyAreDue) {
  const auto schedule = [&](absl::string_view kind, absl::string_view key, absl::Time due_at) {
    return store_.Run({.clinic = clinic_}, [&](BareTx& tx) {
      return tx.Schedule({.kind = std::string(kind), .key = std::string(key), .due_at = due_at, .payload = "{}"});
    });
  };
  ASSERT_OK(schedule("plan", "second", clock_.Now() - absl::Hours(1)));
  ASSERT_OK(schedule("plan.again", "first", clock_.Now() - absl::Hours(2)));
  ASSERT_OK(schedule("end", "third", clock_.Now() - absl::Minutes(1)));
  ASSERT_OK(schedule("end", "fourth", clock_.Now()));
  const auto keys = [&](int limit, const std::vector<std::string>& last) {
    std::vector<std::string> keys;
    for (const DueJob& due : queue_.Due(clock_.Now(), limit, {}, last).value_or(std::vector<DueJob>())) {
      keys.push_back(due.job.key);
    }
    return keys;
  };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys(100, {}), (Keys{"first", "second", "third", "fourth"}));
  EXPECT_EQ(keys(100, {"plan", "plan.again"}), (Keys{"third", "fourth", "first", "second"}));
  EXPECT_EQ(keys(2, {"plan", "plan.again"}), (Keys{"third", "fourth"}));
  EXPECT_EQ(keys(100, {"plan"}), (Keys{"first", "third", "fourth", "second"}));
}

TEST_F(JobQueueTest, ARetryCountsAndWaits) {
  ASSERT_OK(Schedule("again", clock_.Now()));
  ASSERT_OK(queue_.Retry(Due().at(0).id, clock_.Now() + absl::Minutes(1)));
  EXPECT_TRUE(Due().empty());
  clock_.Advance(absl::Minutes(1));
  ASSERT_EQ(Due().size(), 1u);
  EXPECT_EQ(Due()[0].job.attempts, 1);
}

TEST_F(JobQueueTest, AParkedJobWaitsForAPersonAndCanBeReplayed) {
  ASSERT_OK(Schedule("poison", clock_.Now(), R"({"a": 1})"));
  const int64_t id = Due().at(0).id;
  ASSERT_OK(queue_.Park(id, "FAILED_PRECONDITION: no such patient"));
  EXPECT_TRUE(Due().empty());
  ASSERT_OK_AND_ASSIGN(const std::vector<ParkedJob> parked, queue_.Parked(10));
  ASSERT_EQ(parked.size(), 1u);
  EXPECT_EQ(parked[0].clinic, clinic_);
  EXPECT_EQ(parked[0].job.key, "poison");
  EXPECT_EQ(parked[0].job.attempts, 1);
  EXPECT_EQ(parked[0].error, "FAILED_PRECONDITION: no such patient");
  ASSERT_OK_AND_ASSIGN(const bool replayed, queue_.Replay(id, clock_.Now()));
  EXPECT_TRUE(replayed);
  ASSERT_EQ(Due().size(), 1u);
  EXPECT_EQ(Due()[0].job.payload, R"({"a": 1})");
  EXPECT_EQ(Due()[0].job.attempts, 0);
  ASSERT_OK_AND_ASSIGN(const bool twice, queue_.Replay(id, clock_.Now()));
  EXPECT_FALSE(twice);
}

TEST_F(JobQueueTest, SchedulingWakesTheWorker) {
  EXPECT_TRUE(database_.worker().WaitForNotification("kat_jobs", absl::Seconds(20)));
  ASSERT_OK(Schedule("wake", clock_.Now()));
  EXPECT_TRUE(database_.worker().WaitForNotification("kat_jobs", absl::Seconds(20)));
}

}  // namespace
}  // namespace kat::tx
