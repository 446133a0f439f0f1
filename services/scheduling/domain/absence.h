#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_ABSENCE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_ABSENCE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/resource.h"

namespace kat::scheduling {

// A person is ill, a room is closed, equipment is out.
struct Absence {
  ResourceKey resource;
  TimeSpan time;
  std::string reason;
};

// The calendar exceptions that say so: one for each day that the absence begins or ends within, one for the whole days
// between.
std::vector<CalendarException> ExceptionsOf(const Absence& absence, absl::TimeZone zone);

// Whether the resource, by its calendar, works or is on call at any minute of the time.
bool OnDutyWithin(const Resource& resource, const Clinic& clinic, const TimeSpan& time);

// The resource with the absence in its calendar; as it is where it neither works nor is on call then anyway.
Resource WithAbsence(Resource resource, const Clinic& clinic, const Absence& absence);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_ABSENCE_H_
