#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_WALL_CLOCK_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_WALL_CLOCK_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// The minute line of planning: whole wall-clock minutes at the clinic, counted from midnight of a first day, every day
// 1440 of them. Instants are made from it late. On the two days a year when clocks change, the line has an hour that
// does not exist or exists twice: nothing may stand across it, so that between any two instants of one visit the line
// and real time agree.
namespace kat::scheduling {

// Minutes [from, to), from < to; of a day or of a line, as the user says.
struct Span {
  int from = 0;
  int to = 0;

  bool Contains(const Span& other) const { return from <= other.from && other.to <= to; }
  bool Overlaps(const Span& other) const { return from < other.to && other.from < to; }
  friend bool operator==(const Span&, const Span&) = default;
};

// Instants [start, end).
struct TimeSpan {
  absl::Time start;
  absl::Time end;

  bool Overlaps(const TimeSpan& other) const { return start < other.end && other.start < end; }
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

// Sorted and joined: no two of the result overlap or touch. Empty spans vanish.
std::vector<Span> Normalize(std::vector<Span> spans);
// What of `spans` lies outside `cut`; and inside both. Arguments and result are normalized.
std::vector<Span> Subtract(const std::vector<Span>& spans, const std::vector<Span>& cut);
std::vector<Span> Intersect(const std::vector<Span>& a, const std::vector<Span>& b);

// Minutes of `day` that a clock change skips or repeats in `zone`; none on almost every day.
std::optional<Span> ClockChange(absl::CivilDay day, absl::TimeZone zone);

// The days of [from, until) on which clocks change in `zone`, in order.
std::vector<absl::CivilDay> ClockChangeDays(absl::CivilDay from, absl::CivilDay until, absl::TimeZone zone);

// A zone and the day that its minute line begins on.
struct Line {
  absl::CivilDay first_day;
  absl::TimeZone zone;

  int DayNumber(absl::CivilDay day) const { return static_cast<int>(day - first_day); }
  // Minute of the line at `time`; seconds are dropped.
  int MinuteAt(absl::Time time) const;
  // The instant of a minute of the line, before day 0 too.
  absl::Time TimeOf(int minute) const;
};

// Wall-clock minute of the day of `time` in `zone`.
int MinuteOfDay(absl::Time time, absl::TimeZone zone);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_WALL_CLOCK_H_
