#include "libs/rpc/status.h"

#include <string>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/base/error.h"

namespace kat::rpc {
namespace {

constexpr char kDomain[] = "kat";
constexpr size_t kMaxMessageBytes = 1000;  // details travel in a trailer, which gRPC limits to 8 KiB in all
constexpr size_t kMaxConditions = 40;

bool HidesMessage(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown;
}

google::rpc::Status ToRpc(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(HidesMessage(status.code()) ? "internal error; the log has it under the trace id of this call"
                                              : std::string(status.message().substr(0, kMaxMessageBytes)));
  const ErrorDetail detail = GetErrorDetail(status).value_or(ErrorDetail{});
  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(detail.reason.empty() ? absl::StatusCodeToString(status.code()) : detail.reason);
  info.mutable_metadata()->insert(detail.metadata.begin(), detail.metadata.end());
  out.add_details()->PackFrom(info);
  if (!detail.fields.empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& v : detail.fields) {
      if (bad.field_violations_size() == static_cast<int>(kMaxConditions)) break;
      auto* violation = bad.add_field_violations();
      violation->set_field(v.field);
      violation->set_description(v.description);
    }
    out.add_details()->PackFrom(bad);
  }
  if (!detail.preconditions.empty()) {
    google::rpc::PreconditionFailure failure;
    for (const PreconditionViolation& v : detail.preconditions) {
      if (failure.violations_size() == static_cast<int>(kMaxConditions)) break;
      auto* violation = failure.add_violations();
      violation->set_type(v.type);
      violation->set_subject(v.subject);
      violation->set_description(v.description);
    }
    out.add_details()->PackFrom(failure);
  }
  if (detail.retry_after) {
    google::rpc::RetryInfo retry;
    const int64_t ms = absl::ToInt64Milliseconds(*detail.retry_after);
    retry.mutable_retry_delay()->set_seconds(ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
    out.add_details()->PackFrom(retry);
  }
  return out;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpc(status);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  ErrorDetail detail;
  google::rpc::Status rpc;
  rpc.ParseFromString(status.error_details());
  for (const auto& any : rpc.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::PreconditionFailure failure;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      detail.reason = info.reason();
      detail.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.UnpackTo(&bad)) {
      for (const auto& v : bad.field_violations()) detail.fields.push_back({v.field(), v.description()});
    } else if (any.UnpackTo(&failure)) {
      for (const auto& v : failure.violations())
        detail.preconditions.push_back({v.type(), v.subject(), v.description()});
    } else if (any.UnpackTo(&retry)) {
      detail.retry_after =
          absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  return MakeError(static_cast<absl::StatusCode>(status.error_code()), status.error_message(), std::move(detail));
}

}  // namespace kat::rpc
