#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_SOLUTION_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_SOLUTION_H_

#include <optional>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"

namespace kat::optimizer {

// Where every chosen visit of an instance stands: by course, all of them (as in CoursePlan) or none.
struct Solution {
  std::vector<std::optional<std::vector<Placement>>> courses;
};

// What the solution costs, term by term.
CostTerms CostOfSolution(const Instance& instance, const Solution& solution);

// The blocks and fixed visits of an instance.
Picture PictureOfFixed(const Instance& instance);

// The blocks, and every visit that the solution places, those of course `without` left out but for its fixed ones.
Picture PictureOf(const Instance& instance, const Solution& solution, int without);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_SOLUTION_H_
