#ifndef KAT_SERVICES_SCHEDULING_OPS_REPAIR_OPTION_H_
#define KAT_SERVICES_SCHEDULING_OPS_REPAIR_OPTION_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/ops/repair_question.h"

// Parts of repairs and improvements: how they come from plans, and what they would do.
namespace kat::scheduling {

// What of a plan moves or books anew, with the rules that it would newly break; `asked` is the course's question.
// Nothing where it leaves all as it stands.
RepairOption OptionOf(const CourseInRepair& course, const CourseToRepair& asked, const CoursePlan& plan);

// What one part would do: its course, and the appointments as they would be.
struct CheckedPart {
  CourseFacts facts;
  std::vector<Appointment> changed;
};

// Checks an option of a part against what stands now. With a lock, its course and appointments stay so until the
// transaction ends. ABORTED, REPAIR_STALE; FAILED_PRECONDITION, PROTOCOL_VIOLATED; INVALID_ARGUMENT on an override.
absl::StatusOr<CheckedPart> CheckOption(Tx& tx, const RepairPart& part, const RepairOption& option,
                                        const std::vector<ProtocolOverride>& overrides, Lock lock);

// Errors of writing a part that say that the schedule is not any more what it was made for: as REPAIR_STALE.
absl::Status AsStale(const absl::Status& status);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_REPAIR_OPTION_H_
