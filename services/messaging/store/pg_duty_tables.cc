#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"
#include "services/messaging/store/pg_care_tables.h"

namespace kat::messaging {
namespace {

ProviderUpdate ReadUpdate(const pg::Row& row) {
  ProviderUpdate u;
  u.id = row.Get<UpdateId>("id");
  u.patient = row.Get<PatientId>("patient");
  u.kind = GetEnum<UpdateKind>(row, "kind");
  u.provider = row.Get<std::string>("provider");
  u.address = row.Get<std::string>("address");
  u.owner = row.Get<std::string>("owner");
  u.due_at = row.Get<absl::Time>("due_at");
  u.note = row.Get<std::string>("note");
  u.state = GetEnum<UpdateState>(row, "state");
  u.sent_at = row.Get<std::optional<absl::Time>>("sent_at");
  u.evidence = row.Get<std::string>("evidence");
  u.revision = row.Get<int64_t>("revision");
  u.created_at = row.Get<absl::Time>("created_at");
  u.updated_at = row.Get<absl::Time>("updated_at");
  return u;
}

CoordinationCall ReadCall(const pg::Row& row) {
  CoordinationCall c;
  c.id = row.Get<CallId>("id");
  c.patient = row.Get<PatientId>("patient");
  c.agenda = row.Get<std::string>("agenda");
  c.owner = row.Get<std::string>("owner");
  c.participants = row.Get<std::vector<std::string>>("participants");
  c.due_at = row.Get<absl::Time>("due_at");
  c.start_at = row.Get<std::optional<absl::Time>>("start_at");
  c.appointment = row.Get<AppointmentId>("appointment");
  c.state = GetEnum<CallState>(row, "state");
  c.outcome = row.Get<std::string>("outcome");
  c.revision = row.Get<int64_t>("revision");
  c.created_at = row.Get<absl::Time>("created_at");
  c.updated_at = row.Get<absl::Time>("updated_at");
  return c;
}

}  // namespace

absl::Status PgDutyTables::InsertUpdate(const ProviderUpdate& u) {
  return db_.Execute(R"(
      insert into provider_updates (clinic, id, patient, kind, provider, address, owner, due_at, note, state, sent_at, evidence, revision,
        created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))",
                     {clinic_, u.id, u.patient, Number(u.kind), u.provider, u.address, u.owner, u.due_at, u.note, Number(u.state),
                      u.sent_at, u.evidence, u.revision, u.created_at, u.updated_at})
      .status();
}

absl::Status PgDutyTables::UpdateUpdate(const ProviderUpdate& u) {
  return db_.Execute("update provider_updates set state = $2, sent_at = $3, evidence = $4, revision = $5, updated_at = $6 where id = $1",
                     {u.id, Number(u.state), u.sent_at, u.evidence, u.revision, u.updated_at})
      .status();
}

absl::StatusOr<ProviderUpdate> PgDutyTables::GetUpdate(const UpdateId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from provider_updates where id = $1 for update"
                                                : "select * from provider_updates where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("provider update");
  return ReadUpdate(*row);
}

absl::StatusOr<std::vector<ProviderUpdate>> PgDutyTables::ListUpdates(const CareFilter<UpdateState>& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from provider_updates
      where ($1 = '' or patient = $1) and ($2 = '' or owner = $2) and ($3 = 0 or state = $3)
        and ($5::timestamptz is null or (due_at, id) > ($5::timestamptz, $6::text))
      order by due_at, id limit $4)",
                                                  {filter.patient, filter.subject, Number(filter.state), slice.limit,
                                                   After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadUpdate);
}

absl::Status PgDutyTables::InsertCall(const CoordinationCall& c) {
  return db_.Execute(R"(
      insert into coordination_calls (clinic, id, patient, agenda, owner, participants, due_at, start_at, appointment, state, outcome,
        revision, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))",
                     {clinic_, c.id, c.patient, c.agenda, c.owner, c.participants, c.due_at, c.start_at, c.appointment,
                      Number(c.state), c.outcome, c.revision, c.created_at, c.updated_at})
      .status();
}

absl::Status PgDutyTables::UpdateCall(const CoordinationCall& c) {
  return db_.Execute(R"(
      update coordination_calls set start_at = $2, appointment = $3, state = $4, outcome = $5, revision = $6, updated_at = $7
      where id = $1)",
                     {c.id, c.start_at, c.appointment, Number(c.state), c.outcome, c.revision, c.updated_at})
      .status();
}

absl::StatusOr<CoordinationCall> PgDutyTables::GetCall(const CallId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from coordination_calls where id = $1 for update"
                                                : "select * from coordination_calls where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("coordination call");
  return ReadCall(*row);
}

absl::StatusOr<std::vector<CoordinationCall>> PgDutyTables::ListCalls(const CareFilter<CallState>& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from coordination_calls
      where ($1 = '' or patient = $1) and ($2 = '' or owner = $2) and ($3 = 0 or state = $3)
        and ($5::timestamptz is null or (due_at, id) > ($5::timestamptz, $6::text))
      order by due_at, id limit $4)",
                                                  {filter.patient, filter.subject, Number(filter.state), slice.limit,
                                                   After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadCall);
}

}  // namespace kat::messaging
