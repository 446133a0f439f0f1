#include "services/scheduling/store/json.h"

#include <optional>
#include <utility>

#include "libs/base/business_time.h"

namespace kat::scheduling {
namespace {

void PutDay(Json& json, const char* key, const std::optional<absl::CivilDay>& day) {
  if (day) json[key] = FormatDay(*day);
}

absl::CivilDay DayOf(const std::string& text) {
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text);
  return day.ok() ? *day : absl::CivilDay();
}

std::optional<absl::CivilDay> GetDay(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it == json.end() ? std::nullopt : std::optional(DayOf(it->get<std::string>()));
}

void PutInt(Json& json, const char* key, const std::optional<int>& value) {
  if (value) json[key] = *value;
}

std::optional<int> GetInt(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it == json.end() ? std::nullopt : std::optional(it->get<int>());
}

template <class T, class Make>
Json List(const std::vector<T>& items, Make make) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(make(item));
  return out;
}

const Json& At(const Json& json, const char* key) {
  static const Json none = Json::array();
  const auto it = json.find(key);
  return it == json.end() ? none : *it;
}

template <class T, class Make>
void ReadList(const Json& json, std::vector<T>* out, Make make) {
  out->clear();
  for (const Json& item : json) out->push_back(make(item));
}

Json GapJson(const Gap& gap) {
  Json out = {{"min_days", gap.min_days}};
  PutInt(out, "max_days", gap.max_days);
  PutInt(out, "min_minutes", gap.min_minutes);
  PutInt(out, "max_minutes", gap.max_minutes);
  PutInt(out, "ideal_days", gap.ideal_days);
  return out;
}

Gap GapOf(const Json& json) {
  return {.min_days = json.value("min_days", 0),
          .max_days = GetInt(json, "max_days"),
          .min_minutes = GetInt(json, "min_minutes"),
          .max_minutes = GetInt(json, "max_minutes"),
          .ideal_days = GetInt(json, "ideal_days")};
}

Json DecisionPointJson(const DecisionPoint& point) {
  return {{"roles", point.roles},
          {"default_option", point.default_option},
          {"options", List(point.options, [](const DecisionOption& o) {
             return Json{{"id", o.id}, {"display_name", o.display_name}, {"next_phase", o.next_phase}};
           })}};
}

DecisionPoint DecisionPointOf(const Json& json) {
  DecisionPoint point{.roles = json.value("roles", std::vector<int>()),
                      .default_option = json.value("default_option", "")};
  ReadList(At(json, "options"), &point.options, [](const Json& o) {
    return DecisionOption{o.value("id", ""), o.value("display_name", ""), o.value("next_phase", "")};
  });
  return point;
}

Json VisitsAndRulesJson(const Phase& phase) {
  return {{"id", phase.id},
          {"display_name", phase.display_name},
          {"open_ended", phase.open_ended},
          {"visits", List(phase.visits,
                          [](const PhaseVisits& v) {
                            return Json{{"stem", v.stem}, {"visit_type", v.visit_type.str()}, {"count", v.count}};
                          })},
          {"spacings", List(phase.spacings,
                            [](const Spacing& s) {
                              return Json{{"stem", s.stem}, {"step", s.step}, {"gap", GapJson(s.gap)}};
                            })},
          {"rolling_limits", List(phase.rolling_limits,
                                  [](const RollingLimit& r) {
                                    return Json{{"stem", r.stem}, {"max_visits", r.max_visits}, {"days", r.days}};
                                  })},
          {"span_limits", List(phase.span_limits,
                               [](const SpanLimit& s) {
                                 return Json{{"stem", s.stem}, {"min_days", s.min_days}, {"max_days", s.max_days}};
                               })},
          {"follow_ups", List(phase.follow_ups, [](const FollowUp& f) {
             return Json{{"stem", f.stem},
                         {"after_stem", f.after_stem},
                         {"after_ordinals", f.after_ordinals},
                         {"gap", GapJson(f.gap)}};
           })}};
}

Json PhaseJson(const Phase& phase) {
  Json json = VisitsAndRulesJson(phase);
  if (phase.decision_point) json["decision_point"] = DecisionPointJson(*phase.decision_point);
  return json;
}

