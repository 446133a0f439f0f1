#include "deploy/katctl/client.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "deploy/katctl/schema.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "libs/auth/token.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/adapter.h"
#include "libs/rpc/status.h"

namespace kat::ctl {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kCallTimeout = absl::Seconds(30);
constexpr absl::Duration kRetryPause = absl::Milliseconds(100);

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool IsText(const Json& value) { return value.is_string(); }

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

absl::Status FromJson(const Json& json, Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the request does not fit ", message->GetDescriptor()->name(), ": ",
                                                 std::string(status.message().data(), status.message().size())));
}

Json ToJson(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  return Json::parse(text, nullptr, false);
}

// A unary call of any method, through gRPC's own generic stub.
grpc::Status UnaryCall(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
                       grpc::ClientContext& context, const Message& request, Message* response) {
  grpc::ByteBuffer out, in;
  bool own = false;
  grpc::Status status = grpc::SerializationTraits<Message>::Serialize(request, &out, &own);
  if (!status.ok()) return status;
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, absl::StrCat("/", rpc::FullMethod(&method)), out, &queue);
  call->StartCall();
  call->Finish(&in, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return status;
  return grpc::SerializationTraits<Message>::Deserialize(&in, response);
}

// gRPC's own word for a connection that failed, as a person needs it; what a service said stays as it is.
absl::Status NameTheService(const absl::Status& status, const std::string& service, const std::string& address) {
  if (!absl::IsUnavailable(status) || !ErrorReason(status).empty()) return status;
  return absl::UnavailableError(absl::StrCat(service, " at ", address, " cannot be reached: ", status.message()));
}

bool IsAway(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsResourceExhausted(status); }

}  // namespace

absl::StatusOr<Installation> Installation::Read(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return absl::NotFoundError(
        absl::StrCat("no installation at ", path,
                     "; start one with deploy/quickstart, or name its file with --config or KAT_CONFIG"));
  }
  const Json json = Json::parse(*text, nullptr, false);
  const bool named = json.is_object() && json.contains("services") && json["services"].is_object();
  if (!named || !std::all_of(json["services"].begin(), json["services"].end(), IsText) ||
      !std::all_of(json.begin(), json.end(), [](const Json& v) { return v.is_object() || IsText(v); })) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " is no installation file: JSON like {\"services\": {\"intake\": \"host:port\"}, \"tls_ca\": …}"));
  }
  Installation installation;
  for (const auto& [name, address] : json["services"].items()) installation.services[name] = address.get<std::string>();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const auto file = [&](const char* key) {
    return json.contains(key) ? (folder / json[key].get<std::string>()).string() : "";
  };
  installation.tls_ca = file("tls_ca");
  installation.signing_key = file("signing_key");
  installation.clock_file = file("clock_file");
  installation.issuer = json.value("issuer", "");
  installation.audience = json.value("audience", "");
  installation.gateway = json.value("gateway", "");
  return installation;
}

absl::StatusOr<std::string> DevelopmentToken(const Installation& installation, const Caller& caller,
                                             absl::Duration lifetime) {
  if (installation.signing_key.empty())
    return absl::FailedPreconditionError("this installation has no development key; pass --token");
  ASSIGN_OR_RETURN(const std::string key, ReadFile(installation.signing_key));
  return auth::SignToken(key, {.claims = {.subject = caller.subject, .clinic = caller.clinic, .roles = caller.roles},
                               .issuer = installation.issuer,
                               .audience = installation.audience,
                               .issued_at = absl::Now(),
                               .lifetime = lifetime});
}

absl::Status CheckRequest(const MethodDescriptor& method, const Json& request) {
  return FromJson(request, NewMessage(method.input_type()).get());
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Client::Channel(const std::string& service) {
  std::shared_ptr<grpc::Channel>& channel = channels_[service];
  if (channel != nullptr) return channel;
  const auto address = installation_.services.find(service);
  if (address == installation_.services.end())
    return absl::NotFoundError(absl::StrCat("the installation has no service ", service));
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!installation_.tls_ca.empty()) {
    grpc::SslCredentialsOptions options;
    ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(installation_.tls_ca));
    credentials = grpc::SslCredentials(options);
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  // A server that was away is looked up again before it is connected to, and by default not for half a minute.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 100);
  channel = grpc::CreateCustomChannel(address->second, credentials, arguments);
  return channel;
}

absl::StatusOr<std::string> Client::Token(const Caller& caller) {
  if (!installation_.token.empty()) return installation_.token;
  std::string& token = tokens_[absl::StrCat(caller.clinic, "|", caller.subject, "|", absl::StrJoin(caller.roles, ","))];
  if (token.empty()) {
    ASSIGN_OR_RETURN(token, DevelopmentToken(installation_, caller, absl::Hours(12)));
  }
  return token;
}

