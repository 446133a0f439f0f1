#include "services/scheduling/clients/grpc_intake_gate.h"

#include <utility>

#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "services/scheduling/clients/peer_answer.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

class IntakeGate final : public ReadinessGate {
 public:
  explicit IntakeGate(std::shared_ptr<grpc::Channel> channel)
      : stub_(intake::v1::IntakeService::NewStub(std::move(channel))) {}

  absl::StatusOr<Unmet> Check(const rpc::Call& call, const PatientId& patient, const std::string& program,
                              absl::CivilDay day) override {
    intake::v1::GetReadinessRequest request;
    request.set_name(NameOf(call.clinic(), patient));
    request.set_program(program);
    *request.mutable_as_of_date() = rpc::ToProto(day);
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    intake::v1::Readiness readiness;
    const grpc::Status status = stub_->GetReadiness(&context, request, &readiness);
    if (!status.ok()) return rpc::FromPeer("intake", status);
    return UnmetOf(readiness.conditions());
  }

 private:
  std::unique_ptr<intake::v1::IntakeService::Stub> stub_;
};

}  // namespace

std::unique_ptr<ReadinessGate> MakeIntakeGate(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<IntakeGate>(std::move(channel));
}

}  // namespace kat::scheduling
