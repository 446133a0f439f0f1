#include "services/billing/domain/price.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/card.h"

namespace kat::billing {

const PriceLine* PriceList::Find(absl::string_view visit_type) const {
  for (const PriceLine& line : lines) {
    if (line.visit_type == visit_type) return &line;
  }
  return nullptr;
}

absl::Status CheckEffective(const EffectiveDays& days, absl::string_view prefix) {
  if (days.until && *days.until <= days.from) {
    return InvalidField(absl::StrCat(prefix, ".effective_until"), "must be after effective_from");
  }
  return absl::OkStatus();
}

absl::Status CheckAmount(Minor amount, Minor smallest, absl::string_view field) {
  if (amount < smallest || amount > limits::kMaxAmount) {
    return InvalidField(field, absl::StrCat("must be ", smallest, " to ", limits::kMaxAmount, " minor units"));
  }
  return absl::OkStatus();
}

absl::Status CheckPriceList(const PriceList& list) {
  RETURN_IF_ERROR(CheckEffective(list.effective, "price_list"));
  std::set<std::string> types;
  for (size_t i = 0; i < list.lines.size(); ++i) {
    const std::string field = absl::StrCat("price_list.lines[", i, "]");
    RETURN_IF_ERROR(CheckAmount(list.lines[i].price, 0, field + ".price"));
    if (!types.insert(list.lines[i].visit_type).second) {
      return InvalidField(field + ".visit_type", "has a line already");
    }
  }
  if (list.package_visit_type.empty()) return absl::OkStatus();
  const PriceLine* line = list.Find(list.package_visit_type);
  if (line == nullptr) return InvalidField("price_list.package.visit_type", "has no line");
  RETURN_IF_ERROR(CheckAmount(list.package_price, 0, "price_list.package.price"));
  if (list.package_price > line->price * list.package_sessions) {
    return InvalidField("price_list.package.price", "exceeds the price of the single visits");
  }
  return absl::OkStatus();
}

absl::Status CheckDepositPolicy(const DepositPolicy& policy) {
  RETURN_IF_ERROR(CheckEffective(policy.effective, "deposit_policy"));
  if (!policy.amount && !policy.basis_points) {
    return InvalidField("deposit_policy", "needs an amount or basis_points");
  }
  if (policy.amount) RETURN_IF_ERROR(CheckAmount(*policy.amount, 1, "deposit_policy.amount"));
  return CheckAmount(policy.early_stop_fee, 0, "deposit_policy.early_stop_fee");
}

Minor DepositOn(const DepositPolicy& policy, Minor total) {
  const Minor deposit = policy.amount ? *policy.amount : BasisPointsOf(total, policy.basis_points.value_or(0));
  return std::min(deposit, total);
}

absl::Status CheckLenderPolicy(const LenderPolicy& policy) {
  RETURN_IF_ERROR(CheckEffective(policy.effective, "lender_policy"));
  if (!IsLender(policy.lender)) return InvalidField("lender_policy.lender", "must be CareCredit or Prosper");
  std::set<int> months;
  for (size_t i = 0; i < policy.promotions.size(); ++i) {
    const std::string field = absl::StrCat("lender_policy.promotions[", i, "]");
    if (!months.insert(policy.promotions[i].months).second) return InvalidField(field + ".months", "is there already");
    RETURN_IF_ERROR(CheckAmount(policy.promotions[i].minimum, 0, field + ".minimum"));
  }
  if (policy.large_sale_above)
    RETURN_IF_ERROR(CheckAmount(*policy.large_sale_above, 0, "lender_policy.large_sale_above"));
  return absl::OkStatus();
}

absl::Status CheckSettings(const BillingSettings& settings) {
  if (!settings.npi.empty() && !IsNpi(settings.npi)) {
    return InvalidField("billing_settings.npi", "its check digit is wrong");
  }
  return absl::OkStatus();
}

bool IsNpi(absl::string_view npi) { return npi.size() == 10 && PassesLuhn(absl::StrCat("80840", npi)); }

Minor PartOf(Minor total, int count, int index) { return total / count + (index < total % count ? 1 : 0); }

Minor BasisPointsOf(Minor amount, int basis_points) { return (amount * basis_points + 9999) / 10000; }

}  // namespace kat::billing
