#ifndef KAT_SERVICES_SCHEDULING_OPS_CAPACITY_H_
#define KAT_SERVICES_SCHEDULING_OPS_CAPACITY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {

// Changes what is taken, in one go: first the setup that the change was checked against is held until the transaction
// ends (setup_lock.h has the order of all locks), then every day that is touched is locked in order of key, then what `give_back` own is given back, then what
// `take` needs is taken. ABORTED: SETUP_CHANGED, where a sick day, a holiday or the like came in between; SLOT_TAKEN,
// where some of it is taken by others. The transaction must end then.
struct CapacityChange {
  struct Want {
    std::string owner;
    VisitTypeId type;
    absl::Time start;
    std::vector<Assignment> assignments;
    PatientId patient;
    TimeSpan time;
  };
  std::vector<std::string> give_back;
  std::vector<Want> take;
};

absl::Status Apply(Tx& tx, const ClinicFacts& facts, const CapacityChange& change);

// Gives back all that `owners` have, with the same locks in the same order.
absl::Status GiveBack(Tx& tx, const std::vector<std::string>& owners);

// What an appointment takes, by its visit type as it is now.
CapacityChange::Want WantOf(const Appointment& appointment);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_CAPACITY_H_
