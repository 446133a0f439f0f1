#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_

#include <cstdint>
#include <vector>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// One family of constraints that stands in a course's way.
enum class CauseKind {
  kCapacity,      // resources with `tag` are taken, or do not work, on days [first_day, last_day]
  kLag,           // the days and minutes of lag `lag` (that its visits keep their order is never questioned)
  kAvailability,  // the patient's available hours
  kVisitWindows,  // the windows of visit `visit` (an authorization period)
  kPatientTime,   // visits of the patient in other courses
  kEarliestDay,   // the course's earliest day
  kHorizon,       // the last day of the horizon, after which nobody's hours are known
};

struct Cause {
  CauseKind kind = CauseKind::kCapacity;
  int visit = -1;
  int lag = -1;
  int tag = -1;
  int first_day = -1;
  int last_day = -1;
};

// The least change to one cause that makes the course fit, everything else as it is; solved, and with the plan that
// came out.
struct Relaxation {
  Cause cause;
  // By kind. kCapacity: `minutes` of one more resource with the tag, in `added`. kLag: `days` more for max_days, or
  // less for min_days (`lower`); or `minutes` likewise. kVisitWindows: each window longer by `days` at both ends.
  // kAvailability: each window longer by `minutes` at both ends. kEarliestDay: `days` earlier. kHorizon: `days` later.
  int days = 0;
  Minute minutes = 0;
  bool lower = false;
  std::vector<Interval> added;
  // In it, resource index resources.size() + tag stands for one more resource with that tag.
  CoursePlan plan;
};

struct Explanation {
  bool fits = false;  // the course has a plan: the rest is empty
  std::vector<Cause> causes;
  bool sufficient = false;  // checked: with every other constraint lifted there is still no plan
  bool minimal = false;     // checked: without any one of the causes there is
  std::vector<Relaxation> relaxations;
  int64_t ops = 0;
};

struct ExplainOptions {
  int64_t budget_ops = 1'500'000;  // of each question that it asks; where one is left open, `minimal` is not claimed
};

// Why `course` has no plan at all, whatever it may cost. The picture as for CoursePlanner::Plan.
Explanation Explain(const Picture& picture, const Course& course, const ExplainOptions& options = {});

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_
