#include "services/scheduling/ical/calendar_text.h"

#include <libical/ical.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

constexpr char kProductId[] = "-//kat//scheduling//EN";
constexpr int kMaxInstances = 20'000;  // of one rule: every day for fifty years

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

// libical keeps its zones in tables of the process, and reads them when they are first asked for.
std::mutex& ZoneTables() {
  static auto* const mutex = [] {
    icaltimezone_set_builtin_tzdata(0);  // the machine's zones, as everywhere else here
    return new std::mutex();
  }();
  return *mutex;
}

absl::Status Unreadable(const std::string& why) { return InvalidField("calendar", why); }

icaltimetype Utc(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), 0, icaltimezone_get_utc_timezone());
}

// Takes what it is busy with, and makes exceptions of it.
class Busy {
 public:
  Busy(absl::CivilDay first, int days, absl::TimeZone zone) : first_(first), last_(first + days), zone_(zone) {}

  absl::CivilDay first() const { return first_; }
  absl::CivilDay last() const { return last_; }
  absl::TimeZone zone() const { return zone_; }

  void AddDays(absl::CivilDay from, absl::CivilDay until) {
    for (absl::CivilDay day = std::max(from, first_); day < std::min(until, last_); ++day) {
      minutes_[day].push_back({0, limits::kMinutesPerDay});
    }
  }
  void AddTime(absl::Time start, absl::Time end) {
    if (start >= end) return;
    const absl::CivilDay from = std::max(DayAt(start, zone_), first_);
    const absl::CivilDay until = std::min(DayAt(end - absl::Microseconds(1), zone_) + 1, last_);
    for (absl::CivilDay day = from; day < until; ++day) {
      const absl::Time midnight = absl::FromCivil(day, zone_);
      const absl::Time next = absl::FromCivil(day + 1, zone_);
      const int begin = start <= midnight ? 0 : MinuteOfDay(start, zone_);
      const absl::Time up = absl::UnixEpoch() + absl::Ceil(end - absl::UnixEpoch(), absl::Minutes(1));
      const int finish = up >= next ? limits::kMinutesPerDay : MinuteOfDay(up, zone_);
      if (begin < finish) minutes_[day].push_back({begin, finish});
    }
  }
  std::vector<CalendarException> Exceptions() const {
    constexpr Span kWhole{0, limits::kMinutesPerDay};
    std::vector<CalendarException> out;
    for (const auto& [day, spans] : minutes_) {
      for (const Span& span : Normalize(spans)) {
        if (span == kWhole && !out.empty() && out.back().minutes == kWhole && out.back().until == day &&
            day - out.back().from < limits::kMaxExceptionDays) {
          out.back().until = day + 1;
        } else {
          out.push_back({.from = day, .until = day + 1, .minutes = span});
        }
      }
    }
    return out;
  }

 private:
  const absl::CivilDay first_;
  const absl::CivilDay last_;
  const absl::TimeZone zone_;
  std::map<absl::CivilDay, std::vector<Span>> minutes_;
};

absl::CivilDay DayOf(const icaltimetype& time) { return absl::CivilDay(time.year, time.month, time.day); }

// The instant of a time: of its zone, or, floating, of the clinic's.
absl::Time InstantOfTime(const icaltimetype& time, absl::TimeZone zone) {
  if (time.zone != nullptr) return absl::FromTimeT(icaltime_as_timet_with_zone(time, time.zone));
  return absl::FromCivil(absl::CivilSecond(time.year, time.month, time.day, time.hour, time.minute, time.second), zone);
}

bool IsBusy(icalcomponent* event) {
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return false;
  icalproperty* transparency = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
  return transparency == nullptr || icalproperty_get_transp(transparency) == ICAL_TRANSP_OPAQUE ||
         icalproperty_get_transp(transparency) == ICAL_TRANSP_OPAQUENOCONFLICT;
}

// INVALID_ARGUMENT where a date names a zone that neither the calendar nor this machine knows.
absl::Status CheckZones(icalcomponent* event) {
  for (icalproperty* property = icalcomponent_get_first_property(event, ICAL_ANY_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_ANY_PROPERTY)) {
    icalparameter* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    if (parameter == nullptr) continue;
    const char* id = icalparameter_get_tzid(parameter);
    icalcomponent* calendar = icalcomponent_get_parent(event);
    if (icalcomponent_get_timezone(calendar, id) == nullptr && icaltimezone_get_builtin_timezone(id) == nullptr &&
        icaltimezone_get_builtin_timezone_from_tzid(id) == nullptr) {
      return Unreadable("names a time zone that neither it nor we know: use an IANA name, or a VTIMEZONE");
    }
  }
  return absl::OkStatus();
}

// Days or time of the instance that starts at `start`, by the length of the event itself.
void AddInstance(icalcomponent* event, const icaltimetype& start, Busy* busy) {
  const icaltimetype own_start = icalcomponent_get_dtstart(event);
  const icaltimetype own_end = icalcomponent_get_dtend(event);
  if (start.is_date) {
    const int days = icaltime_is_null_time(own_end) ? 1 : static_cast<int>(DayOf(own_end) - DayOf(own_start));
    busy->AddDays(DayOf(start), DayOf(start) + std::max(days, 1));
    return;
  }
  const absl::Duration length = icaltime_is_null_time(own_end)
                                    ? absl::ZeroDuration()
                                    : InstantOfTime(own_end, busy->zone()) - InstantOfTime(own_start, busy->zone());
  const absl::Time at = InstantOfTime(start, busy->zone());
  busy->AddTime(at, at + length);
}

