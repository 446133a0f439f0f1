#ifndef KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_DOSES_H_
#define KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_DOSES_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/improvement_question.h"

// What intake and authorization let an improvement do with doses: applied, a dose that goes to another day is asked
// about there.
namespace kat::scheduling {

// Who is asked.
struct DoseGates {
  ReadinessGate& readiness;
  CoverageGate& coverage;
};

// Limits each dosing visit that may move to the days on which its patient is ready and it is as well covered as now,
// and keeps those apart that payers' weekly limits do. A patient who is ready only until a day has no dose moved past
// it: which dose a move is asked about depends on what else moves. Where one of them cannot be asked, or no longer once
// `go_on` is false, dosing visits keep to their days.
void LimitDoses(const ClinicId& clinic, const DoseGates& gates, const ImprovementWish& wish,
                absl::FunctionRef<bool()> go_on, ImprovementCase& about);

// Whether the part, applied now, would be refused. Errors are those of the gates.
absl::StatusOr<bool> IsRefused(const ClinicId& clinic, const DoseGates& gates, const ImprovementCase& about,
                               const ImprovementPart& part);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_WORKER_IMPROVEMENT_DOSES_H_
