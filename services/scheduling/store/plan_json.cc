#include "services/scheduling/store/plan_json.h"

namespace kat::scheduling {
namespace {

void Put(JsonWriter& writer, const char* key, const std::string& value) {
  writer.Key(key);
  writer.String(value.data(), value.size());
}

void Put(JsonWriter& writer, const char* key, int64_t value) {
  writer.Key(key);
  writer.Int64(value);
}

void Write(JsonWriter& writer, const PlannedVisit& visit) {
  writer.StartObject();
  Put(writer, "visit_id", visit.visit_id);
  Put(writer, "start_micros", absl::ToUnixMicros(visit.start));
  writer.Key("assignments");
  writer.StartArray();
  for (const Assignment& assignment : visit.assignments) {
    writer.StartObject();
    Put(writer, "role", assignment.role);
    Put(writer, "resource", assignment.resource.str());
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace

void Write(JsonWriter& writer, const BlockPlan& plan) {
  writer.StartObject();
  Put(writer, "course", plan.course.str());
  Put(writer, "course_version", plan.course_version);
  Put(writer, "decision", plan.decision.str());
  writer.Key("phases");
  writer.StartArray();
  for (const std::string& phase : plan.phases) writer.String(phase.data(), phase.size());
  writer.EndArray();
  writer.Key("visits");
  writer.StartArray();
  for (const PlannedVisit& visit : plan.visits) Write(writer, visit);
  writer.EndArray();
  writer.EndObject();
}

void Write(JsonWriter& writer, const Json& json) {
  const std::string text = json.dump();
  writer.RawValue(text.data(), text.size(), rapidjson::kObjectType);
}

std::string ToText(const BlockPlan& plan) {
  rapidjson::StringBuffer text;
  JsonWriter writer(text);
  Write(writer, plan);
  return {text.GetString(), text.GetSize()};
}

void FromJson(const Json& json, BlockPlan* plan) {
  plan->course = CourseId(json.value("course", ""));
  plan->course_version = json.value("course_version", int64_t{0});
  plan->phases = json.value("phases", std::vector<std::string>());
  plan->decision = DecisionId(json.value("decision", ""));
  plan->visits.clear();
  for (const Json& visit : json.value("visits", Json::array())) {
    PlannedVisit& out = plan->visits.emplace_back();
    out.visit_id = visit.value("visit_id", "");
    out.start = absl::FromUnixMicros(visit.value("start_micros", int64_t{0}));
    FromJson(visit.value("assignments", Json::array()), &out.assignments);
  }
}

}  // namespace kat::scheduling
