#ifndef KAT_SERVICES_BILLING_STORE_MONEY_TABLES_H_
#define KAT_SERVICES_BILLING_STORE_MONEY_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/cancellation.h"
#include "services/billing/domain/card.h"
#include "services/billing/domain/charge.h"
#include "services/billing/domain/ledger.h"
#include "services/billing/domain/payment.h"
#include "services/billing/store/page.h"

namespace kat::billing {

struct TrialBalanceRow {
  LedgerAccount account;
  Minor debits = 0;
  Minor credits = 0;
};

class MoneyTables {
 public:
  virtual ~MoneyTables() = default;

  // Serializes all that changes a patient's money until the transaction ends.
  virtual absl::Status LockAccount(const PatientId& patient) = 0;

  // FAILED_PRECONDITION, ALREADY_REVERSED for a second reversal. That it balances is checked here and, at commit, by
  // the database.
  virtual absl::Status Insert(const LedgerTransaction& transaction) = 0;
  virtual absl::StatusOr<LedgerTransaction> GetTransaction(const LedgerTransactionId& id) = 0;
  virtual absl::StatusOr<List<LedgerTransaction>> ListTransactions(const PatientId& patient, const Run& run) = 0;
  virtual absl::StatusOr<Minor> Balance(LedgerAccount::Type type, const PatientId& patient) = 0;
  virtual absl::StatusOr<std::vector<TrialBalanceRow>> TrialBalance() = 0;

  virtual absl::Status Insert(const CardOnFile& card) = 0;
  virtual absl::Status Update(const CardOnFile& card) = 0;
  virtual absl::StatusOr<CardOnFile> GetCard(const CardId& id) = 0;
  virtual absl::StatusOr<List<CardOnFile>> ListCards(const PatientId& patient, const Run& run) = 0;

  virtual absl::Status Insert(const Payment& payment) = 0;
  virtual absl::Status Update(const Payment& payment, int64_t read_version) = 0;
  virtual absl::StatusOr<Payment> GetPayment(const PaymentId& id) = 0;
  virtual absl::StatusOr<std::optional<Payment>> FindPaymentByKey(absl::string_view idempotency_key) = 0;
  // Captured ones, the oldest first.
  virtual absl::StatusOr<std::vector<Payment>> CapturedPayments(const PatientId& patient,
                                                                absl::string_view program) = 0;
  virtual absl::StatusOr<std::vector<Payment>> CapturedPayments(const PatientId& patient) = 0;
  virtual absl::StatusOr<List<Payment>> ListPayments(const PatientId& patient, const Run& run) = 0;
  // With something unapplied, captured at or before `until`; the oldest first, after the payment numbered `run.before`.
  virtual absl::StatusOr<List<Payment>> UnappliedPayments(absl::Time until, const Run& run) = 0;

  virtual absl::Status Insert(const Refund& refund) = 0;
  virtual absl::Status Update(const Refund& refund) = 0;
  virtual absl::StatusOr<Refund> GetRefund(const Id<struct RefundTag>& id) = 0;
  virtual absl::StatusOr<List<Refund>> ListRefunds(const PatientId& patient, const PaymentId& payment,
                                                   const Run& run) = 0;

  // One per visit: ALREADY_EXISTS.
  virtual absl::Status Insert(const Charge& charge) = 0;
  virtual absl::StatusOr<std::optional<Charge>> ChargeOf(const AppointmentId& appointment) = 0;
  // Those not reversed, the oldest first.
  virtual absl::StatusOr<std::vector<Charge>> StandingCharges(const PatientId& patient, absl::string_view program) = 0;
  virtual absl::StatusOr<List<Charge>> ListCharges(const PatientId& patient, const Run& run) = 0;

  // One per visit: ALREADY_EXISTS.
  virtual absl::Status Insert(const CancellationFee& fee) = 0;
  virtual absl::Status Update(const CancellationFee& fee, int64_t read_version) = 0;
  virtual absl::StatusOr<CancellationFee> GetFee(const Id<struct CancellationFeeTag>& id) = 0;
  virtual absl::StatusOr<std::optional<CancellationFee>> FeeOf(const AppointmentId& appointment) = 0;
  virtual absl::StatusOr<List<CancellationFee>> ListFees(const PatientId& patient, const Run& run) = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_MONEY_TABLES_H_
