#include "services/authorization/api/authorization_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/error.h"
#include "services/authorization/api/convert_authorization.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/ops/authorizations.h"

namespace kat::authorization::api {

using domain::PriorAuthorization;
using store::Lock;
using store::Tx;

namespace {

const char* TypeOf(const domain::Decision& decision) {
  using Outcome = domain::Decision::Outcome;
  switch (decision.outcome) {
    case Outcome::kDenied:
      return "denied";
    case Outcome::kPended:
      return "pended";
    case Outcome::kInformationRequested:
      return "info_requested";
    case Outcome::kContactPayer:
      return "contact_payer";
    case Outcome::kNotRequired:
      return "not_required";
    default:
      return "approved";
  }
}

bool Contested(domain::AuthState state) {
  using domain::AuthState;
  return state == AuthState::kPeerToPeer || state == AuthState::kAppealFirst || state == AuthState::kAppealSecond ||
         state == AuthState::kExternalReview;
}

// What treatment under the previous authorization adds to a renewal's evidence.
absl::Status AddTreatment(Tx& tx, const PriorAuthorization& auth, domain::PatientEvidence& evidence) {
  if (auth.previous.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<domain::UnitLine> lines, tx.LinesOfAuthorization(auth.previous));
  for (const domain::UnitLine& line : lines) {
    if (line.state != domain::LineState::kConsumed) continue;
    ++evidence.sessions_completed;
    if (!evidence.treatment_start || line.day < *evidence.treatment_start) evidence.treatment_start = line.day;
  }
  return absl::OkStatus();
}

absl::StatusOr<domain::Packet> AssemblePacket(Tx& tx, rpc::Call& call, PriorAuthorization& auth,
                                              domain::PatientEvidence evidence, const domain::Moment& moment) {
  RETURN_IF_ERROR(AddTreatment(tx, auth, evidence));
  ASSIGN_OR_RETURN(const domain::PayerPolicy policy, tx.FindPolicy(auth.policy));
  domain::Packet packet = Evaluate(policy, auth.kind, evidence, moment.today());
  RETURN_IF_ERROR(TakePacket(auth, packet, moment));
  packet.created_by = call.identity().subject;
  return packet;
}

}  // namespace

void AuthorizationHandlers::Register(rpc::Service& service) {
  service.Unary("CreatePriorAuthorization", this, &AuthorizationHandlers::Create);
  service.Unary("GetPriorAuthorization", this, &AuthorizationHandlers::Get);
  service.Unary("ListPriorAuthorizations", this, &AuthorizationHandlers::List);
  service.Unary("AssembleAuthorizationPacket", this, &AuthorizationHandlers::Assemble);
  service.Unary("GetAuthorizationPacket", this, &AuthorizationHandlers::GetPacket);
  service.Unary("ListAuthorizationPackets", this, &AuthorizationHandlers::ListPackets);
  service.Unary("SubmitPriorAuthorization", this, &AuthorizationHandlers::Submit);
  service.Unary("RecordAuthorizationDecision", this, &AuthorizationHandlers::Decide);
  service.Unary("CancelPriorAuthorization", this, &AuthorizationHandlers::Cancel);
  service.Unary("TerminatePriorAuthorization", this, &AuthorizationHandlers::Terminate);
  service.Unary("SchedulePeerToPeer", this, &AuthorizationHandlers::PeerToPeer);
  service.Unary("FileAppeal", this, &AuthorizationHandlers::Appeal);
  service.Unary("ForecastUnits", this, &AuthorizationHandlers::Forecast);
}

absl::StatusOr<domain::PatientEvidence> AuthorizationHandlers::Evidence(rpc::Call& call, const PriorAuthorization& auth,
                                                                        absl::CivilDay as_of) {
  return intake_.Evidence(As::Caller(call), auth.patient, auth.program, as_of);
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Create(
    rpc::Call& call, const v1::CreatePriorAuthorizationRequest& request) {
  ASSIGN_OR_RETURN(const PriorAuthorization draft, FromProto(request.prior_authorization()));
  ASSIGN_OR_RETURN(std::optional<v1::PriorAuthorization> replay, call.Replayed<v1::PriorAuthorization>(store_));
  if (replay) return *std::move(replay);
  absl::CivilDay today;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true}, [&](Tx& tx) {
    const absl::StatusOr<domain::Moment> moment = MomentOf(tx);
    if (moment.ok()) today = moment->today();
    return moment.status();
  }));
  ASSIGN_OR_RETURN(const domain::PatientEvidence evidence, Evidence(call, draft, today));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PriorAuthorization> {
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    domain::Insurance insurance;
    if (draft.insurance.empty()) {
      ASSIGN_OR_RETURN(const std::vector<domain::Insurance> insurances, tx.InsurancesOf(draft.patient));
      const domain::Insurance* primary = PrimaryOn(insurances, draft.requested_from);
      if (primary == nullptr) return domain::InsuranceMissing();
      insurance = *primary;
    } else {
      ASSIGN_OR_RETURN(insurance, tx.FindInsurance(draft.insurance));
      if (insurance.patient != draft.patient) {
        return InvalidField("prior_authorization.insurance_coverage", "is another patient's");
      }
      if (!insurance.Holds(draft.requested_from)) return domain::InsuranceMissing();
    }
    ASSIGN_OR_RETURN(const std::vector<domain::PayerPolicy> policies, tx.PoliciesOf(insurance.payer, draft.program));
    const domain::PayerPolicy* policy = PolicyInForce(policies, insurance.plan, draft.requested_from);
    if (policy == nullptr) return domain::PolicyMissing();
    ASSIGN_OR_RETURN(PriorAuthorization auth, NewAuthorization(draft, insurance, *policy, moment));
    auth.id = domain::AuthorizationId(NewId());
    if (!auth.previous.empty()) {
      ASSIGN_OR_RETURN(const PriorAuthorization previous, tx.FindAuthorization(auth.previous, Lock::kWrite));
      if (previous.patient != auth.patient || previous.program != auth.program) {
        return InvalidField("prior_authorization.previous", "is for another patient or program");
      }
      PriorAuthorization renewed = previous;
      renewed.renewed_by = auth.id;
      RETURN_IF_ERROR(SaveChange(tx, previous, renewed, {}));
    }
    RETURN_IF_ERROR(tx.InsertAuthorization(auth));
    PriorAuthorization before = auth;
    before.state = domain::AuthState::kUnspecified;  // nothing was open before it was there
    before.version = 0;
    ASSIGN_OR_RETURN(const domain::Packet packet, AssemblePacket(tx, call, auth, evidence, moment));
    RETURN_IF_ERROR(tx.InsertPacket(packet));
    RETURN_IF_ERROR(SaveChange(tx, before, auth, {"created", "packet_assembled"}));
    if (!auth.previous.empty()) RETURN_IF_ERROR(ReviewUncovered(tx, auth.patient, auth.program));
    return ToProto(call.clinic(), auth);
  });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Get(rpc::Call& call,
                                                                  const v1::GetPriorAuthorizationRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::PriorAuthorization> {
    ASSIGN_OR_RETURN(const PriorAuthorization auth,
                     tx.FindAuthorization(IdOf<domain::AuthorizationId>(request.name())));
    return ToProto(call.clinic(), auth);
  });
}

