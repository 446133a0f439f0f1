#include "services/scheduling/domain/course_decision.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

bool HasBegun(const Block& block, const std::vector<Appointment>& appointments) {
  return std::any_of(appointments.begin(), appointments.end(), [&](const Appointment& appointment) {
    return appointment.block == block.number &&
           (appointment.state == AppointmentState::kCheckedIn || appointment.state == AppointmentState::kCompleted);
  });
}

// Where a phase came last that has begun, and what is booked after it.
struct LastComing {
  int occurrence = 0;  // 0: nowhere
  std::optional<std::string> following_phase;
  int following_block = 0;
};

LastComing FindLast(const Course& course, const std::vector<Appointment>& appointments, const std::string& phase) {
  LastComing last;
  int comings = 0;
  for (const Block& block : course.blocks) {
    if (block.state != BlockState::kBooked) continue;
    const bool begun = HasBegun(block, appointments);
    for (const std::string& id : block.phases) {
      if (last.occurrence > 0 && !last.following_phase) {
        last.following_phase = id;
        last.following_block = block.number;
      }
      if (id == phase) ++comings;
      if (id == phase && begun) last = {.occurrence = comings};
    }
  }
  return last;
}

// The role to decide in; 0 where the caller has none.
int RoleFor(const DecisionPoint& point, const std::set<int>& roles) {
  for (int role : point.roles) {
    if (roles.contains(role)) return role;
  }
  return 0;
}

}  // namespace

absl::StatusOr<CourseDecision> Decide(const Course& course, const ProtocolVersion& protocol,
                                      const std::vector<Appointment>& appointments, const DecisionWish& wish) {
  if (course.state != CourseState::kActive) return WrongState("course", "STOPPED", "decided on");
  const int index = protocol.FindPhase(wish.phase);
  if (index < 0) return InvalidField("phase", "is no phase of the course's protocol");
  const std::optional<DecisionPoint>& point = protocol.phases[index].decision_point;
  if (!point) return InvalidField("phase", "has no decision point");
  const DecisionOption* option = point->Find(wish.option);
  if (option == nullptr) return InvalidField("option", "is no option of this decision point");
  const int role = RoleFor(*point, wish.roles);
  if (role == 0) return DecisionForbidden();
  const LastComing last = FindLast(course, appointments, wish.phase);
  if (last.occurrence == 0) return DecisionNotDue(wish.phase);
  if (last.following_phase && *last.following_phase != option->next_phase) {
    return FollowingBlockStands(last.following_block, *last.following_phase);
  }
  return CourseDecision{.number = static_cast<int>(course.decisions.size()) + 1,
                        .phase = wish.phase,
                        .occurrence = last.occurrence,
                        .option = wish.option,
                        .role = role,
                        .decided_by = wish.decided_by,
                        .reason = wish.reason,
                        .decided_at = wish.now};
}

}  // namespace kat::scheduling
