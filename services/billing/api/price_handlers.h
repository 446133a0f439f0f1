#ifndef KAT_SERVICES_BILLING_API_PRICE_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_PRICE_HANDLERS_H_

#include "kat/billing/v1/price.pb.h"
#include "kat/billing/v1/price_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Prices, policies, codes, lenders' terms, settings.
class PriceHandlers {
 public:
  explicit PriceHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::PriceList> CreatePriceList(rpc::Call& call, const v1::CreatePriceListRequest& request);
  absl::StatusOr<v1::PriceList> GetPriceList(rpc::Call& call, const v1::GetPriceListRequest& request);
  absl::StatusOr<v1::ListPriceListsResponse> ListPriceLists(rpc::Call& call, const v1::ListPriceListsRequest& request);
  absl::StatusOr<v1::CancellationPolicy> CreateCancellationPolicy(rpc::Call& call,
                                                                  const v1::CreateCancellationPolicyRequest& request);
  absl::StatusOr<v1::ListCancellationPoliciesResponse> ListCancellationPolicies(
      rpc::Call& call, const v1::ListCancellationPoliciesRequest& request);
  absl::StatusOr<v1::DepositPolicy> CreateDepositPolicy(rpc::Call& call, const v1::CreateDepositPolicyRequest& request);
  absl::StatusOr<v1::ListDepositPoliciesResponse> ListDepositPolicies(rpc::Call& call,
                                                                      const v1::ListDepositPoliciesRequest& request);
  absl::StatusOr<v1::ServiceCode> CreateServiceCode(rpc::Call& call, const v1::CreateServiceCodeRequest& request);
  absl::StatusOr<v1::ListServiceCodesResponse> ListServiceCodes(rpc::Call& call,
                                                                const v1::ListServiceCodesRequest& request);
  absl::StatusOr<v1::PayerCodeSet> CreatePayerCodeSet(rpc::Call& call, const v1::CreatePayerCodeSetRequest& request);
  absl::StatusOr<v1::ListPayerCodeSetsResponse> ListPayerCodeSets(rpc::Call& call,
                                                                  const v1::ListPayerCodeSetsRequest& request);
  absl::StatusOr<v1::LenderPolicy> CreateLenderPolicy(rpc::Call& call, const v1::CreateLenderPolicyRequest& request);
  absl::StatusOr<v1::ListLenderPoliciesResponse> ListLenderPolicies(rpc::Call& call,
                                                                    const v1::ListLenderPoliciesRequest& request);
  absl::StatusOr<v1::BillingSettings> GetBillingSettings(rpc::Call& call, const v1::GetBillingSettingsRequest& request);
  absl::StatusOr<v1::BillingSettings> UpdateBillingSettings(rpc::Call& call,
                                                            const v1::UpdateBillingSettingsRequest& request);

  Store& store_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_PRICE_HANDLERS_H_
