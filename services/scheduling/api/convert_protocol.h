#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_PROTOCOL_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_PROTOCOL_H_

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/protocol.pb.h"
#include "services/scheduling/domain/protocol.h"

namespace kat::scheduling {

// All but protocol, version and time.
absl::StatusOr<ProtocolVersion> FromProto(const v1::ProtocolVersion& protocol);
v1::ProtocolVersion ToProto(const ClinicId& clinic, const ProtocolVersion& protocol);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_PROTOCOL_H_
