#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/billing/domain/card.h"
#include "services/billing/domain/payment.h"

namespace kat::billing {
namespace {

Payment Captured(const char* id, Tender tender, Minor amount, int day) {
  Payment payment;
  payment.id = PaymentId(id);
  payment.tender = tender;
  payment.amount = amount;
  payment.purpose = Payment::Purpose::kDeposit;
  Capture(payment, 0, absl::UnixEpoch() + absl::Hours(24 * day));
  return payment;
}

TEST(Card, NumbersAreSeenThroughSpacesHyphensAndPrefixes) {
  EXPECT_TRUE(LooksLikeCardNumber("4111111111111111"));
  EXPECT_TRUE(LooksLikeCardNumber("card 4111-1111 1111-1111 please"));
  EXPECT_TRUE(LooksLikeCardNumber("tok_378282246310005"));
  EXPECT_FALSE(LooksLikeCardNumber("4111111111111112"));
  EXPECT_FALSE(LooksLikeCardNumber("tok_sim_visa"));
  EXPECT_FALSE(LooksLikeCardNumber("check 1042 of 2026-11-23"));
}

TEST(Card, ARefusalNeverRepeatsTheNumber) {
  const absl::Status status = RefuseCardNumber("4111111111111111", "payment.reference");
  EXPECT_EQ(ErrorReason(status), "CARD_NUMBER_REFUSED");
  EXPECT_EQ(std::string(status.message()).find("4111"), std::string::npos);
}

TEST(Card, ACardIsGoodThroughItsLastMonth) {
  CardOnFile card{.patient = PatientId("ann"), .expiry_month = 11, .expiry_year = 2026};
  EXPECT_TRUE(CheckChargeable(card, PatientId("ann"), absl::CivilDay(2026, 11, 30)).ok());
  EXPECT_EQ(ErrorReason(CheckChargeable(card, PatientId("ann"), absl::CivilDay(2026, 12, 1))), "CARD_EXPIRED");
  EXPECT_EQ(ErrorReason(CheckChargeable(card, PatientId("bob"), absl::CivilDay(2026, 11, 30))),
            "CARD_OF_ANOTHER_PATIENT");
  card.state = CardOnFile::State::kRevoked;
  EXPECT_EQ(ErrorReason(CheckChargeable(card, PatientId("ann"), absl::CivilDay(2026, 11, 30))), "CARD_REVOKED");
}

TEST(Payment, BalancePaysWhatIsOwedAndHoldsTheRest) {
  Payment payment{.purpose = Payment::Purpose::kBalance, .amount = 500};
  EXPECT_EQ(Capture(payment, 300, absl::UnixEpoch()), 300);
  EXPECT_EQ(payment.unapplied, 200);
}

TEST(Payment, ADepositIsHeldEvenWhereSomethingIsOwed) {
  Payment payment{.purpose = Payment::Purpose::kDeposit, .amount = 500};
  EXPECT_EQ(Capture(payment, 300, absl::UnixEpoch()), 0);
  EXPECT_EQ(payment.unapplied, 500);
}

TEST(Refund, IsBoundedByCapturedLessRefunded) {
  Payment payment = Captured("p", Tender::kCard, 500, 0);
  EXPECT_EQ(ErrorReason(CheckRefund(payment, 501)), "REFUND_EXCEEDS_CAPTURED");
  TakeRefund(payment, 200, absl::UnixEpoch());
  EXPECT_TRUE(CheckRefund(payment, 200).ok());
  TakeRefund(payment, 200, absl::UnixEpoch());  // two refunds of one amount are two refunds
  EXPECT_EQ(payment.refundable(), 100);
  EXPECT_EQ(ErrorReason(CheckRefund(payment, 101)), "REFUND_EXCEEDS_CAPTURED");
}

TEST(Refund, IsBlockedByAnOpenDispute) {
  Payment payment = Captured("p", Tender::kCard, 500, 0);
  payment.dispute = Payment::Dispute::kOpen;
  EXPECT_EQ(ErrorReason(CheckRefund(payment, 1)), "DISPUTE_OPEN");
}

TEST(Refund, OfAPaymentThatWasNeverCapturedIsRefused) {
  EXPECT_EQ(ErrorReason(CheckRefund(Payment{.amount = 500}, 1)), "PAYMENT_NOT_CAPTURED");
}

TEST(Deposits, AreUsedOldestFirstAndPutBackLatestFirst) {
  std::vector<Payment> payments = {Captured("new", Tender::kCard, 300, 2), Captured("old", Tender::kCash, 300, 1)};
  EXPECT_EQ(ApplyOldestFirst(payments, 400), 400);
  EXPECT_EQ(payments[0].id, PaymentId("old"));
  EXPECT_EQ(payments[0].unapplied, 0);
  EXPECT_EQ(payments[1].unapplied, 200);
  EXPECT_EQ(UnapplyLatestFirst(payments, 150), 150);
  EXPECT_EQ(payments[0].id, PaymentId("new"));
  EXPECT_EQ(payments[0].unapplied, 300);
  EXPECT_EQ(payments[1].unapplied, 50);
}

TEST(EarlyStop, UnwindsThePackageAndRefundsLendersFirst) {
  const std::vector<Payment> payments = {Captured("card", Tender::kCard, 60'000, 1),
                                         Captured("cc", Tender::kCareCredit, 100'000, 2)};
  DepositPolicy policy;
  policy.early_stop_fee = 5'000;
  policy.unwind_package_discount = true;
  const EarlyStop stop = SettleEarlyStop(payments, {{40'000, 45'000}, {40'000, 45'000}}, 0, policy);
  EXPECT_EQ(stop.unapplied, 160'000);
  EXPECT_EQ(stop.repriced, 10'000);
  EXPECT_EQ(stop.fee, 5'000);
  EXPECT_EQ(stop.refund_total, 145'000);
  ASSERT_EQ(stop.refunds.size(), 2u);
  EXPECT_EQ(stop.refunds[0].tender, Tender::kCareCredit);
  EXPECT_EQ(stop.refunds[0].amount, 100'000);
  EXPECT_EQ(stop.refunds[1].amount, 45'000);
}

TEST(EarlyStop, NeverRefundsWhatIsOwed) {
  const EarlyStop stop = SettleEarlyStop({Captured("p", Tender::kCash, 1'000, 1)}, {}, 5'000, std::nullopt);
  EXPECT_EQ(stop.refund_total, 0);
  EXPECT_TRUE(stop.refunds.empty());
}

}  // namespace
}  // namespace kat::billing
