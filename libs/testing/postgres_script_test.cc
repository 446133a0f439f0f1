#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/pg/database.h"
#include "libs/testing/status.h"

// deploy/postgres, on a cluster of its own.
namespace kat::testing {
namespace {

class PostgresScriptTest : public ::testing::Test {
 protected:
  int Run(const std::string& command, const std::string& rest = "") {
    return WEXITSTATUS(std::system(
        absl::StrCat("'", KAT_SOURCE_DIR, "/deploy/postgres' ", command, " ", folder_, " ", rest, " >/dev/null")
            .c_str()));
  }
  absl::Status Connect(absl::string_view user) {
    return pg::Database::Open(
               {.uri = absl::StrCat("host=", folder_, "/socket dbname=kat_intake user=", user), .pool_size = 1})
        .status();
  }
  void TearDown() override {
    Run("stop");
    std::system(absl::StrCat("rm -rf ", folder_, " ", folder_, ".lock").c_str());
  }

  const std::string folder_ = absl::StrCat("/tmp/kat-script-test-", getpid());
};

TEST_F(PostgresScriptTest, StartsStopsAndSurvivesACrash) {
  EXPECT_EQ(Run("status"), 3);
  ASSERT_EQ(Run("start", "--fast"), 0);
  ASSERT_EQ(Run("start", "--fast"), 0);
  EXPECT_EQ(Run("status"), 0);
  ASSERT_EQ(Run("create", "intake billing"), 0);
  ASSERT_EQ(Run("create", "intake billing"), 0);
  for (const char* user : {"kat_intake", "kat_intake_worker", "kat_intake_owner"}) EXPECT_OK(Connect(user));
  EXPECT_FALSE(Connect("kat_billing").ok());  // no service may enter another's database
  EXPECT_EQ(Run("kill"), 0);
  EXPECT_EQ(Run("status"), 3);
  EXPECT_FALSE(Connect("kat_intake").ok());
  ASSERT_EQ(Run("start", "--fast"), 0);
  EXPECT_OK(Connect("kat_intake"));
  EXPECT_EQ(Run("stop"), 0);
  EXPECT_EQ(Run("stop"), 0);
  EXPECT_EQ(Run("status"), 3);
}

TEST_F(PostgresScriptTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Run("dance"), 2);
  EXPECT_EQ(Run("start", "--slow"), 2);
  EXPECT_NE(Run("create", "intake 2>/dev/null"), 0);
}

}  // namespace
}  // namespace kat::testing
