#include "services/scheduling/clients/peer_answer.h"

#include "libs/rpc/peer.h"

namespace kat::scheduling {

Unmet UnmetOf(const google::protobuf::RepeatedPtrField<common::v1::Condition>& conditions) {
  Unmet unmet;
  for (const common::v1::Condition& condition : conditions) {
    if (condition.state() != common::v1::Condition::UNMET) continue;
    unmet.push_back({condition.code(), condition.subject(), condition.description()});
  }
  return unmet;
}

absl::StatusOr<Reserved> RefusalOf(absl::string_view peer, const grpc::Status& status) {
  const absl::Status error = rpc::FromPeer(peer, status);
  std::optional<ErrorDetail> detail = GetErrorDetail(error);
  if (!absl::IsFailedPrecondition(error) || !detail || detail->preconditions.empty()) return error;
  return Reserved{.unmet = std::move(detail->preconditions)};
}

}  // namespace kat::scheduling
