#include "services/intake/store/pg_cases.h"

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"
#include "services/intake/store/json.h"

namespace kat::intake {
namespace {

constexpr const char* kSelect =
    "select patient, id, program, intake_template, state, close_reason, state_note, referral, version, created_at, "
    "updated_at, closed_at from intake_cases c ";

std::string EvidenceText(const EvidenceRef& ref) {
  return ref.empty() ? "" : absl::StrCat(ref.collection, "/", ref.id);
}

EvidenceRef EvidenceFromText(const std::string& text) {
  if (text.empty()) return {};
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  return {parts.first, parts.second};
}

IntakeCase CaseFromRow(const pg::Row& row) {
  IntakeCase intake_case{.id = row.Get<CaseId>("id"),
                         .patient = row.Get<PatientId>("patient"),
                         .program = row.Get<std::string>("program"),
                         .intake_template = row.Get<IntakeTemplateId>("intake_template"),
                         .state = static_cast<CaseState>(row.Get<int>("state")),
                         .close_reason = static_cast<CloseReason>(row.Get<int>("close_reason")),
                         .state_note = row.Get<std::string>("state_note"),
                         .version = row.Get<int64_t>("version"),
                         .create_time = row.Get<absl::Time>("created_at"),
                         .update_time = row.Get<absl::Time>("updated_at"),
                         .close_time = row.Get<std::optional<absl::Time>>("closed_at")};
  if (const auto referral = row.Get<std::optional<std::string>>("referral")) {
    intake_case.referral = FromJson<Referral>(*referral);
  }
  return intake_case;
}

IntakeStep StepFromRow(const pg::Row& row) {
  return {.spec = {.key = row.Get<std::string>("key"),
                   .kind = static_cast<StepKind>(row.Get<int>("kind")),
                   .title = row.Get<std::string>("title"),
                   .required = row.Get<bool>("required"),
                   .validity_days = row.Get<int>("validity_days"),
                   .responsible = row.Get<int>("responsible"),
                   .due_business_days = row.Get<int>("due_business_days"),
                   .tool = static_cast<MeasureTool>(row.Get<int>("tool")),
                   .consent_key = row.Get<std::string>("consent_key"),
                   .document_type = row.Get<std::string>("document_type"),
                   .clearance_kind = row.Get<std::string>("clearance_kind")},
          .state = static_cast<StepState>(row.Get<int>("state")),
          .due_at = row.Get<absl::Time>("due_at"),
          .overdue_reported = row.Get<bool>("overdue_reported"),
          .assignee = row.Get<std::string>("assignee"),
          .evidence = EvidenceFromText(row.Get<std::string>("evidence")),
          .evidence_date = row.Get<std::optional<absl::CivilDay>>("evidence_date"),
          .valid_through = row.Get<std::optional<absl::CivilDay>>("valid_through"),
          .waive_reason = row.Get<std::string>("waive_reason"),
          .waived_by = row.Get<std::string>("waived_by"),
          .waive_time = row.Get<std::optional<absl::Time>>("waived_at")};
}

}  // namespace

absl::Status PgCaseTable::Insert(const IntakeCase& c) {
  const std::string reference = c.referral ? c.referral->external_reference : "";
  const absl::StatusOr<int64_t> inserted = db_.Execute(
      "insert into intake_cases (clinic, patient, id, program, intake_template, state, close_reason, state_note, "
      "referral, external_reference, version, created_at, updated_at, closed_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
      "on conflict (clinic, external_reference) where external_reference <> '' do nothing",
      {clinic_, c.patient, c.id, c.program, c.intake_template, static_cast<int>(c.state),
       static_cast<int>(c.close_reason), c.state_note, c.referral ? std::optional(ToJson(*c.referral)) : std::nullopt,
       reference, c.version, c.create_time, c.update_time, c.close_time});
  if (pg::ViolatedConstraint(inserted.status()) == "intake_cases_one_open") return CaseExists(c.program);
  RETURN_IF_ERROR(inserted.status());
  if (*inserted == 0) {
    ASSIGN_OR_RETURN(const std::optional<std::string> first, OpenedBy(reference));
    return ReferralAlreadyReceived(first.value_or(""));
  }
  for (size_t i = 0; i < c.steps.size(); ++i) RETURN_IF_ERROR(WriteStep(c, c.steps[i], static_cast<int>(i)));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> PgCaseTable::OpenedBy(absl::string_view external_reference) {
  ASSIGN_OR_RETURN(
      const auto row,
      db_.QueryOptional(
          "select patient, id from intake_cases where external_reference = $1 and external_reference <> ''",
          {external_reference}));
  if (!row) return std::optional<std::string>();
  return std::optional(absl::StrCat("clinics/", clinic_.str(), "/patients/", row->Get<std::string>("patient"),
                                    "/cases/", row->Get<std::string>("id")));
}

absl::Status PgCaseTable::Update(const IntakeCase& c) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   db_.Execute("update intake_cases set state = $3, close_reason = $4, state_note = $5, version = $6, "
                               "updated_at = $7, closed_at = $8 where patient = $1 and id = $2",
                               {c.patient, c.id, static_cast<int>(c.state), static_cast<int>(c.close_reason),
                                c.state_note, c.version, c.update_time, c.close_time}));
  if (changed != 1) return ResourceNotFound("intake case");
  for (size_t i = 0; i < c.steps.size(); ++i) RETURN_IF_ERROR(WriteStep(c, c.steps[i], static_cast<int>(i)));
  return absl::OkStatus();
}

