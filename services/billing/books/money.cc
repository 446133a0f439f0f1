#include "services/billing/books/money.h"

#include <algorithm>
#include <map>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/books/names.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

// Writes back the payments whose unapplied money changed.
absl::Status SaveChanged(Tx& tx, const std::vector<Payment>& before, std::vector<Payment>& after) {
  std::map<PaymentId, Minor> unapplied;
  for (const Payment& payment : before) unapplied[payment.id] = payment.unapplied;
  for (Payment& payment : after) {
    if (unapplied[payment.id] == payment.unapplied) continue;
    const int64_t read = payment.version++;
    payment.update_time = tx.now();
    RETURN_IF_ERROR(tx.Update(payment, read));
  }
  return absl::OkStatus();
}

absl::Status PublishPayment(Tx& tx, const Payment& payment, const char* type, const char* state) {
  return Publish(tx, {.type = type,
                      .collection = "payments",
                      .id = payment.id.str(),
                      .version = payment.version,
                      .state = state,
                      .patient = payment.patient,
                      .course = payment.course});
}

// Money of a booking in the making is not given back.
absl::Status CheckNotReserved(Tx& tx, const Payment& payment, Minor amount) {
  ASSIGN_OR_RETURN(const auto reservations, tx.StandingReservations(payment.patient, payment.program));
  Minor kept = 0;
  for (const FinancialReservation& reservation : reservations) {
    if (reservation.state == FinancialReservation::State::kReserved) kept += reservation.amount;
  }
  if (kept == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto payments, tx.CapturedPayments(payment.patient, payment.program));
  Minor held = 0;
  for (const Payment& each : payments) held += each.refundable();
  return held - amount >= kept ? absl::OkStatus() : errors::DepositReserved();
}

// What the patient is in credit after a reversal goes back on the payments that had paid it, whatever their program.
absl::Status ReturnCredit(Tx& tx, const PatientId& patient) {
  ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
  if (owed >= 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Payment> before, tx.CapturedPayments(patient));
  std::vector<Payment> after = before;
  const Minor placed = UnapplyLatestFirst(after, -owed);
  if (placed == 0) return absl::OkStatus();
  RETURN_IF_ERROR(SaveChanged(tx, before, after));
  return Post(tx, ApplyDeposit(patient, -placed), absl::StrCat("patients/", patient.str())).status();
}

}  // namespace

absl::StatusOr<LedgerTransactionId> Post(Tx& tx, LedgerTransaction transaction, const std::string& source) {
  if (transaction.entries.empty()) return LedgerTransactionId();
  transaction.id = LedgerTransactionId(NewId());
  transaction.source = source;
  transaction.post_time = tx.now();
  RETURN_IF_ERROR(tx.Insert(transaction));
  return transaction.id;
}

absl::Status ApplyDeposits(Tx& tx, const PatientId& patient, absl::string_view program) {
  ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
  if (owed <= 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Payment> before, tx.CapturedPayments(patient, program));
  std::vector<Payment> after = before;
  const Minor applied = ApplyOldestFirst(after, owed);
  if (applied == 0) return absl::OkStatus();
  RETURN_IF_ERROR(SaveChanged(tx, before, after));
  return Post(tx, ApplyDeposit(patient, applied), absl::StrCat("patients/", patient.str())).status();
}

absl::Status CapturePayment(Tx& tx, Payment& payment, bool stored) {
  RETURN_IF_ERROR(tx.LockAccount(payment.patient));
  ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, payment.patient));
  const Minor to_balance = Capture(payment, owed, tx.now());
  RETURN_IF_ERROR(Post(tx, ReceivePayment(payment.patient, payment.tender, payment.amount, payment.fee, to_balance),
                       absl::StrCat("payments/", payment.id.str()))
                      .status());
  if (stored) {
    const int64_t read = payment.version++;
    RETURN_IF_ERROR(tx.Update(payment, read));
  } else {
    RETURN_IF_ERROR(tx.Insert(payment));
  }
  return PublishPayment(tx, payment, "payment.captured", "CAPTURED");
}

absl::Status SettlePayment(Tx& tx, Payment& payment, const ProcessorAnswer& answer, const std::string& processor) {
  if (payment.state != Payment::State::kPending || answer.outcome == ProcessorAnswer::Outcome::kUnknown)
    return absl::OkStatus();
  payment.processor = processor;
  payment.processor_reference = answer.reference;
  RETURN_IF_ERROR(tx.CancelJob("payment.resolve", payment.id.str()));
  if (answer.outcome == ProcessorAnswer::Outcome::kDone) return CapturePayment(tx, payment, true);
  payment.state = Payment::State::kDeclined;
  payment.decline_code = answer.refusal_code;
  payment.update_time = tx.now();
  const int64_t read = payment.version++;
  RETURN_IF_ERROR(tx.Update(payment, read));
  return PublishPayment(tx, payment, "payment.declined", "DECLINED");
}