// An instance's place in its series: by day, or by instant.
int64_t PlaceOf(const icaltimetype& time, absl::TimeZone zone) {
  return time.is_date ? DayOf(time) - absl::CivilDay(1970, 1, 1) : absl::ToUnixSeconds(InstantOfTime(time, zone));
}

// Every date of the properties of one kind, EXDATE or RDATE.
std::vector<icaltimetype> DatesOf(icalcomponent* event, icalproperty_kind kind) {
  std::vector<icaltimetype> dates;
  for (icalproperty* property = icalcomponent_get_first_property(event, kind); property != nullptr;
       property = icalcomponent_get_next_property(event, kind)) {
    icaltimetype time = icalproperty_get_datetime_with_component(property, event);
    if (kind == ICAL_RDATE_PROPERTY) {
      const icaldatetimeperiodtype value = icalproperty_get_rdate(property);
      if (icaltime_is_null_time(value.time)) time = value.period.start;
    }
    if (!icaltime_is_null_time(time)) dates.push_back(time);
  }
  return dates;
}

// `moved`: places of the series' instances that stand as events of their own.
absl::Status AddSeries(icalcomponent* event, std::set<int64_t> moved, Busy* busy) {
  const icaltimetype start = icalcomponent_get_dtstart(event);
  if (icaltime_is_null_time(start)) return Unreadable("has an event without a start");
  for (const icaltimetype& date : DatesOf(event, ICAL_EXDATE_PROPERTY)) moved.insert(PlaceOf(date, busy->zone()));
  std::map<int64_t, icaltimetype> instances = {{PlaceOf(start, busy->zone()), start}};
  for (const icaltimetype& date : DatesOf(event, ICAL_RDATE_PROPERTY)) instances[PlaceOf(date, busy->zone())] = date;
  const absl::Time end = absl::FromCivil(busy->last(), busy->zone());
  for (icalproperty* property = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY); property != nullptr;
       property = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
    const std::unique_ptr<icalrecur_iterator, void (*)(icalrecur_iterator*)> iterator(
        icalrecur_iterator_new(icalproperty_get_rrule(property), start), icalrecur_iterator_free);
    if (iterator == nullptr) return Unreadable("has a recurrence rule that cannot be read");
    for (int count = 0; count < kMaxInstances; ++count) {
      icaltimetype next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next)) break;
      next.zone = start.zone;
      if (absl::FromCivil(DayOf(next), busy->zone()) > end) break;
      instances[PlaceOf(next, busy->zone())] = next;
    }
  }
  for (const auto& [place, at] : instances) {
    if (!moved.contains(place)) AddInstance(event, at, busy);
  }
  return absl::OkStatus();
}

std::string Uid(icalcomponent* event) {
  const char* uid = icalcomponent_get_uid(event);
  return uid == nullptr ? "" : uid;
}

bool IsMoved(icalcomponent* event) {
  return icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY) != nullptr;
}

}  // namespace

std::string WriteCalendar(const std::vector<CalendarEntry>& entries) {
  const std::lock_guard<std::mutex> lock(ZoneTables());
  const Component calendar(icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
                                               icalproperty_new_prodid(kProductId), nullptr));
  for (const CalendarEntry& entry : entries) {
    icalcomponent* event = icalcomponent_vanew(
        ICAL_VEVENT_COMPONENT, icalproperty_new_uid(entry.uid.c_str()), icalproperty_new_dtstamp(Utc(entry.updated_at)),
        icalproperty_new_dtstart(Utc(entry.time.start)), icalproperty_new_dtend(Utc(entry.time.end)),
        icalproperty_new_summary(entry.summary.c_str()),
        icalproperty_new_status(entry.confirmed ? ICAL_STATUS_CONFIRMED : ICAL_STATUS_TENTATIVE),
        icalproperty_new_sequence(static_cast<int>(entry.version - 1)),
        icalproperty_new_lastmodified(Utc(entry.updated_at)), nullptr);
    icalcomponent_add_component(calendar.get(), event);
  }
  const std::unique_ptr<char, void (*)(void*)> text(icalcomponent_as_ical_string_r(calendar.get()), free);
  return text.get();
}

absl::StatusOr<std::vector<CalendarException>> ReadBusy(const std::string& text, absl::CivilDay first, int days,
                                                        absl::TimeZone zone) {
  const std::lock_guard<std::mutex> lock(ZoneTables());
  const Component calendar(icalparser_parse_string(text.c_str()));
  if (calendar == nullptr || icalcomponent_isa(calendar.get()) != ICAL_VCALENDAR_COMPONENT) {
    return Unreadable("is no VCALENDAR");
  }
  if (icalcomponent_count_errors(calendar.get()) > 0) return Unreadable("has properties that cannot be read");
  Busy busy(first, days, zone);
  std::map<std::string, std::set<int64_t>> moved;
  std::vector<icalcomponent*> events;
  for (icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr; event = icalcomponent_get_next_component(calendar.get(), ICAL_VEVENT_COMPONENT)) {
    events.push_back(event);
  }
  for (icalcomponent* event : events) {
    RETURN_IF_ERROR(CheckZones(event));
    if (IsMoved(event)) moved[Uid(event)].insert(PlaceOf(icalcomponent_get_recurrenceid(event), zone));
  }
  for (icalcomponent* event : events) {
    if (!IsBusy(event)) continue;
    RETURN_IF_ERROR(AddSeries(event, IsMoved(event) ? std::set<int64_t>() : moved[Uid(event)], &busy));
  }
  return busy.Exceptions();
}

}  // namespace kat::scheduling
