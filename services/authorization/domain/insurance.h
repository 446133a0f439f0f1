#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_INSURANCE_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_INSURANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/policy.h"

namespace kat::authorization::domain {

// A patient's insurance.
struct Insurance {
  InsuranceId id;
  PatientId patient;
  PayerId payer;
  std::string member_id;
  std::string group_number;
  std::string plan;
  Benefit benefit = Benefit::kMedical;
  LineOfBusiness line_of_business = LineOfBusiness::kOther;
  int rank = 1;  // 1: primary
  absl::CivilDay effective_from;
  std::optional<absl::CivilDay> effective_until;  // exclusive
  std::optional<absl::Time> verified_at;
  std::string verified_by;
  int64_t version = 0;
  absl::Time created_at, updated_at;

  bool Holds(absl::CivilDay day) const { return effective_from <= day && (!effective_until || day < *effective_until); }
};

// A patient's choice to pay for a program.
struct SelfPay {
  SelfPayId id;
  PatientId patient;
  std::string program;
  absl::CivilDay effective_from;
  std::optional<absl::CivilDay> effective_until;
  int64_t version = 0;
  absl::Time created_at;

  bool Holds(absl::CivilDay day) const { return effective_from <= day && (!effective_until || day < *effective_until); }
};

absl::Status ValidateInsurance(const Insurance& insurance);
absl::Status ValidateSelfPay(const SelfPay& self_pay);

// The insurance of lowest rank that holds on `day`.
const Insurance* PrimaryOn(const std::vector<Insurance>& insurances, absl::CivilDay day);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_INSURANCE_H_
