#ifndef KAT_SERVICES_SCHEDULING_STORE_JSON_H_
#define KAT_SERVICES_SCHEDULING_STORE_JSON_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/course.h"
#include "services/scheduling/domain/protocol.h"
#include "services/scheduling/domain/resource.h"
#include "services/scheduling/domain/visit_type.h"

// How lists and nested structures lie in jsonb columns. Readers take what writers of any earlier version wrote.
namespace kat::scheduling {

using Json = nlohmann::json;

// Text that this service wrote; null where it is no JSON.
Json ParseJson(absl::string_view text);

Json ToJson(const std::vector<WeeklySpan>& weekly);
Json ToJson(const Availability& availability);
Json ToJson(const std::map<absl::CivilDay, std::string>& holidays);
Json ToJson(const std::vector<Tag>& tags);
Json ToJson(const Preferences& preferences);
Json ToJson(const std::vector<Assignment>& assignments);
Json ToJson(const VisitType& type);            // all but id, version and times
Json ToJson(const ProtocolVersion& protocol);  // all but protocol, version, program, effective_from and time

void FromJson(const Json& json, std::vector<WeeklySpan>* weekly);
void FromJson(const Json& json, Availability* availability);
void FromJson(const Json& json, std::map<absl::CivilDay, std::string>* holidays);
void FromJson(const Json& json, std::vector<Tag>* tags);
void FromJson(const Json& json, Preferences* preferences);
void FromJson(const Json& json, std::vector<Assignment>* assignments);
void FromJson(const Json& json, VisitType* type);
void FromJson(const Json& json, ProtocolVersion* protocol);
void FromJson(const Json& json, std::vector<ExternalId>* ids);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_JSON_H_
