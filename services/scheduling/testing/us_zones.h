#ifndef KAT_SERVICES_SCHEDULING_TESTING_US_ZONES_H_
#define KAT_SERVICES_SCHEDULING_TESTING_US_ZONES_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kat::scheduling::sample {

struct UsZone {
  std::string name;
  absl::TimeZone zone;
};

// Every zone of the United States and its territories, by the machine's zone database (its zone.tab). Aborts where
// there is none.
const std::vector<UsZone>& UsZones();

// An instant at which the clocks of a zone are set, and by how much: forward where it is positive.
struct ClockSet {
  absl::Time at;
  absl::Duration by;
};

// Found by looking at the clock, not by asking the zone for its changes.
std::vector<ClockSet> ClockSets(absl::TimeZone zone, absl::Time from, absl::Time until);

// The first and the last day of the ten years that are tested.
inline const absl::CivilDay kTenYearsFrom(2026, 1, 1);
inline const absl::CivilDay kTenYearsUntil(2036, 1, 1);

// Every change of every zone within those years.
struct ZoneChange {
  const UsZone& zone;
  ClockSet set;
  absl::CivilDay day;
};
std::vector<ZoneChange> ZoneChanges();

}  // namespace kat::scheduling::sample

#endif  // KAT_SERVICES_SCHEDULING_TESTING_US_ZONES_H_
