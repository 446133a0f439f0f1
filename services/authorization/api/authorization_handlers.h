#ifndef KAT_SERVICES_AUTHORIZATION_API_AUTHORIZATION_HANDLERS_H_
#define KAT_SERVICES_AUTHORIZATION_API_AUTHORIZATION_HANDLERS_H_

#include "absl/functional/function_ref.h"
#include "kat/authorization/v1/coverage_requests.pb.h"
#include "kat/authorization/v1/prior_authorization_requests.pb.h"
#include "libs/rpc/service.h"
#include "services/authorization/clients/channel.h"
#include "services/authorization/clients/peers.h"
#include "services/authorization/store/store.h"

namespace kat::authorization::api {

// Prior authorizations. Thread-safe.
class AuthorizationHandlers {
 public:
  AuthorizationHandlers(store::Store& store, IntakeClient& intake, PayerChannel& channel)
      : store_(store), intake_(intake), channel_(channel) {}
  void Register(rpc::Service& service);

 private:
  using Change = absl::FunctionRef<absl::Status(store::Tx&, domain::PriorAuthorization&, const domain::DecisionClock*,
                                                const domain::Moment&, std::vector<std::string>&)>;

  absl::StatusOr<v1::PriorAuthorization> Create(rpc::Call&, const v1::CreatePriorAuthorizationRequest&);
  absl::StatusOr<v1::PriorAuthorization> Get(rpc::Call&, const v1::GetPriorAuthorizationRequest&);
  absl::StatusOr<v1::ListPriorAuthorizationsResponse> List(rpc::Call&, const v1::ListPriorAuthorizationsRequest&);
  absl::StatusOr<v1::AuthorizationPacket> Assemble(rpc::Call&, const v1::AssembleAuthorizationPacketRequest&);
  absl::StatusOr<v1::AuthorizationPacket> GetPacket(rpc::Call&, const v1::GetAuthorizationPacketRequest&);
  absl::StatusOr<v1::ListAuthorizationPacketsResponse> ListPackets(rpc::Call&,
                                                                   const v1::ListAuthorizationPacketsRequest&);
  absl::StatusOr<v1::PriorAuthorization> Submit(rpc::Call&, const v1::SubmitPriorAuthorizationRequest&);
  absl::StatusOr<v1::PriorAuthorization> Decide(rpc::Call&, const v1::RecordAuthorizationDecisionRequest&);
  absl::StatusOr<v1::PriorAuthorization> Cancel(rpc::Call&, const v1::CancelPriorAuthorizationRequest&);
  absl::StatusOr<v1::PriorAuthorization> Terminate(rpc::Call&, const v1::TerminatePriorAuthorizationRequest&);
  absl::StatusOr<v1::PriorAuthorization> PeerToPeer(rpc::Call&, const v1::SchedulePeerToPeerRequest&);
  absl::StatusOr<v1::PriorAuthorization> Appeal(rpc::Call&, const v1::FileAppealRequest&);
  absl::StatusOr<v1::UnitForecast> Forecast(rpc::Call&, const v1::ForecastUnitsRequest&);

  // Locks, checks the etag, applies `change`, saves, tells.
  absl::StatusOr<v1::PriorAuthorization> Apply(rpc::Call& call, const std::string& name, const std::string& etag,
                                               Change change);
  absl::StatusOr<domain::PatientEvidence> Evidence(rpc::Call& call, const domain::PriorAuthorization& auth,
                                                   absl::CivilDay as_of);

  store::Store& store_;
  IntakeClient& intake_;
  PayerChannel& channel_;
};

// Coverage of visits, for scheduling and billing. Thread-safe.
class CoverageHandlers {
 public:
  CoverageHandlers(store::Store& store, SchedulingClient& scheduling) : store_(store), scheduling_(scheduling) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::CoverageDecision> Get(rpc::Call&, const v1::GetCoverageRequest&);
  absl::StatusOr<v1::CoverageReservation> Reserve(rpc::Call&, const v1::ReserveCoverageRequest&);
  absl::StatusOr<v1::CoverageReservation> GetReservation(rpc::Call&, const v1::GetCoverageReservationRequest&);
  absl::StatusOr<v1::CoverageReservation> Release(rpc::Call&, const v1::ReleaseCoverageReservationRequest&);
  absl::StatusOr<v1::ClaimAuthorization> Claim(rpc::Call&, const v1::GetClaimAuthorizationRequest&);

  store::Store& store_;
  SchedulingClient& scheduling_;
};

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_AUTHORIZATION_HANDLERS_H_
