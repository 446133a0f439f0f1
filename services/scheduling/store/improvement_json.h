#ifndef KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_JSON_H_
#define KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_JSON_H_

#include "services/scheduling/domain/improvement.h"
#include "services/scheduling/store/json.h"

// How improvements lie in jsonb columns.
namespace kat::scheduling {

// Wish, parts, basis, failure, and who asked for it and applied it.
Json ToJson(const Improvement& improvement);
void FromJson(const Json& json, Improvement* improvement);

std::string ToText(const FoundSchedule& found);
void FromJson(const Json& json, FoundSchedule* found);

Json ToJson(const ImprovementProgress& progress);
void FromJson(const Json& json, ImprovementProgress* progress);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_IMPROVEMENT_JSON_H_
