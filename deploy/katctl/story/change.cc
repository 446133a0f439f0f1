#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

absl::StatusOr<Json> Session(Story& story, int number) {
  ASSIGN_OR_RETURN(const Json appointments, Appointments(story, story.names["course-a"]));
  for (const Json& appointment : appointments) {
    if (appointment.value("session_number", 0) == number) return appointment;
  }
  return absl::NotFoundError("no such session");
}

absl::Status AskTheImpossible(Story& story, const Json& session, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const Json answer,
                   story.Call("assistant", "ProposeMove", {{"name", session["name"]}, {"date", Date(day)}}));
  const Json violations = answer.value("violations", Json::array());
  RETURN_IF_ERROR(
      Expect(!violations.empty(), absl::StrCat("the protocol forbids ", FormatDay(day), ": ", answer.dump())));
  story.Say(absl::StrCat(FormatDay(day), " breaks the protocol:"));
  for (const Json& violation : violations) {
    story.Detail(absl::StrCat(violation.value("kind", ""), " ", violation.value("from_visit", ""), " to ",
                              violation.value("to_visit", ""), ": allowed ", violation.value("allowed", "0"),
                              ", asked ", violation.value("asked", "0"), ". ", violation.value("description", "")));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> CountMessages(Story& story, const std::string& appointment, const std::string& state) {
  ASSIGN_OR_RETURN(const Json answer,
                   story.Call("assistant", "ListMessages",
                              {{"parent", story.Clinic()}, {"appointment", appointment}, {"page_size", 200}}));
  int count = 0;
  for (const Json& message : answer.value("messages", Json::array()))
    count += message.value("state", "") == state ? 1 : 0;
  return count;
}

}  // namespace

absl::Status TellChange(Story& story) {
  ASSIGN_OR_RETURN(const Json session, Session(story, 3));
  const std::string name = session["name"].get<std::string>();
  ASSIGN_OR_RETURN(const absl::Time start, ParseTimestamp(session["start_time"]));
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone("America/New_York"));
  const absl::CivilDay day = DayAt(start, zone);
  RETURN_IF_ERROR(AskTheImpossible(story, session, day + 14));

  ASSIGN_OR_RETURN(
      const Json answer,
      story.Call(
          "assistant", "ProposeMove",
          {{"name", name}, {"max_proposals", 3}, {"allow_others", true}, {"avoid_dates", Json::array({Date(day)})}}));
  const Json proposals = answer.value("proposals", Json::array());
  RETURN_IF_ERROR(Expect(!proposals.empty(), absl::StrCat("there is a legal alternative: ", answer.dump())));
  for (const Json& proposal : proposals) {
    std::string moves;
    for (const Json& move : proposal["moves"]) {
      absl::StrAppend(&moves, moves.empty() ? "" : "; ", move.value("visit_id", ""), " from ",
                      When(move["current_start_time"]), " to ", When(move["start_time"]));
    }
    story.Say(absl::StrCat("alternative, cost ", proposal.value("cost", "0"), ": ", moves));
  }
  ASSIGN_OR_RETURN(const Json moved,
                   story.Call("assistant", "MoveAppointment",
                              {{"name", name}, {"moves", proposals[0]["moves"]}, {"reason", "patient travels"}}));
  RETURN_IF_ERROR(Expect(!moved.value("appointments", Json::array()).empty(), moved.dump()));
  ASSIGN_OR_RETURN(const std::string stale,
                   story.Refused("assistant", "MoveAppointment", {{"name", name}, {"moves", proposals.back()["moves"]}},
                                 absl::StatusCode::kAborted, ""));
  story.Say("Session 3 moved; a proposal from before is refused:");
  story.Detail(stale);
  RETURN_IF_ERROR(story.Settle());

  ASSIGN_OR_RETURN(const Json now_at, story.Call("nurse", "GetAppointment", {{"name", name}}));
  ASSIGN_OR_RETURN(const absl::Time new_start, ParseTimestamp(now_at["start_time"]));
  RETURN_IF_ERROR(story.AdvanceTo(std::max(start, new_start) - absl::Hours(2)));
  ASSIGN_OR_RETURN(const Json all, story.Call("assistant", "ListMessages",
                                              {{"parent", story.Clinic()}, {"appointment", name}, {"page_size", 200}}));
  for (const Json& message : all.value("messages", Json::array())) {
    if (message.value("state", "") != "SENT" && message.value("state", "") != "DELIVERED") continue;
    ASSIGN_OR_RETURN(const absl::Time sent_at, ParseTimestamp(message["send_time"]));
    ASSIGN_OR_RETURN(const absl::Time about, ParseTimestamp(message["appointment_start_time"]));
    ASSIGN_OR_RETURN(const absl::Time moved_at, ParseTimestamp(now_at["update_time"]));
    RETURN_IF_ERROR(
        Expect(sent_at < moved_at || about == new_start, absl::StrCat("no stale reminder went out: ", message.dump())));
  }
  ASSIGN_OR_RETURN(const int suppressed, CountMessages(story, name, "SUPPRESSED"));
  story.Say(absl::StrCat("Reminders of the old time never went out (", suppressed,
                         " suppressed); those of the new one did."));

  ASSIGN_OR_RETURN(const Json stop, story.Call("integration", "ReceiveReply",
                                               {{"parent", story.Clinic()},
                                                {"carrier_message_id", "reply-2"},
                                                {"from_address", "+16465550121"},
                                                {"body", "STOP"}}));
  RETURN_IF_ERROR(Expect(stop.value("meaning", "") == "STOP" || stop.value("meaning", "") == "STOP_ALL", stop.dump()));
  story.Say("The patient replied STOP: no further texts.");
  return absl::OkStatus();
}

}  // namespace kat::ctl
