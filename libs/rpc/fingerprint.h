#ifndef KAT_LIBS_RPC_FINGERPRINT_H_
#define KAT_LIBS_RPC_FINGERPRINT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kat::rpc {

// Lower-case hexadecimal SHA-256 of a message's deterministic serialization: equal for equal messages within one build
// of the contracts.
std::string Fingerprint(const google::protobuf::Message& message);

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_FINGERPRINT_H_
