#include "libs/tx/pg_transaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/audit_writer.h"
#include "libs/tx/parked_events.h"

namespace kat::tx {
namespace {

using testing::TestDatabase;
using Code = absl::StatusCode;

class BareTx : public Transaction {};
class BarePgTx : public PgTransaction<BareTx> {
 public:
  using PgTransaction::PgTransaction;
  pg::Tx& sql() { return db(); }
};

class PgTransactionTest : public ::testing::Test {
 protected:
  TestDatabase& database_ = TestDatabase::Get({.service = "txtest"});
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  PgStore<BareTx, BarePgTx> store_{database_.service(), clock_};
  PgStore<BareTx, BarePgTx> worker_store_{database_.worker(), clock_};
  ClinicId clinic_ = database_.NewClinic();
};

TEST_F(PgTransactionTest, AClinicIsReadAsItWasSaved) {
  ClinicInfo info = TestDatabase::DefaultClinic();
  info.holidays = {absl::CivilDay(2026, 12, 25), absl::CivilDay(2027, 1, 1)};
  info.disabled = true;
  ASSERT_OK(worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.SaveClinic(info); }));
  ASSERT_OK(store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const ClinicInfo read, tx.Clinic());
    EXPECT_EQ(read.display_name, info.display_name);
    EXPECT_EQ(read.phone, info.phone);
    EXPECT_EQ(read.zone.name(), "America/New_York");
    EXPECT_EQ(read.holidays, info.holidays);
    EXPECT_TRUE(read.disabled);
    return absl::OkStatus();
  }));
}

TEST_F(PgTransactionTest, AnUnknownClinicSaysSoAndWhenToComeBack) {
  const absl::Status status =
      store_.Run({.clinic = ClinicId(NewId())}, [](BareTx& tx) { return tx.Clinic().status(); });
  ASSERT_ERROR(status, Code::kFailedPrecondition, "CLINIC_UNKNOWN");
  EXPECT_TRUE(GetErrorDetail(status)->retry_after.has_value());
}

TEST_F(PgTransactionTest, PublishedEventsCarryAllTheirParts) {
  const Event event = {
      .type = "patient.created",
      .subject = "clinics/a/patients/b",
      .subject_version = 3,
      .state = "ACTIVE",
      .related = {{"case", "x"}, {"patient", "with \"quotes\", commas"}},
      .work = Work{.kind = "RISK_REVIEW", .role = 4, .due_at = clock_.Now(), .urgency = Work::Urgency::kUrgent}};
  ASSERT_OK(store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Publish(event));
    return tx.Publish({.type = "plain", .subject = "s"});
  }));
  const std::vector<Event> events = database_.Events(clinic_);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].type, event.type);
  EXPECT_EQ(events[0].subject, event.subject);
  EXPECT_EQ(events[0].subject_version, 3);
  EXPECT_EQ(events[0].state, "ACTIVE");
  EXPECT_EQ(events[0].related, event.related);
  ASSERT_TRUE(events[0].work.has_value());
  EXPECT_EQ(events[0].work->kind, "RISK_REVIEW");
  EXPECT_EQ(events[0].work->due_at, clock_.Now());
  EXPECT_EQ(events[0].work->urgency, Work::Urgency::kUrgent);
  EXPECT_FALSE(events[0].work->closed);
  EXPECT_FALSE(events[1].work.has_value());
  EXPECT_TRUE(events[1].related.empty());
}

TEST_F(PgTransactionTest, EventsOfOneTransactionAreReadInTheOrderInWhichTheyWerePublished) {
  std::vector<std::string> published, read;
  ASSERT_OK(store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
    for (int i = 0; i < 50; ++i) {
      published.push_back(std::to_string(i * 37 % 50));
      RETURN_IF_ERROR(tx.Publish({.type = "t", .subject = published.back()}));
    }
    return absl::OkStatus();
  }));
  for (const Event& event : database_.Events(clinic_)) read.push_back(event.subject);
  EXPECT_EQ(read, published);
}

