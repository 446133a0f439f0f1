#ifndef KAT_LIBS_RPC_STATUS_H_
#define KAT_LIBS_RPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

// The one place where an absl::Status becomes a grpc::Status with google.rpc details, and back.
namespace kat::rpc {

// Every error gets an ErrorInfo of domain `kat`; one without a reason gets its code's name. INTERNAL and UNKNOWN lose
// their message, which belongs in the log.
grpc::Status ToGrpc(const absl::Status& status);

// Keeps code, message and details.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_STATUS_H_
