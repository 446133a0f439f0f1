#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_IMPROVEMENT_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_IMPROVEMENT_H_

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/improvement.pb.h"
#include "services/scheduling/ops/improvement.h"

namespace kat::scheduling {

v1::Improvement ToProto(const ClinicId& clinic, const Improvement& improvement);

// What is asked for, with defaults. INVALID_ARGUMENT on a field of `improvement`.
absl::StatusOr<ImprovementOrder> OrderOf(const v1::Improvement& improvement);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_IMPROVEMENT_H_