TEST_F(PgTransactionTest, WhatFailsLeavesNothingBehind) {
  EXPECT_ERROR(
      store_.Run({.clinic = clinic_},
                 [&](BareTx& tx) -> absl::Status {
                   RETURN_IF_ERROR(tx.Publish({.type = "gone", .subject = "s"}));
                   RETURN_IF_ERROR(tx.Schedule({.kind = "gone", .key = "k", .due_at = clock_.Now(), .payload = "{}"}));
                   return EtagMismatch("thing");
                 }),
      Code::kAborted, "ETAG_MISMATCH");
  EXPECT_TRUE(database_.Events(clinic_).empty());
  EXPECT_TRUE(database_.Jobs(clinic_).empty());
}

TEST_F(PgTransactionTest, AResponseIsFoundAgainByItsWholeKeyAlone) {
  const RequestKey key = {"user-1", "/kat/Create", "r-1"};
  const StoredResponse response = {"hash", std::string("\0bytes\xff", 7)};
  ASSERT_OK(store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.StoreResponse(key, response); }));
  const auto find = [&](const ClinicId& clinic, const RequestKey& wanted) {
    std::optional<StoredResponse> found;
    EXPECT_OK(store_.Run({.clinic = clinic}, [&](BareTx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(found, tx.FindResponse(wanted));
      return absl::OkStatus();
    }));
    return found;
  };
  ASSERT_TRUE(find(clinic_, key).has_value());
  EXPECT_EQ(find(clinic_, key)->response, response.response);
  EXPECT_EQ(find(clinic_, key)->body_hash, "hash");
  EXPECT_FALSE(find(database_.NewClinic(), key).has_value());
  EXPECT_FALSE(find(clinic_, {"user-2", "/kat/Create", "r-1"}).has_value());
  EXPECT_FALSE(find(clinic_, {"user-1", "/kat/Update", "r-1"}).has_value());
}

TEST_F(PgTransactionTest, OfManyThatStoreOneRequestIdOneWinsAndTheOthersLeaveNothing) {
  const RequestKey key = {"user-1", "/kat/Create", "raced"};
  std::atomic<int> won = 0, lost = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const absl::Status status = store_.Run({.clinic = clinic_}, [&](BareTx& tx) -> absl::Status {
        RETURN_IF_ERROR(tx.Publish({.type = "effect", .subject = std::to_string(i)}));
        return tx.StoreResponse(key, {"hash", std::to_string(i)});
      });
      ++(status.ok() ? won : lost);
      EXPECT_TRUE(status.ok() || testing::IsError(status, Code::kAlreadyExists, "REQUEST_SERVED"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_EQ(database_.Events(clinic_).size(), 1u);
}

TEST_F(PgTransactionTest, AFeedCursorMovesOnceFromEachPlace) {
  const std::string feed = "feed-" + NewId();
  const auto move = [&](absl::string_view from, absl::string_view to) {
    return worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.MoveFeedCursor(feed, from, to); });
  };
  EXPECT_ERROR(move("1.1", "1.2"), Code::kAborted, "CURSOR_MOVED");
  EXPECT_OK(move("", "1.1"));
  EXPECT_ERROR(move("", "1.1"), Code::kAborted, "CURSOR_MOVED");
  EXPECT_OK(move("1.1", "1.2"));
  EXPECT_ERROR(move("1.1", "1.2"), Code::kAborted, "CURSOR_MOVED");
  ASSERT_OK(worker_store_.Run({.clinic = ClinicId("another")}, [&](BareTx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string cursor, tx.FeedCursor(feed));
    EXPECT_EQ(cursor, "1.2");
    return absl::OkStatus();
  }));
}

