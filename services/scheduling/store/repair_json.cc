#include "services/scheduling/store/repair_json.h"

#include <optional>
#include <string>

#include "libs/base/business_time.h"
#include "services/scheduling/store/plan_json.h"

namespace kat::scheduling {
namespace {

template <class T, class Make>
Json List(const std::vector<T>& items, Make make) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(make(item));
  return out;
}

template <class Make>
auto ReadList(const Json& json, const char* key, Make make) {
  std::vector<decltype(make(json))> out;
  for (const Json& item : json.value(key, Json::array())) out.push_back(make(item));
  return out;
}

int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }
absl::Time TimeAt(const Json& json, const char* key) { return absl::FromUnixMicros(json.value(key, int64_t{0})); }

absl::CivilDay DayOf(const Json& json, const char* key) {
  return ParseDay(json.value(key, "")).value_or(absl::CivilDay());
}

std::vector<Assignment> AssignmentsOf(const Json& json, const char* key) {
  std::vector<Assignment> out;
  FromJson(json.value(key, Json::array()), &out);
  return out;
}

Json ReasonJson(const Reason& reason) {
  return {{"kind", static_cast<int>(reason.kind)},
          {"from_visit", reason.from_visit},
          {"to_visit", reason.to_visit},
          {"allowed", reason.allowed},
          {"asked", reason.asked},
          {"tag", reason.resource_tag},
          {"description", reason.description}};
}

Reason ReasonOf(const Json& json) {
  return {.kind = static_cast<ReasonKind>(json.value("kind", 1)),
          .from_visit = json.value("from_visit", ""),
          .to_visit = json.value("to_visit", ""),
          .allowed = json.value("allowed", int64_t{0}),
          .asked = json.value("asked", int64_t{0}),
          .resource_tag = json.value("tag", ""),
          .description = json.value("description", "")};
}

Json MoveJson(const RepairMove& move) {
  return {{"appointment", move.appointment.str()},
          {"version", move.version},
          {"visit_id", move.visit_id},
          {"rebooks", move.rebooks},
          {"current_start", Micros(move.current_start)},
          {"current_assignments", ToJson(move.current_assignments)},
          {"start", Micros(move.start)},
          {"assignments", ToJson(move.assignments)}};
}

RepairMove MoveOf(const Json& json) {
  return {.appointment = AppointmentId(json.value("appointment", "")),
          .version = json.value("version", int64_t{0}),
          .visit_id = json.value("visit_id", ""),
          .rebooks = json.value("rebooks", false),
          .current_start = TimeAt(json, "current_start"),
          .current_assignments = AssignmentsOf(json, "current_assignments"),
          .start = TimeAt(json, "start"),
          .assignments = AssignmentsOf(json, "assignments")};
}

Json TermJson(const CostTerm& term) {
  return {{"kind", static_cast<int>(term.kind)},
          {"count", term.count},
          {"cost", term.cost},
          {"explanation", term.explanation}};
}

CostTerm TermOf(const Json& json) {
  return {.kind = static_cast<CostKind>(json.value("kind", 1)),
          .count = json.value("count", int64_t{0}),
          .cost = json.value("cost", int64_t{0}),
          .explanation = json.value("explanation", "")};
}

Json OptionJson(const RepairOption& option) {
  return {{"moves", List(option.moves, MoveJson)},
          {"cost", option.cost},
          {"terms", List(option.terms, TermJson)},
          {"deviations", List(option.deviations, ReasonJson)}};
}

RepairOption OptionOf(const Json& json) {
  return {.moves = ReadList(json, "moves", MoveOf),
          .cost = json.value("cost", int64_t{0}),
          .terms = ReadList(json, "terms", TermOf),
          .deviations = ReadList(json, "deviations", ReasonOf)};
}

Json PartJson(const RepairPart& part) {
  Json json = {{"course", part.course.str()},
               {"course_version", part.course_version},
               {"patient", part.patient.str()},
               {"makes_way", part.makes_way},
               {"options", List(part.options, OptionJson)},
               {"override_roles", part.override_roles}};
  if (part.applied_option) json["applied_option"] = *part.applied_option;
  if (part.applied_at) json["applied_at"] = Micros(*part.applied_at);
  return json;
}

