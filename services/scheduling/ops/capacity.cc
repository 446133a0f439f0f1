#include "services/scheduling/ops/capacity.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {

absl::Status Apply(Tx& tx, const ClinicFacts& facts, const CapacityChange& change) {
  std::vector<Usage> touched;
  for (const std::string& owner : change.give_back) {
    ASSIGN_OR_RETURN(const std::vector<Commitment> owned, tx.occupancy().OwnedBy(owner));
    for (const Commitment& commitment : owned) touched.push_back(commitment.usage);
  }
  std::vector<std::vector<Usage>> wanted;
  for (const CapacityChange::Want& want : change.take) {
    const auto type = facts.visit_types.find(want.type);
    if (type == facts.visit_types.end()) return ResourceNotFound("visit type");
    wanted.push_back(UsageOf(type->second, want.start, want.assignments));
    touched.insert(touched.end(), wanted.back().begin(), wanted.back().end());
  }
  RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(touched, facts.clinic.Zone())));
  for (const std::string& owner : change.give_back) RETURN_IF_ERROR(tx.occupancy().GiveBack(owner));
  for (size_t i = 0; i < change.take.size(); ++i) {
    const CapacityChange::Want& want = change.take[i];
    RETURN_IF_ERROR(tx.occupancy().Take(want.owner, wanted[i], want.patient, want.time));
  }
  return absl::OkStatus();
}

CapacityChange::Want WantOf(const Appointment& appointment) {
  return {.owner = OwnerOf(appointment.id),
          .type = appointment.visit_type,
          .start = appointment.time.start,
          .assignments = appointment.assignments,
          .patient = appointment.patient,
          .time = appointment.time};
}

}  // namespace kat::scheduling
