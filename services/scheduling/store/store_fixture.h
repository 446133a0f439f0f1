#ifndef KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_
#define KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

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

  absl::Status Run(absl::FunctionRef<absl::Status(Tx&)> body) { return store_->Run({.clinic = clinic_}, body); }

  testing::TestDatabase& database_ =
      testing::TestDatabase::Get({.service = "scheduling", .migrations = Migrations(), .pool_size = 16});
  ManualClock clock_{sample::At(absl::CivilDay(2026, 11, 23), 12)};
  std::unique_ptr<Store> store_ = MakePgStore(database_.service(), clock_);
  const ClinicId clinic_ = database_.NewClinic();
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_STORE_FIXTURE_H_
