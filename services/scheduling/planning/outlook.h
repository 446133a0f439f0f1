#ifndef KAT_SERVICES_SCHEDULING_PLANNING_OUTLOOK_H_
#define KAT_SERVICES_SCHEDULING_PLANNING_OUTLOOK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/domain/outlook.h"
#include "services/scheduling/planning/planner.h"

// How many courses can still start, found by placing them.
namespace kat::scheduling {

// A course that is expected to start in one week.
struct ExpectedStart {
  int week = 0;
  PlanningQuestion course;
};

// Resources that a clinic does not have. They must not be in the picture.
struct WhatIf {
  std::string id;
  std::vector<Resource> resources;
};

struct OutlookQuestion {
  Weeks weeks;                             // within the days of the picture
  std::vector<PlanningQuestion> expected;  // running courses; their booked visits are fixed and in the commitments
  std::vector<ExpectedStart> pipeline;
  std::vector<PlanningQuestion> starts;  // new courses in the order in which they come, again and again
  std::vector<WhatIf> what_ifs;
};

struct OutlookAnswer {
  std::vector<int> starts;                  // by week
  std::vector<std::vector<Reason>> limits;  // by week: all that keeps one more out; empty at kMaxStartsPerWeek
  std::vector<int> unplaced_pipeline;       // by week
  int unplaced_courses = 0;                 // of the expected
  std::vector<Usage> expected;              // what those that found a place take
  std::vector<Usage> pipeline;              // likewise
  std::vector<std::vector<int>> what_ifs;   // starts by week, in the order of the question; never fewer
};

class OutlookPlanner {
 public:
  virtual ~OutlookPlanner() = default;
  // Places the expected courses, each at its best places in what is free then, in the order of the question; then those
  // of the pipeline; then new ones: in turn one in each week, until one finds no place there, which closes the week. A
  // what-if keeps all that, adds its resources, and goes on. Deterministic; thread-safe. INVALID_ARGUMENT where a
  // course makes no sense to the optimizer.
  virtual absl::StatusOr<OutlookAnswer> Project(const PlanningPicture& picture, const OutlookQuestion& question) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_PLANNING_OUTLOOK_H_
