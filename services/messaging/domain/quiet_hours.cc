#include "services/messaging/domain/quiet_hours.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

bool IsOpen(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  const absl::CivilMinute minute = absl::ToCivilMinute(at, zone);
  const int of_day = minute.hour() * 60 + minute.minute();
  return of_day >= window.from_minute && of_day < window.until_minute;
}

absl::Time NextIn(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  if (IsOpen(at, window, zone)) return at;
  const absl::CivilDay today = DayAt(at, zone);
  // Three days: a clock change may skip an opening.
  for (int ahead = 0; ahead < 3; ++ahead) {
    const absl::Time opening = InstantOf(today + ahead, window.from_minute, zone);
    if (opening >= at && IsOpen(opening, window, zone)) return opening;
  }
  return absl::InfiniteFuture();
}

absl::Time LastIn(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  if (IsOpen(at, window, zone)) return at;
  const absl::CivilDay today = DayAt(at, zone);
  for (int back = 0; back < 3; ++back) {
    const absl::Time closing = InstantOf(today - back, window.until_minute, zone) - limits::kBeforeQuiet;
    if (closing <= at && IsOpen(closing, window, zone)) return closing;
  }
  return absl::InfinitePast();
}

}  // namespace

bool InWindow(absl::Time at, const SendWindow& window, const Zones& zones) {
  return std::all_of(zones.begin(), zones.end(), [&](absl::TimeZone zone) { return IsOpen(at, window, zone); });
}

// Whatever one zone rules out, all do: going from opening to opening never passes a common one.
absl::Time NextOpening(absl::Time at, const SendWindow& window, const Zones& zones) {
  absl::Time next = at;
  while (!InWindow(next, window, zones)) {
    for (const absl::TimeZone zone : zones) next = NextIn(next, window, zone);
    if (next > at + limits::kOpeningSearch) return absl::InfiniteFuture();
  }
  return next;
}

absl::Time LastOpening(absl::Time at, const SendWindow& window, const Zones& zones) {
  absl::Time last = at;
  while (!InWindow(last, window, zones)) {
    for (const absl::TimeZone zone : zones) last = LastIn(last, window, zone);
    if (last < at - limits::kOpeningSearch) return absl::InfinitePast();
  }
  return last;
}

std::optional<absl::Time> PlanSendTime(absl::Time target, absl::Time earliest, absl::Time latest,
                                       const SendWindow& window, const Zones& zones) {
  const absl::Time wanted = std::max(target, earliest);
  if (wanted <= latest && InWindow(wanted, window, zones)) return wanted;
  const absl::Time next = NextOpening(wanted, window, zones);
  if (next <= latest && next != absl::InfiniteFuture()) return next;
  const absl::Time last = LastOpening(std::min(wanted, latest), window, zones);
  if (last >= earliest && last <= latest) return last;
  // Between the good moment before the window closes and its end there is still time, if it is now.
  if (earliest <= latest && InWindow(earliest, window, zones)) return earliest;
  return std::nullopt;
}

absl::Time StartOfToday(absl::Time now, const Zones& zones) {
  absl::Time first = now;
  for (const absl::TimeZone zone : zones) first = std::min(first, InstantOf(DayAt(now, zone), 0, zone));
  return first;
}

}  // namespace kat::messaging
