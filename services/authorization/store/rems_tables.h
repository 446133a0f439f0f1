#ifndef KAT_SERVICES_AUTHORIZATION_STORE_REMS_TABLES_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_REMS_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/authorization/domain/monitoring_form.h"
#include "services/authorization/domain/rems.h"
#include "services/authorization/domain/stock.h"
#include "services/authorization/store/payer_tables.h"

namespace kat::authorization::store {

struct FormFilter {
  PatientId patient;                      // empty: all
  domain::AppointmentId appointment;      // empty: all
  std::vector<domain::FormState> states;  // empty: all
  std::optional<absl::Time> due_before;
};

// Settings, enrollments and monitoring forms.
class RemsTables {
 public:
  virtual ~RemsTables() = default;

  virtual absl::Status InsertSetting(const domain::RemsSetting& setting) = 0;
  virtual absl::Status UpdateSetting(const domain::RemsSetting& setting) = 0;
  virtual absl::StatusOr<domain::RemsSetting> FindSetting(const domain::SettingId& id, Lock lock = Lock::kRead) = 0;
  virtual absl::StatusOr<std::vector<domain::RemsSetting>> ListSettings(
      const Slice& slice) = 0;  // keys: display name, id

  virtual absl::Status InsertEnrollment(const domain::RemsEnrollment& enrollment) = 0;  // ENROLLMENT_EXISTS
  virtual absl::Status UpdateEnrollment(const domain::RemsEnrollment& enrollment) = 0;
  virtual absl::StatusOr<domain::RemsEnrollment> FindEnrollment(const domain::EnrollmentId& id,
                                                                Lock lock = Lock::kRead) = 0;
  // Newest first; an empty patient lists all. Keys: creation in microseconds, id.
  virtual absl::StatusOr<std::vector<domain::RemsEnrollment>> ListEnrollments(const PatientId& patient,
                                                                              const Slice& slice) = 0;

  virtual absl::Status InsertForm(const domain::MonitoringForm& form) = 0;
  virtual absl::Status UpdateForm(const domain::MonitoringForm& form) = 0;
  virtual absl::StatusOr<domain::MonitoringForm> FindForm(const domain::FormId& id, Lock lock = Lock::kRead) = 0;
  virtual absl::StatusOr<std::optional<domain::MonitoringForm>> FormOfAppointment(const domain::AppointmentId& id) = 0;
  // By due time; keys: due time in microseconds, id.
  virtual absl::StatusOr<std::vector<domain::MonitoringForm>> ListForms(const FormFilter& filter,
                                                                        const Slice& slice) = 0;
  virtual absl::StatusOr<int> CountOverdueForms(absl::Time now) = 0;
  // Whether the patient had a session of the program before `day`.
  virtual absl::StatusOr<bool> TreatedBefore(const PatientId& patient, const std::string& program,
                                             absl::CivilDay day) = 0;
};

// The drug cabinet.
class StockTables {
 public:
  virtual ~StockTables() = default;

  virtual absl::Status InsertLot(const domain::StockLot& lot) = 0;  // with nothing in it: the RECEIVED event fills it
  virtual absl::StatusOr<domain::StockLot> FindLot(const domain::LotId& id, Lock lock = Lock::kRead) = 0;
  // All lots of a drug; kWrite locks them in the order of their ids.
  virtual absl::StatusOr<std::vector<domain::StockLot>> LotsOf(const std::string& drug, Lock lock) = 0;
  // By expiry; an empty drug lists all. Keys: expiry, id.
  virtual absl::StatusOr<std::vector<domain::StockLot>> ListLots(const std::string& drug, bool include_empty,
                                                                 const Slice& slice) = 0;

  // Adds to the ledger and moves the lot's quantities; sets id and on_hand_after. STOCK_SHORT where one would fall
  // below zero.
  virtual absl::Status InsertStockEvent(domain::StockEvent& event) = 0;
  // Set aside in a lot for an appointment and not given yet.
  virtual absl::StatusOr<int> AllocatedFor(const domain::LotId& lot, const domain::AppointmentId& appointment) = 0;
  // In order of recording; empty ids list all. Keys: id.
  virtual absl::StatusOr<std::vector<domain::StockEvent>> ListStockEvents(const domain::LotId& lot,
                                                                          const domain::AppointmentId& appointment,
                                                                          std::optional<absl::Time> from,
                                                                          std::optional<absl::Time> until,
                                                                          const Slice& slice) = 0;
  // Whether all that was given at an appointment came from bulk stock; false where nothing was given.
  virtual absl::StatusOr<bool> GivenFromBulk(const domain::AppointmentId& appointment) = 0;

  virtual absl::Status InsertCount(const domain::StockCount& count) = 0;
  virtual absl::StatusOr<std::vector<domain::StockCount>> ListCounts(
      const Slice& slice) = 0;  // newest first; keys: time, id

  virtual absl::Status InsertMismatch(const domain::StockMismatch& mismatch) = 0;
  virtual absl::Status UpdateMismatch(const domain::StockMismatch& mismatch) = 0;
  virtual absl::StatusOr<domain::StockMismatch> FindMismatch(const domain::MismatchId& id, Lock lock = Lock::kRead) = 0;
  // Newest first; keys: creation in microseconds, id.
  virtual absl::StatusOr<std::vector<domain::StockMismatch>> ListMismatches(bool include_resolved,
                                                                            const Slice& slice) = 0;
};

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_REMS_TABLES_H_
