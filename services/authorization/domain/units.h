#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_UNITS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_UNITS_H_

#include <optional>
#include <string>

namespace kat::authorization::domain {

// A quantity in each of the three counters in which payers authorize (visits = G-code units, drug_mg = J0013 units,
// devices = NDC units).
struct UnitCounts {
  int visits = 0;
  int drug_mg = 0;
  int devices = 0;

  friend bool operator==(const UnitCounts&, const UnitCounts&) = default;
  bool zero() const { return visits == 0 && drug_mg == 0 && devices == 0; }
};

UnitCounts operator+(const UnitCounts& a, const UnitCounts& b);
UnitCounts operator-(const UnitCounts& a, const UnitCounts& b);

// Limits in the same counters; an absent one is not limited.
struct UnitLimits {
  std::optional<int> visits;
  std::optional<int> drug_mg;
  std::optional<int> devices;

  friend bool operator==(const UnitLimits&, const UnitLimits&) = default;
  bool unlimited() const { return !visits && !drug_mg && !devices; }
};

// Whether `want` fits beside `used` within `limits`, in every counter.
bool Fits(const UnitLimits& limits, const UnitCounts& used, const UnitCounts& want);

// What is left of `limits` beside `used`; never below 0.
UnitLimits Remaining(const UnitLimits& limits, const UnitCounts& used);

// The most of `want` that fits beside `used`, counter by counter.
UnitCounts Fitting(const UnitLimits& limits, const UnitCounts& used, const UnitCounts& want);

// Whether a limited counter has nothing left.
bool UsedUp(const UnitLimits& limits, const UnitCounts& used);

// "2 visits, 5 devices", in the limited counters only; "no limit" without any.
std::string Describe(const UnitLimits& limits);
// "1 visit, 84 mg, 3 devices".
std::string Describe(const UnitCounts& counts);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_UNITS_H_