TEST_F(PgTransactionTest, ReplicasThatMoveOneCursorTogetherApplyTheEventOnce) {
  const std::string feed = "feed-" + NewId();
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      won +=
          worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.MoveFeedCursor(feed, "", "1.1"); }).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_F(PgTransactionTest, AnEventParksWithItsLatestError) {
  for (const char* error : {"first", "second"}) {
    ASSERT_OK(worker_store_.Run({.clinic = clinic_},
                                [&](BareTx& tx) { return tx.ParkEvent("intake", "5.6", "patient.created", error); }));
  }
  ASSERT_OK(database_.worker().Run({}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Row row,
                     tx.QueryOne("select cursor, type, error from parked_events where clinic = $1", {clinic_}));
    EXPECT_EQ(row.Get<std::string>("cursor"), "5.6");
    EXPECT_EQ(row.Get<std::string>("type"), "patient.created");
    EXPECT_EQ(row.Get<std::string>("error"), "second");
    return absl::OkStatus();
  }));
}

TEST_F(PgTransactionTest, AParkedEventGetsOneReplayJobAndIsTakenOffOnce) {
  const std::string feed = "scheduling:" + NewId();
  ASSERT_OK(worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.ParkEvent(feed, "5.6", "t", "why"); }));
  ParkedEvents parked(database_.worker());
  ASSERT_OK_AND_ASSIGN(const std::vector<ParkedEvent> all, parked.List(1000));
  const auto ours = std::find_if(all.begin(), all.end(), [&](const ParkedEvent& event) { return event.feed == feed; });
  ASSERT_NE(ours, all.end());
  EXPECT_EQ(ours->clinic, clinic_);
  EXPECT_EQ(ours->parked_at, clock_.Now());
  for (int i = 0; i < 2; ++i) ASSERT_OK(parked.ReplayAll(absl::UnixEpoch()));
  const std::vector<Job> jobs = database_.Jobs(clinic_);
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].kind, kReplayJob);
  EXPECT_EQ(ReplayedEvent(jobs[0].key), std::pair(feed, std::string("5.6")));
  const auto unpark = [&] {
    return worker_store_.Run({.clinic = clinic_}, [&](BareTx& tx) { return tx.UnparkEvent(feed, "5.6"); });
  };
  EXPECT_OK(unpark());
  EXPECT_ERROR(unpark(), Code::kAborted, "EVENT_NOT_PARKED");
}

TEST_F(PgTransactionTest, AuditRowsCannotBeChangedOrRemovedByAnyRole) {
  ASSERT_OK(store_.Run({.clinic = clinic_},
                       [&](BareTx& tx) { return tx.Audit({.actor = "a", .method = "m", .subject = "s"}); }));
  for (pg::Database* database : {&database_.service(), &database_.worker(), &database_.owner()}) {
    for (const char* sql : {"update audit_log set actor = 'b'", "delete from audit_log", "truncate audit_log"}) {
      const absl::Status status =
          database->Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) { return tx.Query(sql).status(); });
      EXPECT_FALSE(status.ok()) << sql;
    }
  }
}

TEST_F(PgTransactionTest, ManyAuditRowsAreWrittenAtOnceAndUnderTheirClinic) {
  AuditWriter writer(database_.service(), clock_);
  ASSERT_OK(writer.Write(clinic_, {}));
  ASSERT_OK(writer.Write(clinic_, {{.actor = "a", .method = "m", .subject = "one"},
                                   {.actor = "b", .method = "m", .subject = "two", .outcome = "OK"}}));
  ASSERT_OK(database_.owner().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const pg::Rows rows, tx.Query("select actor, subject, outcome from audit_log order by id"));
    EXPECT_EQ(rows.size(), 2);
    if (rows.size() != 2) return absl::OkStatus();
    EXPECT_EQ(rows[0].Get<std::string>("subject"), "one");
    EXPECT_EQ(rows[1].Get<std::string>("actor"), "b");
    EXPECT_EQ(rows[1].Get<std::string>("outcome"), "OK");
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::tx
