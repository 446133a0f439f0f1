#ifndef KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_
#define KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "services/scheduling/store/migrations/migrations.h"
#include "services/scheduling/store/pg_store.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {

// A clinic of its own on real PostgreSQL for each test, set up as sample.h says.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(Run([](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.clinics().Insert(sample::MakeClinic(tx.clinic().str())));
      for (const Resource& resource : sample::MakeResources()) RETURN_IF_ERROR(tx.resources().Insert(resource));
      for (const VisitType& type : sample::MakeVisitTypes()) RETURN_IF_ERROR(tx.visit_types().Insert(type));
      RETURN_IF_ERROR(tx.protocols().Insert(sample::MakeIvProtocol()).status());
      return tx.protocols().Insert(sample::MakeSpravatoProtocol()).status();
    }));
  }

  // How many rows the query looked at and left, where it may go by index.
  static absl::StatusOr<int64_t> RowsPassedOver(pg::Tx& tx, absl::string_view query,
                                                const std::vector<pg::Param>& params) {
    RETURN_IF_ERROR(tx.Execute("set local enable_seqscan = off").status());
    ASSIGN_OR_RETURN(const pg::Rows plan,
                     tx.Query(absl::StrCat("explain (analyze, costs off, timing off, summary off) ", query), params));
    int64_t rows = 0;
    for (const pg::Row& row : plan) {
      const auto line = row.Get<std::string>("\"QUERY PLAN\"");
      if (const size_t at = line.find("Removed by Filter: "); at != std::string::npos) {
        rows += std::stoll(line.substr(at + 19));
      }
    }
    return rows;
  }

  absl::Status Run(absl::FunctionRef<absl::Status(Tx&)> body) { return store_->Run({.clinic = clinic_}, body); }

  testing::TestDatabase& database_ =
      testing::TestDatabase::Get({.service = "scheduling", .migrations = Migrations(), .pool_size = 16});
  ManualClock clock_{sample::At(absl::CivilDay(2026, 11, 23), 12)};
  std::unique_ptr<Store> store_ = MakePgStore(database_.service(), clock_);
  const ClinicId clinic_ = database_.NewClinic();
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_
