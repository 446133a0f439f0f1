#ifndef KAT_SERVICES_BILLING_DOMAIN_PRICE_H_
#define KAT_SERVICES_BILLING_DOMAIN_PRICE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/billing/domain/limits.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct PriceLine {
  std::string visit_type;
  std::string description;
  std::string service_code;
  Minor price = 0;
};

struct PriceList {
  PriceListId id;
  std::string program;
  std::string display_name;
  BillingMode default_mode = BillingMode::kUnspecified;
  EffectiveDays effective;
  std::vector<PriceLine> lines;
  std::string package_visit_type;  // empty: no package
  int package_sessions = 0;
  Minor package_price = 0;
  int estimate_valid_days = 0;
  absl::Time create_time;

  // The line of a visit type, or null.
  const PriceLine* Find(absl::string_view visit_type) const;
};

// INVALID_ARGUMENT naming the field where days, lines or package contradict each other.
absl::Status CheckPriceList(const PriceList& list);
absl::Status CheckEffective(const EffectiveDays& days, absl::string_view prefix);
absl::Status CheckAmount(Minor amount, Minor smallest, absl::string_view field);

struct DepositPolicy {
  Id<struct DepositPolicyTag> id;
  std::string program;
  EffectiveDays effective;
  std::optional<Minor> amount;
  std::optional<int> basis_points;
  bool required_before_booking = false;
  Minor early_stop_fee = 0;
  bool unwind_package_discount = false;
  absl::Time create_time;
};

absl::Status CheckDepositPolicy(const DepositPolicy& policy);
// The deposit on an estimate of `total`: never above it.
Minor DepositOn(const DepositPolicy& policy, Minor total);

struct ServiceCode {
  enum class System { kUnspecified = 0, kCpt = 1, kHcpcs = 2 };

  Id<struct ServiceCodeTag> id;
  std::string code;
  System system = System::kUnspecified;
  std::string description;
  std::string unit;
  EffectiveDays effective;
  absl::Time create_time;
};

struct LenderPolicy {
  struct Promotion {
    int months = 0;
    int fee_basis_points = 0;
    Minor minimum = 0;
  };

  Id<struct LenderPolicyTag> id;
  Tender lender = Tender::kUnspecified;
  EffectiveDays effective;
  int max_future_service_days = 0;
  std::optional<Minor> large_sale_above;
  int large_sale_wait_days = 0;
  std::vector<Promotion> promotions;
  absl::Time create_time;
};

absl::Status CheckLenderPolicy(const LenderPolicy& policy);

struct BillingSettings {
  std::string currency_code = "USD";
  std::string provider_name;
  std::string npi;
  std::string tin;
  std::string taxonomy_code;
  std::string address;
  std::string state_code;
  Minor gfe_alert = limits::kDefaultGoodFaithAlert;
  std::vector<int> retry_days;
  int charge_minute = 480;
  int64_t version = 0;  // 0: never set
  absl::Time update_time;
};

absl::Status CheckSettings(const BillingSettings& settings);

// Whether `npi` is ten digits whose last is the check digit of 45 CFR 162.406 (Luhn over 80840 and the first nine).
bool IsNpi(absl::string_view npi);

// The `index`-th (from 0) of `count` parts of `total` that differ by at most one and sum to it.
Minor PartOf(Minor total, int count, int index);

// `amount` times `basis_points` / 10,000, rounded up.
Minor BasisPointsOf(Minor amount, int basis_points);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_PRICE_H_
