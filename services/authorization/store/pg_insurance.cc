#include "libs/base/error.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

Columns InsuranceColumns(const domain::Insurance& insurance) {
  Columns columns;
  columns.Set("insurance", insurance.id)
      .Set("patient", insurance.patient)
      .Set("payer", insurance.payer)
      .Set("member_id", insurance.member_id)
      .Set("group_number", insurance.group_number)
      .Set("plan", insurance.plan)
      .Set("benefit", static_cast<int>(insurance.benefit))
      .Set("line_of_business", static_cast<int>(insurance.line_of_business))
      .Set("rank", insurance.rank)
      .Set("effective_from", insurance.effective_from)
      .Set("effective_until", insurance.effective_until)
      .Set("verified_at", insurance.verified_at)
      .Set("verified_by", insurance.verified_by)
      .Set("version", insurance.version)
      .Set("created_at", insurance.created_at)
      .Set("updated_at", insurance.updated_at);
  return columns;
}

domain::Insurance ReadInsurance(const pg::Row& row) {
  return {.id = row.Get<domain::InsuranceId>("insurance"),
          .patient = row.Get<PatientId>("patient"),
          .payer = row.Get<domain::PayerId>("payer"),
          .member_id = row.Get<std::string>("member_id"),
          .group_number = row.Get<std::string>("group_number"),
          .plan = row.Get<std::string>("plan"),
          .benefit = static_cast<domain::Benefit>(row.Get<int>("benefit")),
          .line_of_business = static_cast<domain::LineOfBusiness>(row.Get<int>("line_of_business")),
          .rank = row.Get<int>("rank"),
          .effective_from = row.Get<absl::CivilDay>("effective_from"),
          .effective_until = row.Get<std::optional<absl::CivilDay>>("effective_until"),
          .verified_at = row.Get<std::optional<absl::Time>>("verified_at"),
          .verified_by = row.Get<std::string>("verified_by"),
          .version = row.Get<int64_t>("version"),
          .created_at = row.Get<absl::Time>("created_at"),
          .updated_at = row.Get<absl::Time>("updated_at")};
}

std::vector<domain::Insurance> ReadInsurances(const pg::Rows& rows) {
  std::vector<domain::Insurance> insurances;
  for (const pg::Row& row : rows) insurances.push_back(ReadInsurance(row));
  return insurances;
}

Columns SelfPayColumns(const domain::SelfPay& self_pay) {
  Columns columns;
  columns.Set("self_pay", self_pay.id)
      .Set("patient", self_pay.patient)
      .Set("program", self_pay.program)
      .Set("effective_from", self_pay.effective_from)
      .Set("effective_until", self_pay.effective_until)
      .Set("version", self_pay.version)
      .Set("created_at", self_pay.created_at);
  return columns;
}

domain::SelfPay ReadSelfPay(const pg::Row& row) {
  return {.id = row.Get<domain::SelfPayId>("self_pay"),
          .patient = row.Get<PatientId>("patient"),
          .program = row.Get<std::string>("program"),
          .effective_from = row.Get<absl::CivilDay>("effective_from"),
          .effective_until = row.Get<std::optional<absl::CivilDay>>("effective_until"),
          .version = row.Get<int64_t>("version"),
          .created_at = row.Get<absl::Time>("created_at")};
}

}  // namespace

absl::Status PgTx::InsertInsurance(const domain::Insurance& insurance) {
  return OnConstraint(InsuranceColumns(insurance).Insert(db(), "insurance_coverages"), "insurance_rank_days",
                      domain::CoverageOverlaps);
}

absl::Status PgTx::UpdateInsurance(const domain::Insurance& insurance) {
  return OnConstraint(InsuranceColumns(insurance).Update(db(), "insurance_coverages", "insurance", insurance.id),
                      "insurance_rank_days", domain::CoverageOverlaps);
}

absl::StatusOr<domain::Insurance> PgTx::FindInsurance(const domain::InsuranceId& id, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db().QueryOptional(absl::StrCat("select * from insurance_coverages where insurance = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("insurance coverage");
  return ReadInsurance(*row);
}

absl::StatusOr<std::vector<domain::Insurance>> PgTx::InsurancesOf(const PatientId& patient) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query("select * from insurance_coverages where patient = $1 order by rank, effective_from", {patient}));
  return ReadInsurances(rows);
}

absl::StatusOr<std::vector<domain::Insurance>> PgTx::ListInsurances(const PatientId& patient,
                                                                    std::optional<absl::CivilDay> as_of,
                                                                    const Slice& slice) {
  const bool first = slice.after.size() < 3;
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query(
          "select * from insurance_coverages where ($1 = '' or patient = $1) "
          "and ($2::date is null or (effective_from <= $2 and (effective_until is null or effective_until > $2))) "
          "and (patient, rank, insurance) > ($3, $4::integer, $5) order by patient, rank, insurance limit $6",
          {patient, as_of, first ? "" : slice.after[0], first ? "0" : slice.after[1], first ? "" : slice.after[2],
           slice.limit}));
  return ReadInsurances(rows);
}

absl::Status PgTx::InsertSelfPay(const domain::SelfPay& self_pay) {
  return OnConstraint(SelfPayColumns(self_pay).Insert(db(), "self_pay_elections"), "self_pay_days",
                      domain::SelfPayOverlaps);
}

absl::Status PgTx::UpdateSelfPay(const domain::SelfPay& self_pay) {
  return OnConstraint(SelfPayColumns(self_pay).Update(db(), "self_pay_elections", "self_pay", self_pay.id),
                      "self_pay_days", domain::SelfPayOverlaps);
}

absl::StatusOr<domain::SelfPay> PgTx::FindSelfPay(const domain::SelfPayId& id, Lock lock) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db().QueryOptional(absl::StrCat("select * from self_pay_elections where self_pay = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("self-pay election");
  return ReadSelfPay(*row);
}

absl::StatusOr<std::vector<domain::SelfPay>> PgTx::SelfPayOf(const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query("select * from self_pay_elections where patient = $1 and program = $2", {patient, program}));
  std::vector<domain::SelfPay> elections;
  for (const pg::Row& row : rows) elections.push_back(ReadSelfPay(row));
  return elections;
}

absl::StatusOr<std::vector<domain::SelfPay>> PgTx::ListSelfPay(const PatientId& patient, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query("select * from self_pay_elections where ($1 = '' or patient = $1) and self_pay > $2 "
                              "order by self_pay limit $3",
                              {patient, slice.after.empty() ? "" : slice.after[0], slice.limit}));
  std::vector<domain::SelfPay> elections;
  for (const pg::Row& row : rows) elections.push_back(ReadSelfPay(row));
  return elections;
}

}  // namespace kat::authorization::store
