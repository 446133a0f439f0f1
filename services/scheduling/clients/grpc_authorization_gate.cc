#include "services/scheduling/clients/grpc_authorization_gate.h"

#include <utility>

#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "services/scheduling/clients/peer_answer.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

constexpr char kPeer[] = "authorization";

template <class Request>
Request MakeRequest(const ClinicId& clinic, const GateQuestion& question) {
  Request request;
  request.set_parent(NameOf(clinic));
  request.set_patient(NameOf(clinic, question.patient));
  request.set_course(NameOf(clinic, question.course));
  request.set_program(question.program);
  for (const GateVisit& visit : question.visits) {
    authorization::v1::CoveredVisit& out = *request.add_visits();
    out.set_visit_id(visit.visit_id);
    out.set_session_number(visit.session_number);
    out.set_visit_type(visit.visit_type.str());
    *out.mutable_date() = rpc::ToProto(visit.day);
  }
  return request;
}

class AuthorizationGate final : public ReservingGate {
 public:
  explicit AuthorizationGate(std::shared_ptr<grpc::Channel> channel)
      : stub_(authorization::v1::AuthorizationService::NewStub(std::move(channel))) {}

  absl::StatusOr<Unmet> Check(const rpc::Call& call, const GateQuestion& question) override {
    const auto request = MakeRequest<authorization::v1::GetCoverageRequest>(call.clinic(), question);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    authorization::v1::CoverageDecision decision;
    const grpc::Status status = stub_->GetCoverage(&context, request, &decision);
    if (!status.ok()) return rpc::FromPeer(kPeer, status);
    return UnmetOf(decision.conditions());
  }

  absl::StatusOr<Reserved> Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& request_id,
                                   absl::Time expires_at) override {
    auto request = MakeRequest<authorization::v1::ReserveCoverageRequest>(call.clinic(), question);
    request.set_request_id(request_id);
    *request.mutable_expire_time() = rpc::ToProto(expires_at);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    authorization::v1::CoverageReservation reservation;
    const grpc::Status status = stub_->ReserveCoverage(&context, request, &reservation);
    if (!status.ok()) return RefusalOf(kPeer, status);
    return Reserved{.name = reservation.name()};
  }

  absl::Status Release(const rpc::Call& call, const std::string& name, const std::string& request_id) override {
    authorization::v1::ReleaseCoverageReservationRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    authorization::v1::CoverageReservation reservation;
    const grpc::Status status = stub_->ReleaseCoverageReservation(&context, request, &reservation);
    return status.ok() ? absl::OkStatus() : rpc::FromPeer(kPeer, status);
  }

 private:
  std::unique_ptr<authorization::v1::AuthorizationService::Stub> stub_;
};

}  // namespace

std::unique_ptr<ReservingGate> MakeAuthorizationGate(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<AuthorizationGate>(std::move(channel));
}

}  // namespace kat::scheduling
