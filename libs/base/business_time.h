#ifndef KAT_LIBS_BASE_BUSINESS_TIME_H_
#define KAT_LIBS_BASE_BUSINESS_TIME_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kat {

// An IANA zone by name; INVALID_ARGUMENT where the machine's zone database does not know it.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view iana_name);

// `YYYY-MM-DD`, and back. INVALID_ARGUMENT where it is no such date.
std::string FormatDay(absl::CivilDay day);
absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text);

// The calendar day in `zone` at `time`.
absl::CivilDay DayAt(absl::Time time, absl::TimeZone zone);

// The instant of a wall-clock minute of a day in `zone`. A minute that a spring change skips becomes the first instant
// after the gap; one that an autumn change repeats is the first of the two.
absl::Time InstantOf(absl::CivilDay day, int minute_of_day, absl::TimeZone zone);

// Days on which business is done: Monday to Friday, but for `holidays`.
struct BusinessCalendar {
  std::set<absl::CivilDay> holidays;

  bool IsBusinessDay(absl::CivilDay day) const;
  // The day `count` business days after (or, negative, before) `day`; `day` itself for 0. At most 10,000 either way.
  absl::CivilDay Add(absl::CivilDay day, int count) const;
  // Business days in (from, to]; 0 where `to` is not after `from`.
  int Between(absl::CivilDay from, absl::CivilDay to) const;
};

// Legal public holidays of the US federal government in `year`, as observed (5 USC 6103; Executive Order 11582 for the
// Saturday and Sunday rule).
std::set<absl::CivilDay> UsFederalHolidays(int year);

}  // namespace kat

#endif  // KAT_LIBS_BASE_BUSINESS_TIME_H_
