#ifndef KAT_SERVICES_INTAKE_STORE_PG_CASES_H_
#define KAT_SERVICES_INTAKE_STORE_PG_CASES_H_

#include <string>
#include <vector>

#include "libs/pg/database.h"
#include "services/intake/store/store.h"

namespace kat::intake {

class PgCaseTable final : public CaseTable {
 public:
  PgCaseTable(pg::Tx& db, const ClinicId& clinic, absl::Time now) : db_(db), clinic_(clinic), now_(now) {}

  absl::Status Insert(const IntakeCase& intake_case) override;
  absl::Status Update(const IntakeCase& intake_case) override;
  absl::StatusOr<IntakeCase> Get(const PatientId& patient, const CaseId& id) override;
  absl::StatusOr<std::optional<std::string>> OpenedBy(absl::string_view external_reference) override;
  absl::StatusOr<std::vector<IntakeCase>> Active(const PatientId& patient) override;
  absl::StatusOr<std::optional<IntakeCase>> Latest(const PatientId& patient, absl::string_view program) override;
  absl::StatusOr<std::vector<IntakeCase>> List(const CaseQuery& query) override;
  absl::StatusOr<std::vector<PatientId>> ActivePatients() override;

 private:
  absl::StatusOr<std::vector<IntakeCase>> Select(const std::string& tail, const std::vector<pg::Param>& params);
  absl::Status ReadSteps(std::vector<IntakeCase>& cases);
  absl::Status WriteStep(const IntakeCase& intake_case, const IntakeStep& step, int position);

  pg::Tx& db_;
  ClinicId clinic_;
  absl::Time now_;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_PG_CASES_H_
