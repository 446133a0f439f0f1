#include "libs/tx/outbox_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::tx {
namespace {

using testing::TestDatabase;
using Code = absl::StatusCode;

// An outbox is read whole, so each test has a database of its own. Transactions of other test processes may hold back
// the watermark, which is the cluster's: a test reads until it has what must come.
class OutboxReaderTest : public ::testing::Test {
 protected:
  absl::Status Publish(pg::Tx& tx, const ClinicId& clinic, absl::string_view subject, absl::string_view type = "t") {
    PlatformTables tables(tx, clinic, absl::FromUnixSeconds(1'800'000'000), "trace");
    RETURN_IF_ERROR(tables.Publish({.type = std::string(type), .subject = std::string(subject)}));
    return tables.WriteEvents();
  }
  absl::Status Publish(const ClinicId& clinic, absl::string_view subject, absl::string_view type = "t") {
    return database_.service().Run({.clinic = clinic.str()},
                                   [&](pg::Tx& tx) { return Publish(tx, clinic, subject, type); });
  }
  // Subjects from `cursor` on, once `count` have come; moves `cursor`.
  std::vector<std::string> ReadSubjects(size_t count, std::string& cursor, int limit = 100,
                                        const ClinicId& clinic = ClinicId(),
                                        const std::vector<std::string>& types = {}) {
    std::vector<std::string> subjects;
    do {
      auto batch = reader_.Read(clinic, cursor, types, limit);
      EXPECT_OK(batch);
      if (!batch.ok()) break;
      for (const FeedEvent& event : batch->events) subjects.push_back(event.event.subject);
      cursor = batch->cursor;
    } while (subjects.size() < count);
    return subjects;
  }

  TestDatabase database_{{.service = "outboxtest", .pool_size = 12}};
  OutboxReader reader_{database_.worker()};
  ClinicId clinic_ = database_.NewClinic();
  ClinicId other_ = database_.NewClinic();
};

using Subjects = std::vector<std::string>;

TEST_F(OutboxReaderTest, AnEmptyOutboxHasNoHeadAndLeavesTheCursor) {
  ASSERT_OK_AND_ASSIGN(const FeedBatch batch, reader_.Read(ClinicId(), "", {}, 10));
  EXPECT_TRUE(batch.events.empty());
  EXPECT_EQ(batch.cursor, "");
  EXPECT_FALSE(batch.more);
  ASSERT_OK_AND_ASSIGN(const std::string head, reader_.Head());
  EXPECT_EQ(head, "");
}

TEST_F(OutboxReaderTest, EventsComeInCommitOrderAndOnceWithAnyBatchSize) {
  for (int i = 0; i < 7; ++i) ASSERT_OK(Publish(clinic_, absl::StrCat(i)));
  for (int limit : {1, 2, 7, 100}) {
    std::string cursor;
    EXPECT_EQ(ReadSubjects(7, cursor, limit), (Subjects{"0", "1", "2", "3", "4", "5", "6"})) << limit;
    ASSERT_OK_AND_ASSIGN(const std::string head, reader_.Head());
    EXPECT_EQ(cursor, head);
  }
}

TEST_F(OutboxReaderTest, AnEventsOwnCursorContinuesWithTheNext) {
  for (const char* subject : {"a", "b", "c"}) ASSERT_OK(Publish(clinic_, subject));
  std::string cursor;
  ReadSubjects(3, cursor);
  ASSERT_OK_AND_ASSIGN(const FeedBatch all, reader_.Read(ClinicId(), "", {}, 10));
  EXPECT_EQ(all.events[1].clinic, clinic_);
  EXPECT_EQ(all.events[1].trace_id, "trace");
  EXPECT_EQ(all.events[1].occurred_at, absl::FromUnixSeconds(1'800'000'000));
  cursor = all.events[1].cursor;
  EXPECT_EQ(ReadSubjects(1, cursor), (Subjects{"c"}));
  ASSERT_OK_AND_ASSIGN(cursor, CursorBefore(all.events[1].cursor));
  EXPECT_EQ(ReadSubjects(2, cursor), (Subjects{"b", "c"}));
}

TEST_F(OutboxReaderTest, ReadingOnFromWhereTheFeedHasSettledFindsWhatCameLaterAlone) {
  ASSERT_OK(Publish(clinic_, "before"));
  std::string cursor;
  ReadSubjects(1, cursor);
  ASSERT_OK_AND_ASSIGN(std::string settled, reader_.Settled());
  EXPECT_EQ(settled, cursor);
  ASSERT_OK(Publish(clinic_, "after"));
  EXPECT_EQ(ReadSubjects(1, settled), (Subjects{"after"}));
}

TEST_F(OutboxReaderTest, CursorsAreComparedByTransactionAndThenBySequence) {
  EXPECT_TRUE(IsAfter("100.1", "99.7").value());
  EXPECT_TRUE(IsAfter("100.2", "100.1").value());
  EXPECT_FALSE(IsAfter("100.1", "100.1").value());
  EXPECT_TRUE(IsAfter("1.1", "").value());
  EXPECT_ERROR(IsAfter("nonsense", ""), Code::kInvalidArgument, "CURSOR_INVALID");
}

TEST_F(OutboxReaderTest, UnwantedEventsAreLeftOutAndPassedOver) {
  ASSERT_OK(Publish(clinic_, "mine"));
  ASSERT_OK(Publish(clinic_, "wrong type", "u"));
  ASSERT_OK(Publish(other_, "theirs"));
  std::string all, cursor;
  ReadSubjects(3, all);  // the watermark has passed them
  EXPECT_EQ(ReadSubjects(1, cursor, 100, clinic_, {"t"}), (Subjects{"mine"}));
  EXPECT_EQ(cursor, all);
}

TEST_F(OutboxReaderTest, OrderBySequenceAloneWouldSkipAnEventAndThisDoesNot) {
  std::promise<void> early_began, late_published, early_published, late_may_commit;
  // `early` takes the lower transaction id and publishes second; `late` publishes first and commits last.
  auto early = std::async(std::launch::async, [&] {
    return database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Query("select pg_current_xact_id()").status());
      early_began.set_value();
      late_published.get_future().wait();
      return Publish(tx, clinic_, "early");
    });
  });
  early_began.get_future().wait();
  auto late = std::async(std::launch::async, [&] {
    return database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(Publish(tx, clinic_, "late"));
      late_published.set_value();
      late_may_commit.get_future().wait();
      return absl::OkStatus();
    });
  });
  ASSERT_OK(early.get());
  std::string cursor;
  EXPECT_EQ(ReadSubjects(1, cursor), (Subjects{"early"}));  // below the watermark, with the higher seq
  late_may_commit.set_value();
  ASSERT_OK(late.get());
  EXPECT_EQ(ReadSubjects(1, cursor), (Subjects{"late"}));  // with the lower seq, and not skipped
  ASSERT_OK(database_.worker().Run({}, [](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Rows rows, tx.Query("select subject from outbox order by seq"));
    EXPECT_EQ(rows[0].Get<std::string>("subject"), "late");
    return absl::OkStatus();
  }));
}

