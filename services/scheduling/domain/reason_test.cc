#include "services/scheduling/domain/reason.h"

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/domain/wall_clock.h"

namespace kat::scheduling {
namespace {

// For every US zone and every day of ten years: what a rule counts in days are days of the calendar, and what it counts
// in minutes is time that passes, whatever clocks do in between.
TEST(ReasonTest, DaysAreDaysAndHoursAreHoursOverTenYearsInEveryUsZone) {
  for (const char* name : {"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
                           "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"}) {
    const absl::TimeZone zone = *LoadZone(name);
    int shorter = 0, longer = 0;
    for (absl::CivilDay day(2026, 1, 1); day < absl::CivilDay(2036, 1, 1); ++day) {
      const absl::Time first = InstantOf(day, 9 * 60, zone);
      const absl::Time second = InstantOf(day + 2, 9 * 60, zone);
      const std::vector<TimedVisit> visits = {{"a", first, first + absl::Hours(2)}, {"b", second, second}};
      ASSERT_TRUE(CheckLags({{"a", "b", {.min_days = 2, .max_days = 2}}}, visits, zone).empty()) << name << day;
      const bool hours_are_short = !CheckLags({{"a", "b", {.min_minutes = 48 * 60}}}, visits, zone).empty();
      const bool hours_are_long = !CheckLags({{"a", "b", {.max_minutes = 48 * 60}}}, visits, zone).empty();
      ASSERT_EQ(hours_are_short, second - first < absl::Hours(48)) << name << day;
      ASSERT_EQ(hours_are_long, second - first > absl::Hours(48)) << name << day;
      shorter += hours_are_short;
      longer += hours_are_long;
    }
    const std::string zone_name = name;
    const bool changes =
        zone_name != "America/Phoenix" && zone_name != "Pacific/Honolulu" && zone_name != "America/Puerto_Rico";
    // Ten changes of each kind, each within two spans of two days.
    EXPECT_EQ(shorter, changes ? 20 : 0) << name;
    EXPECT_EQ(longer, changes ? 20 : 0) << name;
  }
}

// At any hour around a clock change, 1 to 3 in the morning too: the day of a start is the day that the clock there
// shows.
TEST(ReasonTest, ADayAroundAClockChangeBeginsAtItsOwnMidnight) {
  for (const char* name : {"America/New_York", "America/Denver", "America/Anchorage", "Pacific/Honolulu"}) {
    const absl::TimeZone zone = *LoadZone(name);
    for (const absl::CivilDay day : {absl::CivilDay(2027, 3, 14), absl::CivilDay(2027, 11, 7)}) {
      for (int minute = 0; minute < 1440; minute += 5) {
        const absl::Time at = InstantOf(day, minute, zone);
        ASSERT_EQ(DayAt(at, zone), day) << name << " minute " << minute;
        const std::vector<TimedVisit> visits = {{"a", at, at}, {"b", InstantOf(day + 1, 0, zone), at}};
        ASSERT_TRUE(CheckLags({{"a", "b", {.min_days = 1, .max_days = 1}}}, visits, zone).empty());
      }
    }
  }
}

}  // namespace
}  // namespace kat::scheduling
