#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

absl::Status Summarize(Story& story, const std::string& label, const std::string& patient) {
  ASSIGN_OR_RETURN(const Json summary, story.Call("psychiatrist", "GetClinicalSummary",
                                                  {{"name", absl::StrCat(patient, "/clinicalSummary")}}));
  story.Say(absl::StrCat("Clinical summary of patient ", label, ", version ", summary.value("version", "1"), ":"));
  for (const Json& section : summary.value("sections", Json::array())) {
    RETURN_IF_ERROR(Expect(section.value("availability", "") != "UNAVAILABLE", section.dump()));
    story.Detail(absl::StrCat(section.value("source", ""), ", ", section.value("title", ""), ": ",
                              section.value("items", Json::array()).size(), " items",
                              section.value("availability", "") == "NOT_PERMITTED" ? " (not for this role)" : ""));
  }
  return absl::OkStatus();
}

absl::Status RouteADocument(Story& story) {
  ASSIGN_OR_RETURN(const Json documents,
                   story.Call("assistant", "ListDocuments", {{"parent", story.names["patient-a"]}}));
  RETURN_IF_ERROR(Expect(!documents.value("documents", Json::array()).empty(), "patient A has a document"));
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const Json routed, story.Call("psychiatrist", "RouteDocument",
                                                 {{"parent", story.Clinic()},
                                                  {"routed_document",
                                                   {{"patient", story.names["patient-a"]},
                                                    {"document", documents["documents"][0]["name"]},
                                                    {"title", "Records of a prior provider"},
                                                    {"recipient", "tess-rivera@lakeside.example"},
                                                    {"due_time", Timestamp(now + absl::Hours(48))}}}}));
  ASSIGN_OR_RETURN(const Json read,
                   story.Call("integration_therapist", "AcknowledgeDocument", {{"name", routed["name"]}}));
  RETURN_IF_ERROR(Expect(read.value("state", "") == "ACKNOWLEDGED", read.dump()));
  story.Say("A document went to the integration therapist, who acknowledged it.");
  return absl::OkStatus();
}

}  // namespace

absl::Status TellTeam(Story& story) {
  RETURN_IF_ERROR(Summarize(story, "A", story.names["patient-a"]));
  RETURN_IF_ERROR(Summarize(story, "B", story.names["patient-b"]));
  RETURN_IF_ERROR(RouteADocument(story));
  ASSIGN_OR_RETURN(const Json work,
                   story.Call("assistant", "ListWorkItems", {{"parent", story.Clinic()}, {"page_size", 200}}));
  story.Say(absl::StrCat("One work queue, by urgency: ", work.value("work_items", Json::array()).size(), " items."));
  for (const Json& item : work.value("work_items", Json::array())) {
    story.Detail(absl::StrCat(item.value("urgency", ""), "  ",
                              item.contains("due_time") ? When(item["due_time"]) : "no clock", "  ",
                              item.value("title", "")));
  }
  return Expect(!work.value("work_items", Json::array()).empty(), "somebody has something to do");
}

}  // namespace kat::ctl
