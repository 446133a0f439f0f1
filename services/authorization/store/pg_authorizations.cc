#include <map>

#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

using domain::AuthState;
using domain::PriorAuthorization;

Columns AuthorizationColumns(const PriorAuthorization& a) {
  Columns columns;
  columns.Set("prior_authorization", a.id)
      .Set("patient", a.patient)
      .Set("program", a.program)
      .Set("insurance", a.insurance)
      .Set("payer", a.payer)
      .Set("policy", a.policy)
      .Set("kind", static_cast<int>(a.kind))
      .Set("priority", static_cast<int>(a.priority))
      .Set("previous", a.previous)
      .Set("renewed_by", a.renewed_by)
      .Set("requested_from", a.requested_from)
      .Set("requested_until", a.requested_until)
      .Set("requested", a.requested_units)
      .Set("state", Name(a.state))
      .Set("packet_version", a.packet_version)
      .Set("unmet_criteria", a.unmet_criteria)
      .Set("unknown_criteria", a.unknown_criteria)
      .Set("decision_due_at", a.decision_due_at)
      .Set("decision_overdue", a.decision_overdue)
      .Set("response_due_at", a.response_due_at)
      .Set("number", a.number)
      .Set("valid_from", a.valid_from)
      .Set("valid_until", a.valid_until)
      .Set("authorized", a.authorized)
      .Set("renewal_stage", a.renewal_stage)
      .Set("close_reason", a.close_reason)
      .Set("version", a.version)
      .Set("created_at", a.created_at)
      .Set("updated_at", a.updated_at);
  if (const auto& s = a.submission) {
    columns.Set("submission_channel", static_cast<int>(s->channel))
        .Set("submission_reference", s->reference_number)
        .Set("submission_representative", s->representative_name)
        .Set("submitted_at", s->submitted_at)
        .Set("submitted_packet", s->packet_version);
  }
  if (const auto& d = a.decision) {
    columns.Set("decision_outcome", static_cast<int>(d->outcome))
        .Set("decision_number", d->number)
        .Set("decision_reference", d->administrative_reference)
        .Set("decision_from", d->valid_from)
        .Set("decision_until", d->valid_until)
        .Set("decision", d->units)
        .Set("decision_reasons", IntArray(d->reasons))
        .Set("decision_note", d->note)
        .Set("decided_at", d->decided_at)
        .Set("answer_due_at", d->answer_due_at);
  }
  return columns;
}

PriorAuthorization ReadAuthorization(const pg::Row& row) {
  PriorAuthorization a{.id = row.Get<domain::AuthorizationId>("prior_authorization"),
                       .patient = row.Get<PatientId>("patient"),
                       .program = row.Get<std::string>("program"),
                       .insurance = row.Get<domain::InsuranceId>("insurance"),
                       .payer = row.Get<domain::PayerId>("payer"),
                       .policy = row.Get<domain::PolicyId>("policy"),
                       .kind = static_cast<domain::AuthorizationKind>(row.Get<int>("kind")),
                       .priority = static_cast<domain::Priority>(row.Get<int>("priority")),
                       .previous = row.Get<domain::AuthorizationId>("previous"),
                       .renewed_by = row.Get<domain::AuthorizationId>("renewed_by"),
                       .requested_from = row.Get<absl::CivilDay>("requested_from"),
                       .requested_until = row.Get<std::optional<absl::CivilDay>>("requested_until"),
                       .requested_units = LimitsAt(row, "requested"),
                       .state = EnumOf<AuthState>(row.Get<std::string>("state"), domain::kAuthStates),
                       .packet_version = row.Get<int>("packet_version"),
                       .unmet_criteria = row.Get<int>("unmet_criteria"),
                       .unknown_criteria = row.Get<int>("unknown_criteria")};
  if (const auto channel = row.Get<std::optional<int>>("submission_channel")) {
    a.submission = domain::Submission{.channel = static_cast<domain::Channel>(*channel),
                                      .reference_number = row.Get<std::string>("submission_reference"),
                                      .representative_name = row.Get<std::string>("submission_representative"),
                                      .submitted_at = row.Get<absl::Time>("submitted_at"),
                                      .packet_version = row.Get<int>("submitted_packet")};
  }
  if (const auto outcome = row.Get<std::optional<int>>("decision_outcome")) {
    a.decision = domain::Decision{.outcome = static_cast<domain::Decision::Outcome>(*outcome),
                                  .number = row.Get<std::string>("decision_number"),
                                  .administrative_reference = row.Get<std::string>("decision_reference"),
                                  .valid_from = row.Get<std::optional<absl::CivilDay>>("decision_from"),
                                  .valid_until = row.Get<std::optional<absl::CivilDay>>("decision_until"),
                                  .units = LimitsAt(row, "decision"),
                                  .reasons = IntsAt(row, "decision_reasons"),
                                  .note = row.Get<std::string>("decision_note"),
                                  .decided_at = row.Get<absl::Time>("decided_at"),
                                  .answer_due_at = row.Get<std::optional<absl::Time>>("answer_due_at")};
  }
  a.decision_due_at = row.Get<std::optional<absl::Time>>("decision_due_at");
  a.decision_overdue = row.Get<bool>("decision_overdue");
  a.response_due_at = row.Get<std::optional<absl::Time>>("response_due_at");
  a.number = row.Get<std::string>("number");
  a.valid_from = row.Get<std::optional<absl::CivilDay>>("valid_from");
  a.valid_until = row.Get<std::optional<absl::CivilDay>>("valid_until");
  a.authorized = LimitsAt(row, "authorized");
  a.reserved = CountsAt(row, "reserved_");
  a.consumed = CountsAt(row, "consumed_");
  a.overrun = CountsAt(row, "overrun_");
  a.renewal_stage = row.Get<int>("renewal_stage");
  a.close_reason = row.Get<std::string>("close_reason");
  a.version = row.Get<int64_t>("version");
  a.created_at = row.Get<absl::Time>("created_at");
  a.updated_at = row.Get<absl::Time>("updated_at");
  return a;
}

}  // namespace

