#ifndef KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_H_
#define KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/improvement.h"
#include "services/scheduling/ops/repair_option.h"
#include "services/scheduling/store/store.h"

// What is done with improvements inside one transaction; who searches is worker/improvement_runner.h.
namespace kat::scheduling {

// The job that has a replica run an improvement. It stays due until the improvement has ended, so that another replica
// finds it where the first one dies.
inline constexpr char kImproveJob[] = "improvement.run";

struct ImprovementOrder {
  ImprovementWish wish;  // but for its days
  std::optional<absl::CivilDay> first_day;
  std::optional<absl::CivilDay> end_day;
  std::string started_by;
};

// Queues an improvement. Errors as SchedulingService.StartImprovement says.
absl::StatusOr<Improvement> StartImprovement(Tx& tx, ImprovementOrder order);

// Ends one before its time. FAILED_PRECONDITION, STATE_FORBIDS, where it has ended; NOT_FOUND.
absl::StatusOr<Improvement> CancelImprovement(Tx& tx, const ImprovementId& id, bool keep_best);

// Writes how an improvement ended, as it is in `ended`, which `run` has read: state, parts, basis, progress, failure.
// ABORTED where the run has lost it: then nothing of it may be kept.
absl::Status EndImprovement(Tx& tx, const std::string& run, Improvement ended);

// A part that is to be applied, checked against what stands.
struct CheckedImprovementPart {
  CourseId course;
  CheckedPart part;
};

// Checks the parts of `courses`, or all that were not applied yet where it is empty, in the order in which courses are
// locked. ABORTED, REPAIR_STALE; errors of ChooseParts.
absl::StatusOr<std::vector<CheckedImprovementPart>> CheckImprovement(Tx& tx, const Improvement& improvement,
                                                                     const std::vector<CourseId>& courses, Lock lock);

struct AppliedImprovement {
  Improvement improvement;
  std::vector<Appointment> appointments;
};

// The visits that no authorization covers where they go.
using ConditionsOfCourses = std::map<CourseId, VisitConditions>;

// Applies parts of an improvement that is locked, all or none. Errors as SchedulingService.ApplyImprovement says, gates
// and etag apart.
absl::StatusOr<AppliedImprovement> ApplyImprovement(Tx& tx, Improvement improvement,
                                                    const std::vector<CourseId>& courses,
                                                    const ConditionsOfCourses& conditional,
                                                    const std::string& applied_by);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_H_
