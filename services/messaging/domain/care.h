#ifndef KAT_SERVICES_MESSAGING_DOMAIN_CARE_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_CARE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/messaging/domain/ids.h"

// What the care team does together: conversations, hand-overs, updates to providers, calls. Each has an owner, a due
// time and an end.
namespace kat::messaging {

enum class ThreadState { kNone = 0, kOpen = 1, kClosed = 2 };

struct CareThread {
  ThreadId id;
  PatientId patient;
  std::string topic;
  std::vector<std::string> participants;  // token subjects, in the order they came
  ThreadState state = ThreadState::kOpen;
  int post_count = 0;
  int64_t revision = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

struct ThreadPost {
  PostId id;
  ThreadId thread;
  int number = 0;  // within the thread, from 1
  std::string author;
  std::string body;
  absl::Time created_at;
};

// A participant who is there already changes nothing.
absl::Status Join(CareThread& thread, absl::string_view subject, absl::Time now);
absl::StatusOr<ThreadPost> Post(CareThread& thread, absl::string_view author, absl::string_view body, absl::Time now);
absl::Status Close(CareThread& thread, absl::Time now);

enum class DocumentState { kNone = 0, kRouted = 1, kOverdue = 2, kAcknowledged = 3 };

struct DocumentHop {
  std::string from;
  std::string to;
  std::string reason;
  absl::Time routed_at;
};

struct RoutedDocument {
  DocumentId id;
  PatientId patient;
  std::string document;  // resource name at its owner
  std::string title;
  std::string recipient;
  absl::Time due_at;
  std::string note;
  DocumentState state = DocumentState::kRouted;
  std::vector<DocumentHop> hops;
  std::optional<absl::Time> acknowledged_at;
  std::string acknowledgement;
  int64_t revision = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

// Completes a draft that `sender` hands over. INVALID_ARGUMENT where it is due in the past.
absl::StatusOr<RoutedDocument> NewRoutedDocument(RoutedDocument draft, absl::string_view sender, absl::Time now);
absl::Status Acknowledge(RoutedDocument& document, absl::string_view subject, absl::string_view words, absl::Time now);
absl::Status Reroute(RoutedDocument& document, absl::string_view from, absl::string_view to, absl::Time due_at,
                     absl::string_view reason, absl::Time now);
// True where it has just become overdue.
bool MarkOverdue(RoutedDocument& document, absl::Time now);

enum class UpdateKind {
  kNone = 0,
  kReferralAcknowledgment = 1,
  kConsultNote = 2,
  kTreatmentSummary = 3,
  kAdverseEvent = 4,
  kOther = 5
};
enum class UpdateState { kNone = 0, kDue = 1, kOverdue = 2, kSent = 3, kAcknowledged = 4, kCancelled = 5 };

struct ProviderUpdate {
  UpdateId id;
  PatientId patient;
  UpdateKind kind = UpdateKind::kNone;
  std::string provider;
  std::string address;
  std::string owner;
  absl::Time due_at;
  std::string note;
  UpdateState state = UpdateState::kDue;
  std::optional<absl::Time> sent_at;
  std::string evidence;  // or why it was dropped
  int64_t revision = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

absl::StatusOr<ProviderUpdate> NewProviderUpdate(ProviderUpdate draft, absl::Time now);
absl::Status MarkSent(ProviderUpdate& update, absl::string_view evidence, absl::Time now);
absl::Status MarkAcknowledged(ProviderUpdate& update, absl::Time now);
absl::Status Cancel(ProviderUpdate& update, absl::string_view reason, absl::Time now);
bool MarkOverdue(ProviderUpdate& update, absl::Time now);

enum class CallState { kNone = 0, kRequested = 1, kScheduled = 2, kOverdue = 3, kHeld = 4, kCancelled = 5 };

struct CoordinationCall {
  CallId id;
  PatientId patient;
  std::string agenda;
  std::string owner;
  std::vector<std::string> participants;
  absl::Time due_at;
  std::optional<absl::Time> start_at;
  AppointmentId appointment;
  CallState state = CallState::kRequested;
  std::string outcome;
  int64_t revision = 1;
  absl::Time created_at;
  absl::Time updated_at;
};

absl::StatusOr<CoordinationCall> NewCoordinationCall(CoordinationCall draft, absl::Time now);
absl::Status ScheduleAt(CoordinationCall& call, absl::Time start_at, const AppointmentId& appointment, absl::Time now);
absl::Status Complete(CoordinationCall& call, absl::string_view outcome, absl::Time now);
absl::Status Cancel(CoordinationCall& call, absl::string_view reason, absl::Time now);
// When it must be looked at: its due time, or its start where that is later.
absl::Time LookAt(const CoordinationCall& call);
bool MarkOverdue(CoordinationCall& call, absl::Time now);

const char* StateName(ThreadState state);
const char* StateName(DocumentState state);
const char* StateName(UpdateState state);
const char* StateName(CallState state);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_CARE_H_