absl::Status PgTx::WriteContests(const PriorAuthorization& auth) {
  RETURN_IF_ERROR(
      db().Execute("delete from authorization_contests where prior_authorization = $1", {auth.id}).status());
  for (size_t i = 0; i < auth.contests.size(); ++i) {
    const domain::Contest& contest = auth.contests[i];
    Columns row;
    row.Set("prior_authorization", auth.id)
        .Set("position", static_cast<int>(i))
        .Set("level", static_cast<int>(contest.level))
        .Set("contested_at", contest.at)
        .Set("reference_number", contest.reference_number)
        .Set("decision_due_at", contest.decision_due_at)
        .Set("result", static_cast<int>(contest.result));
    RETURN_IF_ERROR(row.Insert(db(), "authorization_contests"));
  }
  return absl::OkStatus();
}

absl::Status PgTx::InsertAuthorization(const PriorAuthorization& auth) {
  RETURN_IF_ERROR(AuthorizationColumns(auth).Insert(db(), "prior_authorizations"));
  return WriteContests(auth);
}

absl::Status PgTx::SaveAuthorization(const PriorAuthorization& auth) {
  RETURN_IF_ERROR(
      OnConstraint(AuthorizationColumns(auth).Update(db(), "prior_authorizations", "prior_authorization", auth.id),
                   "units_within_authorized", domain::DecisionBelowUse));
  return WriteContests(auth);
}

absl::StatusOr<std::vector<PriorAuthorization>> PgTx::ReadAuthorizations(absl::string_view where,
                                                                         const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query(absl::StrCat("select * from prior_authorizations where ", where), params));
  std::vector<PriorAuthorization> auths;
  std::map<std::string, size_t> at;
  std::vector<std::string> ids;
  for (const pg::Row& row : rows) {
    auths.push_back(ReadAuthorization(row));
    at[auths.back().id.str()] = auths.size() - 1;
    ids.push_back(auths.back().id.str());
  }
  if (ids.empty()) return auths;
  ASSIGN_OR_RETURN(const pg::Rows contests,
                   db().Query("select * from authorization_contests where prior_authorization = any($1) "
                              "order by prior_authorization, position",
                              {ids}));
  for (const pg::Row& row : contests) {
    auths[at[row.Get<std::string>("prior_authorization")]].contests.push_back(
        {.level = static_cast<domain::Contest::Level>(row.Get<int>("level")),
         .at = row.Get<absl::Time>("contested_at"),
         .reference_number = row.Get<std::string>("reference_number"),
         .decision_due_at = row.Get<std::optional<absl::Time>>("decision_due_at"),
         .result = static_cast<domain::Contest::Result>(row.Get<int>("result"))});
  }
  return auths;
}

absl::StatusOr<PriorAuthorization> PgTx::FindAuthorization(const domain::AuthorizationId& id, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<PriorAuthorization> found,
                   ReadAuthorizations(absl::StrCat("prior_authorization = $1", Suffix(lock)), {id}));
  if (found.empty()) return ResourceNotFound("prior authorization");
  return std::move(found[0]);
}

absl::StatusOr<std::vector<PriorAuthorization>> PgTx::AuthorizationsOf(const PatientId& patient,
                                                                       const std::string& program, Lock lock) {
  return ReadAuthorizations(absl::StrCat("patient = $1 and program = $2 order by prior_authorization", Suffix(lock)),
                            {patient, program});
}

absl::StatusOr<std::vector<PriorAuthorization>> PgTx::ListAuthorizations(const AuthorizationFilter& filter,
                                                                         const Slice& slice) {
  std::vector<std::string> states;
  for (AuthState state : filter.states) states.emplace_back(Name(state));
  const bool first = slice.after.size() < 2;
  return ReadAuthorizations(
      "($1 = '' or patient = $1) and ($2 = '' or program = $2) and (cardinality($3::text[]) = 0 or state = any($3)) "
      "and (created_at, prior_authorization) < ($4::timestamptz, $5) "
      "order by created_at desc, prior_authorization desc limit $6",
      {filter.patient, filter.program, states, first ? absl::InfiniteFuture() : TimeKey(slice, 0),
       first ? "" : slice.after[1], slice.limit});
}

}  // namespace kat::authorization::store
