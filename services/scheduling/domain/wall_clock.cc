#include "services/scheduling/domain/wall_clock.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {

std::vector<Span> Normalize(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> out;
  for (const Span& span : spans) {
    if (span.from >= span.to) continue;
    if (!out.empty() && span.from <= out.back().to) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

std::vector<Span> Subtract(const std::vector<Span>& spans, const std::vector<Span>& cut) {
  std::vector<Span> out;
  for (Span span : spans) {
    for (const Span& hole : cut) {
      if (hole.to <= span.from || hole.from >= span.to) continue;
      if (hole.from > span.from) out.push_back({span.from, hole.from});
      span.from = std::min(hole.to, span.to);
    }
    if (span.from < span.to) out.push_back(span);
  }
  return out;
}

std::vector<Span> Intersect(const std::vector<Span>& a, const std::vector<Span>& b) {
  std::vector<Span> out;
  for (const Span& x : a) {
    for (const Span& y : b) {
      const Span both{std::max(x.from, y.from), std::min(x.to, y.to)};
      if (both.from < both.to) out.push_back(both);
    }
  }
  return Normalize(std::move(out));
}

std::optional<Span> ClockChange(absl::CivilDay day, absl::TimeZone zone) {
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(day), zone);
  absl::TimeZone::CivilTransition transition;
  if (!zone.NextTransition(midnight - absl::Seconds(1), &transition)) return std::nullopt;
  const absl::CivilSecond low = std::min(transition.from, transition.to);
  const absl::CivilSecond high = std::max(transition.from, transition.to);
  const absl::CivilSecond begin(day);
  const absl::CivilSecond end(day + 1);
  if (high <= begin || low >= end) return std::nullopt;
  const int from = static_cast<int>((std::max(low, begin) - begin) / 60);
  const int to = static_cast<int>((std::min(high, end) - begin + 59) / 60);
  return from < to ? std::optional<Span>({from, to}) : std::nullopt;
}

std::vector<absl::CivilDay> ClockChangeDays(absl::CivilDay from, absl::CivilDay until, absl::TimeZone zone) {
  std::vector<absl::CivilDay> days;
  absl::Time after = absl::FromCivil(from, zone) - absl::Seconds(1);
  absl::TimeZone::CivilTransition transition;
  while (zone.NextTransition(after, &transition)) {
    const absl::CivilDay first(std::min(transition.from, transition.to));
    if (first >= until) break;
    for (absl::CivilDay day = first; day <= absl::CivilDay(std::max(transition.from, transition.to)); ++day) {
      if (day < from || day >= until || (!days.empty() && days.back() >= day)) continue;
      if (ClockChange(day, zone)) days.push_back(day);
    }
    after = zone.At(transition.to).post;  // of an hour that comes twice, the second: the first lies before the change
  }
  return days;
}

int Line::MinuteAt(absl::Time time) const {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, zone);
  return DayNumber(absl::CivilDay(civil)) * limits::kMinutesPerDay + civil.hour() * 60 + civil.minute();
}

absl::Time Line::TimeOf(int minute) const {
  int day = minute / limits::kMinutesPerDay;
  int of_day = minute % limits::kMinutesPerDay;
  if (of_day < 0) {
    --day;
    of_day += limits::kMinutesPerDay;
  }
  return InstantOf(first_day + day, of_day, zone);
}

int MinuteOfDay(absl::Time time, absl::TimeZone zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, zone);
  return civil.hour() * 60 + civil.minute();
}

}  // namespace kat::scheduling
