#ifndef KAT_SERVICES_SCHEDULING_OPS_STRANDING_H_
#define KAT_SERVICES_SCHEDULING_OPS_STRANDING_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {

// Work that a stranded appointment opens, until it is moved, cancelled, over or sound again.
inline constexpr char kRescheduleWork[] = "RESCHEDULE_STRANDED";

// Whether what an appointment was booked with can serve it, by the clinic's setup alone.
bool IsSound(const ClinicFacts& facts, const Appointment& appointment);

// Every appointment of the filter, in order of start.
absl::StatusOr<std::vector<Appointment>> ListAll(Tx& tx, const AppointmentFilter& filter);

// After a change of the clinic's setup: tells of every coming appointment that what it was booked with can no longer
// serve (a sick day, a closed room, a licence that ends, a new holiday), and of those that are sound again. What is
// booked stands until a person moves it. An empty `resource` looks at all appointments, else at those that use it.
absl::Status TellStranded(Tx& tx, const ClinicFacts& before, const ClinicFacts& after, const ResourceKey& resource);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_STRANDING_H_