RepairPart PartOf(const Json& json) {
  RepairPart part{.course = CourseId(json.value("course", "")),
                  .course_version = json.value("course_version", int64_t{0}),
                  .patient = PatientId(json.value("patient", "")),
                  .makes_way = json.value("makes_way", false),
                  .options = ReadList(json, "options", OptionOf),
                  .override_roles = json.value("override_roles", std::vector<int>())};
  if (json.contains("applied_option")) part.applied_option = json.value("applied_option", 0);
  if (json.contains("applied_at")) part.applied_at = TimeAt(json, "applied_at");
  return part;
}

Json UnplacedJson(const UnplacedVisit& visit) {
  return {{"appointment", visit.appointment.str()},
          {"patient", visit.patient.str()},
          {"visit_id", visit.visit_id},
          {"reasons", List(visit.reasons, ReasonJson)},
          {"on_call", List(visit.on_call, [](const ResourceKey& key) { return Json(key.str()); })}};
}

UnplacedVisit UnplacedOf(const Json& json) {
  return {.appointment = AppointmentId(json.value("appointment", "")),
          .patient = PatientId(json.value("patient", "")),
          .visit_id = json.value("visit_id", ""),
          .reasons = ReadList(json, "reasons", ReasonOf),
          .on_call = ReadList(json, "on_call", [](const Json& key) { return ResourceKey(key.get<std::string>()); })};
}

Json TriggerJson(const RepairTrigger& trigger) {
  if (const auto* absence = std::get_if<Absence>(&trigger)) {
    return {{"resource", absence->resource.str()},
            {"start", Micros(absence->time.start)},
            {"end", Micros(absence->time.end)},
            {"reason", absence->reason}};
  }
  if (const auto* shift = std::get_if<CourseShift>(&trigger)) {
    return {{"course", shift->course.str()},
            {"from_visit", shift->from_visit},
            {"from", FormatDay(shift->from)},
            {"until", FormatDay(shift->until)}};
  }
  const LostVisit& lost = std::get<LostVisit>(trigger);
  Json json = {{"appointment", lost.appointment.str()}};
  if (lost.day) json["day"] = FormatDay(*lost.day);
  return json;
}

RepairTrigger TriggerOf(const Json& json) {
  if (json.contains("resource")) {
    return Absence{ResourceKey(json.value("resource", "")),
                   {TimeAt(json, "start"), TimeAt(json, "end")},
                   json.value("reason", "")};
  }
  if (json.contains("course")) {
    return CourseShift{CourseId(json.value("course", "")), json.value("from_visit", ""), DayOf(json, "from"),
                       DayOf(json, "until")};
  }
  LostVisit lost{AppointmentId(json.value("appointment", "")), std::nullopt};
  if (json.contains("day")) lost.day = DayOf(json, "day");
  return lost;
}

Json BasisJson(const DecisionBasis& basis) {
  return {{"picture_time", Micros(basis.picture_time)},
          {"commitments", basis.commitments},
          {"picture_digest", basis.picture_digest},
          {"weights", List(basis.weights,
                           [](const CostWeight& weight) {
                             return Json{{"kind", static_cast<int>(weight.kind)}, {"weight", weight.weight}};
                           })},
          {"lower_bound", basis.lower_bound},
          {"proved", basis.proved},
          {"search_steps", basis.search_steps}};
}

DecisionBasis BasisOf(const Json& json) {
  return {.picture_time = TimeAt(json, "picture_time"),
          .commitments = json.value("commitments", int64_t{0}),
          .picture_digest = json.value("picture_digest", ""),
          .weights = ReadList(
              json, "weights",
              [](const Json& weight) {
                return CostWeight{static_cast<CostKind>(weight.value("kind", 1)), weight.value("weight", int64_t{0})};
              }),
          .lower_bound = json.value("lower_bound", int64_t{0}),
          .proved = json.value("proved", false),
          .search_steps = json.value("search_steps", int64_t{0})};
}

}  // namespace

Json ToJson(const Repair& repair) {
  return {{"trigger", TriggerJson(repair.trigger)},
          {"allow_others", repair.allow_others},
          {"allow_deviations", repair.allow_deviations},
          {"parts", List(repair.parts, PartJson)},
          {"unplaced", List(repair.unplaced, UnplacedJson)},
          {"basis", BasisJson(repair.basis)},
          {"proposed_by", repair.proposed_by},
          {"applied_by", repair.applied_by}};
}

