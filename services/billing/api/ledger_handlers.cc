#include "services/billing/api/ledger_handlers.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/money_converters.h"
#include "services/billing/books/money.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using FeeId = Id<struct CancellationFeeTag>;

// The next installment to fall due: the earliest with a date, else the first that waits for one.
const Installment* NextDue(const std::vector<PaymentPlan>& plans) {
  const Installment* next = nullptr;
  for (const PaymentPlan& plan : plans) {
    for (const Installment& each : plan.installments) {
      const bool open = each.state == Installment::State::kScheduled || each.state == Installment::State::kRetrying ||
                        each.state == Installment::State::kUnscheduled || each.state == Installment::State::kPaused;
      if (!open) continue;
      const bool earlier = next == nullptr || (each.due_time && (!next->due_time || *each.due_time < *next->due_time));
      if (earlier) next = &each;
    }
  }
  return next;
}

}  // namespace

void LedgerHandlers::Register(rpc::Service& service) {
  service.Unary("GetAccountSummary", this, &LedgerHandlers::GetAccountSummary);
  service.Unary("ListUnappliedDeposits", this, &LedgerHandlers::ListUnappliedDeposits);
  service.Unary("ListLedgerTransactions", this, &LedgerHandlers::ListTransactions);
  service.Unary("ReverseLedgerTransaction", this, &LedgerHandlers::Reverse);
  service.Unary("WriteOffBalance", this, &LedgerHandlers::WriteOffBalance);
  service.Unary("GetTrialBalance", this, &LedgerHandlers::GetTrialBalance);
  service.Unary("ListCharges", this, &LedgerHandlers::ListCharges);
  service.Unary("ListCancellationFees", this, &LedgerHandlers::ListFees);
  service.Unary("WaiveCancellationFee", this, &LedgerHandlers::WaiveFee);
}

absl::StatusOr<v1::AccountSummary> LedgerHandlers::GetAccountSummary(rpc::Call& call,
                                                                     const v1::GetAccountSummaryRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::AccountSummary> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    const PatientId patient = IdOf<PatientId>(request.patient());
    ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
    ASSIGN_OR_RETURN(const Minor payable, tx.Balance(LedgerAccount::Type::kRefundsPayable, patient));
    ASSIGN_OR_RETURN(const std::vector<Payment> payments, tx.CapturedPayments(patient));
    ASSIGN_OR_RETURN(const std::vector<PaymentPlan> plans, tx.ActivePlans(patient));
    v1::AccountSummary summary;
    summary.set_patient(request.patient());
    *summary.mutable_balance() = view.Money(std::max<Minor>(0, owed));
    *summary.mutable_refunds_pending() = view.Money(-payable);
    Minor unapplied = 0;
    for (const Payment& payment : payments) {
      if (payment.unapplied == 0) continue;
      unapplied += payment.unapplied;
      *summary.add_unapplied_deposits() = UnappliedToProto(view, payment, tx.now());
    }
    *summary.mutable_unapplied() = view.Money(unapplied);
    if (const Installment* next = NextDue(plans)) {
      *summary.mutable_next_due() = view.Money(next->amount);
      if (next->due_time) *summary.mutable_next_due_time() = rpc::ToProto(*next->due_time);
    }
    int failed = 0;
    for (const PaymentPlan& plan : plans) {
      for (const Installment& each : plan.installments) failed += each.state == Installment::State::kFailed;
    }
    summary.set_failed_installments(failed);
    return summary;
  });
}

absl::StatusOr<v1::ListUnappliedDepositsResponse> LedgerHandlers::ListUnappliedDeposits(
    rpc::Call& call, const v1::ListUnappliedDepositsRequest& request) {
  absl::Time now;
  return ServePage<v1::ListUnappliedDepositsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) {
        now = tx.now();
        return tx.UnappliedPayments(now - absl::Hours(24) * request.min_age_days(), run);
      },
      [&](const View& view, const Payment& payment, v1::ListUnappliedDepositsResponse& response) {
        *response.add_unapplied_deposits() = UnappliedToProto(view, payment, now);
      });
}

absl::StatusOr<v1::ListLedgerTransactionsResponse> LedgerHandlers::ListTransactions(
    rpc::Call& call, const v1::ListLedgerTransactionsRequest& request) {
  return ServePage<v1::ListLedgerTransactionsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListTransactions(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const LedgerTransaction& transaction, v1::ListLedgerTransactionsResponse& response) {
        *response.add_ledger_transactions() = ToProto(view, transaction);
      });
}

