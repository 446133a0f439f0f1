#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace kat::optimizer {

// What the command line says; each command reads what it needs.
struct CommandOptions {
  // solve, bound, render
  bool budget_given = false;  // `budget_ops` is of all the work, and none where it is not given
  std::string time_limit;     // "10s", "500ms"
  std::optional<int> threads;
  uint64_t seed = 1;
  std::string initial_path;
  std::string trace_path;
  bool quiet = false;
  int week = -1;  // render; -1: the busiest
  // all
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

// Each command writes its answer to `output_path`: JSON, where it says nothing else. INVALID_ARGUMENT and NOT_FOUND are
// faults of the input.
absl::Status Online(const CommandOptions& options);
absl::Status Propose(const CommandOptions& options);
absl::Status Reschedule(const CommandOptions& options);
absl::Status ExplainCourse(const CommandOptions& options);
// Until the time limit, the budget, a proof that it is the best, or SIGINT or SIGTERM; the best so far is written
// whole.
absl::Status SolveInstance(const CommandOptions& options);
// The same ends, for a lower bound.
absl::Status BoundInstance(const CommandOptions& options);
// A week of the solution as SVG.
absl::Status RenderWeek(const CommandOptions& options);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_COMMANDS_H_
