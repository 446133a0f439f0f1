#ifndef KAT_SERVICES_BILLING_API_CLEARANCE_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_CLEARANCE_HANDLERS_H_

#include "kat/billing/v1/clearance.pb.h"
#include "kat/billing/v1/plan_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Whether money stands in the way, and the reservations of bookings.
class ClearanceHandlers {
 public:
  explicit ClearanceHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::FinancialClearance> GetClearance(rpc::Call& call, const v1::GetFinancialClearanceRequest& request);
  absl::StatusOr<v1::FinancialReservation> Reserve(rpc::Call& call,
                                                   const v1::ReserveFinancialClearanceRequest& request);
  absl::StatusOr<v1::FinancialReservation> GetReservation(rpc::Call& call,
                                                          const v1::GetFinancialReservationRequest& request);
  absl::StatusOr<v1::FinancialReservation> Release(rpc::Call& call,
                                                   const v1::ReleaseFinancialReservationRequest& request);

  Store& store_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_CLEARANCE_HANDLERS_H_
