#ifndef KAT_SERVICES_SCHEDULING_CLIENTS_PEER_ANSWER_H_
#define KAT_SERVICES_SCHEDULING_CLIENTS_PEER_ANSWER_H_

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "grpcpp/support/status.h"
#include "kat/common/v1/types.pb.h"
#include "services/scheduling/clients/gates.h"

namespace kat::scheduling {

// The unmet ones among conditions.
Unmet UnmetOf(const google::protobuf::RepeatedPtrField<common::v1::Condition>& conditions);

// A refusal that lists conditions, as an answer; any other error stays one.
absl::StatusOr<Reserved> RefusalOf(absl::string_view peer, const grpc::Status& status);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_CLIENTS_PEER_ANSWER_H_
