#include "services/scheduling/domain/wall_clock.h"

#include "gtest/gtest.h"
#include "libs/base/business_time.h"

namespace kat::scheduling {
namespace {

absl::TimeZone Zone(const char* name) { return *LoadZone(name); }

TEST(WallClockTest, SpansThatTouchAreJoined) {
  EXPECT_EQ(Normalize({{5, 9}, {1, 3}, {3, 5}, {20, 20}}), (std::vector<Span>{{1, 9}}));
}

TEST(WallClockTest, SubtractLeavesWhatIsOutsideEveryHole) {
  EXPECT_EQ(Subtract({{0, 10}, {20, 30}}, {{2, 4}, {8, 22}}), (std::vector<Span>{{0, 2}, {4, 8}, {22, 30}}));
  EXPECT_TRUE(Subtract({{3, 5}}, {{0, 10}}).empty());
}

TEST(WallClockTest, IntersectKeepsWhatIsInBoth) {
  EXPECT_EQ(Intersect({{0, 10}, {20, 30}}, {{5, 25}}), (std::vector<Span>{{5, 10}, {20, 25}}));
}

TEST(WallClockTest, TheSkippedAndTheRepeatedHourAreFound) {
  const absl::TimeZone new_york = Zone("America/New_York");
  EXPECT_EQ(ClockChange(absl::CivilDay(2027, 3, 14), new_york), (Span{120, 180}));
  EXPECT_EQ(ClockChange(absl::CivilDay(2026, 11, 1), new_york), (Span{60, 120}));
  EXPECT_EQ(ClockChange(absl::CivilDay(2026, 11, 2), new_york), std::nullopt);
  EXPECT_EQ(ClockChange(absl::CivilDay(2026, 11, 1), Zone("America/Phoenix")), std::nullopt);
}

TEST(WallClockTest, ADayIs1440MinutesOfTheLineWhateverTheClockDoes) {
  const Line line{absl::CivilDay(2026, 10, 31), Zone("America/New_York")};
  const absl::Time nine = InstantOf(absl::CivilDay(2026, 11, 2), 9 * 60, line.zone);
  EXPECT_EQ(line.MinuteAt(nine), 2 * 1440 + 540);
  EXPECT_EQ(line.TimeOf(2 * 1440 + 540), nine);
  EXPECT_EQ(line.TimeOf(1 * 1440 + 540), nine - absl::Hours(24));
  EXPECT_EQ(line.TimeOf(540), nine - absl::Hours(49));
}

TEST(WallClockTest, MinutesBeforeTheFirstDayAreNegative) {
  const Line line{absl::CivilDay(2026, 11, 23), Zone("America/Chicago")};
  const absl::Time before = InstantOf(absl::CivilDay(2026, 11, 22), 23 * 60, line.zone);
  EXPECT_EQ(line.MinuteAt(before), -60);
  EXPECT_EQ(line.TimeOf(-60), before);
}

}  // namespace
}  // namespace kat::scheduling
