#include "services/scheduling/domain/calendar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

bool IsDayMinutes(const Span& minutes) {
  return minutes.from >= 0 && minutes.from < minutes.to && minutes.to <= limits::kMinutesPerDay;
}

std::vector<Span> ExceptionMinutes(const Availability& availability, absl::CivilDay day, bool available) {
  std::vector<Span> out;
  for (const CalendarException& exception : availability.exceptions) {
    if (exception.available == available && exception.from <= day && day < exception.until) {
      out.push_back(exception.minutes);
    }
  }
  return Normalize(std::move(out));
}

}  // namespace

absl::Status CheckInReach(absl::Time time, absl::Time now, absl::string_view field) {
  constexpr absl::Duration kReach = absl::Hours(24 * limits::kReachDays);
  if (time >= now - kReach && time <= now + kReach) return absl::OkStatus();
  return InvalidField(field, "must be within two years of now");
}

absl::Status CheckDayInReach(absl::CivilDay day, absl::Time now, absl::string_view field) {
  return CheckInReach(absl::FromCivil(day, absl::UTCTimeZone()), now, field);
}

bool WeeklySpan::HoldsOn(absl::CivilDay day) const {
  return absl::GetWeekday(day) == weekday && (!effective_from || *effective_from <= day) &&
         (!effective_until || day < *effective_until);
}

std::vector<Span> MinutesOn(const std::vector<WeeklySpan>& weekly, absl::CivilDay day) {
  std::vector<Span> out;
  for (const WeeklySpan& span : weekly) {
    if (span.HoldsOn(day)) out.push_back(span.minutes);
  }
  return Normalize(std::move(out));
}

namespace {

// WorkingMinutes of a day whose clocks do not change.
std::vector<Span> MinutesOfDay(const Availability& availability, const Clinic& clinic, absl::CivilDay day) {
  std::vector<Span> minutes;
  if (!clinic.holidays.contains(day)) {
    minutes = MinutesOn(availability.weekly.empty() ? clinic.opening_hours : availability.weekly, day);
  }
  for (const Span& extra : ExceptionMinutes(availability, day, /*available=*/true)) minutes.push_back(extra);
  return Subtract(Normalize(std::move(minutes)), ExceptionMinutes(availability, day, /*available=*/false));
}

}  // namespace

std::vector<Span> WorkingMinutes(const Availability& availability, const Clinic& clinic, absl::CivilDay day) {
  const std::vector<Span> minutes = MinutesOfDay(availability, clinic, day);
  const std::optional<Span> change = ClockChange(day, clinic.Zone());
  return change ? Subtract(minutes, {*change}) : minutes;
}

std::vector<Span> WorkingLine(const Availability& availability, const Clinic& clinic, absl::CivilDay first_day,
                              int days) {
  const std::vector<absl::CivilDay> changes = ClockChangeDays(first_day, first_day + days, clinic.Zone());
  std::vector<Span> line;
  for (int day = 0; day < days; ++day) {
    const bool changed = std::find(changes.begin(), changes.end(), first_day + day) != changes.end();
    for (const Span& minutes : (changed ? WorkingMinutes : MinutesOfDay)(availability, clinic, first_day + day)) {
      line.push_back({day * limits::kMinutesPerDay + minutes.from, day * limits::kMinutesPerDay + minutes.to});
    }
  }
  return Normalize(std::move(line));
}

std::vector<Span> OnCallLine(const Availability& availability, const Clinic& clinic, absl::CivilDay first_day,
                             int days) {
  std::vector<Span> line;
  for (int day = 0; day < days && !availability.on_call.empty(); ++day) {
    std::vector<Span> minutes = Subtract(MinutesOn(availability.on_call, first_day + day),
                                         ExceptionMinutes(availability, first_day + day, /*available=*/false));
    if (const std::optional<Span> change = ClockChange(first_day + day, clinic.Zone())) {
      minutes = Subtract(minutes, {*change});
    }
    for (const Span& span : minutes) {
      line.push_back({day * limits::kMinutesPerDay + span.from, day * limits::kMinutesPerDay + span.to});
    }
  }
  return Subtract(Normalize(std::move(line)), WorkingLine(availability, clinic, first_day, days));
}

absl::Status ValidateWeekly(const std::vector<WeeklySpan>& weekly, absl::string_view field) {
  for (size_t i = 0; i < weekly.size(); ++i) {
    const WeeklySpan& span = weekly[i];
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (!IsDayMinutes(span.minutes)) return InvalidField(path, "must end after it starts, on the same day");
    if (span.effective_from && span.effective_until && *span.effective_until <= *span.effective_from) {
      return InvalidField(path, "effective_until must be after effective_from");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateAvailability(const Availability& availability, absl::string_view field) {
  absl::Status weekly = ValidateWeekly(availability.weekly, absl::StrCat(field, ".weekly_hours"));
  if (!weekly.ok()) return weekly;
  absl::Status on_call = ValidateWeekly(availability.on_call, absl::StrCat(field, ".on_call_hours"));
  if (!on_call.ok()) return on_call;
  for (size_t i = 0; i < availability.exceptions.size(); ++i) {
    const CalendarException& exception = availability.exceptions[i];
    const std::string path = absl::StrCat(field, ".exceptions[", i, "]");
    if (!IsDayMinutes(exception.minutes)) return InvalidField(path, "must end after it starts, on the same day");
    if (exception.until <= exception.from) return InvalidField(path, "end_date must be after start_date");
    if (exception.until - exception.from > limits::kMaxExceptionDays) {
      return InvalidField(path, absl::StrCat("must not be longer than ", limits::kMaxExceptionDays, " days"));
    }
  }
  return absl::OkStatus();
}

}  // namespace kat::scheduling
