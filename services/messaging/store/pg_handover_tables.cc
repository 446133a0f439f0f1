#include <map>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"
#include "services/messaging/store/pg_care_tables.h"

namespace kat::messaging {
namespace {

CareThread ReadThread(const pg::Row& row) {
  CareThread t;
  t.id = row.Get<ThreadId>("id");
  t.patient = row.Get<PatientId>("patient");
  t.topic = row.Get<std::string>("topic");
  t.participants = row.Get<std::vector<std::string>>("participants");
  t.state = GetEnum<ThreadState>(row, "state");
  t.post_count = row.Get<int>("post_count");
  t.revision = row.Get<int64_t>("revision");
  t.created_at = row.Get<absl::Time>("created_at");
  t.updated_at = row.Get<absl::Time>("updated_at");
  return t;
}

ThreadPost ReadPost(const pg::Row& row) {
  return {row.Get<PostId>("id"), row.Get<ThreadId>("thread"), row.Get<int>("number"), row.Get<std::string>("author"),
          row.Get<std::string>("body"), row.Get<absl::Time>("created_at")};
}

RoutedDocument ReadDocument(const pg::Row& row) {
  RoutedDocument d;
  d.id = row.Get<DocumentId>("id");
  d.patient = row.Get<PatientId>("patient");
  d.document = row.Get<std::string>("document");
  d.title = row.Get<std::string>("title");
  d.recipient = row.Get<std::string>("recipient");
  d.due_at = row.Get<absl::Time>("due_at");
  d.note = row.Get<std::string>("note");
  d.state = GetEnum<DocumentState>(row, "state");
  d.acknowledged_at = row.Get<std::optional<absl::Time>>("acknowledged_at");
  d.acknowledgement = row.Get<std::string>("acknowledgement");
  d.revision = row.Get<int64_t>("revision");
  d.created_at = row.Get<absl::Time>("created_at");
  d.updated_at = row.Get<absl::Time>("updated_at");
  return d;
}

}  // namespace

absl::Status PgHandoverTables::InsertThread(const CareThread& t) {
  return db_.Execute(R"(
      insert into care_threads (clinic, id, patient, topic, participants, state, post_count, revision, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))",
                     {clinic_, t.id, t.patient, t.topic, t.participants, Number(t.state), t.post_count, t.revision, t.created_at,
                      t.updated_at})
      .status();
}

absl::Status PgHandoverTables::UpdateThread(const CareThread& t) {
  return db_.Execute("update care_threads set participants = $2, state = $3, post_count = $4, revision = $5, updated_at = $6 where id = $1",
                     {t.id, t.participants, Number(t.state), t.post_count, t.revision, t.updated_at})
      .status();
}

absl::StatusOr<CareThread> PgHandoverTables::GetThread(const ThreadId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from care_threads where id = $1 for update"
                                                : "select * from care_threads where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("thread");
  return ReadThread(*row);
}

absl::StatusOr<std::vector<CareThread>> PgHandoverTables::ListThreads(const CareFilter<ThreadState>& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from care_threads
      where ($1 = '' or patient = $1) and ($2 = '' or $2 = any (participants)) and ($3 = 0 or state = $3)
        and ($5::timestamptz is null or (updated_at, id) < ($5::timestamptz, $6::text))
      order by updated_at desc, id desc limit $4)",
                                                  {filter.patient, filter.subject, Number(filter.state), slice.limit,
                                                   After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadThread);
}

absl::Status PgHandoverTables::InsertPost(const ThreadPost& p) {
  return db_.Execute("insert into thread_posts (clinic, thread, number, id, author, body, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
                     {clinic_, p.thread, p.number, p.id, p.author, p.body, p.created_at})
      .status();
}

absl::StatusOr<std::vector<ThreadPost>> PgHandoverTables::ListPosts(const ThreadId& thread, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from thread_posts where thread = $1 and ($3::integer is null or number > $3::integer) order by number limit $2)",
                                                  {thread, slice.limit, After(slice, 0)}));
  return ReadAll(rows, ReadPost);
}

absl::Status PgHandoverTables::InsertHops(const RoutedDocument& d) {
  for (size_t i = 0; i < d.hops.size(); ++i) {
    const DocumentHop& hop = d.hops[i];
    RETURN_IF_ERROR(db_.Execute(R"(
        insert into document_hops (clinic, document, position, sender, recipient, reason, routed_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing)",
                                {clinic_, d.id, static_cast<int>(i), hop.from, hop.to, hop.reason, hop.routed_at})
                        .status());
  }
  return absl::OkStatus();
}

absl::Status PgHandoverTables::InsertDocument(const RoutedDocument& d) {
  RETURN_IF_ERROR(db_.Execute(R"(
      insert into routed_documents (clinic, id, patient, document, title, recipient, due_at, note, state, acknowledged_at,
        acknowledgement, revision, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))",
                              {clinic_, d.id, d.patient, d.document, d.title, d.recipient, d.due_at, d.note, Number(d.state),
                               d.acknowledged_at, d.acknowledgement, d.revision, d.created_at, d.updated_at})
                      .status());
  return InsertHops(d);
}

absl::Status PgHandoverTables::UpdateDocument(const RoutedDocument& d) {
  RETURN_IF_ERROR(db_.Execute(R"(
      update routed_documents set recipient = $2, due_at = $3, state = $4, acknowledged_at = $5, acknowledgement = $6, revision = $7,
        updated_at = $8
      where id = $1)",
                              {d.id, d.recipient, d.due_at, Number(d.state), d.acknowledged_at, d.acknowledgement, d.revision,
                               d.updated_at})
                      .status());
  return InsertHops(d);
}

absl::Status PgHandoverTables::ReadHops(std::vector<RoutedDocument>& documents) {
  std::map<DocumentId, RoutedDocument*> by_id;
  std::vector<std::string> ids;
  for (RoutedDocument& document : documents) {
    by_id[document.id] = &document;
    ids.push_back(document.id.str());
  }
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select * from document_hops where document = any ($1::text[]) order by document, position", {ids}));
  for (const pg::Row& row : rows) {
    by_id.at(row.Get<DocumentId>("document"))
        ->hops.push_back({row.Get<std::string>("sender"), row.Get<std::string>("recipient"), row.Get<std::string>("reason"),
                          row.Get<absl::Time>("routed_at")});
  }
  return absl::OkStatus();
}

absl::StatusOr<RoutedDocument> PgHandoverTables::GetDocument(const DocumentId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from routed_documents where id = $1 for update"
                                                : "select * from routed_documents where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("routed document");
  std::vector<RoutedDocument> documents = {ReadDocument(*row)};
  RETURN_IF_ERROR(ReadHops(documents));
  return documents[0];
}

absl::StatusOr<std::vector<RoutedDocument>> PgHandoverTables::ListDocuments(const CareFilter<DocumentState>& filter,
                                                                            const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from routed_documents
      where ($1 = '' or patient = $1) and ($2 = '' or recipient = $2) and ($3 = 0 or state = $3)
        and ($5::timestamptz is null or (due_at, id) > ($5::timestamptz, $6::text))
      order by due_at, id limit $4)",
                                                  {filter.patient, filter.subject, Number(filter.state), slice.limit,
                                                   After(slice, 0), After(slice, 1)}));
  std::vector<RoutedDocument> documents = ReadAll(rows, ReadDocument);
  RETURN_IF_ERROR(ReadHops(documents));
  return documents;
}

}  // namespace kat::messaging
