#include "services/billing/domain/ledger.h"

#include "libs/base/status_macros.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using Type = LedgerAccount::Type;
using Kind = LedgerTransaction::Kind;

LedgerAccount Receivable(const PatientId& patient) { return {.type = Type::kPatientReceivable, .patient = patient}; }
LedgerAccount Deposits(const PatientId& patient) { return {.type = Type::kDepositLiability, .patient = patient}; }
LedgerAccount Payable(const PatientId& patient) { return {.type = Type::kRefundsPayable, .patient = patient}; }
LedgerAccount Cash(Tender tender) { return {.type = Type::kCashClearing, .tender = tender}; }
LedgerAccount Of(Type type) { return {.type = type}; }

// Entries of zero are left out: they would say nothing.
LedgerTransaction Make(Kind kind, const PatientId& patient, const std::vector<LedgerEntry>& entries) {
  LedgerTransaction transaction;
  transaction.kind = kind;
  transaction.patient = patient;
  for (const LedgerEntry& entry : entries) {
    if (entry.amount != 0) transaction.entries.push_back(entry);
  }
  return transaction;
}

}  // namespace

absl::Status CheckBalanced(const LedgerTransaction& transaction) {
  Minor sum = 0;
  for (const LedgerEntry& entry : transaction.entries) sum += entry.amount;
  return sum == 0 && transaction.entries.size() >= 2 ? absl::OkStatus() : errors::Unbalanced();
}

LedgerTransaction ChargeVisit(const PatientId& patient, Minor amount) {
  return Make(Kind::kCharge, patient, {{Receivable(patient), amount}, {Of(Type::kRevenue), -amount}});
}

LedgerTransaction ChargeFee(const PatientId& patient, Minor amount) {
  return Make(Kind::kFee, patient, {{Receivable(patient), amount}, {Of(Type::kFeeRevenue), -amount}});
}

LedgerTransaction ReceivePayment(const PatientId& patient, Tender tender, Minor amount, Minor fee, Minor to_balance) {
  return Make(Kind::kPayment, patient,
              {{Cash(tender), amount - fee},
               {Of(Type::kProcessorFees), fee},
               {Receivable(patient), -to_balance},
               {Deposits(patient), to_balance - amount}});
}

LedgerTransaction ApplyDeposit(const PatientId& patient, Minor amount) {
  return Make(Kind::kDepositApplied, patient, {{Deposits(patient), amount}, {Receivable(patient), -amount}});
}

LedgerTransaction ApproveRefund(const PatientId& patient, Minor amount, Minor from_deposit) {
  return Make(
      Kind::kRefundApproved, patient,
      {{Deposits(patient), from_deposit}, {Receivable(patient), amount - from_deposit}, {Payable(patient), -amount}});
}

LedgerTransaction PayRefund(const PatientId& patient, Tender tender, Minor amount) {
  return Make(Kind::kRefundPaid, patient, {{Payable(patient), amount}, {Cash(tender), -amount}});
}

LedgerTransaction WriteOff(const PatientId& patient, Minor amount) {
  return Make(Kind::kWrittenOff, patient, {{Of(Type::kWriteOff), amount}, {Receivable(patient), -amount}});
}

LedgerTransaction LoseDispute(const PatientId& patient, Tender tender, Minor amount, Minor from_deposit) {
  return Make(
      Kind::kDisputeLost, patient,
      {{Deposits(patient), from_deposit}, {Receivable(patient), amount - from_deposit}, {Cash(tender), -amount}});
}

LedgerTransaction Reprice(const PatientId& patient, Minor repriced) {
  return Make(Kind::kEarlyStop, patient, {{Receivable(patient), repriced}, {Of(Type::kRevenue), -repriced}});
}

absl::StatusOr<LedgerTransaction> Reverse(const LedgerTransaction& transaction, absl::string_view reason) {
  if (transaction.kind != Kind::kCharge && transaction.kind != Kind::kFee && transaction.kind != Kind::kWrittenOff) {
    return errors::NotReversible();
  }
  if (!transaction.reversed_by.empty()) return errors::AlreadyReversed();
  LedgerTransaction reversal = transaction;
  reversal.id = {};
  reversal.kind = Kind::kReversal;
  reversal.reverses = transaction.id;
  reversal.reason = std::string(reason);
  for (LedgerEntry& entry : reversal.entries) entry.amount = -entry.amount;
  return reversal;
}

absl::Status Balances::Post(const LedgerTransaction& transaction) {
  RETURN_IF_ERROR(CheckBalanced(transaction));
  for (const LedgerEntry& entry : transaction.entries) balances_[entry.account] += entry.amount;
  return absl::OkStatus();
}

Minor Balances::Of(const LedgerAccount& account) const {
  const auto found = balances_.find(account);
  return found == balances_.end() ? 0 : found->second;
}

Minor Balances::Total() const {
  Minor total = 0;
  for (const auto& [account, balance] : balances_) total += balance;
  return total;
}

}  // namespace kat::billing
