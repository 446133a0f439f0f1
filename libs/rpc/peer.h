#ifndef KAT_LIBS_RPC_PEER_H_
#define KAT_LIBS_RPC_PEER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "libs/base/id.h"
#include "libs/rpc/call.h"

// Calls from one service to another; used by a service's clients/ alone.
namespace kat::rpc {

// Prepares a call on behalf of the caller: passes the token on, the trace, and what is left of the deadline.
void PreparePeerCall(grpc::ClientContext& context, const Call& call);

// Prepares a call of the service as itself, for `clinic`: from a job or an event. Ends after `timeout`.
void PreparePeerCall(grpc::ClientContext& context, const ClinicId& clinic, absl::Duration timeout = absl::Seconds(5));

// The status of a peer's answer with its details kept (reason, fields, preconditions), so that it can be returned to
// our own caller. UNAVAILABLE and DEADLINE_EXCEEDED become PeerUnavailable(peer); UNAUTHENTICATED and INTERNAL become
// INTERNAL.
absl::Status FromPeer(absl::string_view peer, const grpc::Status& status);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_PEER_H_
