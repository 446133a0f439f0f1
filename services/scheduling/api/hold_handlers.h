#ifndef KAT_SERVICES_SCHEDULING_API_HOLD_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_HOLD_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Holds.
class HoldHandlers {
 public:
  explicit HoldHandlers(Store& store) : store_(store) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Hold> HoldProposal(rpc::Call& call, const v1::HoldProposalRequest& request);
  absl::StatusOr<v1::Hold> GetHold(rpc::Call& call, const v1::GetHoldRequest& request);
  absl::StatusOr<v1::ListHoldsResponse> ListHolds(rpc::Call& call, const v1::ListHoldsRequest& request);
  absl::StatusOr<v1::Hold> ReleaseHold(rpc::Call& call, const v1::ReleaseHoldRequest& request);

  Store& store_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_HOLD_HANDLERS_H_
