#include "services/messaging/worker/jobs.h"

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/sending.h"
#include "services/messaging/effects/care_effects.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/reply_effects.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

absl::Status OpenWork(Tx& tx, const char* type, const char* kind, const Appointment& appointment) {
  return Tell(tx, {.type = type,
                   .subject = names::Of(tx.clinic(), appointment.id),
                   .subject_version = appointment.version,
                   .related = RelatedTo(tx.clinic(), appointment),
                   .work = tx::Work{.kind = kind,
                                    .role = kAssistantRole,
                                    .due_at = appointment.start_at,
                                    .urgency = tx::Work::Urgency::kSoon}});
}

}  // namespace

absl::StatusOr<std::optional<TrackedAppointment>> PreparationJobs::StillComing(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(std::optional<TrackedAppointment> tracked, tx.LockAppointment(AppointmentId(job.key)));
  if (!tracked) return tracked;
  ASSIGN_OR_RETURN(const Appointment now, peers_.scheduling->GetAppointment(tx.clinic(), tracked->known.id));
  const bool same = now.standing == Standing::kUpcoming && now.start_at == tracked->known.start_at;
  if (!same || now.start_at <= tx.now()) return std::optional<TrackedAppointment>();  // its event is on the way, and sets new deadlines
  tracked->known = now;
  return tracked;
}

absl::Status PreparationJobs::ConfirmBy(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(const std::optional<TrackedAppointment> tracked, StillComing(tx, job));
  if (!tracked || tracked->known.confirmed) return absl::OkStatus();
  return OpenWork(tx, "preparation.unconfirmed", kCallToConfirm, tracked->known);
}

absl::Status PreparationJobs::DriverBy(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(const std::optional<TrackedAppointment> tracked, StillComing(tx, job));
  if (!tracked || !tracked->driver_name.empty()) return absl::OkStatus();
  return OpenWork(tx, "preparation.driver_missing", kDriverNotNamed, tracked->known);
}

absl::Status PreparationJobs::ConfirmReply(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(Reply reply, tx.GetReply(ReplyId(job.key)));
  ASSIGN_OR_RETURN(const PatientMessage question, tx.GetMessage(reply.message, false));
  ASSIGN_OR_RETURN(const Appointment now, peers_.scheduling->GetAppointment(tx.clinic(), question.appointment));
  if (Stale(question, now, tx.now()) != Suppression::kNone) return GiveToPerson(tx, reply, 2);
  if (!now.confirmed) {
    const absl::Status confirmed =
        peers_.scheduling->ConfirmAppointment(tx.clinic(), now.id, now.version, absl::StrCat("reply-", reply.id.str()));
    if (absl::IsFailedPrecondition(confirmed)) return GiveToPerson(tx, reply, 2);
    // It changed under us: look again.
    if (absl::IsAborted(confirmed)) return PeerUnavailable("scheduling");
    RETURN_IF_ERROR(confirmed);
  }
  reply.confirmed_appointment = now.id;
  return tx.UpdateReply(reply);
}

absl::Status DocumentDue(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(RoutedDocument document, tx.GetDocument(DocumentId(job.key), true));
  if (!MarkOverdue(document, tx.now())) return absl::OkStatus();
  RETURN_IF_ERROR(tx.UpdateDocument(document));
  return TellDocument(tx, "document.overdue", document);
}

absl::Status UpdateDue(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(ProviderUpdate update, tx.GetUpdate(UpdateId(job.key), true));
  if (!MarkOverdue(update, tx.now())) return absl::OkStatus();
  RETURN_IF_ERROR(tx.UpdateUpdate(update));
  return TellUpdate(tx, "provider_update.overdue", update);
}

absl::Status CallDue(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(CoordinationCall call, tx.GetCall(CallId(job.key), true));
  if (!MarkOverdue(call, tx.now())) return absl::OkStatus();
  RETURN_IF_ERROR(tx.UpdateCall(call));
  return TellCall(tx, "coordination_call.overdue", call);
}

absl::Status WakeItem(Tx& tx, const tx::Job& job) {
  ASSIGN_OR_RETURN(WorkItem item, tx.GetWorkItem(WorkItemId(job.key), true));
  Wake(item, tx.now());
  return tx.PutWorkItem(item);
}

}  // namespace kat::messaging
