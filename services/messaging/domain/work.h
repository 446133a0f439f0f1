#ifndef KAT_SERVICES_MESSAGING_DOMAIN_WORK_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_WORK_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/messaging/domain/ids.h"

namespace kat::messaging {

enum class Urgency { kNone = 0, kRoutine = 1, kSoon = 2, kUrgent = 3 };
enum class WorkState { kNone = 0, kOpen = 1, kClaimed = 2, kSnoozed = 3, kResolved = 4 };

// Numbers of kat.common.v1.Role that this service's own work waits for.
inline constexpr int kClinicAdminRole = 2;
inline constexpr int kAssistantRole = 3;
inline constexpr int kPsychiatristRole = 4;
inline constexpr int kNurseRole = 6;

// What an event says about work: opens it, changes it, or closes it.
struct WorkSignal {
  std::string owner;  // service
  std::string kind;
  std::string subject;
  int64_t subject_version = 0;
  std::string patient;  // resource name; "" for none
  std::map<std::string, std::string> related;
  bool closed = false;
  int role = 0;
  std::optional<absl::Time> due_at;
  Urgency urgency = Urgency::kRoutine;
};

// Something that a person must do. One per owner, subject and kind: opened again, it is the same item.
struct WorkItem {
  WorkItemId id;
  std::string owner;
  std::string kind;
  std::string subject;
  int64_t subject_version = 0;  // of the last signal applied
  std::string patient;
  std::map<std::string, std::string> related;
  int role = 0;
  Urgency urgency = Urgency::kNone;
  std::optional<absl::Time> due_at;
  WorkState state = WorkState::kOpen;
  std::string assignee;
  std::optional<absl::Time> snoozed_until;
  std::string snooze_reason;
  std::string resolution;
  int64_t revision = 1;  // etag
  absl::Time opened_at;
  std::optional<absl::Time> resolved_at;
  absl::Time updated_at;
};

// What people read about a kind.
struct WorkKind {
  std::string title;        // no patient data
  std::string explanation;  // why it is here and what ends it; no patient data
  bool by_hand = false;     // a person may resolve it here
};

// Kinds of work that failed in a service and waits to be put back by whoever runs it.
inline constexpr char kJobParked[] = "JOB_PARKED";
inline constexpr char kEventParked[] = "EVENT_PARKED";

// Of kinds that no table knows, the title is the kind in words. By hand only what `owner` == "messaging" owns and no
// action of its own ends, and what another service has parked: of its replay no event tells.
WorkKind Describe(absl::string_view owner, absl::string_view kind);

// The item after `signal`: `item` is the one there is, if any. nullopt where nothing changes (an older signal, or a
// close of nothing).
std::optional<WorkItem> ApplySignal(const std::optional<WorkItem>& item, const WorkSignal& signal, absl::Time now);

// What a person does with an item. FAILED_PRECONDITION where it may not be done.
absl::Status Claim(WorkItem& item, absl::string_view subject, absl::Time now);
absl::Status Release(WorkItem& item, absl::Time now);
absl::Status Snooze(WorkItem& item, absl::Time until, absl::string_view reason, absl::Time now);
absl::Status Resolve(WorkItem& item, absl::string_view resolution, absl::Time now);
// The end of a snooze; nothing where it is snoozed no more.
void Wake(WorkItem& item, absl::Time now);

const char* StateName(WorkState state);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_WORK_H_
