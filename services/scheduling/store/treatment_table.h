#ifndef KAT_SERVICES_SCHEDULING_STORE_TREATMENT_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_TREATMENT_TABLE_H_

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/treatment.h"
#include "services/scheduling/store/booking_tables.h"

namespace kat::scheduling {

// Treatment records, one an appointment.
class TreatmentTable {
 public:
  virtual ~TreatmentTable() = default;
  virtual absl::Status Insert(const TreatmentRecord& record) = 0;
  // Writes the version given, where the row has the one before it; ABORTED (ETAG_MISMATCH) otherwise.
  virtual absl::Status Update(const TreatmentRecord& record) = 0;
  // Those that there are of these appointments.
  virtual absl::StatusOr<std::map<AppointmentId, TreatmentRecord>> Of(
      const std::vector<AppointmentId>& appointments) = 0;
  virtual absl::StatusOr<TreatmentRecord> Get(const AppointmentId& appointment, Lock lock) = 0;  // NOT_FOUND
  // States of the records that there are among those of `appointments`.
  virtual absl::StatusOr<std::map<AppointmentId, TreatmentState>> StatesOf(
      const std::vector<AppointmentId>& appointments) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_TREATMENT_TABLE_H_
