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
      const std::optional<absl::Time> at = PlanSendTime(target, earliest, latest, window, zone);
      if (!at) continue;
      ++planned;
      ASSERT_TRUE(InWindow(*at, window, zone)) << name << " " << absl::FormatTime(*at, zone);
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
      for (absl::Time t = earliest; t <= latest; t += absl::Minutes(1)) any = any || InWindow(t, window, zone);
      // What is not found may only be a stretch that ends within the margin kept before quiet hours.
      if (any && !PlanSendTime(target, earliest, latest, window, zone)) {
        bool before_margin = false;
        for (absl::Time t = earliest; t <= latest; t += absl::Minutes(1)) {
          before_margin = before_margin || (InWindow(t, window, zone) && InWindow(t + absl::Minutes(15), window, zone));
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
      PlanSendTime(start - absl::Hours(3), start - absl::Hours(100), start - absl::Hours(1), SendWindow{}, zone);
  ASSERT_TRUE(at.has_value());
  EXPECT_EQ(*at, InstantOf(absl::CivilDay(2026, 9, 29), 20 * 60 + 45, zone));
}

TEST(QuietHours, WhatIsNotPressingWaitsForTheMorning) {
  const absl::TimeZone zone = *LoadZone("America/Chicago");
  const absl::Time night = InstantOf(absl::CivilDay(2026, 9, 29), 23 * 60, zone);
  EXPECT_EQ(PlanSendTime(night, night, night + absl::Hours(40), SendWindow{}, zone),
            InstantOf(absl::CivilDay(2026, 9, 30), 8 * 60, zone));
}

TEST(QuietHours, AtNightBeforeAVisitAtDawnThereIsNoMoment) {
  const absl::TimeZone zone = *LoadZone("America/Denver");
  const absl::Time night = InstantOf(absl::CivilDay(2026, 9, 29), 23 * 60, zone);
  EXPECT_FALSE(PlanSendTime(night, night, night + absl::Hours(8), SendWindow{}, zone).has_value());
}

}  // namespace
}  // namespace kat::messaging