absl::StatusOr<v1::LedgerTransaction> LedgerHandlers::Reverse(rpc::Call& call,
                                                              const v1::ReverseLedgerTransactionRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::LedgerTransaction> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    RETURN_IF_ERROR(RefuseCardNumber(request.reason(), "reason"));
    ASSIGN_OR_RETURN(const LedgerTransaction reversal,
                     ReverseTransaction(tx, IdOf<LedgerTransactionId>(request.name()), request.reason()));
    call.Touch(view.Name("patients", reversal.patient));
    return ToProto(view, reversal);
  });
}

absl::StatusOr<v1::LedgerTransaction> LedgerHandlers::WriteOffBalance(rpc::Call& call,
                                                                      const v1::WriteOffBalanceRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::LedgerTransaction> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Minor amount, MinorOf(view, request.amount(), "amount"));
    RETURN_IF_ERROR(CheckAmount(amount, 1, "amount"));
    RETURN_IF_ERROR(RefuseCardNumber(request.reason(), "reason"));
    const PatientId patient = IdOf<PatientId>(request.patient());
    RETURN_IF_ERROR(tx.LockAccount(patient));
    ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
    if (amount > owed) return errors::WriteOffExceedsBalance();
    LedgerTransaction transaction = WriteOff(patient, amount);
    transaction.reason = request.reason();
    ASSIGN_OR_RETURN(const LedgerTransactionId id, Post(tx, transaction, absl::StrCat("patients/", patient.str())));
    RETURN_IF_ERROR(Publish(tx, {.type = "ledger_transaction.created",
                                 .collection = "ledgerTransactions",
                                 .id = id.str(),
                                 .patient = patient}));
    ASSIGN_OR_RETURN(const LedgerTransaction posted, tx.GetTransaction(id));
    return ToProto(view, posted);
  });
}

absl::StatusOr<v1::TrialBalance> LedgerHandlers::GetTrialBalance(rpc::Call& call, const v1::GetTrialBalanceRequest&) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::TrialBalance> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const std::vector<TrialBalanceRow> rows, tx.TrialBalance());
    v1::TrialBalance balance;
    Minor total = 0;
    for (const TrialBalanceRow& row : rows) {
      total += row.debits - row.credits;
      *balance.add_balances() = ToProto(view, row);
    }
    *balance.mutable_total() = view.Money(total);
    *balance.mutable_as_of_time() = rpc::ToProto(tx.now());
    return balance;
  });
}

absl::StatusOr<v1::ListChargesResponse> LedgerHandlers::ListCharges(rpc::Call& call,
                                                                    const v1::ListChargesRequest& request) {
  return ServePage<v1::ListChargesResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListCharges(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const Charge& charge, v1::ListChargesResponse& response) {
        *response.add_charges() = ToProto(view, charge);
      });
}

absl::StatusOr<v1::ListCancellationFeesResponse> LedgerHandlers::ListFees(
    rpc::Call& call, const v1::ListCancellationFeesRequest& request) {
  return ServePage<v1::ListCancellationFeesResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListFees(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const CancellationFee& fee, v1::ListCancellationFeesResponse& response) {
        *response.add_cancellation_fees() = ToProto(view, fee);
      });
}

absl::StatusOr<v1::CancellationFee> LedgerHandlers::WaiveFee(rpc::Call& call,
                                                             const v1::WaiveCancellationFeeRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CancellationFee> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(CancellationFee fee, tx.GetFee(IdOf<FeeId>(request.name())));
    if (fee.state == CancellationFee::State::kWaived) return WrongState("cancellation fee", "WAIVED", "waive");
    RETURN_IF_ERROR(ReverseTransaction(tx, fee.transaction, request.reason()).status());
    fee.state = CancellationFee::State::kWaived;
    fee.waive_reason = request.reason();
    fee.update_time = tx.now();
    const int64_t read = fee.version++;
    RETURN_IF_ERROR(tx.Update(fee, read));
    RETURN_IF_ERROR(Publish(tx, {.type = "cancellation_fee.waived",
                                 .collection = "cancellationFees",
                                 .id = fee.id.str(),
                                 .version = fee.version,
                                 .state = "WAIVED",
                                 .patient = fee.patient,
                                 .appointment = fee.appointment}));
    return ToProto(view, fee);
  });
}

}  // namespace kat::billing
