#include "services/billing/domain/ledger.h"

#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/billing/domain/payment.h"

namespace kat::billing {
namespace {

using Type = LedgerAccount::Type;

const PatientId kPatient("ann");

TEST(Ledger, EveryKindOfTransactionSumsToZero) {
  for (const LedgerTransaction& transaction :
       {ChargeVisit(kPatient, 500), ChargeFee(kPatient, 75), ReceivePayment(kPatient, Tender::kCard, 900, 27, 300),
        ApplyDeposit(kPatient, 250), ApproveRefund(kPatient, 100, 40), PayRefund(kPatient, Tender::kAch, 100),
        WriteOff(kPatient, 10), LoseDispute(kPatient, Tender::kCard, 900, 200), Reprice(kPatient, 30)}) {
    EXPECT_TRUE(CheckBalanced(transaction).ok());
  }
}

TEST(Ledger, AReversalTakesBackEveryEntryOnce) {
  LedgerTransaction charge = ChargeVisit(kPatient, 500);
  charge.id = LedgerTransactionId("t1");
  const auto reversal = Reverse(charge, "wrong visit");
  ASSERT_TRUE(reversal.ok());
  Balances books;
  ASSERT_TRUE(books.Post(charge).ok());
  ASSERT_TRUE(books.Post(*reversal).ok());
  EXPECT_EQ(books.Of({.type = Type::kPatientReceivable, .patient = kPatient}), 0);
  EXPECT_EQ(books.Of({.type = Type::kRevenue}), 0);
  charge.reversed_by = LedgerTransactionId("t2");
  EXPECT_EQ(ErrorReason(Reverse(charge, "again").status()), "ALREADY_REVERSED");
}

TEST(Ledger, PaymentsAreNotReversedButRefunded) {
  EXPECT_EQ(ErrorReason(Reverse(ReceivePayment(kPatient, Tender::kCash, 100, 0, 0), "oops").status()),
            "NOT_REVERSIBLE");
}

TEST(Ledger, AnUnbalancedTransactionIsRefused) {
  LedgerTransaction bad = ChargeVisit(kPatient, 500);
  bad.entries[0].amount = 499;
  EXPECT_EQ(ErrorReason(Balances().Post(bad)), "LEDGER_UNBALANCED");
}

// A patient's account driven by the same functions that the service uses.
class Account {
 public:
  explicit Account(int seed) : random_(seed) {}

  void Step(int step) {
    const absl::Time now = absl::UnixEpoch() + absl::Minutes(step);
    switch (Pick(7)) {
      case 0:
        Pay(now);
        break;
      case 1:
        Charge();
        break;
      case 2:
        Refund(now);
        break;
      case 3:
        ReverseOne();
        break;
      case 4:
        WriteOffSome();
        break;
      case 5:
        Dispute();
        break;
      default:
        Apply();
        break;
    }
  }

  Minor Owed() const { return books_.Of({.type = Type::kPatientReceivable, .patient = kPatient}); }
  Minor Held() const { return -books_.Of({.type = Type::kDepositLiability, .patient = kPatient}); }
  Minor Total() const { return books_.Total(); }
  Minor Unapplied() const {
    Minor sum = 0;
    for (const Payment& payment : payments_) sum += payment.unapplied;
    return sum;
  }

 private:
  int64_t Pick(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
  void Post(const LedgerTransaction& transaction) {
    if (transaction.entries.empty()) return;
    ASSERT_TRUE(books_.Post(transaction).ok());
    posted_.push_back(transaction);
  }

  void Pay(absl::Time now) {
    Payment payment;
    payment.id = PaymentId(std::to_string(payments_.size()));
    payment.purpose = Pick(2) == 0 ? Payment::Purpose::kDeposit : Payment::Purpose::kBalance;
    payment.tender = static_cast<Tender>(1 + Pick(6));
    payment.amount = 1 + Pick(100'000);
    payment.fee = IsLender(payment.tender) ? payment.amount / 20 : 0;
    const Minor to_balance = Capture(payment, Owed(), now);
    Post(ReceivePayment(kPatient, payment.tender, payment.amount, payment.fee, to_balance));
    payments_.push_back(payment);
  }
  void Charge() {
    Post(ChargeVisit(kPatient, 1 + Pick(60'000)));
    Apply();
  }
  void Apply() {
    if (const Minor applied = ApplyOldestFirst(payments_, Owed()); applied > 0) Post(ApplyDeposit(kPatient, applied));
  }
  void Refund(absl::Time now) {
    if (payments_.empty()) return;
    Payment& payment = payments_[Pick(payments_.size())];
    const Minor amount = 1 + Pick(120'000);
    if (!CheckRefund(payment, amount).ok()) return;
    Post(ApproveRefund(kPatient, amount, TakeRefund(payment, amount, now)));
    Post(PayRefund(kPatient, payment.tender, amount));
    EXPECT_LE(payment.refunded, payment.amount);
  }
  void ReverseOne() {
    if (posted_.empty()) return;
    LedgerTransaction& original = posted_[Pick(posted_.size())];
    const auto reversal = Reverse(original, "test");
    if (!reversal.ok()) return;
    original.reversed_by = LedgerTransactionId("r");
    Post(*reversal);
    if (Owed() < 0) {
      if (const Minor placed = UnapplyLatestFirst(payments_, -Owed()); placed > 0)
        Post(ApplyDeposit(kPatient, -placed));
    }
  }
  void WriteOffSome() {
    if (Owed() > 0) Post(WriteOff(kPatient, 1 + Pick(Owed())));
  }
  void Dispute() {
    if (payments_.empty()) return;
    Payment& payment = payments_[Pick(payments_.size())];
    if (payment.tender != Tender::kCard || payment.refundable() == 0 || Pick(10) != 0) return;
    Post(LoseDispute(kPatient, payment.tender, payment.refundable(), payment.unapplied));
    payment.unapplied = 0;
    payment.dispute = Payment::Dispute::kLost;
  }

  std::mt19937_64 random_;
  Balances books_;
  std::vector<Payment> payments_;
  std::vector<LedgerTransaction> posted_;
};

TEST(Ledger, TenThousandRandomOperationsBalanceAfterEach) {
  for (int seed = 1; seed <= 10; ++seed) {
    Account account(seed);
    for (int step = 0; step < 1000; ++step) {
      account.Step(step);
      ASSERT_EQ(account.Total(), 0) << "seed " << seed << " step " << step;
      ASSERT_EQ(account.Held(), account.Unapplied()) << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace kat::billing
