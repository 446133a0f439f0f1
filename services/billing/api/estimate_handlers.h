#ifndef KAT_SERVICES_BILLING_API_ESTIMATE_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_ESTIMATE_HANDLERS_H_

#include "kat/billing/v1/estimate.pb.h"
#include "kat/billing/v1/estimate_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Arrangements, estimates and good faith estimates.
class EstimateHandlers {
 public:
  explicit EstimateHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::BillingArrangement> CreateArrangement(rpc::Call& call,
                                                           const v1::CreateBillingArrangementRequest& request);
  absl::StatusOr<v1::BillingArrangement> GetArrangement(rpc::Call& call,
                                                        const v1::GetBillingArrangementRequest& request);
  absl::StatusOr<v1::ListBillingArrangementsResponse> ListArrangements(
      rpc::Call& call, const v1::ListBillingArrangementsRequest& request);
  absl::StatusOr<v1::BillingArrangement> UpdateArrangement(rpc::Call& call,
                                                           const v1::UpdateBillingArrangementRequest& request);
  absl::StatusOr<v1::Estimate> CreateEstimate(rpc::Call& call, const v1::CreateEstimateRequest& request);
  absl::StatusOr<v1::Estimate> GetEstimate(rpc::Call& call, const v1::GetEstimateRequest& request);
  absl::StatusOr<v1::ListEstimatesResponse> ListEstimates(rpc::Call& call, const v1::ListEstimatesRequest& request);
  absl::StatusOr<v1::Estimate> AcceptEstimate(rpc::Call& call, const v1::AcceptEstimateRequest& request);
  absl::StatusOr<v1::GoodFaithEstimate> RequestGoodFaith(rpc::Call& call,
                                                         const v1::RequestGoodFaithEstimateRequest& request);
  absl::StatusOr<v1::GoodFaithEstimate> GetGoodFaith(rpc::Call& call, const v1::GetGoodFaithEstimateRequest& request);
  absl::StatusOr<v1::ListGoodFaithEstimatesResponse> ListGoodFaith(rpc::Call& call,
                                                                   const v1::ListGoodFaithEstimatesRequest& request);
  absl::StatusOr<v1::GoodFaithEstimate> UpdateGoodFaith(rpc::Call& call,
                                                        const v1::UpdateGoodFaithEstimateRequest& request);
  absl::StatusOr<v1::GoodFaithEstimate> DeliverGoodFaith(rpc::Call& call,
                                                         const v1::DeliverGoodFaithEstimateRequest& request);

  Store& store_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_ESTIMATE_HANDLERS_H_
