#include "services/messaging/effects/care_effects.h"

#include "libs/base/status_macros.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

struct Duty {
  const char* type;
  const char* job;
  const char* kind;
  std::string key;
  std::string subject;
  int64_t revision;
  std::string state;
  PatientId patient;
  bool waits;    // still to be done, not late yet
  bool overdue;
  absl::Time due_at;
  int role;
  tx::Work::Urgency urgency = tx::Work::Urgency::kSoon;
};

absl::Status TellDuty(Tx& tx, const Duty& duty) {
  const std::map<std::string, std::string> related = {{"patient", names::Of(tx.clinic(), duty.patient)}};
  tx::Event event{.type = duty.type,
                  .subject = duty.subject,
                  .subject_version = duty.revision,
                  .state = duty.state,
                  .related = related};
  if (duty.overdue) {
    event.work = tx::Work{.kind = duty.kind, .role = duty.role, .due_at = duty.due_at, .urgency = duty.urgency};
  }
  RETURN_IF_ERROR(Tell(tx, event));
  if (duty.waits) RETURN_IF_ERROR(tx.Schedule({.kind = duty.job, .key = duty.key, .due_at = duty.due_at, .payload = "{}"}));
  if (duty.overdue) return absl::OkStatus();
  if (!duty.waits) RETURN_IF_ERROR(tx.CancelJob(duty.job, duty.key));
  return CloseOwnWork(tx, duty.kind, "work.settled", duty.subject, duty.revision, related);
}

}  // namespace

absl::Status TellDocument(Tx& tx, const char* type, const RoutedDocument& d) {
  return TellDuty(tx, {.type = type,
                       .job = kDocumentDueJob,
                       .kind = kDocumentLate,
                       .key = d.id.str(),
                       .subject = names::Of(tx.clinic(), d.id),
                       .revision = d.revision,
                       .state = StateName(d.state),
                       .patient = d.patient,
                       .waits = d.state == DocumentState::kRouted,
                       .overdue = d.state == DocumentState::kOverdue,
                       .due_at = d.due_at,
                       .role = kPsychiatristRole});
}

absl::Status TellUpdate(Tx& tx, const char* type, const ProviderUpdate& u) {
  return TellDuty(tx, {.type = type,
                       .job = kUpdateDueJob,
                       .kind = kUpdateLate,
                       .key = u.id.str(),
                       .subject = names::Of(tx.clinic(), u.id),
                       .revision = u.revision,
                       .state = StateName(u.state),
                       .patient = u.patient,
                       .waits = u.state == UpdateState::kDue,
                       .overdue = u.state == UpdateState::kOverdue,
                       .due_at = u.due_at,
                       .role = kAssistantRole,
                       .urgency = u.kind == UpdateKind::kAdverseEvent ? tx::Work::Urgency::kUrgent : tx::Work::Urgency::kSoon});
}

absl::Status TellCall(Tx& tx, const char* type, const CoordinationCall& c) {
  return TellDuty(tx, {.type = type,
                       .job = kCallDueJob,
                       .kind = kCallLate,
                       .key = c.id.str(),
                       .subject = names::Of(tx.clinic(), c.id),
                       .revision = c.revision,
                       .state = StateName(c.state),
                       .patient = c.patient,
                       .waits = c.state == CallState::kRequested || c.state == CallState::kScheduled,
                       .overdue = c.state == CallState::kOverdue,
                       .due_at = LookAt(c),
                       .role = kAssistantRole});
}

absl::Status TellThread(Tx& tx, const char* type, const CareThread& t) {
  return Tell(tx, {.type = type,
                   .subject = names::Of(tx.clinic(), t.id),
                   .subject_version = t.revision,
                   .state = StateName(t.state),
                   .related = {{"patient", names::Of(tx.clinic(), t.patient)}}});
}

}  // namespace kat::messaging
