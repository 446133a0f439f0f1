#ifndef KAT_SERVICES_INTAKE_STORE_PG_PATIENTS_H_
#define KAT_SERVICES_INTAKE_STORE_PG_PATIENTS_H_

#include <string>
#include <vector>

#include "libs/pg/database.h"
#include "services/intake/store/store.h"

namespace kat::intake {

class PgPatientTable final : public PatientTable {
 public:
  PgPatientTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status Insert(const Patient& patient) override;
  absl::Status Update(const Patient& patient) override;
  absl::StatusOr<Patient> Get(const PatientId& id) override;
  absl::StatusOr<Patient> Lock(const PatientId& id) override;
  absl::StatusOr<std::vector<Patient>> List(const PatientQuery& query) override;
  absl::Status LockIdentity(const Patient& patient) override;
  absl::StatusOr<std::vector<Patient>> Alike(const Patient& patient) override;
  absl::StatusOr<int64_t> MedicationListVersion(const PatientId& id) override;
  absl::StatusOr<int64_t> ChangeMedicationList(const PatientId& id) override;

 private:
  absl::StatusOr<std::vector<Patient>> Select(const std::string& tail, const std::vector<pg::Param>& params);
  absl::StatusOr<Patient> SelectOne(const PatientId& id, const std::string& tail);
  absl::Status InsertExternalIds(const Patient& patient);

  pg::Tx& db_;
  ClinicId clinic_;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_PG_PATIENTS_H_
