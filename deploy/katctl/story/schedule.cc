#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

void Explain(Story& story, int rank, const Json& proposal) {
  const Json& visits = proposal["plan"]["visits"];
  story.Say(absl::StrCat("proposal ", rank, ": ", visits.size(), " visits from ", When(visits.front()["start_time"]),
                         " to ", When(visits.back()["start_time"]), ", cost ", proposal.value("cost", "0")));
  for (const Json& term : proposal.value("cost_terms", Json::array())) {
    story.Detail(
        absl::StrCat(term.value("kind", ""), " ", term.value("cost", "0"), ": ", term.value("explanation", "")));
  }
}

// A booking of the same room at the same minute as a visit without a dose, by somebody who came later.
absl::Status LoseTheRoom(Story& story, const Json& appointments) {
  const Json& appointment = *std::find_if(appointments.begin(), appointments.end(),
                                          [](const Json& booked) { return booked.value("session_number", 0) == 0; });
  Json rival = {{"visit_type", appointment["visit_type"]},
                {"start_time", appointment["start_time"]},
                {"assignments", appointment["assignments"]},
                {"note", "walk-in"}};
  ASSIGN_OR_RETURN(const std::string refusal,
                   story.Refused("assistant", "CreateAppointment", {{"parent", story.Clinic()}, {"appointment", rival}},
                                 absl::StatusCode::kAborted, "SLOT_TAKEN"));
  story.Say("A competing booking of the same room at the same minute loses:");
  story.Detail(refusal);
  return absl::OkStatus();
}

}  // namespace

absl::Status TellSchedule(Story& story) {
  ASSIGN_OR_RETURN(const Json proposals, Propose(story, story.names["course-a"], 3));
  for (size_t i = 0; i < proposals.size(); ++i) Explain(story, static_cast<int>(i) + 1, proposals[i]);
  ASSIGN_OR_RETURN(const Json hold, story.Call("assistant", "HoldProposal",
                                               {{"parent", story.Clinic()}, {"plan", proposals[0]["plan"]}}));
  story.Say(absl::StrCat("The first is held until ", When(hold["expire_time"]), "."));
  ASSIGN_OR_RETURN(const Json booked,
                   story.Call("assistant", "BookBlock", {{"parent", story.Clinic()}, {"hold", hold["name"]}}));
  std::set<std::string> roles;
  int infusions = 0;
  for (const Json& appointment : booked["appointments"]) {
    if (appointment.value("session_number", 0) == 0) continue;
    ++infusions;
    for (const Json& assignment : appointment["assignments"]) roles.insert(assignment.value("role", ""));
  }
  RETURN_IF_ERROR(Expect(infusions == 6, absl::StrCat("six infusions are booked: ", booked.dump())));
  RETURN_IF_ERROR(Expect(roles.size() >= 4, "each has a room, a nurse, a clinician and a pump"));
  RETURN_IF_ERROR(story.Settle());
  ASSIGN_OR_RETURN(const Json appointments, Appointments(story, story.names["course-a"]));
  for (const Json& appointment : appointments) {
    std::string assigned;
    for (const Json& assignment : appointment["assignments"]) {
      const std::string resource = assignment.value("resource", "");
      absl::StrAppend(&assigned, assigned.empty() ? "" : ", ", resource.substr(resource.rfind('/') + 1));
    }
    story.Detail(
        absl::StrCat(When(appointment["start_time"]), "  ", appointment.value("visit_id", ""), "  ", assigned));
  }
  story.Say("Booked, all or nothing.");
  RETURN_IF_ERROR(LoseTheRoom(story, booked["appointments"]));
  ASSIGN_OR_RETURN(const Json plan, story.Call("biller", "GetPaymentPlan", {{"name", story.names["plan-a"]}}));
  for (const Json& installment : plan["installments"]) {
    RETURN_IF_ERROR(
        Expect(installment.contains("due_time"), absl::StrCat("installments have their dates: ", plan.dump())));
    story.Detail(absl::StrCat("installment of session ", installment.value("session_number", 0), " is due ",
                              When(installment["due_time"])));
  }
  return absl::OkStatus();
}

}  // namespace kat::ctl
