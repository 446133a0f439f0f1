#include "services/billing/domain/estimate.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using Kind = PaymentScenario::Kind;

absl::StatusOr<std::vector<EstimateLine>> PriceItems(const std::vector<EstimateItem>& items, const PriceList& prices) {
  std::vector<EstimateLine> lines;
  std::set<std::string> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string field = absl::StrCat("items[", i, "].visit_type");
    const PriceLine* price = prices.Find(items[i].visit_type);
    if (price == nullptr) return InvalidField(field, "has no price in the price list in force");
    if (!seen.insert(items[i].visit_type).second) return InvalidField(field, "is there already; add up its quantity");
    EstimateLine line{price->visit_type, price->description, price->service_code, items[i].quantity, price->price};
    if (price->visit_type == prices.package_visit_type) {
      const int packages = items[i].quantity / prices.package_sessions;
      line.discount = packages * (price->price * prices.package_sessions - prices.package_price);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// Spreads a discount on the whole over the lines, in proportion to what they cost; what rounding leaves goes to the
// first that can bear it.
void Spread(Minor discount, std::vector<EstimateLine>& lines) {
  Minor total = 0;
  for (const EstimateLine& line : lines) total += line.net();
  Minor left = discount;
  for (EstimateLine& line : lines) {
    const Minor share = static_cast<Minor>(static_cast<__int128>(discount) * line.net() / std::max<Minor>(total, 1));
    line.discount += share;
    left -= share;
  }
  for (EstimateLine& line : lines) {
    const Minor more = std::min(left, line.net());
    line.discount += more;
    left -= more;
  }
}

std::vector<PaymentScenario> Scenarios(const EstimateRequest& request, Minor total, Minor deposit) {
  std::vector<PaymentScenario> scenarios = {{Kind::kPayInFull, total}, {Kind::kPayPerVisit, deposit}};
  if (const int count = static_cast<int>(request.plan_sessions.size()); count > 0 && total > deposit) {
    PaymentScenario plan{Kind::kPaymentPlan, deposit};
    for (int i = 0; i < count; ++i)
      plan.installments.push_back({request.plan_sessions[i], PartOf(total - deposit, count, i)});
    scenarios.push_back(std::move(plan));
  }
  if (request.offer_financing) scenarios.push_back({Kind::kFinanced, 0});
  return scenarios;
}

}  // namespace

absl::Status CheckArrangement(const BillingArrangement& arrangement, absl::CivilDay today) {
  if (arrangement.billing_consent_date && *arrangement.billing_consent_date > today) {
    return InvalidField("billing_arrangement.billing_consent_date", "must not be in the future");
  }
  if (arrangement.mode == BillingMode::kInsured && arrangement.payer.empty()) {
    return InvalidField("billing_arrangement.payer", "is required for an insured program");
  }
  if (!arrangement.referring_npi.empty() && !IsNpi(arrangement.referring_npi)) {
    return InvalidField("billing_arrangement.referring_npi", "its check digit is wrong");
  }
  return absl::OkStatus();
}

Minor Estimate::subtotal() const {
  Minor sum = 0;
  for (const EstimateLine& line : lines) sum += line.amount();
  return sum;
}

Minor Estimate::discount() const {
  Minor sum = 0;
  for (const EstimateLine& line : lines) sum += line.discount;
  return sum;
}

const PaymentScenario* Estimate::Find(PaymentScenario::Kind kind) const {
  for (const PaymentScenario& scenario : scenarios) {
    if (scenario.kind == kind) return &scenario;
  }
  return nullptr;
}

absl::StatusOr<Estimate> NewEstimate(const EstimateRequest& request, const PriceList& prices,
                                     const std::optional<DepositPolicy>& deposit, absl::Time now) {
  Estimate estimate;
  estimate.patient = request.patient;
  estimate.program = request.program;
  estimate.price_list = prices.id;
  ASSIGN_OR_RETURN(estimate.lines, PriceItems(request.items, prices));
  if (request.discount < 0 || request.discount > estimate.total()) {
    return InvalidField("discount", "must be 0 or more and not exceed the sum");
  }
  if (request.discount > 0 && request.discount_reason.empty()) {
    return InvalidField("discount_reason", "is required with a discount");
  }
  Spread(request.discount, estimate.lines);
  if (request.plan_sessions.size() > limits::kMaxInstallments) return errors::RegZInstallmentLimit();
  if (std::set<int>(request.plan_sessions.begin(), request.plan_sessions.end()).size() !=
      request.plan_sessions.size()) {
    return InvalidField("plan_sessions", "must not repeat");
  }
  const Minor total = estimate.total();
  estimate.scenarios = Scenarios(request, total, deposit ? DepositOn(*deposit, total) : 0);
  estimate.expire_time = now + absl::Hours(24) * prices.estimate_valid_days;
  estimate.create_time = estimate.update_time = now;
  return estimate;
}

absl::Status Accept(Estimate& estimate, PaymentScenario::Kind scenario, absl::Time now) {
  if (estimate.state == Estimate::State::kExpired || now >= estimate.expire_time) return errors::EstimateExpired();
  if (estimate.state != Estimate::State::kOffered) {
    return WrongState("estimate", estimate.state == Estimate::State::kAccepted ? "ACCEPTED" : "SUPERSEDED", "accept");
  }
  if (estimate.Find(scenario) == nullptr) return errors::ScenarioNotOffered();
  estimate.state = Estimate::State::kAccepted;
  estimate.accepted_scenario = scenario;
  estimate.accept_time = estimate.update_time = now;
  return absl::OkStatus();
}

std::optional<Minor> PriceOfVisit(const Estimate& estimate, absl::string_view visit_type, int index) {
  for (const EstimateLine& line : estimate.lines) {
    if (line.visit_type == visit_type && index < line.quantity) return PartOf(line.net(), line.quantity, index);
  }
  return std::nullopt;
}

}  // namespace kat::billing
