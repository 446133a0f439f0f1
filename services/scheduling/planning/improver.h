#ifndef KAT_SERVICES_SCHEDULING_PLANNING_IMPROVER_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_IMPROVER_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/planning/repairer.h"

// Improving what stands, of a whole clinic, in the domain's words.
namespace kat::scheduling {

// Where a search has the visits of a course that are not fixed.
struct FoundPlan {
  int course = 0;  // index in the question
  std::vector<PlannedVisit> visits;
};

struct ImproveQuestion {
  // Every visit stands; what is not fixed may move.
  std::vector<CourseToRepair> courses;
  int64_t move_cost = 0;  // of an appointment that gets another time
  // Where a search before this one had them. This one begins there, as far as that can still stand and costs less than
  // what stands.
  std::vector<FoundPlan> begin;
};

// Costs are of all courses asked about.
struct SearchProgress {
  int64_t initial_cost = 0;
  int64_t cost = 0;  // of the best so far; what it began with counts
  int64_t lower_bound = 0;
  int64_t steps = 0;
};

// The courses that the best schedule so far has elsewhere than they stand. Thread-safe; good as long as the picture and
// the question are there. It costs something: for who is to keep it.
using FoundSoFar = std::function<std::vector<FoundPlan>()>;

struct SearchControl {
  // The part of the time given that is over: from 1 on, the best so far is the answer. Called often.
  std::function<double()> used;
  // Called where there is something new to tell.
  std::function<void(const SearchProgress&)> report;
  // Called where the search has a better schedule than it began with, and with each better one, before `report` says
  // what it costs.
  std::function<void(FoundSoFar)> found = [](const FoundSoFar&) {};
};

// A course that goes elsewhere. The plans are of its visits that are not fixed.
struct ImprovedCourse {
  int course = 0;  // index in the question
  CoursePlan before;
  CoursePlan after;
};

struct ImproveAnswer {
  std::vector<ImprovedCourse> courses;  // those that change; they stand together
  std::vector<CostWeight> weights;
  SearchProgress progress;  // at the end
  bool proved = false;      // no schedule costs less
};

class Improver {
 public:
  virtual ~Improver() = default;
  // Thread-safe; takes as long as `control` lets it. The picture's commitments and patient times are those of
  // everything but the courses asked about, their fixed visits included. A course that cannot stand as it does stays as
  // it is, and a rule of a course that is broken as it stands is broken no further. INVALID_ARGUMENT where the question
  // makes no sense to the optimizer.
  virtual absl::StatusOr<ImproveAnswer> Improve(const PlanningPicture& picture, const ImproveQuestion& question,
                                                const SearchControl& control) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_IMPROVER_H_
