#include "libs/base/business_time.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/error.h"

namespace kat {
namespace {

absl::CivilDay NthWeekday(int year, int month, absl::Weekday weekday, int n) {
  const absl::CivilDay before_month = absl::CivilDay(year, month, 1) - 1;
  return absl::NextWeekday(before_month, weekday) + 7 * (n - 1);
}

absl::CivilDay LastMonday(int year, int month) {
  return absl::PrevWeekday(absl::CivilDay(year, month + 1, 1), absl::Weekday::monday);
}

absl::CivilDay Observed(absl::CivilDay day) {
  switch (absl::GetWeekday(day)) {
    case absl::Weekday::saturday:
      return day - 1;
    case absl::Weekday::sunday:
      return day + 1;
    default:
      return day;
  }
}

}  // namespace

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view iana_name) {
  absl::TimeZone zone;
  if (iana_name.empty() || !absl::LoadTimeZone(iana_name, &zone)) {
    return absl::InvalidArgumentError(absl::StrCat("unknown time zone: ", iana_name));
  }
  return zone;
}

std::string FormatDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day) || FormatDay(day) != text) {
    return absl::InvalidArgumentError("a date must read YYYY-MM-DD");
  }
  return day;
}

absl::CivilDay DayAt(absl::Time time, absl::TimeZone zone) { return absl::ToCivilDay(time, zone); }

absl::Time InstantOf(absl::CivilDay day, int minute_of_day, absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(day) + 60 * minute_of_day);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

bool BusinessCalendar::IsBusinessDay(absl::CivilDay day) const {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday && holidays.count(day) == 0;
}

absl::CivilDay BusinessCalendar::Add(absl::CivilDay day, int count) const {
  const int step = count < 0 ? -1 : 1;
  for (int left = std::min(std::abs(count), 10000); left > 0;) {
    day += step;
    if (IsBusinessDay(day)) --left;
  }
  return day;
}

int BusinessCalendar::Between(absl::CivilDay from, absl::CivilDay to) const {
  int count = 0;
  for (absl::CivilDay day = from + 1; day <= to; ++day) count += IsBusinessDay(day) ? 1 : 0;
  return count;
}

std::set<absl::CivilDay> UsFederalHolidays(int year) {
  using absl::Weekday;
  return {
      Observed(absl::CivilDay(year, 1, 1)),        // New Year's Day
      NthWeekday(year, 1, Weekday::monday, 3),     // Birthday of Martin Luther King, Jr.
      NthWeekday(year, 2, Weekday::monday, 3),     // Washington's Birthday
      LastMonday(year, 5),                         // Memorial Day
      Observed(absl::CivilDay(year, 6, 19)),       // Juneteenth
      Observed(absl::CivilDay(year, 7, 4)),        // Independence Day
      NthWeekday(year, 9, Weekday::monday, 1),     // Labor Day
      NthWeekday(year, 10, Weekday::monday, 2),    // Columbus Day
      Observed(absl::CivilDay(year, 11, 11)),      // Veterans Day
      NthWeekday(year, 11, Weekday::thursday, 4),  // Thanksgiving
      Observed(absl::CivilDay(year, 12, 25)),      // Christmas
  };
}

}  // namespace kat
