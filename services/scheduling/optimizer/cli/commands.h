#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace kat::optimizer {

// What the command line says; each command reads what it needs.
struct CommandOptions {
  std::string instance_path;
  std::string output_path = "-";
  std::string log_path;
  std::string given_path;
  std::string course;      // id
  std::string visit;       // COURSE/VISIT
  std::vector<int> avoid;  // FROM,TO
  int k = 3;
  int64_t budget_ops = 600'000;
  int most_ms = 30;
};

// Each command writes JSON to `output_path`. INVALID_ARGUMENT and NOT_FOUND are faults of the input.
absl::Status Online(const CommandOptions& options);
absl::Status Propose(const CommandOptions& options);
absl::Status Reschedule(const CommandOptions& options);
absl::Status ExplainCourse(const CommandOptions& options);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_
