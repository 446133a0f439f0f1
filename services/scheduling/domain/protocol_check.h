#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/scheduling/domain/protocol.h"

namespace kat::scheduling {

// Visit types in use, and how long their visits last in minutes.
using VisitDurations = std::map<VisitTypeId, int>;

// OK where the protocol is well formed, uses `visit_types` alone, and could be kept on an empty calendar.
// INVALID_ARGUMENT with every fault of form; FAILED_PRECONDITION, PROTOCOL_UNSATISFIABLE, with rules that contradict
// each other.
absl::Status ValidateProtocol(const ProtocolVersion& protocol, const VisitDurations& visit_types);

// Rules among `lags` that no starts can satisfy together, by days or by minutes; empty where there are none. A day has
// 1440 minutes here: what only the weekend of a clock change could satisfy is a contradiction. `durations`
// are of visits, in minutes: none follows before the one before it has ended, and a rule that breaks on that says so.
std::vector<VisitLag> FindContradiction(const std::vector<VisitLag>& lags,
                                        const std::map<std::string, int>& durations = {});

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_CHECK_H_
