#include "services/scheduling/clients/grpc_billing_gate.h"

#include <utility>

#include "kat/billing/v1/billing_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "services/scheduling/clients/peer_answer.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

constexpr char kPeer[] = "billing";

template <class Request>
Request MakeRequest(const ClinicId& clinic, const GateQuestion& question) {
  Request request;
  request.set_parent(NameOf(clinic));
  request.set_patient(NameOf(clinic, question.patient));
  request.set_course(NameOf(clinic, question.course));
  request.set_program(question.program);
  for (const GateVisit& visit : question.visits) {
    billing::v1::VisitRef& out = *request.add_visits();
    out.set_visit_id(visit.visit_id);
    out.set_session_number(visit.session_number);
    out.set_visit_type(visit.visit_type.str());
    *out.mutable_date() = rpc::ToProto(visit.day);
  }
  return request;
}

class BillingGate final : public ReservingGate {
 public:
  explicit BillingGate(std::shared_ptr<grpc::Channel> channel)
      : stub_(billing::v1::BillingService::NewStub(std::move(channel))) {}

  absl::StatusOr<GateAnswer> Check(const rpc::Call& call, const GateQuestion& question) override {
    const auto request = MakeRequest<billing::v1::GetFinancialClearanceRequest>(call.clinic(), question);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    billing::v1::FinancialClearance clearance;
    const grpc::Status status = stub_->GetFinancialClearance(&context, request, &clearance);
    if (!status.ok()) return rpc::FromPeer(kPeer, status);
    return GateAnswer{.unmet = UnmetOf(clearance.conditions())};
  }

  absl::StatusOr<Reserved> Reserve(const rpc::Call& call, const GateQuestion& question, const std::string& request_id,
                                   absl::Time expires_at) override {
    auto request = MakeRequest<billing::v1::ReserveFinancialClearanceRequest>(call.clinic(), question);
    request.set_request_id(request_id);
    *request.mutable_expire_time() = rpc::ToProto(expires_at);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    billing::v1::FinancialReservation reservation;
    const grpc::Status status = stub_->ReserveFinancialClearance(&context, request, &reservation);
    if (!status.ok()) return RefusalOf(kPeer, status);
    return Reserved{.name = reservation.name()};
  }

  absl::Status Release(const rpc::Call& call, const std::string& name, const std::string& request_id) override {
    billing::v1::ReleaseFinancialReservationRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    billing::v1::FinancialReservation reservation;
    const grpc::Status status = stub_->ReleaseFinancialReservation(&context, request, &reservation);
    return status.ok() ? absl::OkStatus() : rpc::FromPeer(kPeer, status);
  }

 private:
  std::unique_ptr<billing::v1::BillingService::Stub> stub_;
};

}  // namespace

std::unique_ptr<ReservingGate> MakeBillingGate(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<BillingGate>(std::move(channel));
}

}  // namespace kat::scheduling
