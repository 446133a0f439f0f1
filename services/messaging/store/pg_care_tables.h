#ifndef KAT_SERVICES_MESSAGING_STORE_PG_CARE_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_PG_CARE_TABLES_H_

#include <vector>

#include "libs/pg/database.h"
#include "services/messaging/store/care_tables.h"

namespace kat::messaging {

// Threads and routed documents over PostgreSQL.
class PgHandoverTables {
 public:
  PgHandoverTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status InsertThread(const CareThread& thread);
  absl::Status UpdateThread(const CareThread& thread);
  absl::StatusOr<CareThread> GetThread(const ThreadId& id, bool for_update);
  absl::StatusOr<std::vector<CareThread>> ListThreads(const CareFilter<ThreadState>& filter, const Slice& slice);
  absl::Status InsertPost(const ThreadPost& post);
  absl::StatusOr<std::vector<ThreadPost>> ListPosts(const ThreadId& thread, const Slice& slice);
  absl::Status InsertDocument(const RoutedDocument& document);
  absl::Status UpdateDocument(const RoutedDocument& document);
  absl::StatusOr<RoutedDocument> GetDocument(const DocumentId& id, bool for_update);
  absl::StatusOr<std::vector<RoutedDocument>> ListDocuments(const CareFilter<DocumentState>& filter, const Slice& slice);

 private:
  absl::Status InsertHops(const RoutedDocument& document);
  absl::Status ReadHops(std::vector<RoutedDocument>& documents);

  pg::Tx& db_;
  const ClinicId& clinic_;
};

// Provider updates and coordination calls over PostgreSQL.
class PgDutyTables {
 public:
  PgDutyTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status InsertUpdate(const ProviderUpdate& update);
  absl::Status UpdateUpdate(const ProviderUpdate& update);
  absl::StatusOr<ProviderUpdate> GetUpdate(const UpdateId& id, bool for_update);
  absl::StatusOr<std::vector<ProviderUpdate>> ListUpdates(const CareFilter<UpdateState>& filter, const Slice& slice);
  absl::Status InsertCall(const CoordinationCall& call);
  absl::Status UpdateCall(const CoordinationCall& call);
  absl::StatusOr<CoordinationCall> GetCall(const CallId& id, bool for_update);
  absl::StatusOr<std::vector<CoordinationCall>> ListCalls(const CareFilter<CallState>& filter, const Slice& slice);

 private:
  pg::Tx& db_;
  const ClinicId& clinic_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_PG_CARE_TABLES_H_
