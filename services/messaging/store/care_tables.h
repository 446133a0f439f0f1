#ifndef KAT_SERVICES_MESSAGING_STORE_CARE_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_CARE_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/messaging/domain/care.h"
#include "services/messaging/store/slice.h"

namespace kat::messaging {

// Which threads, documents, updates or calls: of a patient, of a person, in a state. Empty or kNone: all.
template <class State>
struct CareFilter {
  PatientId patient;
  std::string subject;  // participant, recipient or owner
  State state = State::kNone;
};

// What the care team does together. Getters are NOT_FOUND where there is none. Lists of what is due come by due_at, id.
class CareTables {
 public:
  virtual ~CareTables() = default;

  virtual absl::Status InsertThread(const CareThread& thread) = 0;
  virtual absl::Status UpdateThread(const CareThread& thread) = 0;
  virtual absl::StatusOr<CareThread> GetThread(const ThreadId& id, bool for_update) = 0;
  // Last changed first; keys: updated_at, id.
  virtual absl::StatusOr<std::vector<CareThread>> ListThreads(const CareFilter<ThreadState>& filter, const Slice& slice) = 0;
  virtual absl::Status InsertPost(const ThreadPost& post) = 0;
  // Oldest first; key: number.
  virtual absl::StatusOr<std::vector<ThreadPost>> ListPosts(const ThreadId& thread, const Slice& slice) = 0;

  virtual absl::Status InsertDocument(const RoutedDocument& document) = 0;
  // Adds the hops that are not stored yet.
  virtual absl::Status UpdateDocument(const RoutedDocument& document) = 0;
  virtual absl::StatusOr<RoutedDocument> GetDocument(const DocumentId& id, bool for_update) = 0;
  virtual absl::StatusOr<std::vector<RoutedDocument>> ListDocuments(const CareFilter<DocumentState>& filter, const Slice& slice) = 0;

  virtual absl::Status InsertUpdate(const ProviderUpdate& update) = 0;
  virtual absl::Status UpdateUpdate(const ProviderUpdate& update) = 0;
  virtual absl::StatusOr<ProviderUpdate> GetUpdate(const UpdateId& id, bool for_update) = 0;
  virtual absl::StatusOr<std::vector<ProviderUpdate>> ListUpdates(const CareFilter<UpdateState>& filter, const Slice& slice) = 0;

  virtual absl::Status InsertCall(const CoordinationCall& call) = 0;
  virtual absl::Status UpdateCall(const CoordinationCall& call) = 0;
  virtual absl::StatusOr<CoordinationCall> GetCall(const CallId& id, bool for_update) = 0;
  virtual absl::StatusOr<std::vector<CoordinationCall>> ListCalls(const CareFilter<CallState>& filter, const Slice& slice) = 0;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_CARE_TABLES_H_
