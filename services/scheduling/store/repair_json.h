#ifndef KAT_SERVICES_SCHEDULING_STORE_REPAIR_JSON_H_
#define KAT_SERVICES_SCHEDULING_STORE_REPAIR_JSON_H_

#include <string>
#include <vector>

#include "services/scheduling/domain/decision.h"
#include "services/scheduling/store/json.h"

// How repairs, decisions and overrides lie in jsonb columns, and what improvements have in common with them.
namespace kat::scheduling {

Json ToJson(const Repair& repair);  // all but id, state, version and times
void FromJson(const Json& json, Repair* repair);

Json ToJson(const RepairPart& part);
void FromJson(const Json& json, RepairPart* part);

Json ToJson(const std::vector<CostTerm>& terms);
void FromJson(const Json& json, std::vector<CostTerm>* terms);

Json ToJson(const DecisionBasis& basis);
void FromJson(const Json& json, DecisionBasis* basis);

std::string ToText(const Decision& decision);  // all but id, course and time
void FromJson(const Json& json, Decision* decision);

Json ToJson(const std::vector<ProtocolOverride>& overrides);
void FromJson(const Json& json, std::vector<ProtocolOverride>* overrides);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_REPAIR_JSON_H_
