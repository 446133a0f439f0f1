#ifndef KAT_DEPLOY_KATCTL_CLOCK_H_
#define KAT_DEPLOY_KATCTL_CLOCK_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "deploy/katctl/client.h"

namespace kat::ctl {

// The simulated time of the installation. FAILED_PRECONDITION where it runs on the real clock.
absl::StatusOr<absl::Time> SimulatedNow(const Installation& installation);

// Waits until no service has due work or unread events at the present simulated time. DEADLINE_EXCEEDED, naming who
// still works, after a minute.
absl::Status Settle(Client& client);

// Moves simulated time to `target`, stopping at every due time on the way so that each job runs at its own hour;
// returns once all is settled.
absl::Status AdvanceTo(Client& client, absl::Time target);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_CLOCK_H_
