#ifndef KAT_SERVICES_AUTHORIZATION_STORE_PG_TX_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_PG_TX_H_

#include <optional>
#include <string>
#include <vector>

#include "libs/tx/pg_transaction.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::store {

// Everything of Tx in SQL; by resource in the pg_*.cc files.
class PgTx final : public tx::PgTransaction<Tx> {
 public:
  using PgTransaction::PgTransaction;

  absl::Status InsertPayer(const domain::Payer& payer) override;
  absl::Status UpdatePayer(const domain::Payer& payer) override;
  absl::StatusOr<domain::Payer> FindPayer(const domain::PayerId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::Payer>> ListPayers(const Slice& slice) override;
  absl::Status InsertPolicy(domain::PayerPolicy& policy) override;
  absl::Status EndPolicy(const domain::PolicyId& id, absl::CivilDay until) override;
  absl::StatusOr<domain::PayerPolicy> FindPolicy(const domain::PolicyId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::PayerPolicy>> PoliciesOf(const domain::PayerId& payer,
                                                              const std::string& program) override;
  absl::StatusOr<std::vector<domain::PayerPolicy>> ListPolicies(const domain::PayerId& payer,
                                                                const std::string& program,
                                                                std::optional<absl::CivilDay> as_of,
                                                                const Slice& slice) override;
  absl::StatusOr<std::optional<domain::ProgramRule>> FindProgramRule(const std::string& program) override;
  absl::Status SaveProgramRule(const domain::ProgramRule& rule) override;
  absl::StatusOr<std::vector<domain::ProgramRule>> ListProgramRules(const Slice& slice) override;
  absl::StatusOr<domain::Settings> LoadSettings() override;
  absl::Status SaveSettings(const domain::Settings& settings) override;
  absl::Status InsertInsurance(const domain::Insurance& insurance) override;
  absl::Status UpdateInsurance(const domain::Insurance& insurance) override;
  absl::StatusOr<domain::Insurance> FindInsurance(const domain::InsuranceId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::Insurance>> InsurancesOf(const PatientId& patient) override;
  absl::StatusOr<std::vector<domain::Insurance>> ListInsurances(const PatientId& patient,
                                                                std::optional<absl::CivilDay> as_of,
                                                                const Slice& slice) override;
  absl::Status InsertSelfPay(const domain::SelfPay& self_pay) override;
  absl::Status UpdateSelfPay(const domain::SelfPay& self_pay) override;
  absl::StatusOr<domain::SelfPay> FindSelfPay(const domain::SelfPayId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::SelfPay>> SelfPayOf(const PatientId& patient, const std::string& program) override;
  absl::StatusOr<std::vector<domain::SelfPay>> ListSelfPay(const PatientId& patient, const Slice& slice) override;

  absl::Status InsertAuthorization(const domain::PriorAuthorization& auth) override;
  absl::Status SaveAuthorization(const domain::PriorAuthorization& auth) override;
  absl::StatusOr<domain::PriorAuthorization> FindAuthorization(const domain::AuthorizationId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::PriorAuthorization>> AuthorizationsOf(const PatientId& patient,
                                                                           const std::string& program,
                                                                           Lock lock) override;
  absl::StatusOr<std::vector<domain::PriorAuthorization>> ListAuthorizations(const AuthorizationFilter& filter,
                                                                             const Slice& slice) override;
  absl::Status InsertPacket(const domain::Packet& packet) override;
  absl::StatusOr<domain::Packet> FindPacket(const domain::AuthorizationId& id, int version) override;
  absl::StatusOr<std::vector<domain::Packet>> ListPackets(const domain::AuthorizationId& id,
                                                          const Slice& slice) override;
  absl::Status InsertReservation(const domain::Reservation& reservation) override;
  absl::Status SaveReservationState(const domain::Reservation& reservation) override;
  absl::StatusOr<domain::Reservation> FindReservation(const domain::ReservationId& id, Lock lock) override;
  absl::Status InsertLine(const domain::UnitLine& line) override;
  absl::Status UpdateLine(const domain::UnitLine& line) override;
  absl::StatusOr<std::optional<domain::UnitLine>> FindLine(int64_t id) override;
  absl::StatusOr<std::vector<domain::UnitLine>> LinesOfReservation(const domain::ReservationId& id) override;
  absl::StatusOr<std::vector<domain::UnitLine>> LinesOf(const PatientId& patient, const std::string& program) override;
  absl::StatusOr<std::vector<domain::UnitLine>> LinesOfAuthorization(const domain::AuthorizationId& id) override;
  absl::StatusOr<std::optional<domain::UnitLine>> LineOfVisit(const domain::CourseId& course,
                                                              const std::string& visit_id) override;
  absl::StatusOr<std::optional<domain::UnitLine>> LineOfAppointment(const domain::AppointmentId& id) override;
  absl::StatusOr<bool> NoteTreated(const domain::AppointmentId& id, absl::Time at) override;

  absl::Status InsertSetting(const domain::RemsSetting& setting) override;
  absl::Status UpdateSetting(const domain::RemsSetting& setting) override;
  absl::StatusOr<domain::RemsSetting> FindSetting(const domain::SettingId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::RemsSetting>> ListSettings(const Slice& slice) override;
  absl::Status InsertEnrollment(const domain::RemsEnrollment& enrollment) override;
  absl::Status UpdateEnrollment(const domain::RemsEnrollment& enrollment) override;
  absl::StatusOr<domain::RemsEnrollment> FindEnrollment(const domain::EnrollmentId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::RemsEnrollment>> ListEnrollments(const PatientId& patient,
                                                                      const Slice& slice) override;
  absl::Status InsertForm(const domain::MonitoringForm& form) override;
  absl::Status UpdateForm(const domain::MonitoringForm& form) override;
  absl::StatusOr<domain::MonitoringForm> FindForm(const domain::FormId& id, Lock lock) override;
  absl::StatusOr<std::optional<domain::MonitoringForm>> FormOfAppointment(const domain::AppointmentId& id) override;
  absl::StatusOr<std::vector<domain::MonitoringForm>> ListForms(const FormFilter& filter, const Slice& slice) override;
  absl::StatusOr<int> CountOverdueForms(absl::Time now) override;
  absl::StatusOr<bool> TreatedBefore(const PatientId& patient, const std::string& program, absl::CivilDay day) override;
  absl::Status InsertLot(const domain::StockLot& lot) override;
  absl::StatusOr<domain::StockLot> FindLot(const domain::LotId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::StockLot>> LotsOf(const std::string& drug, Lock lock) override;
  absl::StatusOr<std::vector<domain::StockLot>> ListLots(const std::string& drug, bool include_empty,
                                                         const Slice& slice) override;
  absl::Status InsertStockEvent(domain::StockEvent& event) override;
  absl::StatusOr<int> AllocatedFor(const domain::LotId& lot, const domain::AppointmentId& appointment) override;
  absl::StatusOr<std::vector<domain::StockEvent>> ListStockEvents(const domain::LotId& lot,
                                                                  const domain::AppointmentId& appointment,
                                                                  std::optional<absl::Time> from,
                                                                  std::optional<absl::Time> until,
                                                                  const Slice& slice) override;
  absl::StatusOr<bool> GivenFromBulk(const domain::AppointmentId& appointment) override;
  absl::Status InsertCount(const domain::StockCount& count) override;
  absl::StatusOr<std::vector<domain::StockCount>> ListCounts(const Slice& slice) override;
  absl::Status InsertMismatch(const domain::StockMismatch& mismatch) override;
  absl::Status UpdateMismatch(const domain::StockMismatch& mismatch) override;
  absl::StatusOr<domain::StockMismatch> FindMismatch(const domain::MismatchId& id, Lock lock) override;
  absl::StatusOr<std::vector<domain::StockMismatch>> ListMismatches(bool include_resolved, const Slice& slice) override;

 private:
  absl::StatusOr<std::vector<domain::PayerPolicy>> ReadPolicies(absl::string_view where,
                                                                const std::vector<pg::Param>& params);
  absl::StatusOr<std::vector<domain::PriorAuthorization>> ReadAuthorizations(absl::string_view where,
                                                                             const std::vector<pg::Param>& params);
  absl::StatusOr<std::vector<domain::UnitLine>> ReadLines(absl::string_view where,
                                                          const std::vector<pg::Param>& params);
  absl::StatusOr<std::vector<domain::RemsSetting>> ReadSettings(absl::string_view where,
                                                                const std::vector<pg::Param>& params);
  absl::StatusOr<std::vector<domain::MonitoringForm>> ReadForms(absl::string_view where,
                                                                const std::vector<pg::Param>& params);
  absl::Status WriteSites(const domain::RemsSetting& setting);
  absl::Status WriteFormRows(const domain::MonitoringForm& form);
  absl::Status WriteContests(const domain::PriorAuthorization& auth);
  absl::Status ReadPacketRows(domain::Packet& packet);
};

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_PG_TX_H_
