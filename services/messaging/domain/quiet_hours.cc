#include "services/messaging/domain/quiet_hours.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

int MinuteOfDay(absl::Time at, absl::TimeZone zone) {
  const absl::CivilMinute minute = absl::ToCivilMinute(at, zone);
  return minute.hour() * 60 + minute.minute();
}

}  // namespace

bool InWindow(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  const int minute = MinuteOfDay(at, zone);
  return minute >= window.from_minute && minute < window.until_minute;
}

absl::Time NextOpening(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  if (InWindow(at, window, zone)) return at;
  const absl::CivilDay today = DayAt(at, zone);
  // Three days: a clock change may skip an opening.
  for (int ahead = 0; ahead < 3; ++ahead) {
    const absl::Time opening = InstantOf(today + ahead, window.from_minute, zone);
    if (opening >= at && InWindow(opening, window, zone)) return opening;
  }
  return absl::InfiniteFuture();
}

absl::Time LastOpening(absl::Time at, const SendWindow& window, absl::TimeZone zone) {
  if (InWindow(at, window, zone)) return at;
  const absl::CivilDay today = DayAt(at, zone);
  for (int back = 0; back < 3; ++back) {
    const absl::Time closing = InstantOf(today - back, window.until_minute, zone) - limits::kBeforeQuiet;
    if (closing <= at && InWindow(closing, window, zone)) return closing;
  }
  return absl::InfinitePast();
}

std::optional<absl::Time> PlanSendTime(absl::Time target, absl::Time earliest, absl::Time latest,
                                       const SendWindow& window, absl::TimeZone zone) {
  const absl::Time wanted = std::max(target, earliest);
  if (wanted <= latest && InWindow(wanted, window, zone)) return wanted;
  const absl::Time next = NextOpening(wanted, window, zone);
  if (next <= latest) return next;
  const absl::Time last = LastOpening(std::min(wanted, latest), window, zone);
  if (last >= earliest && last <= latest) return last;
  // Between the good moment before the window closes and its end there is still time, if it is now.
  if (earliest <= latest && InWindow(earliest, window, zone)) return earliest;
  return std::nullopt;
}

}  // namespace kat::messaging