TEST_F(OutboxReaderTest, AnEventWaitsForEveryTransactionThatCouldPrecedeIt) {
  ASSERT_OK(database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(Publish(tx, clinic_, "open"));
    RETURN_IF_ERROR(std::async(std::launch::async, [&] { return Publish(clinic_, "committed"); }).get());
    ASSIGN_OR_RETURN(const FeedBatch batch, reader_.Read(ClinicId(), "", {}, 10));
    EXPECT_TRUE(batch.events.empty());
    ASSIGN_OR_RETURN(const std::string head, reader_.Head());
    EXPECT_NE(head, batch.cursor);  // so that whoever compares them knows that something is still to come
    ASSIGN_OR_RETURN(const std::string settled, reader_.Settled());
    EXPECT_EQ(settled, "");  // reading on from the head would miss the open one
    return absl::OkStatus();
  }));
  std::string cursor;
  EXPECT_EQ(ReadSubjects(2, cursor), (Subjects{"open", "committed"}));
}

TEST_F(OutboxReaderTest, NothingIsSkippedOrDoubledUnderManyWriters) {
  constexpr int kWriters = 6, kEach = 50;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_OK(database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
          if (i % 3 == 0) RETURN_IF_ERROR(tx.Query("select pg_current_xact_id()").status());
          if (i % 5 == 0) RETURN_IF_ERROR(tx.Query("select pg_sleep(0.002)").status());
          return Publish(tx, clinic_, absl::StrCat(w, ".", i));
        }));
      }
    });
  }
  std::string cursor;
  const std::vector<std::string> subjects = ReadSubjects(kWriters * kEach, cursor, 7);
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(subjects.size(), static_cast<size_t>(kWriters * kEach));
  EXPECT_EQ(std::set<std::string>(subjects.begin(), subjects.end()).size(), subjects.size());
  // What one writer published one after the other comes in that order.
  std::vector<int> last(kWriters, -1);
  for (const std::string& subject : subjects) {
    const int writer = subject[0] - '0', number = std::stoi(subject.substr(2));
    EXPECT_EQ(number, last[writer] + 1);
    last[writer] = number;
  }
}

TEST_F(OutboxReaderTest, RefusesCursorsOfAnotherShape) {
  for (const char* cursor : {"1", "a.b", "1.", ".1", "1.2.3", "-1.2", " 1.2", "1.2'", "99999999999999999999999.1"}) {
    EXPECT_TRUE(testing::IsError(reader_.Read(ClinicId(), cursor, {}, 10), Code::kInvalidArgument, "CURSOR_INVALID"))
        << cursor;
  }
}

TEST_F(OutboxReaderTest, PublishingWakesTheReader) {
  EXPECT_TRUE(database_.worker().WaitForNotification(kOutboxChannel, absl::Seconds(20)));
  ASSERT_OK(Publish(clinic_, "wake"));
  EXPECT_TRUE(database_.worker().WaitForNotification(kOutboxChannel, absl::Seconds(20)));
}

}  // namespace
}  // namespace kat::tx
