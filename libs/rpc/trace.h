#ifndef KAT_LIBS_RPC_TRACE_H_
#define KAT_LIBS_RPC_TRACE_H_

#include <string>

#include "absl/strings/string_view.h"

// W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00.
namespace kat::rpc {

// The trace id of a `traceparent` header; a new one where it is absent or malformed.
std::string TraceIdFrom(absl::string_view traceparent);

// A `traceparent` for a call made under `trace_id`, with a new span id.
std::string MakeTraceparent(absl::string_view trace_id);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_TRACE_H_