Phase PhaseOf(const Json& json) {
  Phase phase{.id = json.value("id", ""),
              .display_name = json.value("display_name", ""),
              .open_ended = json.value("open_ended", false)};
  if (json.contains("decision_point")) phase.decision_point = DecisionPointOf(json["decision_point"]);
  ReadList(At(json, "visits"), &phase.visits, [](const Json& v) {
    return PhaseVisits{v.value("stem", ""), VisitTypeId(v.value("visit_type", "")), v.value("count", 1)};
  });
  ReadList(At(json, "spacings"), &phase.spacings, [](const Json& s) {
    return Spacing{s.value("stem", ""), s.value("step", 1), GapOf(At(s, "gap"))};
  });
  ReadList(At(json, "rolling_limits"), &phase.rolling_limits, [](const Json& r) {
    return RollingLimit{r.value("stem", ""), r.value("max_visits", 1), r.value("days", 1)};
  });
  ReadList(At(json, "span_limits"), &phase.span_limits, [](const Json& s) {
    return SpanLimit{s.value("stem", ""), s.value("min_days", 0), s.value("max_days", 0)};
  });
  ReadList(At(json, "follow_ups"), &phase.follow_ups, [](const Json& f) {
    return FollowUp{f.value("stem", ""), f.value("after_stem", ""), f.value("after_ordinals", std::vector<int>()),
                    GapOf(At(f, "gap"))};
  });
  return phase;
}

}  // namespace

