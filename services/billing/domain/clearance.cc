#include "services/billing/domain/clearance.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kat::billing {
namespace {

using State = Condition::State;

class Judgement {
 public:
  void Add(std::string code, bool met, std::string description, std::string subject = "",
           State otherwise = State::kUnmet, std::optional<absl::Time> expire_time = std::nullopt) {
    conditions.push_back({std::move(code), met ? State::kMet : otherwise, std::move(subject),
                          met ? "satisfied" : std::move(description), met ? expire_time : std::nullopt});
  }
  std::vector<Condition> conditions;
};

// Paid toward the program and neither given back nor used for what was charged before the estimate, nor kept by other
// bookings.
Minor Paid(const ClearanceFacts& facts) {
  Minor paid = 0;
  for (const Payment& payment : facts.payments) {
    if (payment.dispute != Payment::Dispute::kOpen) paid += payment.refundable();
  }
  const Minor used_before = std::max(facts.charged_before_estimate, facts.reserved_before_estimate);
  return std::max<Minor>(0, paid - used_before - facts.reserved_since_estimate);
}

void JudgeDeposit(const ClearanceFacts& facts, Minor deposit, Judgement& judgement) {
  if (!facts.deposit) return;
  judgement.Add("DEPOSIT_MISSING", Paid(facts) >= deposit, "less than the deposit was paid; take it", "",
                facts.deposit->required_before_booking ? State::kUnmet : State::kWarning);
}

void JudgeScenario(const ClearanceFacts& facts, Judgement& judgement) {
  const Estimate& estimate = *facts.estimate;
  const std::string subject = absl::StrCat("estimates/", estimate.id.str());
  switch (estimate.accepted_scenario) {
    case PaymentScenario::Kind::kPayInFull:
      judgement.Add("BALANCE_MISSING", Paid(facts) >= estimate.total(),
                    "to be paid in full before booking; take the rest", subject);
      break;
    case PaymentScenario::Kind::kPaymentPlan:
      judgement.Add("PLAN_MISSING", facts.plan && facts.plan->state != PaymentPlan::State::kCancelled,
                    "a payment plan was accepted and there is none; set it up", subject);
      break;
    case PaymentScenario::Kind::kFinanced: {
      const auto covers = [&](const FinancingApplication& a) {
        using S = FinancingApplication::State;
        return a.program == estimate.program &&
               (a.state == S::kApproved || a.state == S::kSaleAuthorized || a.state == S::kSettled ||
                a.state == S::kFundedToPatient || a.state == S::kPaidToClinic);
      };
      judgement.Add(
          "FINANCING_MISSING", std::any_of(facts.financing.begin(), facts.financing.end(), covers),
          "financing was accepted and the lender has not approved it; follow it up or accept another way to pay",
          subject);
      break;
    }
    default:
      break;
  }
}

void JudgeSelfPay(const ClearanceFacts& facts, Clearance& clearance, Judgement& judgement) {
  judgement.Add("ESTIMATE_NOT_ACCEPTED", facts.estimate.has_value(),
                "the patient has accepted no estimate; make one and have it accepted");
  if (facts.estimate) {
    const PaymentScenario* accepted = facts.estimate->Accepted();
    const bool financed = accepted != nullptr && accepted->kind == PaymentScenario::Kind::kFinanced;
    clearance.deposit = facts.deposit && !financed ? DepositOn(*facts.deposit, facts.estimate->total()) : 0;
    JudgeDeposit(facts, clearance.deposit, judgement);
    JudgeScenario(facts, judgement);
  } else if (facts.deposit) {
    judgement.Add("DEPOSIT_MISSING", Paid(facts) > 0, "the deposit is due with the accepted estimate; take it", "",
                  facts.deposit->required_before_booking ? State::kUnmet : State::kWarning);
  }
  if (facts.plan) {
    judgement.Add("INSTALLMENT_FAILED", !facts.plan->HasFailed(),
                  "an installment failed; ask for another card and retry it",
                  absl::StrCat("paymentPlans/", facts.plan->id.str()));
  }
  if (facts.cancellation && MustPrepay(*facts.cancellation, facts.visits, facts.today, facts.zone)) {
    const Minor total = facts.estimate ? facts.estimate->total() : 1;
    judgement.Add("PREPAYMENT_REQUIRED", Paid(facts) >= total,
                  "visits were missed or cancelled late as often as the policy allows; take all of the estimate first");
  }
  for (const GoodFaithEstimate& due : facts.good_faith_due) {
    judgement.Add("GOOD_FAITH_ESTIMATE_DUE", false, "a good faith estimate is owed; give it to the patient",
                  absl::StrCat("goodFaithEstimates/", due.id.str()),
                  facts.today > due.due_date ? State::kUnmet : State::kWarning);
  }
}

}  // namespace

BillingMode ModeOf(const std::optional<BillingArrangement>& arrangement, const std::optional<PriceList>& prices) {
  if (arrangement) return arrangement->mode;
  return prices ? prices->default_mode : BillingMode::kSelfPay;
}

bool Clearance::cleared() const {
  return std::none_of(conditions.begin(), conditions.end(),
                      [](const Condition& c) { return c.state == State::kUnmet; });
}

Clearance Judge(const ClearanceFacts& facts) {
  Clearance clearance;
  Judgement judgement;
  clearance.mode = ModeOf(facts.arrangement, facts.prices);
  judgement.Add("PRICE_LIST_MISSING", facts.prices.has_value(),
                "no price list is in force for the program; create one");
  if (clearance.mode == BillingMode::kInsured) {
    judgement.Add("BILLING_CONSENT_MISSING", facts.arrangement && facts.arrangement->billing_consent_date.has_value(),
                  "the patient has not consented to bill the payer; record the consent in the billing arrangement");
  } else {
    JudgeSelfPay(facts, clearance, judgement);
  }
  clearance.conditions = std::move(judgement.conditions);
  return clearance;
}

std::optional<FinancialReservation::State> Next(FinancialReservation::State state, FinancialReservation::Event event) {
  using S = FinancialReservation::State;
  static constexpr S kTable[5][3] = {
      /* unspecified */ {S::kUnspecified, S::kUnspecified, S::kUnspecified},
      /* reserved    */ {S::kConfirmed, S::kReleased, S::kExpired},
      /* confirmed   */ {S::kUnspecified, S::kReleased, S::kUnspecified},
      /* released    */ {S::kUnspecified, S::kUnspecified, S::kUnspecified},
      /* expired     */ {S::kConfirmed, S::kUnspecified, S::kUnspecified},
  };
  const S next = kTable[static_cast<int>(state)][static_cast<int>(event)];
  return next == S::kUnspecified ? std::nullopt : std::optional<S>(next);
}

}  // namespace kat::billing
