#ifndef KAT_SERVICES_SCHEDULING_OPS_REPAIR_H_
#define KAT_SERVICES_SCHEDULING_OPS_REPAIR_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/repair.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/ops/repair_option.h"
#include "services/scheduling/planning/repairer.h"

namespace kat::scheduling {

struct RepairWish {
  RepairTrigger trigger;
  bool allow_others = false;
  bool allow_deviations = false;
  int max_options = limits::kMaxProposals;
  std::string asked_by;
};

// Proposes a repair and keeps it; the schedule stays as it is. Errors as SchedulingService.ProposeRepair says.
absl::StatusOr<Repair> ProposeRepair(Tx& tx, Repairer& repairer, const RepairWish& wish);

// A part of a repair and the way for it.
struct RepairChoice {
  std::string part;
  int option = 0;
  std::vector<ProtocolOverride> overrides;
};

// What the visits of a part that are booked anew have reserved, and those of all that are conditional where they go.
struct PartReservations {
  std::string financial;
  std::string coverage;
  VisitConditions conditional;
};

struct AppliedRepair {
  Repair repair;
  std::vector<Appointment> appointments;
};

// Every part that was not applied, by its first option.
std::vector<RepairChoice> AllChoices(const Repair& repair);

// Checks a part against what stands now. With a lock, its course and appointments stay so until the transaction ends.
// ABORTED, REPAIR_STALE; FAILED_PRECONDITION, PROTOCOL_VIOLATED; errors of MarkApplied.
absl::StatusOr<CheckedPart> CheckPart(Tx& tx, const Repair& repair, const RepairChoice& choice, Lock lock);

// Applies the choices of a repair that is locked, all or none. `reserved`: by part. Errors as
// SchedulingService.ApplyRepair says, gates and etag apart.
absl::StatusOr<AppliedRepair> ApplyRepair(Tx& tx, Repair repair, std::vector<RepairChoice> choices,
                                          const std::map<std::string, PartReservations>& reserved,
                                          const std::string& applied_by);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_REPAIR_H_
