#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_READER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/scheduling/optimizer/cli/solution.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// Reads an instance (`kat-scheduling-instance/1`) and validates it. Every error is one line that begins with a JSON
// path.
absl::StatusOr<Instance> ReadInstance(absl::string_view text);

// Reads a solution (`kat-scheduling-solution/1`) of `instance`: which visits stand where. Whether it is feasible is not
// asked; courses, visits, roles and resources must exist.
absl::StatusOr<Solution> ReadSolution(absl::string_view text, const Instance& instance);

absl::StatusOr<std::string> ReadFile(const std::string& path);

// The same of files; an error of their content begins with their path.
absl::StatusOr<Instance> LoadInstance(const std::string& path);
absl::StatusOr<Solution> LoadSolution(const std::string& path, const Instance& instance);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_READER_H_
