#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_REPAIR_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_REPAIR_H_

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/plan.pb.h"
#include "kat/scheduling/v1/repair.pb.h"
#include "services/scheduling/domain/repair.h"

namespace kat::scheduling {

// INVALID_ARGUMENT on `trigger` where it says nothing, or on a date of it.
absl::StatusOr<RepairTrigger> FromProto(const v1::RepairTrigger& trigger);
void ToProto(const DecisionBasis& basis, v1::DecisionBasis* out);
v1::PlannedMove ToProto(const ClinicId& clinic, const RepairMove& move);
v1::Repair ToProto(const ClinicId& clinic, const Repair& repair);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_REPAIR_H_
