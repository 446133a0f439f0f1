#include "libs/rpc/service.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/log/log.h"
#include "libs/rpc/adapter.h"

namespace kat::rpc {

Service::Service(absl::string_view full_name, Adapter& adapter)
    : descriptor_(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(full_name))),
      adapter_(adapter) {
  if (descriptor_ == nullptr) {
    log::Error("service.unknown", {{"name", full_name}});
    std::abort();
  }
}

const google::protobuf::MethodDescriptor* Service::Declare(const char* method,
                                                           const google::protobuf::Descriptor* request,
                                                           const google::protobuf::Descriptor* response) {
  const auto* descriptor = descriptor_->FindMethodByName(method);
  if (descriptor == nullptr || descriptor->input_type() != request || descriptor->output_type() != response) {
    log::Error("method.mismatch", {{"service", descriptor_->full_name()}, {"method", method}});
    std::abort();
  }
  registered_.push_back(method);
  return descriptor;
}

const char* Service::Path(const char* method) {
  paths_.push_back(std::make_unique<std::string>(absl::StrCat("/", descriptor_->full_name(), "/", method)));
  return paths_.back()->c_str();
}

absl::Status Service::Check() const {
  std::vector<std::string> faults;
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    const auto* method = descriptor_->method(i);
    if (std::count(registered_.begin(), registered_.end(), method->name()) != 1) {
      faults.push_back(absl::StrCat(method->name(), " has no handler, or several"));
    }
    const common::v1::MethodPolicy& policy = PolicyOf(method);
    if (policy.idempotency() == common::v1::IDEMPOTENCY_UNSPECIFIED ||
        (policy.roles().empty() && policy.peers().empty())) {
      faults.push_back(absl::StrCat(method->name(), " has no policy"));
    }
    const bool mutation = policy.idempotency() == common::v1::IDEMPOTENCY_MUTATION;
    if (mutation != (method->input_type()->FindFieldByName("request_id") != nullptr)) {
      faults.push_back(
          absl::StrCat(method->name(), mutation ? " lacks a request_id" : " has a request_id and is no mutation"));
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(descriptor_->full_name(), ": ", absl::StrJoin(faults, "; ")));
}

grpc::Status Service::Serve(const google::protobuf::MethodDescriptor* method, grpc::ServerContext* context,
                            const google::protobuf::Message& request, google::protobuf::Message* response,
                            absl::FunctionRef<absl::Status(Call&)> handle) {
  return adapter_.Serve(method, context, request, response, handle);
}

absl::Status Service::OpenStream(const google::protobuf::MethodDescriptor* method,
                                 const grpc::ServerContextBase& context, const google::protobuf::Message& request,
                                 StreamCaller* caller) {
  return adapter_.OpenStream(method, context, request, caller);
}

void Service::StreamDone(const StreamCaller& caller, const absl::Status& status) {
  adapter_.StreamDone(caller, status);
}

}  // namespace kat::rpc
