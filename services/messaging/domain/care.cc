#include "services/messaging/domain/care.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/errors.h"
#include "services/messaging/domain/limits.h"

namespace kat::messaging {
namespace {

template <class Resource>
void Touch(Resource& resource, absl::Time now) {
  resource.updated_at = now;
  ++resource.revision;
}

// Which acts each state of a hand-over, an update and a call allows; rows and columns total.
enum class DocumentAct { kAcknowledge = 0, kReroute = 1, kLate = 2 };
constexpr DocumentState kDocumentTable[4][3] = {
    // kAcknowledge                 kReroute                kLate
    {DocumentState::kNone, DocumentState::kNone, DocumentState::kNone},               // none
    {DocumentState::kAcknowledged, DocumentState::kRouted, DocumentState::kOverdue},  // routed
    {DocumentState::kAcknowledged, DocumentState::kRouted, DocumentState::kNone},     // overdue
    {DocumentState::kNone, DocumentState::kNone, DocumentState::kNone},               // acknowledged
};

enum class UpdateAct { kSend = 0, kAcknowledge = 1, kCancel = 2, kLate = 3 };
constexpr UpdateState kUpdateTable[6][4] = {
    // kSend            kAcknowledge                kCancel                  kLate
    {UpdateState::kNone, UpdateState::kNone, UpdateState::kNone, UpdateState::kNone},          // none
    {UpdateState::kSent, UpdateState::kNone, UpdateState::kCancelled, UpdateState::kOverdue},  // due
    {UpdateState::kSent, UpdateState::kNone, UpdateState::kCancelled, UpdateState::kNone},     // overdue
    {UpdateState::kNone, UpdateState::kAcknowledged, UpdateState::kNone, UpdateState::kNone},  // sent
    {UpdateState::kNone, UpdateState::kNone, UpdateState::kNone, UpdateState::kNone},          // acknowledged
    {UpdateState::kNone, UpdateState::kNone, UpdateState::kNone, UpdateState::kNone},          // cancelled
};

enum class CallAct { kSchedule = 0, kComplete = 1, kCancel = 2, kLate = 3 };
constexpr CallState kCallTable[6][4] = {
    // kSchedule            kComplete         kCancel                kLate
    {CallState::kNone, CallState::kNone, CallState::kNone, CallState::kNone},               // none
    {CallState::kScheduled, CallState::kHeld, CallState::kCancelled, CallState::kOverdue},  // requested
    {CallState::kScheduled, CallState::kHeld, CallState::kCancelled, CallState::kOverdue},  // scheduled
    {CallState::kScheduled, CallState::kHeld, CallState::kCancelled, CallState::kNone},     // overdue
    {CallState::kNone, CallState::kNone, CallState::kNone, CallState::kNone},               // held
    {CallState::kNone, CallState::kNone, CallState::kNone, CallState::kNone},               // cancelled
};

absl::Status Move(RoutedDocument& document, DocumentAct act, const char* action, absl::Time now) {
  const DocumentState next = kDocumentTable[static_cast<int>(document.state)][static_cast<int>(act)];
  if (next == DocumentState::kNone) return WrongState("routed document", StateName(document.state), action);
  document.state = next;
  Touch(document, now);
  return absl::OkStatus();
}

absl::Status Move(ProviderUpdate& update, UpdateAct act, const char* action, absl::Time now) {
  const UpdateState next = kUpdateTable[static_cast<int>(update.state)][static_cast<int>(act)];
  if (next == UpdateState::kNone) return WrongState("provider update", StateName(update.state), action);
  update.state = next;
  Touch(update, now);
  return absl::OkStatus();
}

absl::Status Move(CoordinationCall& call, CallAct act, const char* action, absl::Time now) {
  const CallState next = kCallTable[static_cast<int>(call.state)][static_cast<int>(act)];
  if (next == CallState::kNone) return WrongState("coordination call", StateName(call.state), action);
  call.state = next;
  Touch(call, now);
  return absl::OkStatus();
}

}  // namespace

absl::Status Join(CareThread& thread, absl::string_view subject, absl::Time now) {
  if (thread.state != ThreadState::kOpen) return WrongState("thread", StateName(thread.state), "take participants");
  if (std::find(thread.participants.begin(), thread.participants.end(), subject) != thread.participants.end()) {
    return absl::OkStatus();
  }
  if (static_cast<int>(thread.participants.size()) >= limits::kThreadParticipants) return errors::ThreadFull();
  thread.participants.emplace_back(subject);
  Touch(thread, now);
  return absl::OkStatus();
}

absl::StatusOr<ThreadPost> Post(CareThread& thread, absl::string_view author, absl::string_view body, absl::Time now) {
  if (thread.state != ThreadState::kOpen) return WrongState("thread", StateName(thread.state), "take posts");
  RETURN_IF_ERROR(Join(thread, author, now));
  Touch(thread, now);
  return ThreadPost{.id = PostId(NewId()),
                    .thread = thread.id,
                    .number = ++thread.post_count,
                    .author = std::string(author),
                    .body = std::string(body),
                    .created_at = now};
}

absl::Status Close(CareThread& thread, absl::Time now) {
  if (thread.state != ThreadState::kOpen) return WrongState("thread", StateName(thread.state), "be closed");
  thread.state = ThreadState::kClosed;
  Touch(thread, now);
  return absl::OkStatus();
}

absl::StatusOr<RoutedDocument> NewRoutedDocument(RoutedDocument draft, absl::string_view sender, absl::Time now) {
  if (draft.due_at <= now) return InvalidField("routed_document.due_time", "Must be in the future.");
  draft.id = DocumentId(NewId());
  draft.state = DocumentState::kRouted;
  draft.hops = {{std::string(sender), draft.recipient, "", now}};
  draft.created_at = draft.updated_at = now;
  return draft;
}

absl::Status Acknowledge(RoutedDocument& document, absl::string_view subject, absl::string_view words, absl::Time now) {
  if (subject != document.recipient) return errors::NotTheRecipient();
  RETURN_IF_ERROR(Move(document, DocumentAct::kAcknowledge, "be acknowledged", now));
  document.acknowledged_at = now;
  document.acknowledgement = std::string(words);
  return absl::OkStatus();
}

absl::Status Reroute(RoutedDocument& document, absl::string_view from, absl::string_view to, absl::Time due_at,
                     absl::string_view reason, absl::Time now) {
  if (due_at <= now) return InvalidField("due_time", "Must be in the future.");
  if (to == document.recipient) return InvalidField("recipient", "Has it already.");
  RETURN_IF_ERROR(Move(document, DocumentAct::kReroute, "be rerouted", now));
  document.recipient = std::string(to);
  document.due_at = due_at;
  document.hops.push_back({std::string(from), std::string(to), std::string(reason), now});
  return absl::OkStatus();
}

bool MarkOverdue(RoutedDocument& document, absl::Time now) {
  return document.due_at <= now && Move(document, DocumentAct::kLate, "become overdue", now).ok();
}

absl::StatusOr<ProviderUpdate> NewProviderUpdate(ProviderUpdate draft, absl::Time now) {
  if (draft.due_at <= now) return InvalidField("provider_update.due_time", "Must be in the future.");
  draft.id = UpdateId(NewId());
  draft.state = UpdateState::kDue;
  draft.created_at = draft.updated_at = now;
  return draft;
}

absl::Status MarkSent(ProviderUpdate& update, absl::string_view evidence, absl::Time now) {
  RETURN_IF_ERROR(Move(update, UpdateAct::kSend, "be sent", now));
  update.sent_at = now;
  update.evidence = std::string(evidence);
  return absl::OkStatus();
}

absl::Status MarkAcknowledged(ProviderUpdate& update, absl::Time now) {
  return Move(update, UpdateAct::kAcknowledge, "be acknowledged", now);
}

absl::Status Cancel(ProviderUpdate& update, absl::string_view reason, absl::Time now) {
  RETURN_IF_ERROR(Move(update, UpdateAct::kCancel, "be cancelled", now));
  update.evidence = std::string(reason);
  return absl::OkStatus();
}

bool MarkOverdue(ProviderUpdate& update, absl::Time now) {
  return update.due_at <= now && Move(update, UpdateAct::kLate, "become overdue", now).ok();
}

absl::StatusOr<CoordinationCall> NewCoordinationCall(CoordinationCall draft, absl::Time now) {
  if (draft.due_at <= now) return InvalidField("coordination_call.due_time", "Must be in the future.");
  draft.id = CallId(NewId());
  draft.state = CallState::kRequested;
  draft.created_at = draft.updated_at = now;
  return draft;
}

absl::Status ScheduleAt(CoordinationCall& call, absl::Time start_at, const AppointmentId& appointment, absl::Time now) {
  if (start_at <= now) return InvalidField("start_time", "Must be in the future.");
  RETURN_IF_ERROR(Move(call, CallAct::kSchedule, "be scheduled", now));
  call.start_at = start_at;
  call.appointment = appointment;
  return absl::OkStatus();
}

absl::Status Complete(CoordinationCall& call, absl::string_view outcome, absl::Time now) {
  RETURN_IF_ERROR(Move(call, CallAct::kComplete, "be completed", now));
  call.outcome = std::string(outcome);
  return absl::OkStatus();
}

absl::Status Cancel(CoordinationCall& call, absl::string_view reason, absl::Time now) {
  RETURN_IF_ERROR(Move(call, CallAct::kCancel, "be cancelled", now));
  call.outcome = std::string(reason);
  return absl::OkStatus();
}

absl::Time LookAt(const CoordinationCall& call) { return std::max(call.due_at, call.start_at.value_or(call.due_at)); }

bool MarkOverdue(CoordinationCall& call, absl::Time now) {
  return LookAt(call) <= now && Move(call, CallAct::kLate, "become overdue", now).ok();
}

const char* StateName(ThreadState state) {
  constexpr const char* kNames[] = {"STATE_UNSPECIFIED", "OPEN", "CLOSED"};
  return kNames[static_cast<int>(state)];
}

const char* StateName(DocumentState state) {
  constexpr const char* kNames[] = {"STATE_UNSPECIFIED", "ROUTED", "OVERDUE", "ACKNOWLEDGED"};
  return kNames[static_cast<int>(state)];
}

const char* StateName(UpdateState state) {
  constexpr const char* kNames[] = {"STATE_UNSPECIFIED", "DUE", "OVERDUE", "SENT", "ACKNOWLEDGED", "CANCELLED"};
  return kNames[static_cast<int>(state)];
}

const char* StateName(CallState state) {
  constexpr const char* kNames[] = {"STATE_UNSPECIFIED", "REQUESTED", "SCHEDULED", "OVERDUE", "HELD", "CANCELLED"};
  return kNames[static_cast<int>(state)];
}

}  // namespace kat::messaging
