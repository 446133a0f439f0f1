#include "libs/rpc/adapter.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/rpc/field_rules.h"
#include "libs/rpc/status.h"
#include "libs/rpc/trace.h"

namespace kat::rpc {
namespace {

constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
constexpr absl::Duration kLongestDeadline = absl::Minutes(5);  // a caller that asks for more gets this
constexpr char kSpiffePrefix[] = "spiffe://kat/";

std::string Header(const grpc::ServerContextBase& context, const char* name) {
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find(name);
  return it == metadata.end() ? "" : std::string(it->second.data(), it->second.size());
}

absl::Time DeadlineOf(const grpc::ServerContext& context, const common::v1::MethodPolicy& policy, absl::Time now) {
  const absl::Duration by_default =
      policy.default_deadline_ms() > 0 ? absl::Milliseconds(policy.default_deadline_ms()) : kDefaultDeadline;
  if (context.deadline() == std::chrono::system_clock::time_point::max()) return now + by_default;
  return std::min(absl::FromChrono(context.deadline()), now + kLongestDeadline);
}

std::set<common::v1::Role> ParseRoles(const std::vector<std::string>& names) {
  std::set<common::v1::Role> roles;
  for (const std::string& name : names) {
    common::v1::Role role;
    if (common::v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(name)), &role) &&
        role != common::v1::ROLE_UNSPECIFIED) {
      roles.insert(role);
    }
  }
  return roles;
}

// A service that passes a person's token on can do no more than that person: it would otherwise have to check, for each
// of its own methods, all that its peers would tell it.
absl::Status CheckAccess(const Identity& identity, bool as_itself, const common::v1::MethodPolicy& policy) {
  const auto& peers = policy.peers();
  if (as_itself && std::find(peers.begin(), peers.end(), identity.peer) != peers.end()) return absl::OkStatus();
  for (const int role : policy.roles()) {
    if (identity.Has(static_cast<common::v1::Role>(role))) return absl::OkStatus();
  }
  return MakeError(absl::StatusCode::kPermissionDenied, "none of the caller's roles may call this method",
                   {.reason = "ROLE_FORBIDS"});
}

class InFlight {
 public:
  explicit InFlight(std::atomic<int>& count, prometheus::Gauge& gauge) : count_(count), gauge_(gauge), rank_(++count) {
    gauge_.Increment();
  }
  ~InFlight() {
    --count_;
    gauge_.Decrement();
  }
  int rank() const { return rank_; }

 private:
  std::atomic<int>& count_;
  prometheus::Gauge& gauge_;
  int rank_;
};

}  // namespace

std::string PeerFromCertificate(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return "";
  for (const grpc::string_ref& uri : auth->FindPropertyValues("peer_spiffe_id")) {
    absl::string_view id(uri.data(), uri.size());
    if (absl::ConsumePrefix(&id, kSpiffePrefix)) return std::string(id);
  }
  return "";
}

const common::v1::MethodPolicy& PolicyOf(const google::protobuf::MethodDescriptor* method) {
  return method->options().GetExtension(common::v1::policy);
}

