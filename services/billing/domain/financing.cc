#include "services/billing/domain/financing.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/card.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using S = FinancingApplication::State;
using E = FinancingApplication::Event;
using Table = std::map<std::pair<S, E>, S>;

// CareCredit: an open-end account; a sale is authorized and settled net of the promotion's fee. What is not listed does
// not follow.
const Table& CareCredit() {
  static const auto* const table = new Table{
      {{S::kOffered, E::kPrequalify}, S::kPrequalified}, {{S::kOffered, E::kApply}, S::kApplied},
      {{S::kOffered, E::kCancel}, S::kCancelled},        {{S::kOffered, E::kExpire}, S::kExpired},
      {{S::kPrequalified, E::kApply}, S::kApplied},      {{S::kPrequalified, E::kCancel}, S::kCancelled},
      {{S::kPrequalified, E::kExpire}, S::kExpired},     {{S::kApplied, E::kPend}, S::kPending},
      {{S::kApplied, E::kApprove}, S::kApproved},        {{S::kApplied, E::kDecline}, S::kDeclined},
      {{S::kApplied, E::kCancel}, S::kCancelled},        {{S::kPending, E::kApprove}, S::kApproved},
      {{S::kPending, E::kDecline}, S::kDeclined},        {{S::kPending, E::kCancel}, S::kCancelled},
      {{S::kPending, E::kExpire}, S::kExpired},          {{S::kApproved, E::kAuthorizeSale}, S::kSaleAuthorized},
      {{S::kApproved, E::kCancel}, S::kCancelled},       {{S::kApproved, E::kExpire}, S::kExpired},
      {{S::kSaleAuthorized, E::kSettle}, S::kSettled},   {{S::kSaleAuthorized, E::kCancel}, S::kCancelled},
      {{S::kSettled, E::kRefund}, S::kRefunded},
  };
  return *table;
}

// Prosper Healthcare Lending: an installment loan paid out to the borrower, who pays the clinic.
const Table& Prosper() {
  static const auto* const table = new Table{
      {{S::kOffered, E::kPrequalify}, S::kPrequalified},
      {{S::kOffered, E::kDecline}, S::kDeclined},
      {{S::kOffered, E::kCancel}, S::kCancelled},
      {{S::kOffered, E::kExpire}, S::kExpired},
      {{S::kPrequalified, E::kSelectOffer}, S::kOfferSelected},
      {{S::kPrequalified, E::kCancel}, S::kCancelled},
      {{S::kPrequalified, E::kExpire}, S::kExpired},
      {{S::kOfferSelected, E::kRequestDocuments}, S::kDocumentsPending},
      {{S::kOfferSelected, E::kApprove}, S::kApproved},
      {{S::kOfferSelected, E::kDecline}, S::kDeclined},
      {{S::kOfferSelected, E::kCancel}, S::kCancelled},
      {{S::kOfferSelected, E::kExpire}, S::kExpired},
      {{S::kDocumentsPending, E::kApprove}, S::kApproved},
      {{S::kDocumentsPending, E::kDecline}, S::kDeclined},
      {{S::kDocumentsPending, E::kCancel}, S::kCancelled},
      {{S::kDocumentsPending, E::kExpire}, S::kExpired},
      {{S::kApproved, E::kFund}, S::kFundedToPatient},
      {{S::kApproved, E::kCancel}, S::kCancelled},
      {{S::kApproved, E::kExpire}, S::kExpired},
      {{S::kFundedToPatient, E::kPayClinic}, S::kPaidToClinic},
      {{S::kPaidToClinic, E::kRefund}, S::kRefunded},
  };
  return *table;
}

