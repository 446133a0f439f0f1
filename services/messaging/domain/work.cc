#include "services/messaging/domain/work.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

enum class Act { kClaim = 0, kRelease = 1, kSnooze = 2, kResolve = 3 };

constexpr WorkState kNo = WorkState::kNone;
constexpr WorkState kTable[5][4] = {
    // kClaim             kRelease          kSnooze              kResolve
    {kNo, kNo, kNo, kNo},                                                                // none
    {WorkState::kClaimed, kNo, WorkState::kSnoozed, WorkState::kResolved},               // open
    {WorkState::kClaimed, WorkState::kOpen, WorkState::kSnoozed, WorkState::kResolved},  // claimed
    {WorkState::kClaimed, WorkState::kOpen, WorkState::kSnoozed, WorkState::kResolved},  // snoozed
    {kNo, kNo, kNo, kNo},                                                                // resolved
};
constexpr const char* kActNames[] = {"be claimed", "be released", "be snoozed", "be resolved"};
constexpr const char* kStateNames[] = {"STATE_UNSPECIFIED", "OPEN", "CLAIMED", "SNOOZED", "RESOLVED"};

absl::Status Move(WorkItem& item, Act act, absl::Time now) {
  const WorkState next = kTable[static_cast<int>(item.state)][static_cast<int>(act)];
  if (next == kNo) return WrongState("work item", StateName(item.state), kActNames[static_cast<int>(act)]);
  item.state = next;
  if (next != WorkState::kSnoozed) item.snoozed_until.reset();
  item.updated_at = now;
  ++item.revision;
  return absl::OkStatus();
}

}  // namespace

std::optional<WorkItem> ApplySignal(const std::optional<WorkItem>& item, const WorkSignal& signal, absl::Time now) {
  if (item && signal.subject_version < item->subject_version) return std::nullopt;
  if (signal.closed) {
    if (!item || item->state == WorkState::kResolved) return std::nullopt;
    WorkItem closed = *item;
    if (!Move(closed, Act::kResolve, now).ok()) return std::nullopt;
    closed.subject_version = signal.subject_version;
    closed.resolution = "Closed by " + signal.owner + ".";
    closed.resolved_at = now;
    return closed;
  }
  const bool known = item && item->state != WorkState::kResolved;
  if (item && signal.subject_version == item->subject_version && !known) return std::nullopt;
  WorkItem opened = item.value_or(WorkItem{});
  if (!item) opened.id = WorkItemId(NewId());
  opened.owner = signal.owner;
  opened.kind = signal.kind;
  opened.subject = signal.subject;
  opened.subject_version = signal.subject_version;
  opened.patient = signal.patient;
  opened.related = signal.related;
  opened.role = signal.role;
  opened.due_at = signal.due_at;
  if (!known) {
    opened.state = WorkState::kOpen;
    opened.assignee.clear();
    opened.snoozed_until.reset();
    opened.snooze_reason.clear();
    opened.resolution.clear();
    opened.resolved_at.reset();
    opened.opened_at = now;
  } else if (signal.urgency > opened.urgency && opened.state == WorkState::kSnoozed) {
    opened.state = WorkState::kOpen;  // it has become more urgent than what was put off
    opened.snoozed_until.reset();
  }
  opened.urgency = signal.urgency;
  opened.updated_at = now;
  if (item) ++opened.revision;
  return opened;
}

absl::Status Claim(WorkItem& item, absl::string_view subject, absl::Time now) {
  if (item.state == WorkState::kClaimed && item.assignee == subject) return absl::OkStatus();
  if (item.state == WorkState::kClaimed) return errors::ClaimedByAnother();
  RETURN_IF_ERROR(Move(item, Act::kClaim, now));
  item.assignee = std::string(subject);
  return absl::OkStatus();
}

absl::Status Release(WorkItem& item, absl::Time now) {
  RETURN_IF_ERROR(Move(item, Act::kRelease, now));
  item.assignee.clear();
  return absl::OkStatus();
}

absl::Status Snooze(WorkItem& item, absl::Time until, absl::string_view reason, absl::Time now) {
  if (item.urgency == Urgency::kUrgent) return errors::UrgentWork();
  if (until <= now) return InvalidField("snooze_time", "Must be in the future.");
  if (until > now + limits::kLongestSnooze) return InvalidField("snooze_time", "At most 14 days ahead.");
  if (item.due_at && until > *item.due_at) return InvalidField("snooze_time", "Must not be past the due time.");
  RETURN_IF_ERROR(Move(item, Act::kSnooze, now));
  item.assignee.clear();
  item.snoozed_until = until;
  item.snooze_reason = std::string(reason);
  return absl::OkStatus();
}

absl::Status Resolve(WorkItem& item, absl::string_view resolution, absl::Time now) {
  if (item.state != WorkState::kResolved && !Describe(item.owner, item.kind).by_hand) {
    return errors::ClosedByOwner(item.owner, item.kind);
  }
  RETURN_IF_ERROR(Move(item, Act::kResolve, now));
  item.resolution = std::string(resolution);
  item.resolved_at = now;
  return absl::OkStatus();
}

void Wake(WorkItem& item, absl::Time now) {
  if (item.state != WorkState::kSnoozed || !item.snoozed_until || *item.snoozed_until > now) return;
  item.state = WorkState::kOpen;
  item.snoozed_until.reset();
  item.updated_at = now;
  ++item.revision;
}

const char* StateName(WorkState state) { return kStateNames[static_cast<int>(state)]; }

}  // namespace kat::messaging
