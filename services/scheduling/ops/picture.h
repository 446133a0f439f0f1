#ifndef KAT_SERVICES_SCHEDULING_OPS_PICTURE_H_
#define KAT_SERVICES_SCHEDULING_OPS_PICTURE_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// `days` days from `first_day` on, and the day before and after.
TimeSpan TimeOf(absl::TimeZone zone, absl::CivilDay first_day, int days);

// What stands on `days` days from `first_day` on, and the day before and after, but for what the owners in `leave_out`
// have. `facts` must outlive it.
absl::StatusOr<PlanningPicture> LoadPicture(Tx& tx, const ClinicFacts& facts, const PatientId& patient,
                                            absl::CivilDay first_day, int days, const std::set<std::string>& leave_out);

// A visit whose start is given and whose resources may be.
struct FixedStart {
  std::string visit_id;
  VisitTypeId type;
  absl::Time start;
  std::vector<Assignment> pinned;     // must be these
  std::vector<Assignment> preferred;  // are these where that is possible
};

// Resources for every role of the visit, free at that time: those pinned, as they are, where they fill all roles.
// FAILED_PRECONDITION, PLAN_INVALID, with what stands in the way. The caller checks the placement and takes its
// capacity.
absl::StatusOr<std::vector<Assignment>> ChooseResources(Tx& tx, Planner& planner, const ClinicFacts& facts,
                                                        const PatientId& patient, const FixedStart& visit,
                                                        const std::set<std::string>& leave_out);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_PICTURE_H_
