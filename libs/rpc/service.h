#ifndef KAT_LIBS_RPC_SERVICE_H_
#define KAT_LIBS_RPC_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/codegen/method_handler.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "libs/rpc/call.h"
#include "libs/rpc/server_stream.h"

namespace kat::rpc {

class Adapter;  // identity, access, validation, deadline, metrics, logs: around every handler

// One gRPC service, its methods registered one by one, so that handlers of one service can live in several classes:
//   service.Unary("GetPatient", &patients, &PatientHandlers::GetPatient);
class Service final : public grpc::Service {
 public:
  // `full_name`: `kat.intake.v1.IntakeService`, whose generated code must be linked in.
  Service(absl::string_view full_name, Adapter& adapter);

  template <class Handlers, class Request, class Response>
  void Unary(const char* method, Handlers* handlers,
             absl::StatusOr<Response> (Handlers::*handle)(Call&, const Request&)) {
    const google::protobuf::MethodDescriptor* descriptor =
        Declare(method, Request::descriptor(), Response::descriptor());
    auto serve = [this, descriptor, handlers, handle](Service*, grpc::ServerContext* context, const Request* request,
                                                      Response* response) {
      return Serve(descriptor, context, *request, response, [&](Call& call) -> absl::Status {
        absl::StatusOr<Response> result = (handlers->*handle)(call, *request);
        if (!result.ok()) return result.status();
        *response = *std::move(result);
        return absl::OkStatus();
      });
    };
    AddMethod(new grpc::internal::RpcServiceMethod(
        Path(method), grpc::internal::RpcMethod::NORMAL_RPC,
        new grpc::internal::RpcMethodHandler<Service, Request, Response, google::protobuf::MessageLite,
                                             google::protobuf::MessageLite>(serve, this)));
  }

  // A method that answers with a stream. `open` gets every stream that a client begins, and what the adapter has to say
  // against it: where that is not OK, it audits the refusal where the method has patient data, and finishes the stream
  // with it. It runs on gRPC's thread and must not block.
  template <class Handlers, class Request, class Response>
  void Stream(const char* method, Handlers* handlers,
              void (Handlers::*open)(std::shared_ptr<ServerStream<Response>>, const Request&, const absl::Status&)) {
    const google::protobuf::MethodDescriptor* descriptor =
        Declare(method, Request::descriptor(), Response::descriptor());
    AddMethod(new grpc::internal::RpcServiceMethod(Path(method), grpc::internal::RpcMethod::SERVER_STREAMING, nullptr));
    MarkMethodCallback(
        static_cast<int>(registered_.size()) - 1,
        new grpc::internal::CallbackServerStreamingHandler<Request, Response>(
            [this, descriptor, handlers, open](grpc::CallbackServerContext* context, const Request* request) {
              auto [stream, reactor] = ServerStream<Response>::Make(
                  [this](const StreamCaller& caller, const absl::Status& status) { StreamDone(caller, status); });
              StreamCaller caller;
              const absl::Status status = OpenStream(descriptor, *context, *request, &caller);
              stream->set_caller(std::move(caller));
              (handlers->*open)(stream, *request, status);
              return static_cast<grpc::ServerWriteReactor<Response>*>(reactor);
            }));
  }

  // INTERNAL, naming every one, where a declared method has no handler or no policy.
  absl::Status Check() const;

 private:
  const google::protobuf::MethodDescriptor* Declare(const char* method, const google::protobuf::Descriptor* request,
                                                    const google::protobuf::Descriptor* response);
  const char* Path(const char* method);
  grpc::Status Serve(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                     const google::protobuf::Message& request, google::protobuf::Message* response,
                     absl::FunctionRef<absl::Status(Call&)> handle);
  absl::Status OpenStream(const google::protobuf::MethodDescriptor* method, const grpc::ServerContextBase& context,
                          const google::protobuf::Message& request, StreamCaller* caller);
  void StreamDone(const StreamCaller& caller, const absl::Status& status);

  const google::protobuf::ServiceDescriptor* descriptor_;
  Adapter& adapter_;
  std::vector<std::unique_ptr<std::string>> paths_;  // grpc keeps the pointers
  std::vector<std::string> registered_;
};

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_SERVICE_H_
