#include "libs/rpc/peer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/log/log.h"
#include "libs/rpc/status.h"
#include "libs/rpc/trace.h"

namespace kat::rpc {
namespace {

void AddTrace(grpc::ClientContext& context) {
  const std::string& trace_id = log::TraceId();
  if (!trace_id.empty()) context.AddMetadata("traceparent", MakeTraceparent(trace_id));
}

}  // namespace

void PreparePeerCall(grpc::ClientContext& context, const Call& call) {
  context.set_deadline(absl::ToChronoTime(call.deadline()));
  if (!call.bearer().empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", call.bearer()));
  context.AddMetadata("kat-clinic", call.clinic().str());
  AddTrace(context);
}

void PreparePeerCall(grpc::ClientContext& context, const ClinicId& clinic, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  context.AddMetadata("kat-clinic", clinic.str());
  AddTrace(context);
}

absl::Status FromPeer(absl::string_view peer, const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return PeerUnavailable(peer);
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::InternalError(absl::StrCat(peer, " answered ", static_cast<int>(status.error_code())));
    default:
      return FromGrpc(status);
  }
}

}  // namespace kat::rpc
