#include "services/messaging/domain/quiet_hours.h"

#include <random>

#include "gtest/gtest.h"
#include "libs/base/business_time.h"

namespace kat::messaging {
namespace {

constexpr const char* kUsZones[] = {"America/New_York",
                                    "America/Detroit",
                                    "America/Kentucky/Louisville",
                                    "America/Kentucky/Monticello",
                                    "America/Chicago",
                                    "America/Menominee",
                                    "America/Indiana/Indianapolis",
                                    "America/Indiana/Knox",
                                    "America/Indiana/Tell_City",
                                    "America/North_Dakota/Center",
                                    "America/North_Dakota/Beulah",
                                    "America/Denver",
                                    "America/Boise",
                                    "America/Phoenix",
                                    "America/Los_Angeles",
                                    "America/Anchorage",
                                    "America/Juneau",
                                    "America/Sitka",
                                    "America/Metlakatla",
                                    "America/Yakutat",
                                    "America/Nome",
                                    "America/Adak",
                                    "Pacific/Honolulu",
                                    "America/Puerto_Rico",
                                    "America/St_Thomas",
                                    "Pacific/Guam",
                                    "Pacific/Saipan",
                                    "Pacific/Pago_Pago"};

TEST(QuietHours, NeverOutsideHoursAndNeverTooLateInAnyUsZoneAcrossEveryClockChange) {
  std::mt19937_64 random(20260914);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  int planned = 0;
  for (const char* name : kUsZones) {
    const absl::TimeZone zone = *LoadZone(name);
    for (int round = 0; round < 4000; ++round) {
      // Half of the rounds lie within two days of a clock change.
      const absl::CivilDay change = round % 4 == 0   ? absl::CivilDay(2026, 3, 8)
                                    : round % 4 == 1 ? absl::CivilDay(2026, 11, 1)
                                                     : absl::CivilDay(2026, 1, 1) + pick(0, 700);
      const absl::Time target =
          absl::FromCivil(change, zone) + absl::Minutes(pick(-2880, 2880)) + absl::Seconds(pick(0, 59));
      const absl::Time earliest = target - absl::Minutes(pick(-600, 4000));
      const absl::Time latest = target + absl::Minutes(pick(-120, 1200));
      SendWindow window;
      window.from_minute = pick(0, 12 * 60);
      window.until_minute = pick(window.from_minute + 120, 24 * 60);
      const std::optional<absl::Time> at = PlanSendTime(target, earliest, latest, window, {zone});
      if (!at) continue;
      ++planned;
      ASSERT_TRUE(InWindow(*at, window, {zone})) << name << " " << absl::FormatTime(*at, zone);
      ASSERT_GE(*at, earliest) << name;
      ASSERT_LE(*at, latest) << name;
    }
  }
  EXPECT_GT(planned, 50000);
}

TEST(QuietHours, AMomentIsFoundWheneverThereIsOne) {
  std::mt19937_64 random(7);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const SendWindow window;
  for (const char* name : kUsZones) {
    const absl::TimeZone zone = *LoadZone(name);
    for (int round = 0; round < 300; ++round) {
      const absl::Time target = absl::FromCivil(absl::CivilDay(2026, 3, 6), zone) + absl::Minutes(pick(0, 5000));
      const absl::Time earliest = target - absl::Minutes(pick(0, 900));
      const absl::Time latest = target + absl::Minutes(pick(0, 300));
      bool any = false;
      for (absl::Time t = earliest; t <= latest; t += absl::Minutes(1)) any = any || InWindow(t, window, {zone});
      // What is not found may only be a stretch that ends within the margin kept before quiet hours.
      if (any && !PlanSendTime(target, earliest, latest, window, {zone})) {
        bool before_margin = false;
        for (absl::Time t = earliest; t <= latest; t += absl::Minutes(1)) {
          before_margin =
              before_margin || (InWindow(t, window, {zone}) && InWindow(t + absl::Minutes(15), window, {zone}));
        }
        EXPECT_FALSE(before_margin) << name << " " << absl::FormatTime(target, zone);
      }
    }
  }
}

TEST(QuietHours, AReminderBeforeAnEarlyVisitGoesOutTheEveningBefore) {
  const absl::TimeZone zone = *LoadZone("America/New_York");
  const absl::Time start = InstantOf(absl::CivilDay(2026, 9, 30), 8 * 60 + 30, zone);
  const std::optional<absl::Time> at =
      PlanSendTime(start - absl::Hours(3), start - absl::Hours(100), start - absl::Hours(1), SendWindow{}, {zone});
  ASSERT_TRUE(at.has_value());
  EXPECT_EQ(*at, InstantOf(absl::CivilDay(2026, 9, 29), 20 * 60 + 45, zone));
}

TEST(QuietHours, WhatIsNotPressingWaitsForTheMorning) {
  const absl::TimeZone zone = *LoadZone("America/Chicago");
  const absl::Time night = InstantOf(absl::CivilDay(2026, 9, 29), 23 * 60, zone);
  EXPECT_EQ(PlanSendTime(night, night, night + absl::Hours(40), SendWindow{}, {zone}),
            InstantOf(absl::CivilDay(2026, 9, 30), 8 * 60, zone));
}

TEST(QuietHours, AtNightBeforeAVisitAtDawnThereIsNoMoment) {
  const absl::TimeZone zone = *LoadZone("America/Denver");
  const absl::Time night = InstantOf(absl::CivilDay(2026, 9, 29), 23 * 60, zone);
  EXPECT_FALSE(PlanSendTime(night, night, night + absl::Hours(8), SendWindow{}, {zone}).has_value());
}

// What the rule says, minute by minute, without the planner: the hour and minute of every clock.
bool OpenEverywhere(absl::Time at, const SendWindow& window, const Zones& zones) {
  for (const absl::TimeZone zone : zones) {
    const absl::TimeZone::CivilInfo info = zone.At(at);
    const int minute = info.cs.hour() * 60 + info.cs.minute();
    if (minute < window.from_minute || minute >= window.until_minute) return false;
  }
  return true;
}

TEST(QuietHours, SeveralZonesNarrowTheHoursToThoseOfAllOnEveryDayAndNoMomentIsMissed) {
  std::mt19937_64 random(4711);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  constexpr int kZoneCount = sizeof(kUsZones) / sizeof(kUsZones[0]);
  int planned = 0;
  int none = 0;
  for (int round = 0; round < 1500; ++round) {
    Zones zones;
    for (int i = pick(2, 3); i > 0; --i) zones.push_back(*LoadZone(kUsZones[pick(0, kZoneCount - 1)]));
    // Two of three rounds lie around a clock change.
    const absl::CivilDay day = round % 3 == 0   ? absl::CivilDay(2026, 3, 8)
                               : round % 3 == 1 ? absl::CivilDay(2026, 11, 1)
                                                : absl::CivilDay(2026, 1, 1) + pick(0, 700);
    SendWindow window;
    window.from_minute = pick(6 * 60, 10 * 60);
    window.until_minute = pick(window.from_minute + 120, 22 * 60);
    const absl::Time target = absl::FromCivil(day, zones[0]) + absl::Minutes(pick(-1440, 1440));
    const absl::Time latest = target + absl::Minutes(pick(0, 2880));
    const std::optional<absl::Time> at = PlanSendTime(target, target, latest, window, zones);
    std::optional<absl::Time> first;
    for (absl::Time t = target; t <= latest && !first; t += absl::Minutes(1)) {
      if (OpenEverywhere(t, window, zones)) first = t;
    }
    const std::string where = zones[0].name() + " " + zones[1].name() + " " + absl::FormatTime(target, zones[0]);
    ASSERT_EQ(at.has_value(), first.has_value()) << where;
    at ? ++planned : ++none;
    if (!at) continue;
    ASSERT_TRUE(OpenEverywhere(*at, window, zones)) << where;
    // Nothing is put off further than the zones ask for: openings lie on whole minutes, as the search does.
    ASSERT_EQ(*at, *first) << where;
    for (const absl::TimeZone zone : zones) ASSERT_TRUE(InWindow(*at, window, {zone})) << zone.name();
  }
  EXPECT_GT(planned, 500);
  EXPECT_GT(none, 50);
}

TEST(QuietHours, ZonesWithoutACommonHourLeaveNoMomentEvenForAMessageThatKeeps) {
  const Zones zones = {*LoadZone("America/New_York"), *LoadZone("Pacific/Guam")};
  const SendWindow mornings{9 * 60, 11 * 60};
  const absl::Time now = InstantOf(absl::CivilDay(2026, 9, 29), 10 * 60, zones[0]);
  EXPECT_FALSE(PlanSendTime(now, now, absl::InfiniteFuture(), mornings, zones).has_value());
  EXPECT_EQ(NextOpening(now, mornings, zones), absl::InfiniteFuture());
  EXPECT_EQ(LastOpening(now, mornings, zones), absl::InfinitePast());
}

TEST(QuietHours, TodayIsAsLongAsInTheZoneWhereItBeganFirst) {
  const Zones zones = {*LoadZone("Pacific/Honolulu"), *LoadZone("America/New_York")};
  const absl::Time one_in_new_york = InstantOf(absl::CivilDay(2026, 9, 29), 60, zones[1]);
  EXPECT_EQ(StartOfToday(one_in_new_york, zones), InstantOf(absl::CivilDay(2026, 9, 28), 0, zones[0]));
  EXPECT_EQ(StartOfToday(one_in_new_york, {zones[1]}), InstantOf(absl::CivilDay(2026, 9, 29), 0, zones[1]));
}

}  // namespace
}  // namespace kat::messaging
