#include "services/authorization/domain/insurance.h"

#include "libs/base/error.h"

namespace kat::authorization::domain {

absl::Status ValidateInsurance(const Insurance& insurance) {
  if (insurance.effective_until && *insurance.effective_until <= insurance.effective_from) {
    return InvalidField("insurance_coverage.effective_until", "must be after effective_from");
  }
  return absl::OkStatus();
}

absl::Status ValidateSelfPay(const SelfPay& self_pay) {
  if (self_pay.effective_until && *self_pay.effective_until <= self_pay.effective_from) {
    return InvalidField("effective_until", "must be after effective_from");
  }
  return absl::OkStatus();
}

const Insurance* PrimaryOn(const std::vector<Insurance>& insurances, absl::CivilDay day) {
  const Insurance* best = nullptr;
  for (const Insurance& insurance : insurances) {
    if (insurance.Holds(day) && (!best || insurance.rank < best->rank)) best = &insurance;
  }
  return best;
}

}  // namespace kat::authorization::domain
