#ifndef KAT_SERVICES_AUTHORIZATION_OPS_NAMES_H_
#define KAT_SERVICES_AUTHORIZATION_OPS_NAMES_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/base/id.h"

namespace kat::authorization {

// `clinics/{clinic}/<collection>/{id}`; "" for an empty id.
template <class Tag>
std::string ResourceName(const ClinicId& clinic, absl::string_view collection, const Id<Tag>& id) {
  return id.empty() ? "" : absl::StrCat("clinics/", clinic.str(), "/", collection, "/", id.str());
}

inline constexpr char kPatients[] = "patients";
inline constexpr char kCourses[] = "courses";
inline constexpr char kAppointments[] = "appointments";
inline constexpr char kPayers[] = "payers";
inline constexpr char kInsurances[] = "insuranceCoverages";
inline constexpr char kSelfPay[] = "selfPayElections";
inline constexpr char kAuthorizations[] = "priorAuthorizations";
inline constexpr char kReservations[] = "coverageReservations";
inline constexpr char kSettings[] = "remsSettings";
inline constexpr char kEnrollments[] = "remsEnrollments";
inline constexpr char kForms[] = "monitoringForms";
inline constexpr char kLots[] = "stockLots";
inline constexpr char kCounts[] = "stockCounts";
inline constexpr char kMismatches[] = "stockMismatches";

template <class PayerId, class PolicyId>
std::string PolicyName(const ClinicId& clinic, const PayerId& payer, const PolicyId& policy) {
  return policy.empty() ? "" : absl::StrCat(ResourceName(clinic, kPayers, payer), "/policies/", policy.str());
}

}  // namespace kat::authorization

#endif  // KAT_SERVICES_AUTHORIZATION_OPS_NAMES_H_
