#include "services/scheduling/domain/course.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/resource.h"

namespace kat::scheduling {
namespace {

std::vector<int> BookedPhases(const Course& course, const ProtocolVersion& protocol) {
  std::vector<int> phases;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    for (const std::string& id : block.phases) phases.push_back(protocol.FindPhase(id));
  }
  return phases;
}

}  // namespace

absl::Status ValidateCourse(const Course& course) {
  RETURN_IF_ERROR(ValidateWeekly(course.preferences.available, "course.preferences.available_hours"));
  RETURN_IF_ERROR(ValidateWeekly(course.preferences.preferred, "course.preferences.preferred_hours"));
  return ValidateExternalIds(course.external_ids, "course.external_ids");
}

int NextPhase(const Course& course, const ProtocolVersion& protocol) {
  const std::vector<int> booked = BookedPhases(course, protocol);
  if (booked.empty()) return 0;
  const int last = booked.back();
  if (protocol.phases[last].open_ended) return last;
  return last + 1 < static_cast<int>(protocol.phases.size()) ? last + 1 : -1;
}

absl::StatusOr<std::vector<int>> PhasesOfBlock(const Course& course, const ProtocolVersion& protocol,
                                               const std::vector<std::string>& wanted) {
  if (course.state != CourseState::kActive) return WrongState("course", "STOPPED", "planned");
  const int next = NextPhase(course, protocol);
  if (next < 0) return CourseBooked();
  if (wanted.empty()) return std::vector<int>{next};
  std::vector<int> phases;
  int visits = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const int index = next + static_cast<int>(i);
    if (index >= static_cast<int>(protocol.phases.size()) || protocol.phases[index].id != wanted[i]) {
      return InvalidField("phases", absl::StrCat("must follow one another, beginning with ", protocol.phases[next].id));
    }
    phases.push_back(index);
    for (const PhaseVisits& of_phase : protocol.phases[index].visits) visits += of_phase.count;
  }
  if (visits > limits::kMaxVisitsPerBlock) {
    return InvalidField("phases",
                        absl::StrCat("have ", visits, " visits; a block has at most ", limits::kMaxVisitsPerBlock));
  }
  return phases;
}

StemCounts CountBooked(const Course& course, const ProtocolVersion& protocol) {
  return CountAfter(protocol, BookedPhases(course, protocol), {});
}

}  // namespace kat::scheduling
