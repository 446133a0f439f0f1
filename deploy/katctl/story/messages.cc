#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

absl::StatusOr<Json> Sent(Story& story) {
  ASSIGN_OR_RETURN(const Json answer,
                   story.Call("assistant", "ListMessages",
                              {{"parent", story.Clinic()}, {"patient", story.names["patient-a"]}, {"page_size", 200}}));
  Json sent = Json::array();
  for (const Json& message : answer.value("messages", Json::array())) {
    if (message.value("state", "") == "SENT" || message.value("state", "") == "DELIVERED") sent.push_back(message);
  }
  return sent;
}

absl::Status CheckTexts(Story& story, const Json& messages) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone("America/New_York"));
  for (const Json& message : messages) {
    if (message.value("channel", "") == "CHANNEL_SMS") {
      const std::string body = absl::AsciiStrToLower(message.value("body", ""));
      for (const char* word : {"ketamine", "spravato", "infusion"}) {
        RETURN_IF_ERROR(Expect(!absl::StrContains(body, word), absl::StrCat("no drug name in an SMS: ", body)));
      }
    }
    ASSIGN_OR_RETURN(const absl::Time at, ParseTimestamp(message["send_time"]));
    const int hour = absl::ToCivilHour(at, zone).hour();
    RETURN_IF_ERROR(Expect(hour >= 8 && hour < 21,
                           absl::StrCat("messages go out in the patient's waking hours: ", message.dump())));
    story.Detail(absl::StrCat(When(message["send_time"]), "  ", message.value("channel", "").substr(8), "  ",
                              message.value("body", "").substr(0, 110)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> Reply(Story& story, const std::string& text, const std::string& id) {
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  return story.Call("integration", "ReceiveReply",
                    {{"parent", story.Clinic()},
                     {"carrier_message_id", id},
                     {"from_address", "+16465550121"},
                     {"body", text},
                     {"receive_time", Timestamp(now)}});
}

}  // namespace

absl::Status TellMessages(Story& story) {
  ASSIGN_OR_RETURN(const Json appointments, Appointments(story, story.names["course-a"]));
  ASSIGN_OR_RETURN(const absl::Time first, ParseTimestamp(appointments[0]["start_time"]));
  // To the hour after the last reminder that comes the day before.
  RETURN_IF_ERROR(story.AdvanceTo(first - absl::Hours(20)));
  ASSIGN_OR_RETURN(const Json sent, Sent(story));
  RETURN_IF_ERROR(Expect(sent.size() >= 2, absl::StrCat("a confirmation and a reminder have gone out: ", sent.dump())));
  story.Say(absl::StrCat("By ", When(Timestamp(first - absl::Hours(20))), " the simulated carrier has taken ",
                         sent.size(), " messages:"));
  RETURN_IF_ERROR(CheckTexts(story, sent));

  ASSIGN_OR_RETURN(const Json reply, Reply(story, "C", "reply-1"));
  RETURN_IF_ERROR(Expect(reply.value("meaning", "") == "CONFIRM", reply.dump()));
  RETURN_IF_ERROR(story.Settle());
  // A job confirms what the text that is answered asked about.
  ASSIGN_OR_RETURN(const Json replies, story.Call("assistant", "ListReplies", {{"parent", story.Clinic()}}));
  std::string visit;
  for (const Json& taken : replies.value("replies", Json::array())) {
    if (taken.value("name", "") == reply.value("name", "")) visit = taken.value("confirmed_appointment", "");
  }
  ASSIGN_OR_RETURN(const Json confirmed, story.Call("nurse", "GetAppointment", {{"name", visit}}));
  RETURN_IF_ERROR(Expect(confirmed.value("state", "") == "CONFIRMED",
                         absl::StrCat("the reply confirms: ", reply.dump(), " ", confirmed.dump())));
  story.Say(absl::StrCat("The patient replied C: the visit of ", When(confirmed["start_time"]), " is CONFIRMED."));
  RETURN_IF_ERROR(
      story
          .Call("assistant", "RecordDriver",
                {{"name", appointments[0]["name"]}, {"driver_name", "Robin Quill"}, {"driver_phone", "+16465550199"}})
          .status());
  story.Say("The driver is named.");
  return absl::OkStatus();
}

}  // namespace kat::ctl
