#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

Columns PayerColumns(const domain::Payer& payer) {
  Columns columns;
  columns.Set("payer", payer.id)
      .Set("display_name", payer.display_name)
      .Set("electronic_payer_id", payer.electronic_payer_id)
      .Set("portal_uri", payer.portal_uri)
      .Set("phone", payer.phone)
      .Set("fax", payer.fax)
      .Set("version", payer.version)
      .Set("created_at", payer.created_at)
      .Set("updated_at", payer.updated_at);
  return columns;
}

domain::Payer ReadPayer(const pg::Row& row) {
  return {.id = row.Get<domain::PayerId>("payer"),
          .display_name = row.Get<std::string>("display_name"),
          .electronic_payer_id = row.Get<std::string>("electronic_payer_id"),
          .portal_uri = row.Get<std::string>("portal_uri"),
          .phone = row.Get<std::string>("phone"),
          .fax = row.Get<std::string>("fax"),
          .version = row.Get<int64_t>("version"),
          .created_at = row.Get<absl::Time>("created_at"),
          .updated_at = row.Get<absl::Time>("updated_at")};
}

domain::ProgramRule ReadRule(const pg::Row& row) {
  domain::ProgramRule rule{.program = row.Get<std::string>("program"),
                           .payer_billed = row.Get<bool>("payer_billed"),
                           .rems_required = row.Get<bool>("rems_required"),
                           .drug = row.Get<std::string>("drug"),
                           .mg_per_device = row.Get<int>("mg_per_device"),
                           .concomitant_classes = row.Get<std::vector<std::string>>("concomitant_classes"),
                           .version = row.Get<int64_t>("version"),
                           .updated_at = row.Get<absl::Time>("updated_at")};
  const std::vector<int> from = IntsAt(row, "dose_from_sessions"), devices = IntsAt(row, "dose_devices");
  for (size_t i = 0; i < from.size() && i < devices.size(); ++i) rule.planned_doses.push_back({from[i], devices[i]});
  return rule;
}

}  // namespace

absl::Status PgTx::InsertPayer(const domain::Payer& payer) {
  return OnConstraint(OnTakenName(PayerColumns(payer).Insert(db(), "payers"), "payers", "payer"), "payer_display_name",
                      domain::PayerExists);
}

absl::Status PgTx::UpdatePayer(const domain::Payer& payer) {
  return OnConstraint(PayerColumns(payer).Update(db(), "payers", "payer", payer.id), "payer_display_name",
                      domain::PayerExists);
}

absl::StatusOr<domain::Payer> PgTx::FindPayer(const domain::PayerId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db().QueryOptional(absl::StrCat("select * from payers where payer = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("payer");
  return ReadPayer(*row);
}

absl::StatusOr<std::vector<domain::Payer>> PgTx::ListPayers(const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query("select * from payers where display_name > $1 order by display_name limit $2",
                              {slice.after.empty() ? "" : slice.after[0], slice.limit}));
  std::vector<domain::Payer> payers;
  for (const pg::Row& row : rows) payers.push_back(ReadPayer(row));
  return payers;
}

absl::StatusOr<std::optional<domain::ProgramRule>> PgTx::FindProgramRule(const std::string& program) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db().QueryOptional("select * from program_rules where program = $1", {program}));
  if (!row) return std::optional<domain::ProgramRule>();
  return std::optional<domain::ProgramRule>(ReadRule(*row));
}

absl::Status PgTx::SaveProgramRule(const domain::ProgramRule& rule) {
  std::vector<int> from, devices;
  for (const domain::PlannedDose& dose : rule.planned_doses) {
    from.push_back(dose.from_session);
    devices.push_back(dose.devices);
  }
  Columns columns;
  columns.Set("program", rule.program)
      .Set("payer_billed", rule.payer_billed)
      .Set("rems_required", rule.rems_required)
      .Set("drug", rule.drug)
      .Set("mg_per_device", rule.mg_per_device)
      .Set("dose_from_sessions", IntArray(from))
      .Set("dose_devices", IntArray(devices))
      .Set("concomitant_classes", rule.concomitant_classes)
      .Set("version", rule.version)
      .Set("updated_at", rule.updated_at);
  return rule.version == 1 ? columns.Insert(db(), "program_rules")
                           : columns.Update(db(), "program_rules", "program", rule.program);
}

absl::StatusOr<std::vector<domain::ProgramRule>> PgTx::ListProgramRules(const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query("select * from program_rules where program > $1 order by program limit $2",
                              {slice.after.empty() ? "" : slice.after[0], slice.limit}));
  std::vector<domain::ProgramRule> rules;
  for (const pg::Row& row : rows) rules.push_back(ReadRule(row));
  return rules;
}

absl::StatusOr<domain::Settings> PgTx::LoadSettings() {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, db().QueryOptional("select * from settings"));
  if (!row) return domain::Settings{};
  return domain::Settings{.renewal_days = IntsAt(*row, "renewal_days"),
                          .renewal_visits_left = row->Get<int>("renewal_visits_left"),
                          .monitoring_form_days = IntsAt(*row, "monitoring_form_days"),
                          .refuse_conditional_visits = row->Get<bool>("refuse_conditional_visits"),
                          .version = row->Get<int64_t>("version")};
}

absl::Status PgTx::SaveSettings(const domain::Settings& settings) {
  return db()
      .Execute(
          "insert into settings values (kat_clinic(), $1, $2, $3, $4, $5) on conflict (clinic) do update set "
          "renewal_days = $1, renewal_visits_left = $2, monitoring_form_days = $3, version = $4, "
          "refuse_conditional_visits = $5",
          {IntArray(settings.renewal_days), settings.renewal_visits_left, IntArray(settings.monitoring_form_days),
           settings.version, settings.refuse_conditional_visits})
      .status();
}

}  // namespace kat::authorization::store