absl::StatusOr<v1::ListPriorAuthorizationsResponse> AuthorizationHandlers::List(
    rpc::Call& call, const v1::ListPriorAuthorizationsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  store::AuthorizationFilter filter{.patient = IdOf<PatientId>(request.patient()), .program = request.program()};
  for (int state : request.states()) filter.states.push_back(static_cast<domain::AuthState>(state));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListPriorAuthorizationsResponse> {
    ASSIGN_OR_RETURN(std::vector<PriorAuthorization> auths, tx.ListAuthorizations(filter, ToSlice(page)));
    v1::ListPriorAuthorizationsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, auths, [](const PriorAuthorization& a) {
      return std::vector<std::string>{MicrosKey(a.created_at), a.id.str()};
    }));
    for (const PriorAuthorization& auth : auths) *response.add_prior_authorizations() = ToProto(call.clinic(), auth);
    return response;
  });
}

absl::StatusOr<v1::AuthorizationPacket> AuthorizationHandlers::Assemble(
    rpc::Call& call, const v1::AssembleAuthorizationPacketRequest& request) {
  ASSIGN_OR_RETURN(std::optional<v1::AuthorizationPacket> replay, call.Replayed<v1::AuthorizationPacket>(store_));
  if (replay) return *std::move(replay);
  const auto id = IdOf<domain::AuthorizationId>(request.name());
  PriorAuthorization asked;
  absl::CivilDay today;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(asked, tx.FindAuthorization(id));
                               ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
                               today = moment.today();
                               return absl::OkStatus();
                             }));
  ASSIGN_OR_RETURN(const domain::PatientEvidence evidence, Evidence(call, asked, today));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::AuthorizationPacket> {
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    ASSIGN_OR_RETURN(const PriorAuthorization before, tx.FindAuthorization(id, Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), before.version, "prior authorization"));
    PriorAuthorization auth = before;
    ASSIGN_OR_RETURN(const domain::Packet packet, AssemblePacket(tx, call, auth, evidence, moment));
    RETURN_IF_ERROR(tx.InsertPacket(packet));
    RETURN_IF_ERROR(SaveChange(tx, before, auth, {"packet_assembled"}));
    return ToProto(call.clinic(), packet);
  });
}

