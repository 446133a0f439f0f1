#ifndef KAT_SERVICES_BILLING_DOMAIN_LEDGER_H_
#define KAT_SERVICES_BILLING_DOMAIN_LEDGER_H_

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/billing/domain/types.h"

// The books: double entry. Every function here makes a transaction whose entries sum to zero; nothing is ever edited.
namespace kat::billing {

struct LedgerAccount {
  enum class Type {
    kUnspecified = 0,
    kPatientReceivable = 1,
    kDepositLiability = 2,
    kCashClearing = 3,
    kRevenue = 4,
    kFeeRevenue = 5,
    kProcessorFees = 6,
    kRefundsPayable = 7,
    kWriteOff = 8,
  };

  Type type = Type::kUnspecified;
  Tender tender = Tender::kUnspecified;  // cash clearing alone
  PatientId patient;                     // accounts per patient alone

  friend bool operator==(const LedgerAccount&, const LedgerAccount&) = default;
  friend auto operator<=>(const LedgerAccount&, const LedgerAccount&) = default;
};

struct LedgerEntry {
  LedgerAccount account;
  Minor amount = 0;  // above 0 debits
};

using LedgerTransactionId = Id<struct LedgerTransactionTag>;

struct LedgerTransaction {
  enum class Kind {
    kUnspecified = 0,
    kCharge = 1,
    kPayment = 2,
    kDepositApplied = 3,
    kRefundApproved = 4,
    kRefundPaid = 5,
    kFee = 6,
    kWrittenOff = 7,
    kDisputeLost = 8,
    kReversal = 9,
    kEarlyStop = 10,
  };

  LedgerTransactionId id;
  Kind kind = Kind::kUnspecified;
  std::vector<LedgerEntry> entries;
  PatientId patient;
  std::string source;  // `payments/…`: resource that caused it, without the clinic
  LedgerTransactionId reverses;
  LedgerTransactionId reversed_by;
  std::string reason;
  absl::Time post_time;
};

// INTERNAL, LEDGER_UNBALANCED where the entries do not sum to zero or there are fewer than two.
absl::Status CheckBalanced(const LedgerTransaction& transaction);

// Care was given: the patient owes it.
LedgerTransaction ChargeVisit(const PatientId& patient, Minor amount);
// A fee: the patient owes it.
LedgerTransaction ChargeFee(const PatientId& patient, Minor amount);
// Money came in by `tender`, `fee` kept on the way; `to_balance` of it pays what is owed, the rest is held as a
// deposit.
LedgerTransaction ReceivePayment(const PatientId& patient, Tender tender, Minor amount, Minor fee, Minor to_balance);
// A deposit pays what is owed; a negative amount puts it back.
LedgerTransaction ApplyDeposit(const PatientId& patient, Minor amount);
// A refund was decided; `from_deposit` of it was not yet applied to care, the rest the patient owes again.
LedgerTransaction ApproveRefund(const PatientId& patient, Minor amount, Minor from_deposit);
LedgerTransaction PayRefund(const PatientId& patient, Tender tender, Minor amount);
LedgerTransaction WriteOff(const PatientId& patient, Minor amount);
// The card's bank took `amount` back; `from_deposit` of it was not yet applied to care.
LedgerTransaction LoseDispute(const PatientId& patient, Tender tender, Minor amount, Minor from_deposit);
// A course stopped early: sessions given cost `repriced` more.
LedgerTransaction Reprice(const PatientId& patient, Minor repriced);
// Takes back `transaction`: FAILED_PRECONDITION for kinds other than charge, fee and write-off, and where it was taken
// back.
absl::StatusOr<LedgerTransaction> Reverse(const LedgerTransaction& transaction, absl::string_view reason);

// Balances derived from transactions; what the store does in SQL, for tests and previews.
class Balances {
 public:
  absl::Status Post(const LedgerTransaction& transaction);
  Minor Of(const LedgerAccount& account) const;
  Minor Total() const;  // always 0

 private:
  std::map<LedgerAccount, Minor> balances_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_LEDGER_H_
