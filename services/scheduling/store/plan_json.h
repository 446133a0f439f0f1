#ifndef KAT_SERVICES_SCHEDULING_STORE_PLAN_JSON_H_
#define KAT_SERVICES_SCHEDULING_STORE_PLAN_JSON_H_

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>

#include "services/scheduling/domain/plan.h"
#include "services/scheduling/store/json.h"

// How plans lie in jsonb columns. Each proposal writes some, so that they go straight into text.
namespace kat::scheduling {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void Write(JsonWriter& writer, const BlockPlan& plan);
void Write(JsonWriter& writer, const Json& json);

std::string ToText(const BlockPlan& plan);
void FromJson(const Json& json, BlockPlan* plan);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PLAN_JSON_H_
