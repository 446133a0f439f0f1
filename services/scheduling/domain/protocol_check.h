#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_

#include <set>
#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/domain/protocol.h"

namespace kat::scheduling {

// OK where the protocol is well formed, uses `visit_types` alone, and could be kept on an empty calendar.
// INVALID_ARGUMENT with every fault of form; FAILED_PRECONDITION, PROTOCOL_UNSATISFIABLE, with rules that contradict
// each other.
absl::Status ValidateProtocol(const ProtocolVersion& protocol, const std::set<VisitTypeId>& visit_types);

// Rules among `lags` that no days can satisfy together; empty where there are none.
std::vector<VisitLag> FindContradiction(const std::vector<VisitLag>& lags);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_
