#include "services/billing/domain/financing.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/billing/domain/clearance.h"

namespace kat::billing {
namespace {

using S = FinancingApplication::State;
using E = FinancingApplication::Event;

const absl::CivilDay kToday(2026, 11, 23);
const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2026, 11, 23, 15, 0, 0), absl::UTCTimeZone());

LenderPolicy CareCreditTerms() {
  LenderPolicy policy;
  policy.lender = Tender::kCareCredit;
  policy.max_future_service_days = 30;
  policy.large_sale_above = 100'000;
  policy.large_sale_wait_days = 3;
  policy.promotions = {{6, 500, 20'000}, {12, 990, 20'000}};
  return policy;
}

FinancingApplication Approved(int days_ago) {
  FinancingApplication application;
  application.lender = Tender::kCareCredit;
  application.state = S::kApproved;
  application.approved_limit = 500'000;
  application.apply_time = kNow - absl::Hours(24 * days_ago);
  return application;
}

absl::Status Sell(FinancingApplication& application, Minor amount, int months, const Chargeable& chargeable) {
  return Record(application, {.event = E::kAuthorizeSale, .sale_amount = amount, .promotion_months = months},
                CareCreditTerms(), chargeable, kToday, absl::UTCTimeZone(), kNow);
}

TEST(Financing, EveryStateAndEventHasAnAnswerAtBothLenders) {
  for (const Tender lender : {Tender::kCareCredit, Tender::kProsperLoan}) {
    for (int state = 0; state < 16; ++state) {
      for (int event = 0; event < 15; ++event) {
        const auto next = Next(lender, static_cast<S>(state), static_cast<E>(event));
        if (next) {
          EXPECT_NE(*next, S::kUnspecified);
        }
      }
    }
    for (const S final : {S::kDeclined, S::kCancelled, S::kExpired, S::kRefunded}) {
      EXPECT_TRUE(PossibleEvents(lender, final).empty());
    }
  }
}

TEST(Financing, LendersDoNotShareStates) {
  EXPECT_TRUE(Next(Tender::kCareCredit, S::kApproved, E::kAuthorizeSale));
  EXPECT_FALSE(Next(Tender::kProsperLoan, S::kApproved, E::kAuthorizeSale));
  EXPECT_TRUE(Next(Tender::kProsperLoan, S::kApproved, E::kFund));
  EXPECT_FALSE(Next(Tender::kCareCredit, S::kApproved, E::kFund));
}