Json ParseJson(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

Json ToJson(const std::vector<WeeklySpan>& weekly) {
  return List(weekly, [](const WeeklySpan& span) {
    Json out = {{"weekday", static_cast<int>(span.weekday)}, {"from", span.minutes.from}, {"to", span.minutes.to}};
    PutDay(out, "effective_from", span.effective_from);
    PutDay(out, "effective_until", span.effective_until);
    return out;
  });
}

void FromJson(const Json& json, std::vector<WeeklySpan>* weekly) {
  ReadList(json, weekly, [](const Json& span) {
    return WeeklySpan{.weekday = static_cast<absl::Weekday>(span.value("weekday", 0)),
                      .minutes = {span.value("from", 0), span.value("to", 0)},
                      .effective_from = GetDay(span, "effective_from"),
                      .effective_until = GetDay(span, "effective_until")};
  });
}

Json ToJson(const Availability& availability) {
  const Json exceptions = List(availability.exceptions, [](const CalendarException& exception) {
    return Json{{"from", FormatDay(exception.from)},     {"until", FormatDay(exception.until)},
                {"from_minute", exception.minutes.from}, {"to_minute", exception.minutes.to},
                {"available", exception.available},      {"reason", exception.reason},
                {"imported", exception.imported}};
  });
  return {
      {"weekly", ToJson(availability.weekly)}, {"exceptions", exceptions}, {"on_call", ToJson(availability.on_call)}};
}

void FromJson(const Json& json, Availability* availability) {
  FromJson(At(json, "weekly"), &availability->weekly);
  FromJson(At(json, "on_call"), &availability->on_call);
  ReadList(At(json, "exceptions"), &availability->exceptions, [](const Json& exception) {
    return CalendarException{.from = DayOf(exception.value("from", "")),
                             .until = DayOf(exception.value("until", "")),
                             .minutes = {exception.value("from_minute", 0), exception.value("to_minute", 1440)},
                             .available = exception.value("available", false),
                             .reason = exception.value("reason", ""),
                             .imported = exception.value("imported", false)};
  });
}

Json ToJson(const std::map<absl::CivilDay, std::string>& holidays) {
  Json out = Json::object();
  for (const auto& [day, name] : holidays) out[FormatDay(day)] = name;
  return out;
}

void FromJson(const Json& json, std::map<absl::CivilDay, std::string>* holidays) {
  for (const auto& [day, name] : json.items()) (*holidays)[DayOf(day)] = name.get<std::string>();
}

Json ToJson(const std::vector<Tag>& tags) {
  return List(tags, [](const Tag& tag) {
    Json out = {{"tag", tag.tag}, {"reference", tag.reference}};
    PutDay(out, "valid_from", tag.valid_from);
    PutDay(out, "valid_until", tag.valid_until);
    return out;
  });
}

void FromJson(const Json& json, std::vector<Tag>* tags) {
  ReadList(json, tags, [](const Json& tag) {
    return Tag{.tag = tag.value("tag", ""),
               .valid_from = GetDay(tag, "valid_from"),
               .valid_until = GetDay(tag, "valid_until"),
               .reference = tag.value("reference", "")};
  });
}

Json ToJson(const Preferences& preferences) {
  return {{"available", ToJson(preferences.available)},
          {"preferred", ToJson(preferences.preferred)},
          {"continuity_roles", preferences.continuity_roles}};
}

void FromJson(const Json& json, Preferences* preferences) {
  FromJson(At(json, "available"), &preferences->available);
  FromJson(At(json, "preferred"), &preferences->preferred);
  preferences->continuity_roles = json.value("continuity_roles", std::vector<std::string>());
}

Json ToJson(const std::vector<Assignment>& assignments) {
  // By key: most of what a repair keeps are assignments, and a list of pairs costs twice as much.
  return List(assignments, [](const Assignment& assignment) {
    Json out = Json::object();
    out["role"] = assignment.role;
    out["resource"] = assignment.resource.str();
    return out;
  });
}

void FromJson(const Json& json, std::vector<Assignment>* assignments) {
  ReadList(json, assignments, [](const Json& assignment) {
    return Assignment{assignment.value("role", ""), ResourceKey(assignment.value("resource", ""))};
  });
}

Json ToJson(const VisitType& type) {
  const Json roles = List(type.roles, [](const VisitRole& role) {
    const Json segments = List(role.segments, [](const UsageSegment& segment) {
      return Json{{"from", segment.from_minute}, {"to", segment.to_minute}, {"load", segment.load}};
    });
    return Json{{"role", role.role}, {"tag", role.tag}, {"segments", segments}};
  });
  return {{"display_name", type.display_name},
          {"patient_display_name", type.patient_display_name},
          {"duration_minutes", type.duration_minutes},
          {"dosing", type.dosing},
          {"roles", roles},
          {"fasting_solids_minutes", type.preparation.fasting_solids_minutes},
          {"fasting_liquids_minutes", type.preparation.fasting_liquids_minutes},
          {"driver_required", type.preparation.driver_required},
          {"instructions", type.preparation.instructions},
          {"observation_minutes", type.monitoring.observation_minutes},
          {"baseline_systolic_max", type.monitoring.baseline_systolic_max},
          {"baseline_diastolic_max", type.monitoring.baseline_diastolic_max},
          {"post_dose_vitals_required", type.monitoring.post_dose_vitals_required},
          {"observation_from_last_dose", type.monitoring.observation_from_last_dose},
          {"retired", type.retired}};
}

void FromJson(const Json& json, VisitType* type) {
  type->display_name = json.value("display_name", "");
  type->patient_display_name = json.value("patient_display_name", "");
  type->duration_minutes = json.value("duration_minutes", 0);
  type->dosing = json.value("dosing", false);
  type->preparation = {.fasting_solids_minutes = json.value("fasting_solids_minutes", 0),
                       .fasting_liquids_minutes = json.value("fasting_liquids_minutes", 0),
                       .driver_required = json.value("driver_required", false),
                       .instructions = json.value("instructions", "")};
  type->monitoring = {.observation_minutes = json.value("observation_minutes", 0),
                      .baseline_systolic_max = json.value("baseline_systolic_max", 0),
                      .baseline_diastolic_max = json.value("baseline_diastolic_max", 0),
                      .post_dose_vitals_required = json.value("post_dose_vitals_required", false),
                      .observation_from_last_dose = json.value("observation_from_last_dose", false)};
  type->retired = json.value("retired", false);
  ReadList(At(json, "roles"), &type->roles, [](const Json& role) {
    VisitRole out{.role = role.value("role", ""), .tag = role.value("tag", "")};
    ReadList(At(role, "segments"), &out.segments, [](const Json& segment) {
      return UsageSegment{segment.value("from", 0), segment.value("to", 0), segment.value("load", 1)};
    });
    return out;
  });
}

Json ToJson(const ProtocolVersion& protocol) {
  const Json lags = List(protocol.lags, [](const VisitLag& lag) {
    return Json{{"from_visit", lag.from_visit}, {"to_visit", lag.to_visit}, {"gap", GapJson(lag.gap)}};
  });
  return {{"display_name", protocol.display_name},
          {"phases", List(protocol.phases, PhaseJson)},
          {"lags", lags},
          {"min_lead_days", protocol.min_lead_days},
          {"override_roles", protocol.override_roles},
          {"source", protocol.source}};
}

void FromJson(const Json& json, ProtocolVersion* protocol) {
  protocol->display_name = json.value("display_name", "");
  protocol->min_lead_days = json.value("min_lead_days", 0);
  protocol->source = json.value("source", "");
  protocol->override_roles = json.value("override_roles", std::vector<int>());
  ReadList(At(json, "phases"), &protocol->phases, PhaseOf);
  ReadList(At(json, "lags"), &protocol->lags, [](const Json& lag) {
    return VisitLag{lag.value("from_visit", ""), lag.value("to_visit", ""), GapOf(At(lag, "gap"))};
  });
}

void FromJson(const Json& json, std::vector<ExternalId>* ids) {
  ReadList(json, ids, [](const Json& id) { return ExternalId{id.value("system", ""), id.value("value", "")}; });
}

}  // namespace kat::scheduling
