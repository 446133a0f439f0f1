#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_COURSE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_COURSE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/day_prices.h"
#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"

namespace kat::optimizer {

// A further hard limit on one visit of the course, for this question alone.
struct VisitRule {
  int visit = 0;                                   // index in Course::visits; rules on fixed visits are ignored
  std::optional<std::vector<Interval>> starts_in;  // it starts inside one of these
  std::vector<Interval> starts_not_in;             // it starts inside none of these
};

struct PlanOptions {
  // How many plans at most, best first, 1 or more. Any two differ where a patient would notice: some visit stands on
  // another day, or starts `distinct_minutes` or more apart. (Another pump at the same hour is the same plan.)
  int k = 1;
  Minute distinct_minutes = 60;
  // Where set: any two plans must differ in one of these visits; how the others stand does not tell plans apart.
  std::vector<int> distinct_visits;
  // Plans that cost this much or more are of no interest.
  Cost cost_limit = kInfiniteCost;
  // Elementary steps of search per plan after which the best so far is given, unproved. About 20 ms by default.
  int64_t budget_ops = 600'000;
  // The same in processor time of the thread, where steps alone are no promise; 0: none. With it the answer to a
  // question whose search does not end may differ from one run to the next.
  std::chrono::nanoseconds time_limit{0};
  std::vector<VisitRule> rules;
  // For the sake of others: what a plan pays beside its cost, which is no part of CoursePlan::cost but counts in
  // everything else, cost_limit and lower_bound included. Of the day of each visit; and for each visit whose start is
  // not tidy (TidyStarts).
  const DayPrices* day_prices = nullptr;
  Cost untidy = 0;
};

struct CoursePlan {
  std::vector<Placement> visits;  // by index in Course::visits; a fixed visit has its start and no resources here
  CostTerms cost;                 // unscheduled and dropped are 0
};

struct CoursePlans {
  std::vector<CoursePlan> plans;  // best first; empty: nothing below the cost limit (found)
  bool proved = true;             // each plan is the best one that differs from those before it, and none is missing
  Cost lower_bound = 0;           // of the best plan; its cost where proved, cost_limit where proved that there is none
  int64_t ops = 0;
};

class StartIndex;

// Plans whole courses, exactly, against a picture. It keeps what it learns of the picture from one course to the next,
// and notices what changed. The picture and its clinic must outlive it. Not thread-safe; one per thread and picture.
class CoursePlanner {
 public:
  explicit CoursePlanner(const Picture& picture);
  ~CoursePlanner();
  CoursePlanner(CoursePlanner&&) noexcept;
  CoursePlanner& operator=(CoursePlanner&&) noexcept;

  // The cheapest ways to place every visit of `course` (valid by ValidateCourse) that is not fixed. The picture holds
  // all that stands, this course's fixed visits included, and none of its other visits. Same question, same answer;
  // among plans of one cost the one with the earlier days, in the order in which the visits can first come.
  CoursePlans Plan(const Course& course, const PlanOptions& options = {});

  const Clinic& clinic() const;  // of the picture
  StartIndex& starts();          // what it knows of the picture, for others who ask the same

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One question without keeping anything.
CoursePlans PlanCourse(const Picture& picture, const Course& course, const PlanOptions& options = {});

// Whether `placement` gives every role of the visit's type the resource that its `current` does, and no role is gone.
bool SameResources(const Clinic& clinic, const Visit& visit, const Placement& placement);

// The cost of a course placed as `visits` says (as in CoursePlan), its opened days reckoned against the picture, in
// which its chosen visits do not stand.
CostTerms CostOfPlan(const Picture& picture, const Course& course, const std::vector<Placement>& visits);
// What one chosen visit adds to it by itself, whatever its day: preference, move and reassign.
CostTerms CostOfVisit(const Clinic& clinic, const Course& course, int visit, const Placement& placement);
// What moving one chosen visit of a placed course to `to` adds to its cost, opened days aside.
Cost CostOfChange(const Clinic& clinic, const Course& course, const std::vector<Placement>& visits, int visit,
                  const Placement& to);
// Its day_cost alone; of one visit.
Cost DayCostOfVisit(const Picture& picture, int type, const Placement& placement);
Cost DayCostOfPlan(const Picture& picture, const Course& course, const std::vector<Placement>& visits);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_PLAN_COURSE_H_
