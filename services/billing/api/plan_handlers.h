#ifndef KAT_SERVICES_BILLING_API_PLAN_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_PLAN_HANDLERS_H_

#include "kat/billing/v1/plan.pb.h"
#include "kat/billing/v1/plan_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Payment plans and lenders' money.
class PlanHandlers {
 public:
  explicit PlanHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::PaymentPlan> CreatePlan(rpc::Call& call, const v1::CreatePaymentPlanRequest& request);
  absl::StatusOr<v1::PaymentPlan> GetPlan(rpc::Call& call, const v1::GetPaymentPlanRequest& request);
  absl::StatusOr<v1::ListPaymentPlansResponse> ListPlans(rpc::Call& call, const v1::ListPaymentPlansRequest& request);
  absl::StatusOr<v1::PaymentPlan> CancelPlan(rpc::Call& call, const v1::CancelPaymentPlanRequest& request);
  absl::StatusOr<v1::PaymentPlan> RetryInstallment(rpc::Call& call, const v1::RetryInstallmentRequest& request);
  absl::StatusOr<v1::FinancingApplication> CreateFinancing(rpc::Call& call,
                                                           const v1::CreateFinancingApplicationRequest& request);
  absl::StatusOr<v1::FinancingApplication> GetFinancing(rpc::Call& call,
                                                        const v1::GetFinancingApplicationRequest& request);
  absl::StatusOr<v1::ListFinancingApplicationsResponse> ListFinancing(
      rpc::Call& call, const v1::ListFinancingApplicationsRequest& request);
  absl::StatusOr<v1::FinancingApplication> RecordEvent(rpc::Call& call, const v1::RecordFinancingEventRequest& request);

  Store& store_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_PLAN_HANDLERS_H_
