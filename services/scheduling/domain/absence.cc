#include "services/scheduling/domain/absence.h"

#include <algorithm>
#include <iterator>

#include "libs/base/business_time.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

// The last minute of the day that an instant touches, counting a begun one.
int EndMinute(absl::Time end, absl::CivilDay day, absl::TimeZone zone) {
  const absl::CivilSecond civil = absl::ToCivilSecond(end, zone);
  return static_cast<int>((civil - absl::CivilSecond(day) + 59) / 60);
}

}  // namespace

std::vector<CalendarException> ExceptionsOf(const Absence& absence, absl::TimeZone zone) {
  const absl::CivilDay first = DayAt(absence.time.start, zone);
  const absl::CivilDay last = DayAt(absence.time.end - absl::Microseconds(1), zone);
  const int from = MinuteOfDay(absence.time.start, zone);
  const int to = std::min(EndMinute(absence.time.end, last, zone), limits::kMinutesPerDay);
  std::vector<CalendarException> out;
  const auto add = [&](absl::CivilDay day, absl::CivilDay until, Span minutes) {
    out.push_back({.from = day, .until = until, .minutes = minutes, .available = false, .reason = absence.reason});
  };
  if (first == last) {
    add(first, first + 1, {from, to});
    return out;
  }
  add(first, first + 1, {from, limits::kMinutesPerDay});
  if (first + 1 < last) add(first + 1, last, {0, limits::kMinutesPerDay});
  add(last, last + 1, {0, to});
  return out;
}

bool OnDutyWithin(const Resource& resource, const Clinic& clinic, const TimeSpan& time) {
  const absl::TimeZone zone = clinic.Zone();
  const absl::CivilDay first = DayAt(time.start, zone);
  const absl::CivilDay last = DayAt(time.end - absl::Microseconds(1), zone);
  for (absl::CivilDay day = first; day <= last; ++day) {
    const Span asked{
        day == first ? MinuteOfDay(time.start, zone) : 0,
        day == last ? std::min(EndMinute(time.end, day, zone), limits::kMinutesPerDay) : limits::kMinutesPerDay};
    if (!Intersect(WorkingMinutes(resource.availability, clinic, day), {asked}).empty()) return true;
    if (!Intersect(OnCallLine(resource.availability, clinic, day, 1), {asked}).empty()) return true;
  }
  return false;
}

Resource WithAbsence(Resource resource, const Clinic& clinic, const Absence& absence) {
  if (!OnDutyWithin(resource, clinic, absence.time)) return resource;
  std::vector<CalendarException> exceptions = ExceptionsOf(absence, clinic.Zone());
  std::move(exceptions.begin(), exceptions.end(), std::back_inserter(resource.availability.exceptions));
  return resource;
}

}  // namespace kat::scheduling
