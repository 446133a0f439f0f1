#include "libs/app/audit_sealer.h"

#include <gtest/gtest.h>

#include <thread>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "libs/tx/pg_transaction.h"

namespace kat::app {
namespace {

TEST(AuditSealer, SealsWhatEveryClinicHasAudited) {
  testing::TestDatabase& database = testing::TestDatabase::Get({.service = "sealertest"});
  tx::AuditChain chain(database.worker());
  const ClinicId clinics[] = {database.NewClinic(), database.NewClinic()};
  for (const ClinicId& clinic : clinics) {
    ASSERT_OK(database.service().Run({.clinic = clinic.str()}, [&](pg::Tx& tx) {
      return tx::PlatformTables(tx, clinic, absl::UnixEpoch(), "")
          .Audit({.actor = "a", .method = "/m", .subject = "s"});
    }));
  }
  prometheus::Registry registry;
  AuditSealer sealer(database.worker(), absl::Milliseconds(1), registry);
  sealer.Start();
  for (const ClinicId& clinic : clinics) {
    for (int64_t sealed = 0; sealed == 0; std::this_thread::yield()) {
      ASSERT_OK_AND_ASSIGN(const tx::AuditReport report, chain.Verify(clinic));
      EXPECT_TRUE(report.findings.empty());
      sealed = report.head.position;
    }
  }
  sealer.Stop();
}

}  // namespace
}  // namespace kat::app
