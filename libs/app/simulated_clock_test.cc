#include "libs/app/simulated_clock.h"

#include <cstdio>
#include <fstream>

#include "gtest/gtest.h"
#include "libs/base/id.h"

namespace kat::app {
namespace {

class SimulatedClockTest : public ::testing::Test {
 protected:
  ~SimulatedClockTest() override { std::remove(path_.c_str()); }
  std::string path_ = ::testing::TempDir() + "/clock-" + NewId();
  absl::Time start_ = absl::FromUnixSeconds(1'790'000'000);
};

TEST_F(SimulatedClockTest, IsOneTimeForAllWhoOpenIt) {
  const auto one = SimulatedClock::Open(path_, start_).value();
  const auto two = SimulatedClock::Open(path_, start_ + absl::Hours(5)).value();
  EXPECT_EQ(two->Now(), start_);
  one->AdvanceTo(start_ + absl::Hours(1));
  EXPECT_EQ(two->Now(), start_ + absl::Hours(1));
}

TEST_F(SimulatedClockTest, NeverGoesBack) {
  const auto clock = SimulatedClock::Open(path_, start_).value();
  clock->AdvanceTo(start_ - absl::Hours(1));
  EXPECT_EQ(clock->Now(), start_);
}

TEST_F(SimulatedClockTest, RefusesAFileThatIsNoClock) {
  std::ofstream(path_) << "0123456789abcdef";
  EXPECT_TRUE(absl::IsFailedPrecondition(SimulatedClock::Open(path_, start_).status()));
}

}  // namespace
}  // namespace kat::app
