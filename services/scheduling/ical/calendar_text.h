#ifndef KAT_SERVICES_SCHEDULING_ICAL_CALENDAR_TEXT_H_
#define KAT_SERVICES_SCHEDULING_ICAL_CALENDAR_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/clinic.h"

// Calendars as text (iCalendar, RFC 5545), by libical, which nothing else knows. Thread-safe.
namespace kat::scheduling {

// An appointment as other calendars see it: nothing of the patient.
struct CalendarEntry {
  std::string uid;
  TimeSpan time;
  std::string summary;  // what kind of visit it is
  bool confirmed = false;
  int64_t version = 1;  // from 1; the event's SEQUENCE is one less
  absl::Time updated_at;
};

// A VCALENDAR of the entries, times in UTC.
std::string WriteCalendar(const std::vector<CalendarEntry>& entries);

// When the calendar `text` is busy on days [first, first + days) of `zone`, as departures from working hours: recurring
// events (RRULE, RDATE, EXDATE, and instances that were moved) one by one, all-day events as days of the clinic, events
// of other zones at their instant. Transparent and cancelled events are free. Whole days in a row are one exception.
// INVALID_ARGUMENT on `calendar` where it is no iCalendar, or has a rule or a time zone that cannot be read.
absl::StatusOr<std::vector<CalendarException>> ReadBusy(const std::string& text, absl::CivilDay first, int days,
                                                        absl::TimeZone zone);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_ICAL_CALENDAR_TEXT_H_
