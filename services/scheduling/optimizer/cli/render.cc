#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/scheduling/optimizer/cli/commands.h"
#include "services/scheduling/optimizer/cli/json_reader.h"
#include "services/scheduling/optimizer/cli/json_writer.h"
#include "services/scheduling/optimizer/render/svg.h"

namespace kat::optimizer {
namespace {

// The week in which most visits are.
int BusiestWeek(const Instance& instance, const Plans& plans) {
  std::vector<int> visits((instance.clinic.days + 6) / 7);
  for (size_t c = 0; c < plans.size(); ++c) {
    for (size_t v = 0; plans[c] && v < plans[c]->size(); ++v) {
      const int week = DayOf((*plans[c])[v].start) / 7;
      if (week >= 0 && week < static_cast<int>(visits.size())) ++visits[week];
    }
  }
  return static_cast<int>(std::max_element(visits.begin(), visits.end()) - visits.begin());
}

}  // namespace

absl::Status RenderWeek(const CommandOptions& options) {
  absl::StatusOr<Instance> instance = LoadInstance(options.instance_path);
  if (!instance.ok()) return instance.status();
  absl::StatusOr<Solution> solution = LoadSolution(options.given_path, *instance);
  if (!solution.ok()) return solution.status();
  const int weeks = (instance->clinic.days + 6) / 7;
  if (options.week >= weeks) {
    return absl::InvalidArgumentError(absl::StrCat("--week ", options.week, ": the instance has ", weeks, " weeks"));
  }
  const int week = options.week >= 0 ? options.week : BusiestWeek(*instance, solution->courses);
  const Week made = MakeWeek(*instance, solution->courses, week);
  return WriteFile(options.output_path, WeekToSvg(*instance, solution->courses, made));
}

}  // namespace kat::optimizer
