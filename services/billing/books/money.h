#ifndef KAT_SERVICES_BILLING_BOOKS_MONEY_H_
#define KAT_SERVICES_BILLING_BOOKS_MONEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/clients/card_processor.h"
#include "services/billing/store/store.h"

// How money moves: what handlers and workers both do inside one transaction, books and payments together. All of them
// lock the patient's account first.
namespace kat::billing {

// Posts with a new id, now. A transaction without entries is not posted; its id is empty.
absl::StatusOr<LedgerTransactionId> Post(Tx& tx, LedgerTransaction transaction, const std::string& source);

// Pays what the patient owes with deposits of the program.
absl::Status ApplyDeposits(Tx& tx, const PatientId& patient, absl::string_view program);

// Stores a payment whose money was taken, and books it. `payment` is stored already where `stored`.
absl::Status CapturePayment(Tx& tx, Payment& payment, bool stored);

// Takes the processor's answer into a pending payment: captured, declined, or left pending.
absl::Status SettlePayment(Tx& tx, Payment& payment, const ProcessorAnswer& answer, const std::string& processor);

// Decides a refund and has it paid out by a job.
absl::StatusOr<Refund> ApproveRefund(Tx& tx, Payment& payment, Minor amount, const std::string& reason);

// Pays a decided refund out; the processor is asked for cards alone.
absl::Status PayOutRefund(Tx& tx, Refund& refund, CardProcessor& processor);

// Takes back a charge, a fee or a write-off.
absl::StatusOr<LedgerTransaction> ReverseTransaction(Tx& tx, const LedgerTransactionId& id, const std::string& reason);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_MONEY_H_
