#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_WRITER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_WRITER_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "services/scheduling/optimizer/cli/solution.h"
#include "services/scheduling/optimizer/explain.h"
#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

using OrderedJson = nlohmann::ordered_json;

// A solution as PROBLEM.md has it, with the lower bound where one is known.
OrderedJson SolutionToJson(const Instance& instance, const Solution& solution,
                           std::optional<Cost> lower_bound = std::nullopt);

// The visits of one course as a solution lists them.
OrderedJson VisitsToJson(const Instance& instance, const Course& course, const std::vector<Placement>& visits);

// Every term that is not 0, and `total`.
OrderedJson CostToJson(const CostTerms& cost);

OrderedJson CauseToJson(const Instance& instance, const Course& course, const Cause& cause);
OrderedJson RelaxationToJson(const Instance& instance, const Course& course, const Relaxation& relaxation);

// Writes the file whole or not at all: to a new file beside it, then renamed. "-" is standard output; a device or a
// pipe is written to as it is.
absl::Status WriteFile(const std::string& path, const std::string& text);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_WRITER_H_
