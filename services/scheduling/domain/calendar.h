#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_CALENDAR_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_CALENDAR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/scheduling/domain/wall_clock.h"

namespace kat::scheduling {

struct Clinic;

// INVALID_ARGUMENT on `field` for a time or day that is further than limits::kReachDays from now.
absl::Status CheckInReach(absl::Time time, absl::Time now, absl::string_view field);
absl::Status CheckDayInReach(absl::CivilDay day, absl::Time now, absl::string_view field);

// Minutes of one weekday, every week from `effective_from` until before `effective_until`.
struct WeeklySpan {
  absl::Weekday weekday = absl::Weekday::monday;
  Span minutes;
  std::optional<absl::CivilDay> effective_from;
  std::optional<absl::CivilDay> effective_until;

  bool HoldsOn(absl::CivilDay day) const;
};

// A departure from the weekly pattern on days [from, until).
struct CalendarException {
  absl::CivilDay from;
  absl::CivilDay until;
  Span minutes{0, 1440};
  bool available = false;
  std::string reason;
  bool imported = false;  // from another calendar: the next import replaces it
};

struct Availability {
  std::vector<WeeklySpan> weekly;
  std::vector<CalendarException> exceptions;
  std::vector<WeeklySpan> on_call;
};

// Minutes of `day` in which a resource with this calendar works at `clinic`: its weekly hours, or the clinic's opening
// hours where it has none; nothing on a holiday; then what exceptions add, and after that what they take away. The
// minutes of a clock change are cut out. Normalized.
std::vector<Span> WorkingMinutes(const Availability& availability, const Clinic& clinic, absl::CivilDay day);

// Weekly spans on `day`, and nothing else. Normalized.
std::vector<Span> MinutesOn(const std::vector<WeeklySpan>& weekly, absl::CivilDay day);

// The same for `days` days in a row, on the line that begins at `first_day`; spans that touch across midnight are
// joined.
std::vector<Span> WorkingLine(const Availability& availability, const Clinic& clinic, absl::CivilDay first_day,
                              int days);

// The same of the time on call: its weekly spans, holidays included, without what exceptions take away and without
// working time.
std::vector<Span> OnCallLine(const Availability& availability, const Clinic& clinic, absl::CivilDay first_day,
                             int days);

// INVALID_ARGUMENT on `<field>[i]` for a span that is empty, outside its day, or never in effect.
absl::Status ValidateWeekly(const std::vector<WeeklySpan>& weekly, absl::string_view field);
absl::Status ValidateAvailability(const Availability& availability, absl::string_view field);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_CALENDAR_H_
