#ifndef KAT_SERVICES_AUTHORIZATION_API_CONVERT_PAYER_H_
#define KAT_SERVICES_AUTHORIZATION_API_CONVERT_PAYER_H_

#include "kat/authorization/v1/insurance.pb.h"
#include "kat/authorization/v1/payer.pb.h"
#include "services/authorization/api/convert_common.h"
#include "services/authorization/domain/insurance.h"
#include "services/authorization/domain/settings.h"

namespace kat::authorization::api {

domain::Payer FromProto(const v1::Payer& proto);
v1::Payer ToProto(const ClinicId& clinic, const domain::Payer& payer);

absl::StatusOr<domain::PayerPolicy> FromProto(const v1::PayerPolicy& proto);
v1::PayerPolicy ToProto(const ClinicId& clinic, const domain::PayerPolicy& policy);

domain::ProgramRule FromProto(const v1::ProgramRule& proto);
v1::ProgramRule ToProto(const ClinicId& clinic, const domain::ProgramRule& rule);

domain::Settings FromProto(const v1::AuthorizationSettings& proto);
v1::AuthorizationSettings ToProto(const ClinicId& clinic, const domain::Settings& settings);

absl::StatusOr<domain::Insurance> FromProto(const v1::InsuranceCoverage& proto);
v1::InsuranceCoverage ToProto(const ClinicId& clinic, const domain::Insurance& insurance);

absl::StatusOr<domain::SelfPay> FromProto(const v1::SelfPayElection& proto);
v1::SelfPayElection ToProto(const ClinicId& clinic, const domain::SelfPay& self_pay);

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_CONVERT_PAYER_H_