std::string FullMethod(const google::protobuf::MethodDescriptor* method) {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

tx::AuditEntry AuditOf(const StreamCaller& caller, std::string subject, absl::string_view outcome) {
  return {.actor = caller.identity.subject,
          .roles = RoleNames(caller.identity),
          .method = caller.method,
          .subject = std::move(subject),
          .outcome = std::string(outcome),
          .trace_id = caller.trace_id};
}

absl::StatusOr<Identity> Adapter::Identify(const grpc::ServerContextBase& context, std::string* bearer,
                                           absl::Time* expires_at) {
  Identity identity{.peer = options_.identify_peer(context)};
  const std::string authorization = Header(context, "authorization");
  if (authorization.empty() && !identity.peer.empty()) {
    identity.subject = absl::StrCat("service:", identity.peer);
    identity.clinic = ClinicId(Header(context, "kat-clinic"));
    return identity;
  }
  if (!absl::StartsWithIgnoreCase(authorization, "bearer ")) {
    return MakeError(absl::StatusCode::kUnauthenticated, "send a token: metadata `authorization: Bearer <token>`",
                     {.reason = "TOKEN_MISSING"});
  }
  *bearer = authorization.substr(7);
  absl::StatusOr<auth::Claims> claims = options_.verifier->Verify(*bearer, absl::Now());
  if (!claims.ok()) {
    return MakeError(absl::StatusCode::kUnauthenticated, claims.status().message(), {.reason = "TOKEN_INVALID"});
  }
  if (expires_at != nullptr) *expires_at = claims->expires_at;
  identity.subject = claims->subject;
  identity.clinic = ClinicId(claims->clinic);
  identity.roles = ParseRoles(claims->roles);
  if (identity.clinic.empty() && !identity.Has(common::v1::ROLE_PLATFORM_ADMIN)) {
    return MakeError(absl::StatusCode::kUnauthenticated, "the token names no clinic", {.reason = "TOKEN_INVALID"});
  }
  return identity;
}

absl::StatusOr<Identity> Adapter::Admit(const google::protobuf::MethodDescriptor* method,
                                        const grpc::ServerContextBase& context,
                                        const google::protobuf::Message& request) {
  std::string bearer;
  ASSIGN_OR_RETURN(Identity identity, Identify(context, &bearer));
  RETURN_IF_ERROR(CheckAccess(identity, bearer.empty(), PolicyOf(method)));
  return identity;
}

absl::Status Adapter::OpenStream(const google::protobuf::MethodDescriptor* method,
                                 const grpc::ServerContextBase& context, const google::protobuf::Message& request,
                                 StreamCaller* caller) {
  caller->method = FullMethod(method);
  caller->opened_at = absl::Now();
  caller->trace_id = TraceIdFrom(Header(context, "traceparent"));
  std::string bearer;
  ASSIGN_OR_RETURN(caller->identity, Identify(context, &bearer, &caller->expires_at));
  RETURN_IF_ERROR(CheckAccess(caller->identity, bearer.empty(), PolicyOf(method)));
  RETURN_IF_ERROR(CheckFieldRules(request));
  if (caller->identity.clinic.empty()) caller->identity.clinic = ClinicId(NamedClinic(request));
  return CheckTenant(request, caller->identity.clinic.str());
}

void Adapter::StreamDone(const StreamCaller& caller, const absl::Status& status) {
  const log::TraceScope trace(caller.trace_id);
  const absl::Duration took = absl::Now() - caller.opened_at;
  const std::string code = absl::StatusCodeToString(status.code());
  options_.metrics->Done(caller.method, code, took);
  log::Info("stream.done", {{"method", caller.method},
                            {"code", code},
                            {"reason", ErrorReason(status)},
                            {"micros", absl::ToInt64Microseconds(took)},
                            {"clinic", caller.identity.clinic.str()},
                            {"actor", caller.identity.subject},
                            {"peer", caller.identity.peer}});
}

// Fills what only the adapter may set.
class CallSetup {
 public:
  static void Fill(Call& call, const common::v1::MethodPolicy& policy, const std::string& trace_id) {
    call.audited_ = policy.patient_data();
    call.trace_id_ = trace_id;
  }
  static absl::Status Audit(Call& call, tx::Transaction& tx, absl::string_view outcome) {
    return call.AuditAll(tx, nullptr, outcome);
  }
};

absl::Status Adapter::ServeTraced(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                                  const google::protobuf::Message& request,
                                  absl::FunctionRef<absl::Status(Call&)> handle, Identity* who) {
  const common::v1::MethodPolicy& policy = PolicyOf(method);
  const absl::Time now = absl::Now();
  const absl::Time deadline = DeadlineOf(*context, policy, now);
  if (deadline <= now || context->IsCancelled()) {
    return MakeError(absl::StatusCode::kDeadlineExceeded, "the deadline was spent before the call was served",
                     {.reason = "DEADLINE_SPENT"});
  }
  std::string bearer;
  ASSIGN_OR_RETURN(Identity identity, Identify(*context, &bearer));
  RETURN_IF_ERROR(CheckAccess(identity, bearer.empty(), policy));

  const InFlight in_flight(in_flight_, options_.metrics->in_flight());
  if (in_flight.rank() > options_.max_in_flight) {
    return MakeError(absl::StatusCode::kResourceExhausted, "the server is busy; try again",
                     {.reason = "SERVER_BUSY", .retry_after = absl::Milliseconds(200)});
  }
  RETURN_IF_ERROR(CheckFieldRules(request));
  if (identity.clinic.empty()) identity.clinic = ClinicId(NamedClinic(request));
  *who = identity;
  Call call(FullMethod(method), std::move(identity), deadline, request);
  CallSetup::Fill(call, policy, log::TraceId());
  call.set_bearer(std::move(bearer));
  call.set_cancelled([context] { return context->IsCancelled(); });
  absl::Status status = CheckTenant(request, call.clinic().str());
  if (status.ok()) status = handle(call);
  if (!status.ok() && policy.patient_data()) AuditFailure(call, request, status);
  return status;
}

void Adapter::AuditFailure(Call& call, const google::protobuf::Message& request, const absl::Status& status) {
  if (call.clinic().empty()) return;
  const absl::Status audited = options_.journal->Run(
      {.clinic = call.clinic(), .deadline = absl::Now() + absl::Seconds(2)},
      [&](tx::Transaction& tx) { return CallSetup::Audit(call, tx, absl::StatusCodeToString(status.code())); });
  if (!audited.ok())
    log::Error("audit.failed", {{"method", call.method()}, {"code", absl::StatusCodeToString(audited.code())}});
}

grpc::Status Adapter::Serve(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                            const google::protobuf::Message& request, google::protobuf::Message* response,
                            absl::FunctionRef<absl::Status(Call&)> handle) {
  const log::TraceScope trace(TraceIdFrom(Header(*context, "traceparent")));
  const absl::Time start = absl::Now();
  Identity identity;
  const absl::Status status = ServeTraced(method, context, request, handle, &identity);
  if (!status.ok()) response->Clear();
  const absl::Duration took = absl::Now() - start;
  const std::string name = FullMethod(method);
  const std::string code = absl::StatusCodeToString(status.code());
  options_.metrics->Done(name, code, took);
  const bool ours = absl::IsInternal(status) || absl::IsUnknown(status) || absl::IsDataLoss(status);
  // Only a failure of ours has a message worth logging; a caller's may quote what it sent.
  log::Write(ours ? log::Level::kError : log::Level::kInfo, "call.done",
             {{"method", name},
              {"code", code},
              {"reason", ErrorReason(status)},
              {"micros", absl::ToInt64Microseconds(took)},
              {"clinic", identity.clinic.str()},
              {"actor", identity.subject},
              {"peer", identity.peer},
              {"detail", ours ? std::string(status.message()) : ""}});
  context->AddTrailingMetadata("kat-trace-id", log::TraceId());
  return ToGrpc(status);
}

}  // namespace kat::rpc
