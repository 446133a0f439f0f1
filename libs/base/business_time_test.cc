#include "libs/base/business_time.h"

#include "gtest/gtest.h"

namespace kat {
namespace {

TEST(FederalHolidays, FollowTheStatuteIn2026) {
  const std::set<absl::CivilDay> expected = {
      absl::CivilDay(2026, 1, 1),   absl::CivilDay(2026, 1, 19),  absl::CivilDay(2026, 2, 16),
      absl::CivilDay(2026, 5, 25),  absl::CivilDay(2026, 6, 19),  absl::CivilDay(2026, 7, 3),
      absl::CivilDay(2026, 9, 7),   absl::CivilDay(2026, 10, 12), absl::CivilDay(2026, 11, 11),
      absl::CivilDay(2026, 11, 26), absl::CivilDay(2026, 12, 25)};
  EXPECT_EQ(UsFederalHolidays(2026), expected);
}

TEST(BusinessCalendar, SkipsWeekendsAndHolidaysBothWays) {
  const BusinessCalendar calendar{UsFederalHolidays(2026)};
  const absl::CivilDay wednesday_before_thanksgiving(2026, 11, 25);
  EXPECT_EQ(calendar.Add(wednesday_before_thanksgiving, 1), absl::CivilDay(2026, 11, 27));
  EXPECT_EQ(calendar.Add(wednesday_before_thanksgiving, 2), absl::CivilDay(2026, 11, 30));
  EXPECT_EQ(calendar.Add(absl::CivilDay(2026, 11, 30), -2), wednesday_before_thanksgiving);
  EXPECT_EQ(calendar.Between(wednesday_before_thanksgiving, absl::CivilDay(2026, 11, 30)), 2);
  EXPECT_EQ(calendar.Between(absl::CivilDay(2026, 11, 30), wednesday_before_thanksgiving), 0);
}

TEST(InstantOf, MovesASkippedMinuteToTheEndOfTheGap) {
  const absl::TimeZone zone = LoadZone("America/New_York").value();
  const absl::Time gap_end = absl::FromCivil(absl::CivilSecond(2026, 3, 8, 3, 0, 0), zone);
  EXPECT_EQ(InstantOf(absl::CivilDay(2026, 3, 8), 150, zone), gap_end);
}

TEST(InstantOf, TakesTheFirstOfARepeatedMinute) {
  const absl::TimeZone zone = LoadZone("America/New_York").value();
  const absl::Time first = InstantOf(absl::CivilDay(2026, 11, 1), 90, zone);
  EXPECT_EQ(absl::FormatTime("%H:%M%Ez", first, zone), "01:30-04:00");
}

TEST(ParseDay, RefusesWhatIsNoDate) {
  EXPECT_EQ(ParseDay("2026-02-28").value(), absl::CivilDay(2026, 2, 28));
  for (const char* text : {"2026-02-30", "2026-2-03", "", "26-02-03", "2026-02-03T00"})
    EXPECT_FALSE(ParseDay(text).ok()) << text;
}

TEST(LoadZone, RefusesAnUnknownName) { EXPECT_FALSE(LoadZone("America/Nowhere").ok()); }

}  // namespace
}  // namespace kat
