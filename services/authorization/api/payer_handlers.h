#ifndef KAT_SERVICES_AUTHORIZATION_API_PAYER_HANDLERS_H_
#define KAT_SERVICES_AUTHORIZATION_API_PAYER_HANDLERS_H_

#include "kat/authorization/v1/insurance_requests.pb.h"
#include "kat/authorization/v1/payer_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::api {

// Payers, policies, program rules, settings. Thread-safe.
class PayerHandlers {
 public:
  explicit PayerHandlers(store::Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Payer> CreatePayer(rpc::Call&, const v1::CreatePayerRequest&);
  absl::StatusOr<v1::Payer> GetPayer(rpc::Call&, const v1::GetPayerRequest&);
  absl::StatusOr<v1::ListPayersResponse> ListPayers(rpc::Call&, const v1::ListPayersRequest&);
  absl::StatusOr<v1::Payer> UpdatePayer(rpc::Call&, const v1::UpdatePayerRequest&);
  absl::StatusOr<v1::PayerPolicy> CreatePolicy(rpc::Call&, const v1::CreatePayerPolicyRequest&);
  absl::StatusOr<v1::PayerPolicy> GetPolicy(rpc::Call&, const v1::GetPayerPolicyRequest&);
  absl::StatusOr<v1::ListPayerPoliciesResponse> ListPolicies(rpc::Call&, const v1::ListPayerPoliciesRequest&);
  absl::StatusOr<v1::PayerPolicy> EndPolicy(rpc::Call&, const v1::EndPayerPolicyRequest&);
  absl::StatusOr<v1::ListPolicyDifferencesResponse> ListDifferences(rpc::Call&,
                                                                    const v1::ListPolicyDifferencesRequest&);
  absl::StatusOr<v1::ProgramRule> GetProgramRule(rpc::Call&, const v1::GetProgramRuleRequest&);
  absl::StatusOr<v1::ListProgramRulesResponse> ListProgramRules(rpc::Call&, const v1::ListProgramRulesRequest&);
  absl::StatusOr<v1::ProgramRule> UpdateProgramRule(rpc::Call&, const v1::UpdateProgramRuleRequest&);
  absl::StatusOr<v1::AuthorizationSettings> GetSettings(rpc::Call&, const v1::GetAuthorizationSettingsRequest&);
  absl::StatusOr<v1::AuthorizationSettings> UpdateSettings(rpc::Call&, const v1::UpdateAuthorizationSettingsRequest&);

  store::Store& store_;
};

// Patients' insurances and self-pay elections. Thread-safe.
class InsuranceHandlers {
 public:
  explicit InsuranceHandlers(store::Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::InsuranceCoverage> Create(rpc::Call&, const v1::CreateInsuranceCoverageRequest&);
  absl::StatusOr<v1::InsuranceCoverage> Get(rpc::Call&, const v1::GetInsuranceCoverageRequest&);
  absl::StatusOr<v1::ListInsuranceCoveragesResponse> List(rpc::Call&, const v1::ListInsuranceCoveragesRequest&);
  absl::StatusOr<v1::InsuranceCoverage> Update(rpc::Call&, const v1::UpdateInsuranceCoverageRequest&);
  absl::StatusOr<v1::InsuranceCoverage> Verify(rpc::Call&, const v1::VerifyInsuranceCoverageRequest&);
  absl::StatusOr<v1::SelfPayElection> Elect(rpc::Call&, const v1::ElectSelfPayRequest&);
  absl::StatusOr<v1::SelfPayElection> End(rpc::Call&, const v1::EndSelfPayRequest&);
  absl::StatusOr<v1::ListSelfPayElectionsResponse> ListSelfPay(rpc::Call&, const v1::ListSelfPayElectionsRequest&);

  store::Store& store_;
};

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_PAYER_HANDLERS_H_
