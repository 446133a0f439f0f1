#include "services/scheduling/optimizer/whole/solve.h"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/scheduling/optimizer/cli/commands.h"
#include "services/scheduling/optimizer/cli/json_reader.h"
#include "services/scheduling/optimizer/cli/json_writer.h"
#include "services/scheduling/optimizer/cli/limits.h"

namespace kat::optimizer {
namespace {

OrderedJson TraceLine(double seconds, const SolveProgress& progress) {
  return {{"seconds", seconds},
          {"ops", progress.ops},
          {"objective", progress.objective},
          {"lower_bound", progress.lower_bound}};
}

// A budget asks for the same answer on every machine, a time limit for the best on this one.
int ThreadsOf(const CommandOptions& options) {
  const int unasked = options.budget_given ? 1 : std::clamp<int>(std::thread::hardware_concurrency(), 1, 2);
  return options.threads.value_or(unasked);
}

}  // namespace

absl::Status SolveInstance(const CommandOptions& options) {
  const absl::StatusOr<Limits> limits = Limits::Of(options);
  if (!limits.ok()) return limits.status();
  absl::StatusOr<Instance> instance = LoadInstance(options.instance_path);
  if (!instance.ok()) return instance.status();
  SolveOptions solve;
  std::optional<Solution> initial;
  if (!options.initial_path.empty()) {
    absl::StatusOr<Solution> loaded = LoadSolution(options.initial_path, *instance);
    if (!loaded.ok()) return loaded.status();
    initial = *std::move(loaded);
    solve.initial = &initial->courses;
  }
  solve.threads = ThreadsOf(options);
  solve.seed = options.seed;
  solve.budget_ops = limits->budget_ops();
  solve.used = [&] { return limits->Used(); };
  std::string trace;
  solve.report = [&](const SolveProgress& progress) {
    if (!options.trace_path.empty()) {
      absl::StrAppend(&trace, TraceLine(limits->Seconds(), progress).dump(), "\n");
    }
    limits->Show(progress.objective, progress.lower_bound);
  };
  SolveResult result = SolveWhole(*instance, solve);
  limits->EndShow();
  if (!options.trace_path.empty()) {
    absl::StrAppend(&trace, TraceLine(limits->Seconds(), {result.objective, result.lower_bound, result.ops}).dump(),
                    "\n");
    if (absl::Status status = WriteFile(options.trace_path, trace); !status.ok()) return status;
  }
  const OrderedJson json = SolutionToJson(*instance, Solution{std::move(result.plans)}, result.lower_bound);
  return WriteFile(options.output_path, absl::StrCat(json.dump(options.output_path == "-" ? 2 : -1), "\n"));
}

absl::Status BoundInstance(const CommandOptions& options) {
  const absl::StatusOr<Limits> limits = Limits::Of(options);
  if (!limits.ok()) return limits.status();
  absl::StatusOr<Instance> instance = LoadInstance(options.instance_path);
  if (!instance.ok()) return instance.status();
  BoundOptions bound;
  bound.threads = ThreadsOf(options);
  bound.budget_ops = limits->budget_ops();
  bound.used = [&] { return limits->Used(); };
  bound.report = [&](const SolveProgress& progress) { limits->Show(progress.objective, progress.lower_bound); };
  if (!options.given_path.empty()) {
    absl::StatusOr<Solution> given = LoadSolution(options.given_path, *instance);
    if (!given.ok()) return given.status();
    bound.upper = CostOfSolution(*instance, *given).Total();
  }
  const BoundResult result = BoundWhole(*instance, bound);
  limits->EndShow();
  const OrderedJson json = {
      {"instance", instance->name}, {"lower_bound", result.lower_bound}, {"alone", result.alone}, {"ops", result.ops}};
  return WriteFile(options.output_path, absl::StrCat(json.dump(), "\n"));
}

}  // namespace kat::optimizer
