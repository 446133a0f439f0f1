#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_

#include <string>
#include <vector>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// One constraint, or family of constraints, that stands in a course's way.
enum class CauseKind {
  kCapacity,      // resources with `tag` are taken, or do not work, on days [first_day, last_day]
  kLag,           // lag `lag` of the course
  kAvailability,  // the patient's available hours, for visit `visit`
  kVisitWindows,  // the windows of visit `visit` (an authorization period)
  kPatientTime,   // other visits of the patient
  kEarliestDay,   // the course's earliest day
  kHorizon,       // the last day of the horizon
};

struct Cause {
  CauseKind kind = CauseKind::kCapacity;
  int visit = -1;
  int lag = -1;
  int tag = -1;
  int first_day = -1;
  int last_day = -1;
};

// The least change of one kind that makes the course fit, with the plan that proves it.
struct Relaxation {
  Cause cause;
  // What changes, by kind: kCapacity: minutes of one more resource with the tag, all of them within [first_day,
  // last_day]; kLag: `days` added to max_days or taken from min_days (`lower`), or `minutes` likewise; kAvailability,
  // kVisitWindows: days of longer windows; kHorizon: more days; kEarliestDay: days earlier.
  int days = 0;
  Minute minutes = 0;
  bool lower = false;
  CoursePlan plan;
};

struct Explanation {
  bool fits = false;          // it does fit: `causes` and `relaxations` are empty
  std::vector<Cause> causes;  // together they leave no plan; without any one of them there is a plan, where `minimal`
  bool sufficient = false;    // checked: with these constraints alone, every other one lifted, there is no plan
  bool minimal = false;       // checked: no cause can be left out
  std::vector<Relaxation> relaxations;  // smallest of each kind first; each was solved
  int64_t ops = 0;
};

struct ExplainOptions {
  int max_relaxations = 8;
  int64_t budget_ops = 20'000'000;  // over all the questions it asks
};

// Why `course` has no plan at all. The picture as for CoursePlanner::Plan.
Explanation Explain(const Picture& picture, const Course& course, const ExplainOptions& options = {});

// A rule that a requested start of one visit would break.
struct Breach {
  enum class Kind {
    kMinDays,
    kMaxDays,
    kMinMinutes,
    kMaxMinutes,
    kOrder,  // of lag `lag`, against visit `other`
    kGrid,
    kHorizon,
    kEarliestDay,
    kAvailability,
    kVisitWindows,
    kPatientTime,  // the patient is elsewhere (`other`: that visit of the course, or -1)
    kCapacity,     // no free resource for role `role` of its visit type
  };
  Kind kind = Kind::kGrid;
  int lag = -1;
  int other = -1;
  int role = -1;
  // By how much: days for kMinDays, kMaxDays, kEarliestDay, kHorizon; minutes for the others; 0 where it has no amount.
  int amount = 0;
};

// What visit `visit` would break by starting at `start` while every other visit of the course stays at its `current`
// (visits without one are left out). Empty: it can be moved there alone. The picture as for CoursePlanner::Plan.
std::vector<Breach> CheckStart(const Picture& picture, const Course& course, int visit, Minute start);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_EXPLAIN_H_
