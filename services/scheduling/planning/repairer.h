#ifndef KAT_SERVICES_SCHEDULING_PLANNING_REPAIRER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_REPAIRER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/planning/planner.h"

// Repairing several courses at once, in the domain's words.
namespace kat::scheduling {

// A course some visits of which need another place. Those have a `near_day`; what else is not fixed may move with them.
struct CourseToRepair {
  PlanningQuestion question;   // max_plans is not looked at
  PatientId patient;           // empty: one without a patient
  std::vector<TimeSpan> busy;  // the patient's other times
};

struct RepairQuestion {
  std::vector<CourseToRepair> courses;
  int max_options = 3;
  // Where a course cannot be repaired within its rules: the least departure from them that does it.
  bool allow_deviations = false;
};

struct RepairedCourse {
  // The first stands together with those of the other courses, and each further one in its place; these are best first.
  // Empty where nothing fits, or where the course has no visit that needs a place and keeps all of them.
  std::vector<CoursePlan> options;
  std::vector<Reason> reasons;  // why nothing fits, where nothing does
};

struct RepairAnswer {
  std::vector<RepairedCourse> courses;  // as in the question
  std::vector<CostWeight> weights;
  int64_t lower_bound = 0;  // no repair of all of them costs less
  bool proved = false;      // none is better than this one
  int64_t steps = 0;        // of search
};

class Repairer {
 public:
  virtual ~Repairer() = default;
  // Thread-safe. The picture's commitments and patient times are those of everything but the courses asked about,
  // their fixed visits included. The same question gets the same answer. INVALID_ARGUMENT where it makes no sense to
  // the optimizer.
  virtual absl::StatusOr<RepairAnswer> Repair(const PlanningPicture& picture, const RepairQuestion& question) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_REPAIRER_H_
