#include "services/messaging/effects/work_effects.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

constexpr char kSelf[] = "messaging";

// Opens an item for each of `parked`, and closes those of `kind` that are parked no more.
absl::Status FollowAll(Tx& tx, const char* kind, const char* collection, const std::vector<std::string>& parked) {
  std::set<std::string> subjects;
  for (const std::string& id : parked)
    subjects.insert(absl::StrCat(names::Clinic(tx.clinic()), "/", collection, "/", id));
  ASSIGN_OR_RETURN(const std::vector<WorkItem> open, tx.OpenItems(kSelf, kind));
  WorkSignal signal{
      .owner = kSelf, .kind = kind, .subject_version = absl::ToUnixMicros(tx.now()), .role = kClinicAdminRole};
  signal.urgency = Urgency::kSoon;
  signal.closed = true;
  for (const WorkItem& item : open) {
    if (subjects.erase(item.subject) > 0) continue;
    signal.subject = item.subject;
    RETURN_IF_ERROR(ApplyWork(tx, signal));
  }
  signal.closed = false;
  for (const std::string& subject : subjects) {
    signal.subject = subject;
    RETURN_IF_ERROR(ApplyWork(tx, signal));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyWork(Tx& tx, const WorkSignal& signal) {
  ASSIGN_OR_RETURN(const std::optional<WorkItem> item, tx.LockWorkItem(signal.owner, signal.kind, signal.subject));
  const std::optional<WorkItem> next = ApplySignal(item, signal, tx.now());
  if (!next) return absl::OkStatus();
  if (next->state != WorkState::kSnoozed) RETURN_IF_ERROR(tx.CancelJob(kWakeJob, next->id.str()));
  return tx.PutWorkItem(*next);
}

absl::Status Tell(Tx& tx, const tx::Event& event) {
  RETURN_IF_ERROR(tx.Publish(event));
  if (!event.work) return absl::OkStatus();
  const auto patient = event.related.find("patient");
  return ApplyWork(tx, {.owner = kSelf,
                        .kind = event.work->kind,
                        .subject = event.subject,
                        .subject_version = event.subject_version,
                        .patient = patient == event.related.end() ? "" : patient->second,
                        .related = event.related,
                        .closed = event.work->closed,
                        .role = event.work->role,
                        .due_at = event.work->due_at,
                        .urgency = static_cast<Urgency>(event.work->urgency)});
}

absl::Status CloseOwnWork(Tx& tx, const std::string& kind, const std::string& event_type, const std::string& subject,
                          int64_t subject_version, const std::map<std::string, std::string>& related) {
  ASSIGN_OR_RETURN(const std::optional<WorkItem> item, tx.LockWorkItem(kSelf, kind, subject));
  if (!item || item->state == WorkState::kResolved) return absl::OkStatus();
  return Tell(tx, {.type = event_type,
                   .subject = subject,
                   .subject_version = subject_version,
                   .related = related,
                   .work = tx::Work{.kind = kind,
                                    .closed = true,
                                    .role = item->role,
                                    .urgency = static_cast<tx::Work::Urgency>(item->urgency)}});
}

absl::Status FollowParked(Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<std::string> jobs, tx.ParkedJobs());
  RETURN_IF_ERROR(FollowAll(tx, kJobParked, "jobs", jobs));
  ASSIGN_OR_RETURN(const std::vector<std::string> events, tx.ParkedEvents());
  return FollowAll(tx, kEventParked, "parkedEvents", events);
}

}  // namespace kat::messaging