TEST(CareCredit, ChargesNothingThatIsMoreThanThirtyDaysAhead) {
  const Chargeable chargeable{.owed = 10'000,
                              .visits = {{kToday + 7, 50'000}, {kToday + 30, 50'000}, {kToday + 31, 50'000}}};
  EXPECT_EQ(LargestSale(CareCreditTerms(), chargeable, kToday), 110'000);
  FinancingApplication application = Approved(5);
  const absl::Status refused = Sell(application, 110'001, 12, chargeable);
  EXPECT_EQ(ErrorReason(refused), "FUTURE_SERVICES_NOT_CHARGEABLE");
  EXPECT_EQ(GetErrorDetail(refused)->metadata.at("largest_minor_units"), "110000");
  EXPECT_EQ(application.state, S::kApproved);
  ASSERT_TRUE(Sell(application, 110'000, 12, chargeable).ok());
  EXPECT_EQ(application.state, S::kSaleAuthorized);
  EXPECT_EQ(application.fee, 10'890);
}

TEST(CareCredit, ALargeSaleWaitsThreeDays) {
  const Chargeable chargeable{.owed = 300'000};
  FinancingApplication application = Approved(2);
  EXPECT_EQ(ErrorReason(Sell(application, 100'001, 12, chargeable)), "LARGE_SALE_MUST_WAIT");
  EXPECT_TRUE(Sell(application, 100'000, 12, chargeable).ok());
}

TEST(CareCredit, KeepsToTheLimitAndThePromotions) {
  const Chargeable chargeable{.owed = 900'000};
  FinancingApplication application = Approved(9);
  EXPECT_EQ(ErrorReason(Sell(application, 500'001, 12, chargeable)), "SALE_EXCEEDS_LIMIT");
  EXPECT_EQ(ErrorReason(Sell(application, 50'000, 18, chargeable)), "PROMOTION_UNKNOWN");
  EXPECT_EQ(ErrorReason(Sell(application, 19'999, 6, chargeable)), "PROMOTION_UNKNOWN");
}

TEST(Financing, RefusesWhatDoesNotFollow) {
  FinancingApplication application;
  application.lender = Tender::kCareCredit;
  EXPECT_EQ(
      ErrorReason(Record(application, {.event = E::kSettle}, std::nullopt, {}, kToday, absl::UTCTimeZone(), kNow)),
      "STATE_FORBIDS");
}

ClearanceFacts SelfPayFacts() {
  ClearanceFacts facts;
  facts.prices.emplace();
  facts.prices->default_mode = BillingMode::kSelfPay;
  facts.deposit.emplace();
  facts.deposit->amount = 50'000;
  facts.deposit->required_before_booking = true;
  facts.today = kToday;
  return facts;
}

std::vector<std::string> Unmet(const Clearance& clearance) {
  std::vector<std::string> codes;
  for (const Condition& condition : clearance.conditions) {
    if (condition.state == Condition::State::kUnmet) codes.push_back(condition.code);
  }
  return codes;
}

Estimate AcceptedWith(PaymentScenario::Kind kind) {
  Estimate estimate;
  estimate.id = EstimateId("e1");
  estimate.state = Estimate::State::kAccepted;
  estimate.accepted_scenario = kind;
  estimate.lines = {{"infusion", "", "", 6, 50'000, 0}};
  estimate.scenarios = {{kind, 50'000}};
  return estimate;
}

Payment Paid(Minor amount) {
  Payment payment{.purpose = Payment::Purpose::kDeposit, .amount = amount};
  Capture(payment, 0, kNow);
  return payment;
}

TEST(Clearance, NamesEveryUnmetCondition) {
  EXPECT_EQ(Unmet(Judge(SelfPayFacts())), (std::vector<std::string>{"ESTIMATE_NOT_ACCEPTED", "DEPOSIT_MISSING"}));
}

TEST(Clearance, IsGivenWithDepositAndPlan) {
  ClearanceFacts facts = SelfPayFacts();
  facts.estimate = AcceptedWith(PaymentScenario::Kind::kPaymentPlan);
  facts.payments = {Paid(50'000)};
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"PLAN_MISSING"});
  facts.plan.emplace();
  const Clearance clearance = Judge(facts);
  EXPECT_TRUE(clearance.cleared());
  EXPECT_EQ(clearance.deposit, 50'000);
}

TEST(Clearance, DoesNotCountADepositTwice) {
  ClearanceFacts facts = SelfPayFacts();
  facts.estimate = AcceptedWith(PaymentScenario::Kind::kPayPerVisit);
  facts.payments = {Paid(50'000)};
  EXPECT_TRUE(Judge(facts).cleared());
  facts.reserved_since_estimate = 50'000;
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"DEPOSIT_MISSING"});
}

TEST(Clearance, PayInFullMeansAllOfIt) {
  ClearanceFacts facts = SelfPayFacts();
  facts.estimate = AcceptedWith(PaymentScenario::Kind::kPayInFull);
  facts.payments = {Paid(299'999)};
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"BALANCE_MISSING"});
  facts.payments.push_back(Paid(1));
  EXPECT_TRUE(Judge(facts).cleared());
}

TEST(Clearance, AGoodFaithEstimateWarnsAndThenBlocks) {
  ClearanceFacts facts = SelfPayFacts();
  facts.estimate = AcceptedWith(PaymentScenario::Kind::kPayPerVisit);
  facts.payments = {Paid(50'000)};
  facts.good_faith_due.emplace_back();
  facts.good_faith_due[0].due_date = kToday;
  EXPECT_TRUE(Judge(facts).cleared());
  facts.today = kToday + 1;
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"GOOD_FAITH_ESTIMATE_DUE"});
}

TEST(Clearance, InsuredPatientsNeedConsentAndNoDeposit) {
  ClearanceFacts facts = SelfPayFacts();
  facts.arrangement.emplace();
  facts.arrangement->mode = BillingMode::kInsured;
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"BILLING_CONSENT_MISSING"});
  facts.arrangement->billing_consent_date = kToday;
  EXPECT_TRUE(Judge(facts).cleared());
}

TEST(Clearance, RepeatedMissesAskForAllOfIt) {
  ClearanceFacts facts = SelfPayFacts();
  facts.zone = absl::UTCTimeZone();
  facts.estimate = AcceptedWith(PaymentScenario::Kind::kPayPerVisit);
  facts.payments = {Paid(50'000)};
  facts.cancellation.emplace();
  facts.cancellation->repeat_count = 1;
  facts.cancellation->repeat_window_days = 30;
  facts.visits.emplace_back();
  facts.visits[0].late = true;
  facts.visits[0].start_time = kNow - absl::Hours(48);
  EXPECT_EQ(Unmet(Judge(facts)), std::vector<std::string>{"PREPAYMENT_REQUIRED"});
}

TEST(Reservation, ABookingThatStandsConfirmsEvenWhatExpired) {
  using R = FinancialReservation;
  EXPECT_EQ(Next(R::State::kExpired, R::Event::kConfirm), R::State::kConfirmed);
  EXPECT_FALSE(Next(R::State::kReleased, R::Event::kConfirm));
  EXPECT_FALSE(Next(R::State::kConfirmed, R::Event::kExpire));
}

}  // namespace
}  // namespace kat::billing
