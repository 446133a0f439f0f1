// Every US zone, ten years of clock changes: what the wall clock says stays, and what counts in minutes is real time.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "libs/base/business_time.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/protocol_expansion.h"
#include "services/scheduling/domain/reason.h"
#include "services/scheduling/testing/sample.h"
#include "services/scheduling/testing/us_zones.h"

namespace kat::scheduling {
namespace {

using sample::UsZone;
using sample::ZoneChange;

constexpr int kDay = 1440;

Clinic ClinicIn(const UsZone& zone) {
  Clinic clinic = sample::MakeClinic();
  clinic.time_zone = zone.name;
  clinic.holidays.clear();
  clinic.opening_hours.clear();
  return clinic;
}

// The same hours on every day of the week.
Availability Daily(Span minutes) {
  Availability out;
  for (int day = 0; day < 7; ++day) {
    out.weekly.push_back({.weekday = static_cast<absl::Weekday>(day), .minutes = minutes});
  }
  return out;
}

absl::Duration Length(const std::vector<Span>& spans, const Line& line) {
  absl::Duration sum;
  for (const Span& span : spans) sum += line.TimeOf(span.to) - line.TimeOf(span.from);
  return sum;
}

TEST(ClockChangeTest, TheZonesAreThoseOfTheUnitedStates) {
  std::set<std::string> names;
  for (const UsZone& zone : sample::UsZones()) names.insert(zone.name);
  for (const char* name :
       {"America/New_York", "America/Detroit", "America/Kentucky/Monticello", "America/Indiana/Knox", "America/Chicago",
        "America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles",
        "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(ClockChangeTest, EveryChangeIsFoundAndNothingElseIs) {
  std::map<std::string, std::set<absl::CivilDay>> changes_of;
  for (const ZoneChange& change : sample::ZoneChanges()) changes_of[change.zone.name].insert(change.day);
  for (const UsZone& zone : sample::UsZones()) {
    const std::set<absl::CivilDay>& changes = changes_of[zone.name];
    EXPECT_TRUE(changes.empty() || changes.size() == 20) << zone.name;
    for (absl::CivilDay day = sample::kTenYearsFrom; day < sample::kTenYearsUntil; ++day) {
      ASSERT_EQ(ClockChange(day, zone.zone).has_value(), changes.contains(day)) << zone.name << " " << FormatDay(day);
    }
    const std::vector<absl::CivilDay> days = ClockChangeDays(sample::kTenYearsFrom, sample::kTenYearsUntil, zone.zone);
    EXPECT_EQ(std::set<absl::CivilDay>(days.begin(), days.end()), changes) << zone.name;
    EXPECT_EQ(days.size(), changes.size());
  }
}

TEST(ClockChangeTest, AWeeklyHourStaysThatHour) {
  for (const UsZone& zone : sample::UsZones()) {
    const Line line{sample::kTenYearsFrom, zone.zone};
    for (int minute : {5 * 60, 9 * 60, 16 * 60 + 55}) {
      for (int day = 0; line.first_day + day < sample::kTenYearsUntil; day += 7) {
        const absl::Time session = line.TimeOf(day * kDay + minute);
        ASSERT_EQ(absl::ToCivilMinute(session, zone.zone), absl::CivilMinute(line.first_day + day) + minute)
            << zone.name;
        ASSERT_EQ(line.MinuteAt(session), day * kDay + minute) << zone.name;
      }
    }
  }
}

TEST(ClockChangeTest, HoursOnTheDayOfAChangeAreAsLongInRealTimeAsTheyAreOnTheClock) {
  for (const ZoneChange& change : sample::ZoneChanges()) {
    SCOPED_TRACE(change.zone.name + " " + FormatDay(change.day));
    const Clinic clinic = ClinicIn(change.zone);
    const Line line{change.day, change.zone.zone};
    // By day the change is over: eight hours from nine o'clock on.
    const std::vector<Span> by_day = WorkingLine(Daily({9 * 60, 17 * 60}), clinic, change.day, 1);
    ASSERT_EQ(by_day, (std::vector<Span>{{9 * 60, 17 * 60}}));
    EXPECT_EQ(Length(by_day, line), absl::Hours(8));
    // Around the clock: what the day has, without the hour that would be there twice.
    const absl::Duration day = absl::FromCivil(change.day + 1, line.zone) - absl::FromCivil(change.day, line.zone);
    EXPECT_EQ(day, absl::Hours(24) - change.set.by);
    const absl::Duration twice = change.set.by < absl::ZeroDuration() ? -2 * change.set.by : absl::ZeroDuration();
    const std::vector<Span> around = WorkingLine(Daily({0, kDay}), clinic, change.day, 1);
    EXPECT_EQ(Length(around, line), day - twice);
    for (const Span& span : around) {
      EXPECT_EQ(line.TimeOf(span.to) - line.TimeOf(span.from), absl::Minutes(span.to - span.from));
      EXPECT_FALSE(line.TimeOf(span.from) < change.set.at && change.set.at < line.TimeOf(span.to));
    }
  }
}

TEST(ClockChangeTest, AGapInMinutesIsRealTimeAndAGapInDaysIsDaysOfTheCalendar) {
  const VisitLag hours{"a", "b", {.min_minutes = 48 * 60, .max_minutes = 48 * 60}};
  const VisitLag days{"a", "b", {.min_days = 2, .max_days = 2}};
  for (const ZoneChange& change : sample::ZoneChanges()) {
    SCOPED_TRACE(change.zone.name + " " + FormatDay(change.day));
    const absl::TimeZone zone = change.zone.zone;
    const absl::Time first = InstantOf(change.day - 1, 9 * 60, zone);
    const auto broken = [&](const VisitLag& lag, absl::Time second) {
      return CheckLags({lag}, {{"a", first, first + absl::Hours(1)}, {"b", second, second + absl::Hours(1)}}, zone);
    };
    EXPECT_TRUE(broken(hours, first + absl::Hours(48)).empty());
    EXPECT_FALSE(broken(hours, first + absl::Hours(48) - absl::Minutes(5)).empty());
    EXPECT_FALSE(broken(hours, first + absl::Hours(48) + absl::Minutes(5)).empty());
    EXPECT_FALSE(broken(hours, InstantOf(change.day + 1, 9 * 60, zone)).empty());  // 47 or 49 hours
    EXPECT_TRUE(broken(days, InstantOf(change.day + 1, 0, zone)).empty());
    EXPECT_TRUE(broken(days, InstantOf(change.day + 1, 23 * 60 + 55, zone)).empty());
    EXPECT_FALSE(broken(days, InstantOf(change.day, 23 * 60 + 55, zone)).empty());
    EXPECT_FALSE(broken(days, InstantOf(change.day + 2, 0, zone)).empty());
  }
}

}  // namespace
}  // namespace kat::scheduling
