#include "services/scheduling/clients/grpc_authorization_gate.h"

#include <algorithm>
#include <utility>

#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "libs/base/status_macros.h"
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
  request.set_allow_conditional(question.allow_conditional);
  for (const GateVisit& visit : question.visits) {
    authorization::v1::CoveredVisit& out = *request.add_visits();
    out.set_visit_id(visit.visit_id);
    out.set_session_number(visit.session_number);
    out.set_visit_type(visit.visit_type.str());
    *out.mutable_date() = rpc::ToProto(visit.day);
  }
  return request;
}

// The visits that a decision or a reservation does not cover.
template <class Answer>
absl::StatusOr<VisitConditions> ConditionsOf(const Answer& answer) {
  VisitConditions conditions;
  for (const authorization::v1::UncoveredVisit& visit : answer.uncovered_visits()) {
    CoverageCondition& condition = conditions[visit.visit_id()];
    condition.code = visit.code();
    condition.since_visit = answer.first_uncovered_visit();
    if (!visit.conditional() || !answer.has_renewal_request_date()) continue;
    ASSIGN_OR_RETURN(condition.renewal_request_by,
                     rpc::FromProto(answer.renewal_request_date(), "renewal_request_date"));
  }
  return conditions;
}

absl::StatusOr<GateAnswer> Answer(const GateQuestion& question,
                                  const absl::StatusOr<authorization::v1::CoverageDecision>& decision) {
  if (!decision.ok()) return decision.status();
  GateAnswer answer{.unmet = UnmetOf(decision->conditions())};
  // Where the clinic refuses conditional visits they are unmet, and nothing else.
  const bool refused = std::any_of(answer.unmet.begin(), answer.unmet.end(), [&](const auto& unmet) {
    return std::any_of(decision->uncovered_visits().begin(), decision->uncovered_visits().end(),
                       [&](const auto& visit) { return visit.code() == unmet.type; });
  });
  if (question.allow_conditional && !refused) {
    ASSIGN_OR_RETURN(answer.conditional, ConditionsOf(*decision));
  }
  return answer;
}

class AuthorizationGate final : public CoverageGate {
 public:
  explicit AuthorizationGate(std::shared_ptr<grpc::Channel> channel)
      : stub_(authorization::v1::AuthorizationService::NewStub(std::move(channel))) {}

  absl::StatusOr<GateAnswer> Check(const rpc::Call& call, const GateQuestion& question) override {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, call);
    return Answer(question, Ask(context, MakeRequest<authorization::v1::GetCoverageRequest>(call.clinic(), question)));
  }

  absl::StatusOr<GateAnswer> Check(const ClinicId& clinic, const GateQuestion& question) override {
    return Answer(question, Ask(clinic, MakeRequest<authorization::v1::GetCoverageRequest>(clinic, question)));
  }

  absl::StatusOr<VisitConditions> Uncovered(const ClinicId& clinic, const GateQuestion& question) override {
    ASSIGN_OR_RETURN(const authorization::v1::CoverageDecision decision,
                     Ask(clinic, MakeRequest<authorization::v1::GetCoverageRequest>(clinic, question)));
    return ConditionsOf(decision);
  }

  absl::StatusOr<DoseDays> OtherDays(const ClinicId& clinic, const GateQuestion& question,
                                     const DaySpan& span) override {
    auto request = MakeRequest<authorization::v1::GetCoverageRequest>(clinic, question);
    *request.mutable_other_days()->mutable_from() = rpc::ToProto(span.from);
    *request.mutable_other_days()->mutable_until() = rpc::ToProto(span.until);
    ASSIGN_OR_RETURN(const authorization::v1::CoverageDecision decision, Ask(clinic, request));
    DoseDays out;
    for (const authorization::v1::OtherDays& visit : decision.other_days()) {
      std::vector<DaySpan>& days = out.days[visit.visit_id()];
      for (const authorization::v1::DateRange& range : visit.days()) {
        days.emplace_back();
        ASSIGN_OR_RETURN(days.back().from, rpc::FromProto(range.from(), "other_days.days.from"));
        ASSIGN_OR_RETURN(days.back().until, rpc::FromProto(range.until(), "other_days.days.until"));
      }
    }
    for (const authorization::v1::VisitSpacing& spacing : decision.spacings()) {
      out.spacings.push_back({spacing.from_visit(), spacing.to_visit(), {.min_days = spacing.min_days()}});
    }
    return out;
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
    Reserved reserved{.name = reservation.name()};
    ASSIGN_OR_RETURN(reserved.conditional, ConditionsOf(reservation));
    return reserved;
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
  absl::StatusOr<authorization::v1::CoverageDecision> Ask(grpc::ClientContext& context,
                                                          const authorization::v1::GetCoverageRequest& request) {
    authorization::v1::CoverageDecision decision;
    const grpc::Status status = stub_->GetCoverage(&context, request, &decision);
    if (!status.ok()) return rpc::FromPeer(kPeer, status);
    return decision;
  }

  // As this service itself.
  absl::StatusOr<authorization::v1::CoverageDecision> Ask(const ClinicId& clinic,
                                                          const authorization::v1::GetCoverageRequest& request) {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    return Ask(context, request);
  }

  std::unique_ptr<authorization::v1::AuthorizationService::Stub> stub_;
};

}  // namespace

std::unique_ptr<CoverageGate> MakeAuthorizationGate(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<AuthorizationGate>(std::move(channel));
}

}  // namespace kat::scheduling
