#ifndef KAT_SERVICES_BILLING_API_CLAIM_HANDLERS_H_
#define KAT_SERVICES_BILLING_API_CLAIM_HANDLERS_H_

#include <utility>

#include "kat/billing/v1/claim.pb.h"
#include "kat/billing/v1/claim_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/billing/clients/peers.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// Claims and superbills.
class ClaimHandlers {
 public:
  ClaimHandlers(Store& store, Peers peers) : store_(store), peers_(std::move(peers)) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::Claim> GetClaim(rpc::Call& call, const v1::GetClaimRequest& request);
  absl::StatusOr<v1::ListClaimsResponse> ListClaims(rpc::Call& call, const v1::ListClaimsRequest& request);
  absl::StatusOr<v1::Claim> UpdateClaim(rpc::Call& call, const v1::UpdateClaimRequest& request);
  absl::StatusOr<v1::Claim> Scrub(rpc::Call& call, const v1::ScrubClaimRequest& request);
  absl::StatusOr<v1::Claim> MarkSubmitted(rpc::Call& call, const v1::MarkClaimSubmittedRequest& request);
  absl::StatusOr<v1::Claim> RecordEvent(rpc::Call& call, const v1::RecordClaimEventRequest& request);
  absl::StatusOr<v1::Superbill> GetSuperbill(rpc::Call& call, const v1::GetSuperbillRequest& request);

  Store& store_;
  Peers peers_;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_CLAIM_HANDLERS_H_
