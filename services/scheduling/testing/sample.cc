#include "services/scheduling/testing/sample.h"

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"

namespace kat::scheduling::sample {
namespace {

std::vector<WeeklySpan> Weekdays(int from, int to) {
  std::vector<WeeklySpan> out;
  for (absl::Weekday day : {absl::Weekday::monday, absl::Weekday::tuesday, absl::Weekday::wednesday,
                            absl::Weekday::thursday, absl::Weekday::friday}) {
    out.push_back({.weekday = day, .minutes = {from, to}});
  }
  return out;
}

Resource Make(ResourceKind kind, const std::string& id, std::vector<std::string> tags, int capacity) {
  Resource resource{.key = MakeKey(kind, id), .kind = kind, .display_name = id, .capacity = capacity};
  for (std::string& tag : tags) resource.tags.push_back({.tag = std::move(tag)});
  return resource;
}

}  // namespace

Clinic MakeClinic(const std::string& id) {
  return {.id = ClinicId(id),
          .display_name = "Lakeside",
          .phone = "+12125550100",
          .time_zone = "America/New_York",
          .holidays = {{absl::CivilDay(2026, 11, 26), "Thanksgiving Day"}},
          .opening_hours = Weekdays(8 * 60, 18 * 60)};
}

std::vector<Resource> MakeResources() {
  using enum ResourceKind;
  return {Make(kRoom, "infusion-1", {"infusion-room"}, 1),
          Make(kRoom, "infusion-2", {"infusion-room"}, 1),
          Make(kRoom, "therapy", {"therapy-room"}, 1),
          Make(kRoom, "recliners", {"observation-recliner"}, 4),
          Make(kStaff, "nora", {"rn"}, 12),
          Make(kStaff, "ned", {"rn"}, 12),
          Make(kStaff, "carla", {"ketamine-provider", "rems-clinician"}, 12),
          Make(kStaff, "theo", {"therapist"}, 12),
          Make(kEquipment, "pumps", {"infusion-pump"}, 3)};
}

std::vector<VisitType> MakeVisitTypes() {
  VisitType infusion{
      .id = VisitTypeId("iv-infusion"), .display_name = "IV infusion", .duration_minutes = 110, .dosing = true};
  infusion.roles = {{"room", "infusion-room", {{0, 125, 1}}},
                    {"pump", "infusion-pump", {{15, 70, 1}}},
                    {"nurse", "rn", {{0, 15, 12}, {60, 110, 3}}},
                    {"clinician", "ketamine-provider", {{15, 25, 12}, {25, 65, 4}}}};
  VisitType integration{.id = VisitTypeId("integration"), .display_name = "Integration", .duration_minutes = 50};
  integration.roles = {{"room", "therapy-room", {{0, 60, 1}}}, {"therapist", "therapist", {{0, 50, 12}}}};
  VisitType spravato{
      .id = VisitTypeId("spravato"), .display_name = "Spravato", .duration_minutes = 150, .dosing = true};
  spravato.roles = {{"room", "observation-recliner", {{0, 160, 1}}},
                    {"nurse", "rn", {{0, 15, 6}, {30, 140, 3}, {140, 150, 6}}},
                    {"clinician", "rems-clinician", {{15, 30, 6}}}};
  VisitType consult{.id = VisitTypeId("consult"), .display_name = "Consult", .duration_minutes = 30};
  consult.roles = {{"clinician", "ketamine-provider", {{0, 30, 12}}}};
  return {infusion, integration, spravato, consult};
}

ProtocolVersion MakeIvProtocol() {
  Phase induction{
      .id = "induction",
      .visits = {{"infusion", VisitTypeId("iv-infusion"), 6}, {"integration", VisitTypeId("integration"), 3}}};
  induction.spacings = {{"infusion", 1, {.min_days = 2, .max_days = 5, .ideal_days = 3}}};
  induction.rolling_limits = {{"infusion", 3, 7}};
  induction.span_limits = {{"infusion", 14, 21}};
  induction.follow_ups = {{"integration", "infusion", {1, 3, 6}, {.min_days = 1, .max_days = 3, .ideal_days = 1}}};
  return {.protocol = ProtocolId("iv-ketamine"),
          .display_name = "IV ketamine",
          .program = "iv-ketamine",
          .phases = {induction}};
}

ProtocolVersion MakeSpravatoProtocol() {
  const VisitTypeId spravato("spravato");
  Phase induction{.id = "induction", .visits = {{"dose", spravato, 8}}};
  induction.spacings = {{"dose", 1, {.min_days = 2, .max_days = 5}},
                        {"dose", 2, {.min_days = 6, .max_days = 8, .ideal_days = 7}}};
  Phase weekly{.id = "weekly", .visits = {{"dose", spravato, 4}}};
  weekly.spacings = {{"dose", 1, {.min_days = 5, .max_days = 9, .ideal_days = 7}}};
  Phase maintenance{.id = "maintenance", .visits = {{"dose", spravato, 4}}, .open_ended = true};
  maintenance.spacings = {{"dose", 1, {.min_days = 5, .max_days = 16, .ideal_days = 14}}};
  return {.protocol = ProtocolId("spravato-trd"),
          .display_name = "Spravato TRD",
          .program = "spravato-trd",
          .phases = {induction, weekly, maintenance}};
}

Course MakeCourse(const ProtocolVersion& protocol, absl::CivilDay earliest_day) {
  return {.id = CourseId("course-a"),
          .patient = PatientId("ann"),
          .program = protocol.program,
          .protocol = protocol.protocol,
          .protocol_version = protocol.version,
          .earliest_day = earliest_day};
}

ResourceMap AsMap(const std::vector<Resource>& resources) {
  ResourceMap map;
  for (const Resource& resource : resources) map[resource.key] = resource;
  return map;
}

VisitTypeMap AsMap(const std::vector<VisitType>& types) {
  VisitTypeMap map;
  for (const VisitType& type : types) map[type.id] = type;
  return map;
}

absl::Time At(absl::CivilDay day, int hour, int minute) {
  return InstantOf(day, hour * 60 + minute, MakeClinic().Zone());
}

std::vector<Assignment> FirstFit(const VisitType& type, const std::vector<Resource>& resources) {
  std::vector<Assignment> out;
  for (const VisitRole& role : type.roles) {
    for (const Resource& resource : resources) {
      if (resource.tags.empty() || resource.tags.front().tag != role.tag) continue;
      out.push_back({role.role, resource.key});
      break;
    }
  }
  return out;
}

BlockPlan MakeIvPlan(const Course& course, absl::CivilDay monday) {
  const std::vector<VisitType> types = MakeVisitTypes();
  BlockPlan plan{.course = course.id, .course_version = course.version, .phases = {"induction"}};
  const std::vector<int> infusion_days = {0, 3, 7, 10, 14, 17};
  for (size_t i = 0; i < infusion_days.size(); ++i) {
    plan.visits.push_back(
        {absl::StrCat("infusion-", i + 1), At(monday + infusion_days[i], 9), FirstFit(types[0], MakeResources())});
  }
  const std::vector<int> integration_days = {1, 9, 18};
  for (size_t i = 0; i < integration_days.size(); ++i) {
    plan.visits.push_back({absl::StrCat("integration-", i + 1), At(monday + integration_days[i], 13),
                           FirstFit(types[1], MakeResources())});
  }
  return plan;
}

}  // namespace kat::scheduling::sample
