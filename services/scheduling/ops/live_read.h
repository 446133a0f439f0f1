#ifndef KAT_SERVICES_SCHEDULING_OPS_LIVE_READ_H_
#define KAT_SERVICES_SCHEDULING_OPS_LIVE_READ_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/scheduling/domain/live_schedule.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// What events say may have changed.
struct LiveSubjects {
  bool setup = false;
  std::set<AppointmentId> appointments;
  std::set<HoldId> holds;
  std::set<std::string> offers;  // owners of capacity that is offered to the wait list

  bool empty() const { return !setup && appointments.empty() && holds.empty() && offers.empty(); }
  // Adds the subject of an event, by its resource name; what the live view does not show adds nothing.
  void Add(absl::string_view subject);
};

// The schedule of those days as it stands. NOT_FOUND where there is no clinic.
absl::StatusOr<LiveSchedule> LoadLive(Tx& tx, DayRange range);

// The subjects as they stand now.
absl::StatusOr<LiveUpdate> ReadLive(Tx& tx, const LiveSubjects& subjects);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_LIVE_READ_H_