absl::StatusOr<Json> Client::Call(const MethodDescriptor& method, const Json& request, const Caller& caller) {
  return CallOn(ServiceOf(method), method, request, caller);
}

absl::StatusOr<Json> Client::CallOn(const std::string& service, const MethodDescriptor& method, const Json& request,
                                    const Caller& caller) {
  const auto message = NewMessage(method.input_type());
  const auto response = NewMessage(method.output_type());
  RETURN_IF_ERROR(FromJson(request, message.get()));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, Channel(service));
  ASSIGN_OR_RETURN(const std::string token, Token(caller));
  absl::Status status;
  const absl::Time give_up = absl::Now() + patience_;
  do {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kCallTimeout));
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    status = rpc::FromGrpc(UnaryCall(channel, method, context, *message, response.get()));
    if (!IsAway(status) || absl::Now() >= give_up) break;
    absl::SleepFor(kRetryPause);
  } while (true);
  status = NameTheService(status, service, installation_.services[service]);
  const absl::StatusOr<Json> answer = status.ok() ? absl::StatusOr<Json>(ToJson(*response)) : status;
  if (observer_) observer_(rpc::FullMethod(&method), request, caller, answer);
  return answer;
}

absl::Status Client::Stream(const MethodDescriptor& method, const Json& request, const Caller& caller,
                            std::function<bool(const Json&)> on_message) {
  const std::string service = ServiceOf(method);
  const auto message = NewMessage(method.input_type());
  RETURN_IF_ERROR(FromJson(request, message.get()));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, Channel(service));
  ASSIGN_OR_RETURN(const std::string token, Token(caller));
  grpc::ByteBuffer out;
  bool own = false;
  RETURN_IF_ERROR(rpc::FromGrpc(grpc::SerializationTraits<Message>::Serialize(*message, &out, &own)));
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  const std::string path = absl::StrCat("/", rpc::FullMethod(&method));
  const grpc::internal::RpcMethod rpc_method(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING, channel);
  const std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
      grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(channel.get(), rpc_method, &context, out));
  for (grpc::ByteBuffer in; reader->Read(&in);) {
    const auto response = NewMessage(method.output_type());
    const absl::Status parsed = rpc::FromGrpc(grpc::SerializationTraits<Message>::Deserialize(&in, response.get()));
    if (parsed.ok() && on_message(ToJson(*response))) continue;
    context.TryCancel();
    (void)reader->Finish();
    return parsed;
  }
  return NameTheService(rpc::FromGrpc(reader->Finish()), service, installation_.services[service]);
}

absl::Status Client::Watch(const std::string& service, const Json& request, const Caller& caller,
                           std::function<bool(const Json&)> on_event) {
  common::v1::SubscribeRequest message;
  RETURN_IF_ERROR(FromJson(request, &message));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, Channel(service));
  ASSIGN_OR_RETURN(const std::string token, Token(caller));
  grpc::ClientContext context;
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  auto stream = common::v1::EventFeedService::NewStub(channel)->Subscribe(&context, message);
  for (common::v1::SubscribeResponse response; stream->Read(&response);) {
    for (const common::v1::Event& event : response.events()) {
      if (on_event(ToJson(event))) continue;
      context.TryCancel();
      (void)stream->Finish();
      return absl::OkStatus();
    }
  }
  return NameTheService(rpc::FromGrpc(stream->Finish()), service, installation_.services[service]);
}

std::string Client::Health(const std::string& service) {
  const auto channel = Channel(service);
  if (!channel.ok()) return "UNKNOWN";
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = grpc::health::v1::Health::NewStub(*channel)->Check(&context, {}, &response);
  return status.ok() ? grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status()) : "UNREACHABLE";
}

std::string Explain(const absl::Status& status) {
  const ErrorDetail detail = GetErrorDetail(status).value_or(ErrorDetail{});
  std::string text =
      absl::StrCat(absl::StatusCodeToString(status.code()),
                   detail.reason.empty() ? "" : absl::StrCat(" ", detail.reason), ": ", status.message());
  for (const FieldViolation& v : detail.fields) absl::StrAppend(&text, "\n  field ", v.field, " ", v.description);
  for (const PreconditionViolation& v : detail.preconditions)
    absl::StrAppend(&text, "\n  unmet ", v.type, " (", v.subject, "): ", v.description);
  for (const auto& [key, value] : detail.metadata) absl::StrAppend(&text, "\n  ", key, ": ", value);
  if (detail.retry_after) absl::StrAppend(&text, "\n  try again in ", absl::FormatDuration(*detail.retry_after));
  return text;
}

}  // namespace kat::ctl
