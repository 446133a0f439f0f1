#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_EXPANSION_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_EXPANSION_H_

#include <map>
#include <string>
#include <vector>

#include "services/scheduling/domain/protocol.h"

namespace kat::scheduling {

// One visit of a protocol.
struct VisitSpec {
  std::string visit_id;
  VisitTypeId visit_type;
  std::string phase;
};

// Visits of some phases in protocol order, and every lag whose later visit is among them. The earlier visit of a lag
// may belong to a phase before them.
struct Expansion {
  std::vector<VisitSpec> visits;
  std::vector<VisitLag> lags;
};

// How many visits of each stem come before.
using StemCounts = std::map<std::string, int>;

std::string VisitIdOf(const std::string& stem, int number);

// Expands phases (indices, in order; an open-ended one may come again and again) that follow `before`. Visits of one
// stem are in order even where no spacing says so.
Expansion ExpandPhases(const ProtocolVersion& protocol, const std::vector<int>& phases, const StemCounts& before);

// `before` and the visits of those phases.
StemCounts CountAfter(const ProtocolVersion& protocol, const std::vector<int>& phases, StemCounts before);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_PROTOCOL_EXPANSION_H_
