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
  for (const char* file : kSampleFiles) {
    RETURN_IF_ERROR(story.Load(absl::StrCat(story.sample_folder(), "/", file, ".json")));
    RETURN_IF_ERROR(story.Settle());  // the other services hear of the clinic
  }
  story.Say(absl::StrCat("A platform administrator created ", story.Clinic(), "; its administrator set it up."));
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

absl::Status TellProtocols(Story& story) {
  RETURN_IF_ERROR(story.Load(absl::StrCat(story.sample_folder(), "/protocols.json")));
  RETURN_IF_ERROR(story.Settle());
  ASSIGN_OR_RETURN(const std::string names, Names(story, "ListProtocolVersions", "display_name"));
  story.Say(absl::StrCat("protocols: ", names));
  story.Say("Patient B's course keeps the version that it began with; new ones get the newest.");
  return absl::OkStatus();
}

}  // namespace kat::ctl
