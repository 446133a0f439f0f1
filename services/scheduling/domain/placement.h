#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PLACEMENT_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PLACEMENT_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/reason.h"
#include "services/scheduling/domain/resource.h"
#include "services/scheduling/domain/visit_type.h"

namespace kat::scheduling {

// A load on a resource.
struct Usage {
  ResourceKey resource;
  std::string role;
  TimeSpan time;
  int load = 1;
};

// A load that stands, and whose it is: `appointments/{id}` or `holds/{id}`.
struct Commitment {
  std::string owner;
  Usage usage;
};

// Time that a patient is busy, and with what.
struct PatientTime {
  std::string owner;
  TimeSpan time;
};

using ResourceMap = std::map<ResourceKey, Resource>;

// What a visit of `type` that starts at `start` takes. Roles without an assignment take nothing.
std::vector<Usage> UsageOf(const VisitType& type, absl::Time start, const std::vector<Assignment>& assignments);

// Local days of `zone` that any usage touches, by resource: the rows that a booking locks.
std::set<std::pair<ResourceKey, absl::CivilDay>> DaysOf(const std::vector<Usage>& usages, absl::TimeZone zone);

// Whatever is wrong with placing the visit there, other visits apart: off the grid, across a clock change, a role not
// filled once, a resource that is gone, lacks the tag that day, or does not work then. Empty: nothing.
std::vector<Reason> CheckPlacement(const Clinic& clinic, const ResourceMap& resources, const VisitType& type,
                                   absl::string_view visit_id, absl::Time start,
                                   const std::vector<Assignment>& assignments);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PLACEMENT_H_
