#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_ON_CALL_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_ON_CALL_H_

#include <vector>

#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/placement.h"
#include "services/scheduling/domain/visit_type.h"

namespace kat::scheduling {

// Staff who could be called in for a role of a visit that begins at `start`: they have its tag on the day, and are on
// call from the first to the last minute in which the role has something to do.
std::vector<ResourceKey> OnCallFor(const VisitRole& role, absl::Time start, const Clinic& clinic,
                                   const ResourceMap& resources);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_ON_CALL_H_
