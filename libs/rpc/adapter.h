#ifndef KAT_LIBS_RPC_ADAPTER_H_
#define KAT_LIBS_RPC_ADAPTER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "kat/common/v1/options.pb.h"
#include "libs/auth/token.h"
#include "libs/rpc/call.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/server_stream.h"
#include "libs/tx/transaction.h"

namespace kat::rpc {

// The name of the service of ours at the other end of a call, "" for anyone else. From the SPIFFE id in the peer's
// certificate, `spiffe://kat/<service>`, when the transport has verified it.
std::string PeerFromCertificate(const grpc::ServerContextBase& context);

struct AdapterOptions {
  auth::TokenVerifier* verifier;
  tx::Store<tx::Transaction>* journal;  // where calls that never reach their own transaction are audited
  Metrics* metrics;
  int max_in_flight = 48;  // further unary calls are refused with a retry delay; below the server's thread quota
  std::function<std::string(const grpc::ServerContextBase&)> identify_peer = PeerFromCertificate;
};

// What stands around every handler, in this order: trace and log scope, deadline, identity, access, admission, field
// rules, tenant, handler, status mapping, audit of a failure, metrics, one log line. Thread-safe.
class Adapter {
 public:
  explicit Adapter(AdapterOptions options) : options_(std::move(options)) {}

  // Serves a unary call.
  grpc::Status Serve(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                     const google::protobuf::Message& request, google::protobuf::Message* response,
                     absl::FunctionRef<absl::Status(Call&)> handle);

  // For a stream that says itself whose clinic it is about: identity and access alone.
  absl::StatusOr<Identity> Admit(const google::protobuf::MethodDescriptor* method,
                                 const grpc::ServerContextBase& context, const google::protobuf::Message& request);

  // Checks a stream as Serve checks a call: identity, access, field rules, tenant. Fills `caller` as far as it is
  // known, for the audit of a refusal, which is the handler's, since nothing here may block.
  absl::Status OpenStream(const google::protobuf::MethodDescriptor* method, const grpc::ServerContextBase& context,
                          const google::protobuf::Message& request, StreamCaller* caller);
  // Notes the end of a stream in metrics and log.
  void StreamDone(const StreamCaller& caller, const absl::Status& status);

 private:
  absl::StatusOr<Identity> Identify(const grpc::ServerContextBase& context, std::string* bearer,
                                    absl::Time* expires_at = nullptr);
  absl::Status ServeTraced(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                           const google::protobuf::Message& request, absl::FunctionRef<absl::Status(Call&)> handle,
                           Identity* identity);
  void AuditFailure(Call& call, const google::protobuf::Message& request, const absl::Status& status);

  AdapterOptions options_;
  std::atomic<int> in_flight_ = 0;
};

// The policy of a method.
const common::v1::MethodPolicy& PolicyOf(const google::protobuf::MethodDescriptor* method);

// `/kat.intake.v1.IntakeService/GetPatient` without the first slash.
std::string FullMethod(const google::protobuf::MethodDescriptor* method);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_ADAPTER_H_
