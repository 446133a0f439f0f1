#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_TREATMENT_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_TREATMENT_TABLE_H_

#include "libs/pg/database.h"
#include "services/scheduling/store/treatment_table.h"

namespace kat::scheduling {

class PgTreatmentTable final : public TreatmentTable {
 public:
  PgTreatmentTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status Insert(const TreatmentRecord& record) override;
  absl::Status Update(const TreatmentRecord& record) override;
  absl::StatusOr<std::map<AppointmentId, TreatmentRecord>> Of(const std::vector<AppointmentId>& appointments) override;
  absl::StatusOr<TreatmentRecord> Get(const AppointmentId& appointment, Lock lock) override;
  absl::StatusOr<std::map<AppointmentId, TreatmentState>> StatesOf(
      const std::vector<AppointmentId>& appointments) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_TREATMENT_TABLE_H_
