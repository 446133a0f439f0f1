#include "services/scheduling/domain/course.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/resource.h"

namespace kat::scheduling {
namespace {

// The option that was decided on at a decision point; null where none was, or the protocol knows it no more.
const DecisionOption* Decided(const Course& course, const Phase& phase, int occurrence) {
  for (auto decision = course.decisions.rbegin(); decision != course.decisions.rend(); ++decision) {
    if (decision->phase == phase.id && decision->occurrence == occurrence) {
      return phase.decision_point->Find(decision->option);
    }
  }
  return nullptr;
}

}  // namespace

std::vector<int> BookedPhases(const Course& course, const ProtocolVersion& protocol) {
  std::vector<int> phases;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    for (const std::string& id : block.phases) phases.push_back(protocol.FindPhase(id));
  }
  return phases;
}

absl::Status ValidateCourse(const Course& course) {
  RETURN_IF_ERROR(ValidateWeekly(course.preferences.available, "course.preferences.available_hours"));
  RETURN_IF_ERROR(ValidateWeekly(course.preferences.preferred, "course.preferences.preferred_hours"));
  return ValidateExternalIds(course.external_ids, "course.external_ids");
}

NextStep StepAfter(const Course& course, const ProtocolVersion& protocol, const std::vector<int>& before) {
  if (before.empty()) return {.phase = 0};
  const int last = before.back();
  const Phase& phase = protocol.phases[last];
  if (!phase.decision_point) {
    const std::vector<int> after = protocol.PhasesAfter(last);
    return {.phase = after.empty() ? -1 : after.front()};
  }
  const int occurrence = static_cast<int>(std::count(before.begin(), before.end(), last));
  const DecisionOption* option = Decided(course, phase, occurrence);
  const bool decided = option != nullptr;
  if (!decided) option = phase.decision_point->Find(phase.decision_point->default_option);
  if (option == nullptr) return {.undecided = true};
  return {.phase = option->next_phase.empty() ? -1 : protocol.FindPhase(option->next_phase), .provisional = !decided};
}

NextStep NextOf(const Course& course, const ProtocolVersion& protocol) {
  return StepAfter(course, protocol, BookedPhases(course, protocol));
}

std::vector<int> ProvisionalBlocks(const Course& course, const ProtocolVersion& protocol) {
  std::vector<int> numbers;
  std::vector<int> before;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    bool provisional = false;
    for (const std::string& id : block.phases) {
      provisional = provisional || StepAfter(course, protocol, before).provisional;
      before.push_back(protocol.FindPhase(id));
    }
    if (provisional) numbers.push_back(block.number);
  }
  return numbers;
}

absl::StatusOr<std::vector<int>> PhasesOfBlock(const Course& course, const ProtocolVersion& protocol,
                                               const std::vector<std::string>& wanted) {
  if (course.state != CourseState::kActive) return WrongState("course", "STOPPED", "planned");
  std::vector<int> before = BookedPhases(course, protocol);
  NextStep next = StepAfter(course, protocol, before);
  if (next.undecided) return DecisionPending(protocol.phases[before.back()]);
  if (next.phase < 0) return CourseBooked();
  if (wanted.empty()) return std::vector<int>{next.phase};
  const std::string& first = protocol.phases[next.phase].id;
  std::vector<int> phases;
  int visits = 0;
  for (const std::string& id : wanted) {
    if (next.undecided) return DecisionPending(protocol.phases[before.back()]);
    const bool again = std::find(phases.begin(), phases.end(), next.phase) != phases.end();
    if (next.phase < 0 || again || protocol.phases[next.phase].id != id) {
      return InvalidField("phases", absl::StrCat("must follow one another, beginning with ", first));
    }
    phases.push_back(next.phase);
    before.push_back(next.phase);
    for (const PhaseVisits& of_phase : protocol.phases[next.phase].visits) visits += of_phase.count;
    next = StepAfter(course, protocol, before);
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
