#ifndef KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_COVERAGE_H_
#define KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_COVERAGE_H_

#include "absl/functional/function_ref.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/improvement_question.h"

namespace kat::scheduling {

// Limits each dosing visit that may move, and that an authorization covers, to the days of that authorization: an
// improvement that is found can then be applied. One that is conditional, or that needs no authorization, may move as
// it may. Where authorization cannot be asked, or no longer once `go_on` is false, dosing visits keep to their days.
void KeepCovered(const ClinicId& clinic, CoverageGate& coverage, const ImprovementWish& wish,
                 absl::FunctionRef<bool()> go_on, ImprovementCase& about);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_COVERAGE_H_
