#include "services/scheduling/clients/grpc_intake_gate.h"

#include <algorithm>
#include <utility>

#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/clients/peer_answer.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 200;  // the most that intake gives at once

// A required step that is neither done nor waived is missing.
Prospect ProspectOf(const intake::v1::IntakeCase& found) {
  using Step = intake::v1::IntakeStep;
  Prospect out{.patient = PatientId(rpc::SegmentAfter(found.patient(), "patients")),
               .program = found.program(),
               .opened_at = rpc::FromProto(found.create_time())};
  for (const Step& step : found.steps()) {
    if (!step.spec().required() || step.state() == Step::COMPLETED || step.state() == Step::WAIVED) continue;
    const absl::Time due = rpc::FromProto(step.due_time());
    out.ready_by = out.ready_by ? std::max(*out.ready_by, due) : due;
  }
  return out;
}

class IntakeGate final : public ReadinessGate {
 public:
  explicit IntakeGate(std::shared_ptr<grpc::Channel> channel)
      : stub_(intake::v1::IntakeService::NewStub(std::move(channel))) {}

  absl::StatusOr<Unmet> Check(const rpc::Call& call, const PatientId& patient, const std::string& program,
                              absl::CivilDay day) override {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    ASSIGN_OR_RETURN(const intake::v1::Readiness readiness, Ask(context, call.clinic(), patient, program, day));
    return UnmetOf(readiness.conditions());
  }

  absl::StatusOr<std::vector<DaySpan>> ReadyDays(const ClinicId& clinic, const PatientId& patient,
                                                 const std::string& program, const DaySpan& span) override {
    std::vector<DaySpan> days;
    absl::CivilDay day = span.from;
    while (day < span.until) {
      grpc::ClientContext context;
      rpc::PreparePeerCall(context, clinic);
      ASSIGN_OR_RETURN(const intake::v1::Readiness readiness, Ask(context, clinic, patient, program, day));
      absl::CivilDay next = span.until;
      if (readiness.has_next_change_date()) {
        ASSIGN_OR_RETURN(next, rpc::FromProto(readiness.next_change_date(), "next_change_date"));
      }
      next = std::min(std::max(next, day + 1), span.until);
      if (readiness.ready()) days.push_back({day, next});
      day = next;
    }
    return days;
  }

  absl::StatusOr<std::vector<Prospect>> Prospects(const ClinicId& clinic, const std::string& program,
                                                  int most) override {
    std::vector<Prospect> out;
    for (const auto state : {intake::v1::IntakeCase::OPEN, intake::v1::IntakeCase::READY}) {
      RETURN_IF_ERROR(AddCases(clinic, program, state, out.size() + most, &out));
    }
    return out;
  }

 private:
  absl::StatusOr<intake::v1::Readiness> Ask(grpc::ClientContext& context, const ClinicId& clinic,
                                            const PatientId& patient, const std::string& program, absl::CivilDay day) {
    intake::v1::GetReadinessRequest request;
    request.set_name(NameOf(clinic, patient));
    request.set_program(program);
    *request.mutable_as_of_date() = rpc::ToProto(day);
    intake::v1::Readiness readiness;
    const grpc::Status status = stub_->GetReadiness(&context, request, &readiness);
    if (!status.ok()) return rpc::FromPeer("intake", status);
    return readiness;
  }

  absl::Status AddCases(const ClinicId& clinic, const std::string& program, intake::v1::IntakeCase::State state,
                        size_t end, std::vector<Prospect>* out) {
    intake::v1::ListIntakeCasesRequest request;
    request.set_parent(NameOf(clinic));
    request.set_program(program);
    request.set_state(state);
    request.set_page_size(kPage);
    do {
      grpc::ClientContext context;
      rpc::PreparePeerCall(context, clinic);
      intake::v1::ListIntakeCasesResponse page;
      const grpc::Status status = stub_->ListIntakeCases(&context, request, &page);
      if (!status.ok()) return rpc::FromPeer("intake", status);
      for (const intake::v1::IntakeCase& found : page.intake_cases()) {
        if (out->size() < end) out->push_back(ProspectOf(found));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && out->size() < end);
    return absl::OkStatus();
  }

  std::unique_ptr<intake::v1::IntakeService::Stub> stub_;
};

}  // namespace

std::unique_ptr<ReadinessGate> MakeIntakeGate(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<IntakeGate>(std::move(channel));
}

}  // namespace kat::scheduling