absl::Status PgCaseTable::WriteStep(const IntakeCase& c, const IntakeStep& s, int position) {
  return db_
      .Execute(
          "insert into intake_steps (clinic, patient, intake_case, key, position, kind, title, required, "
          "validity_days, "
          "responsible, due_business_days, tool, consent_key, document_type, clearance_kind, state, due_at, "
          "overdue_reported, assignee, evidence, evidence_date, valid_through, waive_reason, waived_by, waived_at) "
          "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "
          "$22, "
          "$23, $24, $25) on conflict (clinic, patient, intake_case, key) do update set (state, overdue_reported, "
          "assignee, evidence, evidence_date, valid_through, waive_reason, waived_by, waived_at) = (excluded.state, "
          "excluded.overdue_reported, excluded.assignee, excluded.evidence, excluded.evidence_date, "
          "excluded.valid_through, excluded.waive_reason, excluded.waived_by, excluded.waived_at)",
          {clinic_,
           c.patient,
           c.id,
           s.spec.key,
           position,
           static_cast<int>(s.spec.kind),
           s.spec.title,
           s.spec.required,
           s.spec.validity_days,
           s.spec.responsible,
           s.spec.due_business_days,
           static_cast<int>(s.spec.tool),
           s.spec.consent_key,
           s.spec.document_type,
           s.spec.clearance_kind,
           static_cast<int>(s.state),
           s.due_at,
           s.overdue_reported,
           s.assignee,
           EvidenceText(s.evidence),
           s.evidence_date,
           s.valid_through,
           s.waive_reason,
           s.waived_by,
           s.waive_time})
      .status();
}

absl::Status PgCaseTable::ReadSteps(std::vector<IntakeCase>& cases) {
  if (cases.empty()) return absl::OkStatus();
  std::vector<std::string> patients, ids;
  std::map<std::string, IntakeCase*> by_id;
  for (IntakeCase& intake_case : cases) {
    patients.push_back(intake_case.patient.str());
    ids.push_back(intake_case.id.str());
    by_id[intake_case.id.str()] = &intake_case;
  }
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select intake_case, key, kind, title, required, validity_days, responsible, "
                             "due_business_days, tool, consent_key, document_type, clearance_kind, state, due_at, "
                             "overdue_reported, assignee, evidence, evidence_date, valid_through, waive_reason, "
                             "waived_by, waived_at from intake_steps where patient = any ($1::text[]) and "
                             "intake_case = any ($2::text[]) order by intake_case, position",
                             {patients, ids}));
  for (const pg::Row& row : rows) by_id.at(row.Get<std::string>("intake_case"))->steps.push_back(StepFromRow(row));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IntakeCase>> PgCaseTable::Select(const std::string& tail,
                                                            const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(absl::StrCat(kSelect, tail), params));
  std::vector<IntakeCase> cases;
  for (const pg::Row& row : rows) cases.push_back(CaseFromRow(row));
  RETURN_IF_ERROR(ReadSteps(cases));
  return cases;
}

absl::StatusOr<IntakeCase> PgCaseTable::Get(const PatientId& patient, const CaseId& id) {
  ASSIGN_OR_RETURN(std::vector<IntakeCase> found, Select("where patient = $1 and id = $2", {patient, id}));
  if (found.empty()) return ResourceNotFound("intake case");
  return std::move(found[0]);
}

absl::StatusOr<std::vector<IntakeCase>> PgCaseTable::Active(const PatientId& patient) {
  return Select("where patient = $1 and state <> 4 order by created_at, id", {patient});
}

absl::StatusOr<std::optional<IntakeCase>> PgCaseTable::Latest(const PatientId& patient, absl::string_view program) {
  ASSIGN_OR_RETURN(
      std::vector<IntakeCase> found,
      Select("where patient = $1 and program = $2 order by state = 4, closed_at desc, id limit 1", {patient, program}));
  if (found.empty()) return std::optional<IntakeCase>();
  return std::optional<IntakeCase>(std::move(found[0]));
}

absl::StatusOr<std::vector<IntakeCase>> PgCaseTable::List(const CaseQuery& query) {
  std::vector<pg::Param> params;
  std::vector<std::string> where = {"true"};
  const auto next = [&](pg::Param value) {
    params.push_back(std::move(value));
    return absl::StrCat("$", params.size());
  };
  if (query.patient) where.push_back(absl::StrCat("patient = ", next(*query.patient)));
  if (!query.program.empty()) where.push_back(absl::StrCat("program = ", next(query.program)));
  if (query.state != 0) where.push_back(absl::StrCat("state = ", next(query.state)));
  if (query.overdue_only) {
    where.push_back(
        absl::StrCat("state <> 4 and exists (select from intake_steps s where s.patient = c.patient and "
                     "s.intake_case = c.id and s.state not in (3, 4) and s.due_at <= ",
                     next(now_), ")"));
  }
  if (!query.page.after.empty()) {
    int64_t micros = 0;
    if (!absl::SimpleAtoi(query.page.after[0], &micros)) return InvalidField("page_token", "is not of this list");
    const std::string created = next(absl::FromUnixMicros(micros));
    where.push_back(absl::StrCat("(created_at, id) > (", created, "::timestamptz, ", next(query.page.after[1]), ")"));
  }
  const std::string tail = absl::StrCat("where ", absl::StrJoin(where, " and "), " order by created_at, id limit ");
  const std::string limit = next(query.page.limit);
  return Select(tail + limit, params);
}

absl::StatusOr<std::vector<PatientId>> PgCaseTable::ActivePatients() {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select distinct patient from intake_cases where state <> 4 order by patient"));
  std::vector<PatientId> patients;
  for (const pg::Row& row : rows) patients.push_back(row.Get<PatientId>("patient"));
  return patients;
}

}  // namespace kat::intake
