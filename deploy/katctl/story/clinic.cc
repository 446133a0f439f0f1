#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

// What the clinic's five services need to know before the first patient comes, as request files.
constexpr const char* kSampleFiles[] = {"scheduling", "intake", "billing", "authorization", "messaging"};

absl::StatusOr<std::string> Names(Story& story, const std::string& method, const char* field) {
  ASSIGN_OR_RETURN(const Json answer,
                   story.Call("clinic_admin", method, {{"parent", story.Clinic()}, {"page_size", 200}}));
  std::set<std::string> names;
  for (const auto& [key, list] : answer.items()) {
    if (!list.is_array()) continue;
    for (const Json& item : list) names.insert(item.value(field, item.value("name", "")));
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::Status TellClinic(Story& story) {
  Json clinic = {
      {"name", story.Clinic()},
      {"display_name", "Lakeside Clinic"},
      {"phone", "+16465550100"},
      {"time_zone", "America/New_York"},
      {"holidays", Json::array({{{"date", Date(absl::CivilDay(2026, 11, 26))}, {"display_name", "Thanksgiving Day"}},
                                {{"date", Date(absl::CivilDay(2026, 12, 25))}, {"display_name", "Christmas Day"}},
                                {{"date", Date(absl::CivilDay(2027, 1, 1))}, {"display_name", "New Year's Day"}}})}};
  Json hours = Json::array();
  for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"}) {
    hours.push_back({{"weekday", day}, {"open", {{"hours", 8}}}, {"close", {{"hours", 18}, {"minutes", 30}}}});
  }
  clinic["opening_hours"] = hours;
  RETURN_IF_ERROR(story.Call("platform_admin", "CreateClinic", {{"clinic", clinic}}).status());
  RETURN_IF_ERROR(story.Settle());
  story.Say(absl::StrCat("A platform administrator created ", story.Clinic(), ", America/New_York, three holidays."));
  for (const char* file : kSampleFiles) {
    RETURN_IF_ERROR(story.Load("clinic_admin", absl::StrCat(story.sample_folder(), "/", file, ".json")));
  }
  RETURN_IF_ERROR(story.Settle());
  for (const auto& [what, method] :
       std::initializer_list<std::pair<const char*, const char*>>{{"rooms", "ListRooms"},
                                                                  {"staff", "ListStaff"},
                                                                  {"equipment", "ListEquipmentPools"},
                                                                  {"visit types", "ListVisitTypes"},
                                                                  {"protocols", "ListProtocolVersions"},
                                                                  {"payers", "ListPayers"}}) {
    ASSIGN_OR_RETURN(const std::string names, Names(story, method, "display_name"));
    RETURN_IF_ERROR(Expect(!names.empty(), absl::StrCat("the clinic has ", what)));
    story.Say(absl::StrCat(what, ": ", names));
  }
  return absl::OkStatus();
}

}  // namespace kat::ctl