absl::StatusOr<v1::AuthorizationPacket> AuthorizationHandlers::GetPacket(
    rpc::Call& call, const v1::GetAuthorizationPacketRequest& request) {
  int version = 0;
  if (!absl::SimpleAtoi(rpc::LastSegment(request.name()), &version)) return ResourceNotFound("packet");
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::AuthorizationPacket> {
    const domain::AuthorizationId id(rpc::SegmentAfter(request.name(), kAuthorizations));
    ASSIGN_OR_RETURN(const domain::Packet packet, tx.FindPacket(id, version));
    return ToProto(call.clinic(), packet);
  });
}

absl::StatusOr<v1::ListAuthorizationPacketsResponse> AuthorizationHandlers::ListPackets(
    rpc::Call& call, const v1::ListAuthorizationPacketsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListAuthorizationPacketsResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::Packet> packets,
                     tx.ListPackets(IdOf<domain::AuthorizationId>(request.parent()), ToSlice(page)));
    v1::ListAuthorizationPacketsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, packets, [](const domain::Packet& p) {
      return std::vector<std::string>{std::to_string(p.version)};
    }));
    for (const domain::Packet& packet : packets) *response.add_authorization_packets() = ToProto(call.clinic(), packet);
    return response;
  });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Apply(rpc::Call& call, const std::string& name,
                                                                    const std::string& etag, Change change) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::PriorAuthorization> {
    const auto id = IdOf<domain::AuthorizationId>(name);
    ASSIGN_OR_RETURN(const PriorAuthorization before, tx.FindAuthorization(id, Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(etag, before.version, "prior authorization"));
    ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
    ASSIGN_OR_RETURN(const std::optional<domain::DecisionClock> clock, ClockOf(tx, before));
    PriorAuthorization after = before;
    std::vector<std::string> types;
    RETURN_IF_ERROR(change(tx, after, clock ? &*clock : nullptr, moment, types));
    RETURN_IF_ERROR(SaveChange(tx, before, after, std::move(types)));
    if (Running(after.state)) {
      RETURN_IF_ERROR(SettleOverrun(tx, id));
      RETURN_IF_ERROR(CoverUncovered(tx, after.patient, after.program));
    }
    RETURN_IF_ERROR(ReviewUncovered(tx, after.patient, after.program));
    ASSIGN_OR_RETURN(after, tx.FindAuthorization(id));  // with the counters as they now stand
    return ToProto(call.clinic(), after);
  });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Submit(
    rpc::Call& call, const v1::SubmitPriorAuthorizationRequest& request) {
  return Apply(call, request.name(), request.etag(),
               [&](Tx& tx, PriorAuthorization& auth, const domain::DecisionClock* clock, const domain::Moment& moment,
                   std::vector<std::string>& types) -> absl::Status {
                 if (auth.packet_version == 0) return domain::PacketMissing();
                 ASSIGN_OR_RETURN(const domain::Packet packet, tx.FindPacket(auth.id, auth.packet_version));
                 ASSIGN_OR_RETURN(const domain::Submission sent,
                                  channel_.Send(auth, packet, FromProto(request.submission())));
                 types.push_back("submitted");
                 return domain::Submit(auth, packet, sent, request.gap_reason(), clock, moment);
               });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Decide(
    rpc::Call& call, const v1::RecordAuthorizationDecisionRequest& request) {
  ASSIGN_OR_RETURN(const domain::Decision decision, FromProto(request.decision()));
  return Apply(call, request.name(), request.etag(),
               [&](Tx& tx, PriorAuthorization& auth, const domain::DecisionClock* clock, const domain::Moment& moment,
                   std::vector<std::string>& types) -> absl::Status {
                 const bool upheld = Contested(auth.state) && decision.outcome == domain::Decision::Outcome::kDenied;
                 RETURN_IF_ERROR(RecordDecision(auth, decision, clock, moment));
                 if (decision.approves()) RETURN_IF_ERROR(FitLines(tx, auth));
                 types.push_back(upheld ? "denial_upheld" : TypeOf(decision));
                 return absl::OkStatus();
               });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Cancel(
    rpc::Call& call, const v1::CancelPriorAuthorizationRequest& request) {
  return Apply(call, request.name(), request.etag(),
               [&](Tx&, PriorAuthorization& auth, const domain::DecisionClock*, const domain::Moment& moment,
                   std::vector<std::string>& types) {
                 types.push_back("cancelled");
                 return domain::Cancel(auth, request.reason(), moment);
               });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Terminate(
    rpc::Call& call, const v1::TerminatePriorAuthorizationRequest& request) {
  return Apply(call, request.name(), request.etag(),
               [&](Tx& tx, PriorAuthorization& auth, const domain::DecisionClock*, const domain::Moment& moment,
                   std::vector<std::string>& types) -> absl::Status {
                 types.push_back("terminated");
                 RETURN_IF_ERROR(domain::Terminate(auth, request.reason(), moment));
                 return FitLines(tx, auth);
               });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::PeerToPeer(rpc::Call& call,
                                                                         const v1::SchedulePeerToPeerRequest& request) {
  return Apply(call, request.name(), request.etag(),
               [&](Tx&, PriorAuthorization& auth, const domain::DecisionClock* clock, const domain::Moment& moment,
                   std::vector<std::string>& types) {
                 types.push_back("peer_to_peer_scheduled");
                 return domain::SchedulePeerToPeer(auth, rpc::FromProto(request.call_time()),
                                                   request.reference_number(), clock, moment);
               });
}

absl::StatusOr<v1::PriorAuthorization> AuthorizationHandlers::Appeal(rpc::Call& call,
                                                                     const v1::FileAppealRequest& request) {
  return Apply(call, request.name(), request.etag(),
               [&](Tx&, PriorAuthorization& auth, const domain::DecisionClock* clock, const domain::Moment& moment,
                   std::vector<std::string>& types) {
                 types.push_back("appealed");
                 return domain::FileAppeal(auth, static_cast<domain::Contest::Level>(request.level()),
                                           FromProto(request.submission()), clock, moment);
               });
}

absl::StatusOr<v1::UnitForecast> AuthorizationHandlers::Forecast(rpc::Call& call,
                                                                 const v1::ForecastUnitsRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<domain::Visit> visits, FromProto(request.visits()));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::UnitForecast> {
    ASSIGN_OR_RETURN(const domain::CoverageFacts facts,
                     LoadFacts(tx, IdOf<PatientId>(request.patient()), IdOf<domain::CourseId>(request.course()),
                               request.program(), Lock::kRead));
    return ToProto(call.clinic(), ForecastUnits(facts, visits, request.devices()));
  });
}

}  // namespace kat::authorization::api