absl::Status AuthorizeSale(FinancingApplication& application, const FinancingFacts& facts,
                           const std::optional<LenderPolicy>& policy, const Chargeable& chargeable,
                           absl::CivilDay today, absl::TimeZone zone) {
  if (!facts.sale_amount) return InvalidField("sale_amount", "is required for a sale");
  RETURN_IF_ERROR(CheckAmount(*facts.sale_amount, 1, "sale_amount"));
  if (!policy) return errors::LenderPolicyMissing();
  if (*facts.sale_amount > application.approved_limit) return errors::SaleExceedsLimit();
  if (policy->large_sale_above && *facts.sale_amount > *policy->large_sale_above && application.apply_time) {
    const absl::CivilDay from = DayAt(*application.apply_time, zone) + policy->large_sale_wait_days;
    if (today < from) return errors::LargeSaleMustWait(from);
  }
  if (const auto largest = LargestSale(*policy, chargeable, today); largest && *facts.sale_amount > *largest) {
    return errors::FutureServicesNotChargeable(*largest);
  }
  if (!policy->promotions.empty()) {
    const auto promotion = std::find_if(policy->promotions.begin(), policy->promotions.end(), [&](const auto& p) {
      return p.months == facts.promotion_months && *facts.sale_amount >= p.minimum;
    });
    if (promotion == policy->promotions.end()) return errors::PromotionUnknown();
    application.fee = BasisPointsOf(*facts.sale_amount, promotion->fee_basis_points);
  }
  application.sale_amount = *facts.sale_amount;
  application.promotion_months = facts.promotion_months;
  return absl::OkStatus();
}

}  // namespace

std::optional<FinancingApplication::State> Next(Tender lender, FinancingApplication::State state,
                                                FinancingApplication::Event event) {
  const Table& table = lender == Tender::kCareCredit ? CareCredit() : Prosper();
  const auto found = table.find({state, event});
  return found == table.end() ? std::nullopt : std::optional<S>(found->second);
}

std::vector<FinancingApplication::Event> PossibleEvents(Tender lender, FinancingApplication::State state) {
  std::vector<E> events;
  for (int event = static_cast<int>(E::kPrequalify); event < static_cast<int>(E::kRefund); ++event) {
    if (Next(lender, state, static_cast<E>(event))) events.push_back(static_cast<E>(event));
  }
  return events;
}

const char* NameOf(FinancingApplication::State state) {
  static constexpr const char* kNames[] = {"STATE_UNSPECIFIED", "OFFERED",        "PREQUALIFIED",      "APPLIED",
                                           "PENDING",           "OFFER_SELECTED", "DOCUMENTS_PENDING", "APPROVED",
                                           "SALE_AUTHORIZED",   "SETTLED",        "FUNDED_TO_PATIENT", "PAID_TO_CLINIC",
                                           "DECLINED",          "CANCELLED",      "EXPIRED",           "REFUNDED"};
  return kNames[static_cast<int>(state)];
}

std::optional<Minor> LargestSale(const LenderPolicy& policy, const Chargeable& chargeable, absl::CivilDay today) {
  if (policy.max_future_service_days == 0) return std::nullopt;
  Minor ahead = 0;
  for (const Chargeable::Ahead& visit : chargeable.visits) {
    if (visit.date <= today + policy.max_future_service_days) ahead += visit.price;
  }
  return chargeable.owed + std::max<Minor>(0, ahead - chargeable.held);
}

absl::Status Record(FinancingApplication& application, const FinancingFacts& facts,
                    const std::optional<LenderPolicy>& policy, const Chargeable& chargeable, absl::CivilDay today,
                    absl::TimeZone zone, absl::Time now) {
  const std::optional<S> next = Next(application.lender, application.state, facts.event);
  if (!next) return WrongState("financing application", NameOf(application.state), "record this event");
  RETURN_IF_ERROR(RefuseCardNumber(facts.lender_reference, "lender_reference"));
  if (facts.event == E::kApprove) {
    if (!facts.approved_limit) return InvalidField("approved_limit", "is required for an approval");
    RETURN_IF_ERROR(CheckAmount(*facts.approved_limit, 1, "approved_limit"));
    application.approved_limit = *facts.approved_limit;
  }
  if (facts.event == E::kApply) application.apply_time = now;
  if (facts.event == E::kAuthorizeSale) {
    RETURN_IF_ERROR(AuthorizeSale(application, facts, policy, chargeable, today, zone));
  }
  if (facts.event == E::kSettle && facts.fee) {
    if (*facts.fee < 0 || *facts.fee >= application.sale_amount)
      return InvalidField("fee", "must be less than the sale");
    application.fee = *facts.fee;
  }
  if (facts.event == E::kPayClinic) {
    if (!facts.sale_amount) return InvalidField("sale_amount", "is required for a payment");
    RETURN_IF_ERROR(CheckAmount(*facts.sale_amount, 1, "sale_amount"));
    application.sale_amount = *facts.sale_amount;
  }
  if (!facts.lender_reference.empty()) application.lender_reference = facts.lender_reference;
  application.state = *next;
  application.update_time = now;
  return absl::OkStatus();
}

}  // namespace kat::billing