absl::StatusOr<Refund> ApproveRefund(Tx& tx, Payment& payment, Minor amount, const std::string& reason) {
  RETURN_IF_ERROR(CheckRefund(payment, amount));
  RETURN_IF_ERROR(CheckNotReserved(tx, payment, amount));
  const Minor from_deposit = TakeRefund(payment, amount, tx.now());
  const int64_t read = payment.version++;
  RETURN_IF_ERROR(tx.Update(payment, read));
  Refund refund{.id = Id<struct RefundTag>(NewId()),
                .payment = payment.id,
                .patient = payment.patient,
                .amount = amount,
                .reason = reason,
                .tender = payment.tender,
                .create_time = tx.now(),
                .update_time = tx.now()};
  RETURN_IF_ERROR(tx.Insert(refund));
  RETURN_IF_ERROR(
      Post(tx, ApproveRefund(payment.patient, amount, from_deposit), absl::StrCat("refunds/", refund.id.str()))
          .status());
  RETURN_IF_ERROR(tx.Schedule({.kind = "refund.pay", .key = refund.id.str(), .due_at = tx.now(), .payload = "{}"}));
  RETURN_IF_ERROR(Publish(tx, {.type = "refund.created",
                               .collection = "refunds",
                               .id = refund.id.str(),
                               .state = "PENDING",
                               .patient = refund.patient}));
  if (payment.refundable() > 0) return refund;
  ASSIGN_OR_RETURN(std::optional<FinancingApplication> financing, tx.FinancingPaidBy(payment.id));
  if (!financing) return refund;
  if (const auto next = Next(financing->lender, financing->state, FinancingApplication::Event::kRefund)) {
    financing->state = *next;
    financing->update_time = tx.now();
    const int64_t financing_read = financing->version++;
    RETURN_IF_ERROR(tx.Update(*financing, financing_read));
    RETURN_IF_ERROR(Publish(tx, {.type = "financing_application.updated",
                                 .collection = "financingApplications",
                                 .id = financing->id.str(),
                                 .version = financing->version,
                                 .state = "REFUNDED",
                                 .patient = financing->patient}));
  }
  return refund;
}

absl::Status PayOutRefund(Tx& tx, Refund& refund, CardProcessor& processor) {
  if (refund.state != Refund::State::kPending) return absl::OkStatus();
  RETURN_IF_ERROR(tx.LockAccount(refund.patient));
  ProcessorAnswer answer{ProcessorAnswer::Outcome::kDone};
  if (refund.tender == Tender::kCard) {
    ASSIGN_OR_RETURN(const Payment payment, tx.GetPayment(refund.payment));
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    answer = processor.Refund({.key = absl::StrCat("refund:", refund.id.str()),
                               .charge_reference = payment.processor_reference,
                               .amount = refund.amount,
                               .currency = settings.currency_code});
  }
  if (answer.outcome == ProcessorAnswer::Outcome::kUnknown) return PeerUnavailable("card processor");
  const bool paid = answer.outcome == ProcessorAnswer::Outcome::kDone;
  refund.state = paid ? Refund::State::kPaid : Refund::State::kFailed;
  refund.processor_reference = answer.reference;
  refund.failure_code = answer.refusal_code;
  refund.update_time = tx.now();
  RETURN_IF_ERROR(tx.Update(refund));
  if (paid) {
    RETURN_IF_ERROR(
        Post(tx, PayRefund(refund.patient, refund.tender, refund.amount), absl::StrCat("refunds/", refund.id.str()))
            .status());
  }
  Happening happening{.type = paid ? "refund.paid" : "refund.failed",
                      .collection = "refunds",
                      .id = refund.id.str(),
                      .version = 2,
                      .state = paid ? "PAID" : "FAILED",
                      .patient = refund.patient};
  if (!paid) happening.work = BillerWork("REFUND_FAILED", true, tx.now(), tx::Work::Urgency::kSoon);
  return Publish(tx, happening);
}

absl::StatusOr<LedgerTransaction> ReverseTransaction(Tx& tx, const LedgerTransactionId& id, const std::string& reason) {
  ASSIGN_OR_RETURN(const LedgerTransaction original, tx.GetTransaction(id));
  RETURN_IF_ERROR(tx.LockAccount(original.patient));
  ASSIGN_OR_RETURN(LedgerTransaction reversal, Reverse(original, reason));
  ASSIGN_OR_RETURN(reversal.id, Post(tx, reversal, original.source));
  RETURN_IF_ERROR(ReturnCredit(tx, original.patient));
  RETURN_IF_ERROR(Publish(tx, {.type = "ledger_transaction.reversed",
                               .collection = "ledgerTransactions",
                               .id = id.str(),
                               .version = 2,
                               .patient = original.patient}));
  return tx.GetTransaction(reversal.id);
}

}  // namespace kat::billing
