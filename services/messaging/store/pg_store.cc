#include "services/messaging/store/pg_store.h"

#include "libs/base/error.h"
#include "libs/tx/pg_transaction.h"
#include "services/messaging/store/pg_care_tables.h"
#include "services/messaging/store/pg_configuration_tables.h"
#include "services/messaging/store/pg_message_tables.h"
#include "services/messaging/store/pg_work_tables.h"

namespace kat::messaging {
namespace {

template <class T>
absl::StatusOr<T> OnlyOne(absl::StatusOr<std::vector<T>> found, absl::string_view resource_type) {
  if (!found.ok()) return found.status();
  if (found->empty()) return ResourceNotFound(resource_type);
  return std::move(found->front());
}

// Gathers the tables into one transaction.
class PgTx final : public tx::PgTransaction<Tx> {
 public:
  PgTx(pg::Tx& database, const ClinicId& in_clinic, absl::Time now, std::string trace_id)
      : PgTransaction(database, in_clinic, now, std::move(trace_id)),
        configuration_(db(), clinic()),
        messages_(db(), clinic()),
        contact_(db(), clinic()),
        handovers_(db(), clinic()),
        duties_(db(), clinic()),
        work_(db(), clinic()) {}

  absl::StatusOr<int> LatestTemplateVersion(const MessageTemplate& like) override { return configuration_.LatestTemplateVersion(like); }
  absl::Status InsertTemplate(const MessageTemplate& message_template) override { return configuration_.InsertTemplate(message_template); }
  absl::Status UpdateTemplate(const MessageTemplate& message_template) override { return configuration_.UpdateTemplate(message_template); }
  absl::StatusOr<MessageTemplate> GetTemplate(const TemplateId& id, bool for_update) override { return configuration_.GetTemplate(id, for_update); }
  absl::StatusOr<std::vector<MessageTemplate>> ListTemplates(const TemplateFilter& filter, const Slice& slice) override { return configuration_.ListTemplates(filter, slice); }
  absl::StatusOr<std::vector<MessageTemplate>> TemplatesFor(Purpose purpose, absl::string_view code) override { return configuration_.TemplatesFor(purpose, code); }
  absl::Status InsertCadence(const CadencePolicy& cadence) override { return configuration_.InsertCadence(cadence); }
  absl::StatusOr<CadencePolicy> GetCadence(const CadenceId& id) override { return OnlyOne(configuration_.Cadences(id.str(), {}), "cadence policy"); }
  absl::StatusOr<std::vector<CadencePolicy>> ListCadences(const Slice& slice) override { return configuration_.Cadences("", slice); }
  absl::StatusOr<std::vector<CadencePolicy>> AllCadences() override { return configuration_.Cadences("", {}); }
  absl::Status InsertPolicy(const MessagingPolicy& policy) override { return configuration_.InsertPolicy(policy); }
  absl::StatusOr<MessagingPolicy> GetPolicy(const PolicyId& id) override { return OnlyOne(configuration_.Policies(id.str(), {}), "messaging policy"); }
  absl::StatusOr<std::vector<MessagingPolicy>> ListPolicies(const Slice& slice) override { return configuration_.Policies("", slice); }
  absl::StatusOr<std::vector<MessagingPolicy>> AllPolicies() override { return configuration_.Policies("", {}); }
  absl::StatusOr<bool> InsertMessage(const PatientMessage& message) override { return messages_.InsertMessage(message); }
  absl::Status UpdateMessage(const PatientMessage& message) override { return messages_.UpdateMessage(message); }
  absl::StatusOr<PatientMessage> GetMessage(const MessageId& id, bool for_update) override { return messages_.GetMessage(id, for_update); }
  absl::StatusOr<std::optional<PatientMessage>> FindByCarrierId(absl::string_view carrier_message_id) override { return messages_.FindByCarrierId(carrier_message_id); }
  absl::StatusOr<std::vector<PatientMessage>> ListMessages(const MessageFilter& filter, const Slice& slice) override { return messages_.ListMessages(filter, slice); }
  absl::StatusOr<std::vector<PatientMessage>> LockMessagesOf(const AppointmentId& appointment) override { return messages_.LockMessagesOf(appointment); }
  absl::StatusOr<std::vector<PatientMessage>> LockOpenNotices(const PatientMessage& like) override {
    return messages_.LockOpenNotices(like);
  }
  absl::StatusOr<std::vector<PatientMessage>> LastSentTo(absl::string_view address, absl::Time since) override { return messages_.LastSentTo(address, since); }
  absl::StatusOr<std::vector<PatientMessage>> OpenQuestionsTo(absl::string_view address, absl::Time since) override { return messages_.OpenQuestionsTo(address, since); }
  absl::StatusOr<SentCounts> CountSent(const PatientId& patient, absl::Time today_from, absl::Time week_from) override { return messages_.CountSent(patient, today_from, week_from); }
  absl::StatusOr<std::optional<TrackedAppointment>> LockAppointment(const AppointmentId& id) override { return contact_.FindAppointment(id, true); }
  absl::StatusOr<std::optional<TrackedAppointment>> FindAppointment(const AppointmentId& id) override { return contact_.FindAppointment(id, false); }
  absl::Status PutAppointment(const TrackedAppointment& appointment) override { return contact_.PutAppointment(appointment); }
  absl::StatusOr<ContactPreferences> GetPreferences(const PatientId& patient, bool for_update) override { return contact_.GetPreferences(patient, for_update); }
  absl::Status PutPreferences(const ContactPreferences& preferences, absl::Time now) override { return contact_.PutPreferences(preferences, now); }
  absl::Status InsertConsentEvent(const ConsentEvent& event) override { return contact_.InsertConsentEvent(event); }
  absl::StatusOr<std::vector<ConsentEvent>> ListConsentEvents(const PatientId& patient, const Slice& slice) override { return contact_.ListConsentEvents(patient, slice); }
  absl::Status StopNumber(absl::string_view address, Category category, absl::Time now) override { return contact_.StopNumber(address, category, now); }
  absl::Status StartNumber(absl::string_view address) override { return contact_.StartNumber(address); }
  absl::StatusOr<std::vector<StoppedNumber>> StopsOf(absl::string_view address) override { return contact_.StopsOf(address); }
  absl::Status InsertReply(const Reply& reply) override { return contact_.InsertReply(reply); }
  absl::Status UpdateReply(const Reply& reply) override { return contact_.UpdateReply(reply); }
  absl::StatusOr<Reply> GetReply(const ReplyId& id) override { return contact_.GetReply(id); }
  absl::StatusOr<std::optional<Reply>> FindReply(absl::string_view carrier_message_id) override { return contact_.FindReply(carrier_message_id); }
  absl::StatusOr<std::vector<Reply>> ListReplies(const PatientId& patient, const Slice& slice) override { return contact_.ListReplies(patient, slice); }
  absl::Status InsertThread(const CareThread& thread) override { return handovers_.InsertThread(thread); }
  absl::Status UpdateThread(const CareThread& thread) override { return handovers_.UpdateThread(thread); }
  absl::StatusOr<CareThread> GetThread(const ThreadId& id, bool for_update) override { return handovers_.GetThread(id, for_update); }
  absl::StatusOr<std::vector<CareThread>> ListThreads(const CareFilter<ThreadState>& filter, const Slice& slice) override { return handovers_.ListThreads(filter, slice); }
  absl::Status InsertPost(const ThreadPost& post) override { return handovers_.InsertPost(post); }
  absl::StatusOr<std::vector<ThreadPost>> ListPosts(const ThreadId& thread, const Slice& slice) override { return handovers_.ListPosts(thread, slice); }
  absl::Status InsertDocument(const RoutedDocument& document) override { return handovers_.InsertDocument(document); }
  absl::Status UpdateDocument(const RoutedDocument& document) override { return handovers_.UpdateDocument(document); }
  absl::StatusOr<RoutedDocument> GetDocument(const DocumentId& id, bool for_update) override { return handovers_.GetDocument(id, for_update); }
  absl::StatusOr<std::vector<RoutedDocument>> ListDocuments(const CareFilter<DocumentState>& filter, const Slice& slice) override { return handovers_.ListDocuments(filter, slice); }
  absl::Status InsertUpdate(const ProviderUpdate& update) override { return duties_.InsertUpdate(update); }
  absl::Status UpdateUpdate(const ProviderUpdate& update) override { return duties_.UpdateUpdate(update); }
  absl::StatusOr<ProviderUpdate> GetUpdate(const UpdateId& id, bool for_update) override { return duties_.GetUpdate(id, for_update); }
  absl::StatusOr<std::vector<ProviderUpdate>> ListUpdates(const CareFilter<UpdateState>& filter, const Slice& slice) override { return duties_.ListUpdates(filter, slice); }
  absl::Status InsertCall(const CoordinationCall& call) override { return duties_.InsertCall(call); }
  absl::Status UpdateCall(const CoordinationCall& call) override { return duties_.UpdateCall(call); }
  absl::StatusOr<CoordinationCall> GetCall(const CallId& id, bool for_update) override { return duties_.GetCall(id, for_update); }
  absl::StatusOr<std::vector<CoordinationCall>> ListCalls(const CareFilter<CallState>& filter, const Slice& slice) override { return duties_.ListCalls(filter, slice); }
  absl::Status PutWorkItem(const WorkItem& item) override { return work_.PutWorkItem(item); }
  absl::StatusOr<WorkItem> GetWorkItem(const WorkItemId& id, bool for_update) override { return work_.GetWorkItem(id, for_update); }
  absl::StatusOr<std::optional<WorkItem>> LockWorkItem(absl::string_view owner, absl::string_view kind, absl::string_view subject) override { return work_.LockWorkItem(owner, kind, subject); }
  absl::StatusOr<std::vector<WorkItem>> ListWorkItems(const WorkFilter& filter, const Slice& slice) override { return work_.ListWorkItems(filter, slice); }
  absl::StatusOr<std::vector<WorkItem>> OpenItems(absl::string_view owner, absl::string_view kind) override {
    return work_.OpenItems(owner, kind);
  }
  absl::StatusOr<std::vector<std::string>> ParkedJobs() override { return work_.ParkedJobs(); }
  absl::StatusOr<std::vector<std::string>> ParkedEvents() override { return work_.ParkedEvents(); }
  absl::StatusOr<SummaryReading> LockReading(const PatientId& patient, absl::string_view reader) override { return work_.LockReading(patient, reader); }
  absl::Status PutReading(const SummaryReading& reading) override { return work_.PutReading(reading); }

 private:
  PgConfigurationTables configuration_;
  PgMessageTables messages_;
  PgContactTables contact_;
  PgHandoverTables handovers_;
  PgDutyTables duties_;
  PgWorkTables work_;
};

}  // namespace

std::unique_ptr<Store> MakePgStore(pg::Database& database, const Clock& clock) {
  return std::make_unique<tx::PgStore<Tx, PgTx>>(database, clock);
}

}  // namespace kat::messaging
