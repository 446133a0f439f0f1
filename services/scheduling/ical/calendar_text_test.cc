#include "services/scheduling/ical/calendar_text.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/testing/status.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kFirst(2026, 10, 1);
constexpr int kDays = 92;

absl::TimeZone NewYork() { return *LoadZone("America/New_York"); }

std::string Calendar(const std::string& inside) {
  return absl::StrReplaceAll(
      absl::StrCat("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n", inside, "END:VCALENDAR\n"), {{"\n", "\r\n"}});
}
std::string Event(const std::string& lines, const std::string& uid = "u1") {
  return absl::StrCat("BEGIN:VEVENT\nUID:", uid, "\nDTSTAMP:20260901T000000Z\n", lines, "END:VEVENT\n");
}

// `2026-11-02 09:00-10:30`, whole days as `2026-11-02..2026-11-05`.
std::vector<std::string> Busy(const std::string& inside) {
  const auto read = ReadBusy(Calendar(inside), kFirst, kDays, NewYork());
  EXPECT_OK(read);
  std::vector<std::string> out;
  for (const CalendarException& exception : read.value_or(std::vector<CalendarException>())) {
    EXPECT_FALSE(exception.available);
    const auto clock = [](int minute) {
      return absl::StrCat(minute / 60 < 10 ? "0" : "", minute / 60, ":", minute % 60 < 10 ? "0" : "", minute % 60);
    };
    out.push_back(exception.minutes == Span{0, 1440}
                      ? absl::StrCat(FormatDay(exception.from), "..", FormatDay(exception.until))
                      : absl::StrCat(FormatDay(exception.from), " ", clock(exception.minutes.from), "-",
                                     clock(exception.minutes.to)));
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(CalendarText, AnEventOfAnotherZoneIsBusyAtItsInstantOnBothSidesOfAClockChange) {
  // New York changes its clocks on 1 November 2026; Berlin on 25 October. Ten in Berlin is four, then five, then four.
  EXPECT_EQ(Busy(Event("DTSTART;TZID=Europe/Berlin:20261019T100000\nDTEND;TZID=Europe/Berlin:20261019T113000\n"
                       "RRULE:FREQ=WEEKLY;COUNT=3\n")),
            (Lines{"2026-10-19 04:00-05:30", "2026-10-26 05:00-06:30", "2026-11-02 04:00-05:30"}));
}

TEST(CalendarText, NineOClockStaysNineOClockInTheClinicsOwnZone) {
  EXPECT_EQ(
      Busy(Event("DTSTART;TZID=America/New_York:20261030T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n")),
      (Lines{"2026-10-30 09:00-10:00", "2026-10-31 09:00-10:00", "2026-11-01 09:00-10:00", "2026-11-02 09:00-10:00"}));
  EXPECT_EQ(Busy(Event("DTSTART:20261102T090000\nDTEND:20261102T100000\n")), (Lines{"2026-11-02 09:00-10:00"}))
      << "floating times are the clinic's";
}

TEST(CalendarText, DaysAreDaysOfTheClinicAndARunOfThemIsOneException) {
  EXPECT_EQ(Busy(Event("DTSTART;VALUE=DATE:20261221\nDTEND;VALUE=DATE:20261226\n")), (Lines{"2026-12-21..2026-12-26"}));
  EXPECT_EQ(Busy(Event("DTSTART;VALUE=DATE:20261106\nRRULE:FREQ=WEEKLY;BYDAY=FR,SA;COUNT=4\n")),
            (Lines{"2026-11-06..2026-11-08", "2026-11-13..2026-11-15"}));
}

TEST(CalendarText, ExcludedInstancesAreFreeAndMovedOnesAreBusyWhereTheyWentTo) {
  EXPECT_EQ(
      Busy(Event("DTSTART;TZID=America/New_York:20261102T090000\nDTEND;TZID=America/New_York:20261102T100000\n"
                 "RRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=America/New_York:20261103T090000\n"
                 "RDATE;TZID=America/New_York:20261110T090000\n") +
           Event("DTSTART;TZID=America/New_York:20261104T130000\nDTEND;TZID=America/New_York:20261104T140000\n"
                 "RECURRENCE-ID;TZID=America/New_York:20261104T090000\n")),
      (Lines{"2026-11-02 09:00-10:00", "2026-11-04 13:00-14:00", "2026-11-05 09:00-10:00", "2026-11-10 09:00-10:00"}));
}

TEST(CalendarText, FreeAndCancelledEventsAreFree) {
  const std::string when = "DTSTART:20261102T140000Z\nDTEND:20261102T150000Z\n";
  EXPECT_EQ(Busy(Event(when)), (Lines{"2026-11-02 09:00-10:00"}));
  EXPECT_EQ(Busy(Event(when + "TRANSP:TRANSPARENT\n")), Lines());
  EXPECT_EQ(Busy(Event(when + "STATUS:CANCELLED\n")), Lines());
}

TEST(CalendarText, OverlapsAreJoinedMidnightIsCutAndOtherDaysAreLeftOut) {
  EXPECT_EQ(Busy(Event("DTSTART:20261103T030000Z\nDTEND:20261103T070000Z\n", "a") +
                 Event("DTSTART:20261103T063000Z\nDTEND:20261103T073000Z\n", "b") +
                 Event("DTSTART:20200101T150000Z\nDTEND:20200101T160000Z\nRRULE:FREQ=YEARLY\n", "c")),
            (Lines{"2026-11-02 22:00-24:00", "2026-11-03 00:00-02:30"}));
}

TEST(CalendarText, AZoneThatTheTextDefinesItselfIsUnderstood) {
  EXPECT_EQ(Busy("BEGIN:VTIMEZONE\nTZID:Head office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0200\n"
                 "TZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE\n" +
                 Event("DTSTART;TZID=Head office:20261102T160000\nDTEND;TZID=Head office:20261102T170000\n")),
            (Lines{"2026-11-02 09:00-10:00"}));
}

TEST(CalendarText, WhatCannotBeReadIsRefused) {
  const auto refused = [](const std::string& text) {
    return ErrorReason(ReadBusy(text, kFirst, kDays, NewYork()).status());
  };
  EXPECT_EQ(refused("hello"), "FIELD_INVALID");
  EXPECT_EQ(refused(""), "FIELD_INVALID");
  EXPECT_EQ(refused(Calendar(Event("DTSTART;TZID=Mars/Olympus:20261102T160000\n"))), "FIELD_INVALID");
  EXPECT_EQ(refused(Calendar(Event("DTSTART:20261102T160000\nRRULE:FREQ=SOMETIMES\n"))), "FIELD_INVALID");
  EXPECT_EQ(refused(Calendar(Event("SUMMARY:when?\n"))), "FIELD_INVALID");
}

TEST(CalendarText, WhatIsWrittenIsReadAgain) {
  const absl::Time start = InstantOf(absl::CivilDay(2026, 11, 2), 9 * 60, NewYork());
  const std::string text = WriteCalendar({{.uid = "a1@lakeside",
                                           .time = {start, start + absl::Minutes(110)},
                                           .summary = "IV infusion, long; with commas",
                                           .confirmed = true,
                                           .version = 3,
                                           .updated_at = start - absl::Hours(24)}});
  for (const char* line : {"UID:a1@lakeside\r\n", "DTSTART:20261102T140000Z\r\n", "DTEND:20261102T155000Z\r\n",
                           "SUMMARY:IV infusion\\, long\\; with commas\r\n", "STATUS:CONFIRMED\r\n", "SEQUENCE:2\r\n",
                           "VERSION:2.0\r\n"}) {
    EXPECT_TRUE(absl::StrContains(text, line)) << line << text;
  }
  const auto read = ReadBusy(text, kFirst, kDays, NewYork());
  ASSERT_OK(read);
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ((*read)[0].minutes, (Span{9 * 60, 10 * 60 + 50}));
}

}  // namespace
}  // namespace kat::scheduling