void FromJson(const Json& json, Repair* repair) {
  repair->trigger = TriggerOf(json.value("trigger", Json::object()));
  repair->allow_others = json.value("allow_others", false);
  repair->allow_deviations = json.value("allow_deviations", false);
  repair->parts = ReadList(json, "parts", PartOf);
  repair->unplaced = ReadList(json, "unplaced", UnplacedOf);
  repair->basis = BasisOf(json.value("basis", Json::object()));
  repair->proposed_by = json.value("proposed_by", "");
  repair->applied_by = json.value("applied_by", "");
}

Json ToJson(const RepairPart& part) { return PartJson(part); }
void FromJson(const Json& json, RepairPart* part) { *part = PartOf(json); }

Json ToJson(const std::vector<CostTerm>& terms) { return List(terms, TermJson); }
void FromJson(const Json& json, std::vector<CostTerm>* terms) {
  terms->clear();
  for (const Json& term : json) terms->push_back(TermOf(term));
}

Json ToJson(const DecisionBasis& basis) { return BasisJson(basis); }
void FromJson(const Json& json, DecisionBasis* basis) { *basis = BasisOf(json); }

std::string ToText(const Decision& decision) {
  rapidjson::StringBuffer text;
  JsonWriter writer(text);
  writer.StartObject();
  writer.Key("alternatives");
  writer.StartArray();
  for (const Alternative& alternative : decision.alternatives) {
    writer.StartObject();
    writer.Key("plan");
    Write(writer, alternative.plan);
    writer.Key("cost");
    writer.Int64(alternative.cost);
    writer.Key("terms");
    Write(writer, List(alternative.terms, TermJson));
    writer.EndObject();
  }
  writer.EndArray();
  const Json rest = {{"patient", decision.patient.str()},
                     {"phases", decision.phases},
                     {"first_day", FormatDay(decision.first_day)},
                     {"days", decision.days},
                     {"appointment", decision.appointment.str()},
                     {"moves", List(decision.moves, OptionJson)},
                     {"reasons", List(decision.reasons, ReasonJson)},
                     {"basis", BasisJson(decision.basis)},
                     {"proposed_by", decision.proposed_by}};
  for (const auto& [key, value] : rest.items()) {
    writer.Key(key.data(), key.size());
    Write(writer, value);
  }
  writer.EndObject();
  return {text.GetString(), text.GetSize()};
}

void FromJson(const Json& json, Decision* decision) {
  decision->patient = PatientId(json.value("patient", ""));
  decision->phases = json.value("phases", std::vector<std::string>());
  decision->first_day = DayOf(json, "first_day");
  decision->days = json.value("days", 0);
  decision->alternatives = ReadList(json, "alternatives", [](const Json& item) {
    Alternative alternative{.cost = item.value("cost", int64_t{0}), .terms = ReadList(item, "terms", TermOf)};
    FromJson(item.value("plan", Json::object()), &alternative.plan);
    return alternative;
  });
  decision->appointment = AppointmentId(json.value("appointment", ""));
  decision->moves = ReadList(json, "moves", OptionOf);
  decision->reasons = ReadList(json, "reasons", ReasonOf);
  decision->basis = BasisOf(json.value("basis", Json::object()));
  decision->proposed_by = json.value("proposed_by", "");
}

Json ToJson(const std::vector<ProtocolOverride>& overrides) {
  return List(overrides, [](const ProtocolOverride& decision) {
    return Json{{"rule", static_cast<int>(decision.rule)},
                {"from_visit", decision.from_visit},
                {"to_visit", decision.to_visit},
                {"allowed", decision.allowed},
                {"asked", decision.asked},
                {"decided_by", decision.decided_by.str()},
                {"role", decision.role},
                {"reason", decision.reason},
                {"decided_at", Micros(decision.decided_at)}};
  });
}

void FromJson(const Json& json, std::vector<ProtocolOverride>* overrides) {
  overrides->clear();
  for (const Json& item : json) {
    overrides->push_back({.rule = static_cast<ReasonKind>(item.value("rule", 1)),
                          .from_visit = item.value("from_visit", ""),
                          .to_visit = item.value("to_visit", ""),
                          .allowed = item.value("allowed", int64_t{0}),
                          .asked = item.value("asked", int64_t{0}),
                          .decided_by = ResourceKey(item.value("decided_by", "")),
                          .role = item.value("role", 0),
                          .reason = item.value("reason", ""),
                          .decided_at = TimeAt(item, "decided_at")});
  }
}

}  // namespace kat::scheduling
