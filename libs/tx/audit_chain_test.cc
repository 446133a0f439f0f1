#include "libs/tx/audit_chain.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::tx {
namespace {

using testing::TestDatabase;
using Kind = AuditFinding::Kind;

class AuditChainTest : public ::testing::Test {
 protected:
  void Audit(const ClinicId& clinic, absl::string_view actor) {
    ASSERT_OK(database_.service().Run({.clinic = clinic.str()}, [&](pg::Tx& tx) {
      return PlatformTables(tx, clinic, absl::FromUnixMicros(1'800'000'000'000'123), "")
          .Audit({.actor = std::string(actor), .method = "/m", .subject = "clinics/c/patients/p", .outcome = "OK"});
    }));
  }
  // Seals until `count` rows are: other processes' transactions may hold back the watermark.
  void SealRows(int count) {
    for (int sealed = 0; sealed < count;) {
      ASSERT_OK_AND_ASSIGN(const int more, chain_.Seal(clinic_, 100));
      sealed += more;
    }
  }
  AuditReport Verify(const std::optional<AuditAnchor>& anchor = std::nullopt) {
    auto report = chain_.Verify(clinic_, anchor);
    EXPECT_OK(report);
    return report.ok() ? *report : AuditReport();
  }
  // What somebody with the machine in his hands could do.
  void Tamper(const std::string& sql) {
    const std::string where = absl::StrCat("clinic = '", clinic_.str(), "' and ");
    const std::string text = absl::StrReplaceAll(sql, {{"WHERE ", "where " + where}});
    database_.AsSuperuser(absl::StrCat("set session_replication_role = replica; ", text));
  }
  void ExpectOnly(const AuditReport& report, Kind kind, int64_t position) {
    ASSERT_EQ(report.findings.size(), 1u);
    EXPECT_EQ(report.findings[0].kind, kind);
    EXPECT_EQ(report.findings[0].position, position);
  }

  TestDatabase& database_ = TestDatabase::Get({.service = "audittest"});
  AuditChain chain_{database_.worker()};
  ClinicId clinic_ = database_.NewClinic();
};

TEST_F(AuditChainTest, SealsInOrderAndVerifiesClean) {
  for (const char* actor : {"a", "b", "c"}) Audit(clinic_, actor);
  EXPECT_EQ(Verify().unsealed, 3);
  SealRows(3);
  const AuditReport report = Verify();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.unsealed, 0);
  EXPECT_EQ(report.head.position, 3);
  EXPECT_EQ(report.head.hash.size(), 64u);
  Audit(clinic_, "d");
  SealRows(1);
  EXPECT_EQ(Verify(report.head).head.position, 4);
  EXPECT_TRUE(Verify(report.head).findings.empty());
}

TEST_F(AuditChainTest, EachClinicHasAChainOfItsOwn) {
  const ClinicId other = database_.NewClinic();
  Audit(clinic_, "a");
  Audit(other, "a");
  SealRows(1);
  for (int sealed = 0; sealed < 1;) {
    ASSERT_OK_AND_ASSIGN(const int more, chain_.SealAll(100));
    sealed += more;
  }
  ASSERT_OK_AND_ASSIGN(const AuditReport theirs, chain_.Verify(other));
  EXPECT_EQ(theirs.head.position, 1);
  EXPECT_NE(theirs.head.hash, Verify().head.hash);
}

TEST_F(AuditChainTest, AnyChangedFieldOfARowIsFound) {
  for (const char* actor : {"a", "b", "c"}) Audit(clinic_, actor);
  SealRows(3);
  const std::pair<const char*, const char*> changes[] = {
      {"actor", "'mallory'"}, {"outcome", "'DENIED'"},
      {"subject", "'other'"}, {"roles", "'admin'"},
      {"method", "'/x'"},     {"request_id", "'x'"},
      {"trace_id", "'x'"},    {"occurred_at", "occurred_at + interval '1 microsecond'"}};
  for (const auto& [column, value] : changes) {
    Tamper(absl::StrCat("create table if not exists kept as select * from audit_log; update audit_log set ", column,
                        " = ", value, " WHERE actor = 'b'"));
    ExpectOnly(Verify(), Kind::kRowChanged, 2);
    Tamper(absl::StrCat("update audit_log l set ", column, " = k.", column,
                        " from kept k where l.id = k.id and l.xid = k.xid"));
    EXPECT_TRUE(Verify().findings.empty()) << column;
  }
  Tamper("drop table kept");
}

TEST_F(AuditChainTest, RemovedRowsAndSealsAreFound) {
  for (const char* actor : {"a", "b", "c"}) Audit(clinic_, actor);
  SealRows(3);
  Tamper("delete from audit_log WHERE actor = 'b'");
  ExpectOnly(Verify(), Kind::kRowMissing, 2);
  Tamper("delete from audit_seal WHERE position = 2");
  ExpectOnly(Verify(), Kind::kSealMissing, 2);
}

TEST_F(AuditChainTest, ARowThatIsSlippedInIsFound) {
  for (const char* actor : {"a", "b"}) Audit(clinic_, actor);
  SealRows(2);
  Tamper(absl::StrCat(
      "insert into audit_log (clinic, xid, occurred_at, actor, roles, method, subject, outcome, request_id, trace_id)"
      " values ('",
      clinic_.str(), "', '3', now(), 'x', '', '', '', '', '', '')"));
  const AuditReport report = Verify();
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].kind, Kind::kRowInserted);
}

TEST_F(AuditChainTest, ACutOffEndIsFoundByItsAnchor) {
  for (const char* actor : {"a", "b", "c"}) Audit(clinic_, actor);
  SealRows(3);
  const AuditAnchor anchor = Verify().head;
  Tamper("delete from audit_seal WHERE position = 3; delete from audit_log WHERE actor = 'c'");
  EXPECT_TRUE(Verify().findings.empty());  // the reason to keep anchors
  ExpectOnly(Verify(anchor), Kind::kCutOff, 3);
}

TEST_F(AuditChainTest, ReplicasThatSealAtOnceMakeOneChain) {
  constexpr int kRows = 60;
  std::vector<std::thread> threads;
  std::atomic<int> sealed = 0;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRows / 3; ++i) Audit(clinic_, absl::StrCat(i));
    });
    threads.emplace_back([&] {
      while (sealed < kRows) {
        const auto more = chain_.Seal(clinic_, 7);
        ASSERT_OK(more);
        sealed += *more;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const AuditReport report = Verify();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.head.position, kRows);
  EXPECT_EQ(report.unsealed, 0);
}

}  // namespace
}  // namespace kat::tx
