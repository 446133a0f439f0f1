// Every US zone, ten years of clock changes: what goes out as iCalendar comes back at the same hour.
#include <gtest/gtest.h>

#include <iterator>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/testing/status.h"
#include "services/scheduling/ical/calendar_text.h"
#include "services/scheduling/testing/us_zones.h"

namespace kat::scheduling {
namespace {

using sample::ZoneChange;

// Hours of a day that no US clock change touches: it comes between midnight and four.
constexpr Span kHours[] = {{0, 45}, {4 * 60, 5 * 60}, {9 * 60, 10 * 60 + 50}, {22 * 60, 24 * 60}};

TEST(ClockChangeCalendarTest, WhatIsExportedIsReadBackAtTheSameWallClockHourAndTheSameInstant) {
  for (const ZoneChange& change : sample::ZoneChanges()) {
    SCOPED_TRACE(change.zone.name + " " + FormatDay(change.day));
    const absl::TimeZone zone = change.zone.zone;
    std::vector<CalendarEntry> entries;
    for (absl::CivilDay day : {change.day - 7, change.day - 1, change.day, change.day + 1, change.day + 7}) {
      for (const Span& hours : kHours) {
        entries.push_back({.uid = std::to_string(entries.size()),
                           .time = {InstantOf(day, hours.from, zone), InstantOf(day, hours.to, zone)},
                           .summary = "Session",
                           .updated_at = change.set.at});
      }
    }
    const auto busy = ReadBusy(WriteCalendar(entries), change.day - 10, 20, zone);
    ASSERT_OK(busy);
    ASSERT_EQ(busy->size(), entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      EXPECT_EQ((*busy)[i].minutes, kHours[i % std::size(kHours)]);
      EXPECT_EQ((TimeSpan{InstantOf((*busy)[i].from, (*busy)[i].minutes.from, zone),
                          InstantOf((*busy)[i].from, (*busy)[i].minutes.to, zone)}),
                entries[i].time);
    }
    if (HasFailure()) return;
  }
}

TEST(ClockChangeCalendarTest, AWeeklyEventAtNineIsBusyAtNineOnBothSidesOfAChange) {
  for (const ZoneChange& change : sample::ZoneChanges()) {
    SCOPED_TRACE(change.zone.name + " " + FormatDay(change.day));
    const std::string stamp =
        absl::FormatTime("%Y%m%d", absl::FromCivil(change.day - 14, absl::UTCTimeZone()), absl::UTCTimeZone());
    const std::string text = absl::StrCat(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n",
        "DTSTART;TZID=", change.zone.name, ":", stamp, "T090000\r\nDTEND;TZID=", change.zone.name, ":", stamp,
        "T103000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    const auto busy = ReadBusy(text, change.day - 30, 60, change.zone.zone);
    ASSERT_OK(busy);
    ASSERT_EQ(busy->size(), 5u);
    for (int week = 0; week < 5; ++week) {
      EXPECT_EQ((*busy)[week].from, change.day - 14 + 7 * week);
      EXPECT_EQ((*busy)[week].minutes, (Span{9 * 60, 10 * 60 + 30}));
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace kat::scheduling
