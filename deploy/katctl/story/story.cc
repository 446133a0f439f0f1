#include "deploy/katctl/story/story.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/load.h"
#include "deploy/katctl/schema.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

// A service that is killed in mid-story comes back within this, and the call is repeated with its request id.
constexpr absl::Duration kPatience = absl::Seconds(45);

struct ChapterEntry {
  const char* title;
  absl::Status (*tell)(Story&);
};
constexpr ChapterEntry kChapters[] = {
    {"The clinic", TellClinic},
    {"Intake of patient A: self-pay, IV ketamine", TellIntake},
    {"Money of patient A", TellMoney},
    {"A whole course for patient A", TellSchedule},
    {"Messages to patient A", TellMessages},
    {"Session 3 must move", TellChange},
    {"Patient B: Spravato, authorized, treated, reported, ready to be claimed", TellSpravato},
    {"The team", TellTeam},
    {"More protocols, for the patients to come", TellProtocols},
};

}  // namespace

Story::Story(Client& client, StoryOptions options) : client_(client), options_(std::move(options)) {}

Caller Story::As(const std::string& role) const {
  // Login subjects of the sample clinic's staff.
  static const std::map<std::string, std::string> kStaff = {{"psychiatrist", "priya-shah@lakeside.example"},
                                                            {"administering_clinician", "sam-ortiz@lakeside.example"},
                                                            {"nurse", "nora-kim@lakeside.example"},
                                                            {"integration_therapist", "tess-rivera@lakeside.example"}};
  const auto staff = kStaff.find(role);
  return {.clinic = role == "platform_admin" ? "" : options_.id,
          .roles = {role},
          .subject = staff == kStaff.end() ? role + "-1" : staff->second};
}

std::string Story::NextRequestId(const std::string& method) {
  return absl::StrCat("story.", options_.id, ".", method, ".", ++request_counts_[method]);
}

absl::StatusOr<Json> Story::Call(const std::string& role, const std::string& name, Json request) {
  ASSIGN_OR_RETURN(const auto* method, FindMethod(name));
  if (method->input_type()->FindFieldByName("request_id") != nullptr && !request.contains("request_id")) {
    request["request_id"] = NextRequestId(method->name());
  }
  absl::StatusOr<Json> answer = client_.Call(*method, request, As(role));
  if (!answer.ok()) {
    return absl::Status(answer.status().code(),
                        absl::StrCat(method->name(), " as ", role, " failed: ", Explain(answer.status()),
                                     "\n  request: ", request.dump()));
  }
  return answer;
}

absl::StatusOr<std::string> Story::Refused(const std::string& role, const std::string& name, Json request,
                                           absl::StatusCode code, const std::string& reason) {
  ASSIGN_OR_RETURN(const auto* method, FindMethod(name));
  if (method->input_type()->FindFieldByName("request_id") != nullptr && !request.contains("request_id")) {
    request["request_id"] = NextRequestId(method->name());
  }
  const absl::StatusOr<Json> answer = client_.Call(*method, request, As(role));
  if (answer.ok())
    return absl::FailedPreconditionError(
        absl::StrCat(method->name(), " should have been refused, answered ", answer->dump()));
  const std::string said = Explain(answer.status());
  if (answer.status().code() != code || (!reason.empty() && ErrorReason(answer.status()) != reason)) {
    return absl::FailedPreconditionError(absl::StrCat(method->name(), " should have been refused with ",
                                                      absl::StatusCodeToString(code), " ", reason, ", got ", said));
  }
  return said;
}

absl::Status Story::Load(const std::string& file) { return LoadFile(client_, file, options_.id); }

void Story::Chapter(int number, const std::string& title) { std::cout << "\n" << number << ". " << title << std::endl; }
void Story::Say(const std::string& line) { std::cout << "   " << line << std::endl; }
void Story::Detail(const std::string& text) {
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipEmpty()))
    std::cout << "     " << std::string(line) << std::endl;
}

absl::StatusOr<absl::Time> Story::Now() const { return SimulatedNow(client_.installation()); }
absl::Status Story::Settle() { return ctl::Settle(client_); }
absl::Status Story::AdvanceTo(absl::Time time) { return ctl::AdvanceTo(client_, time); }
absl::Status Story::Advance(absl::Duration by) {
  ASSIGN_OR_RETURN(const absl::Time now, Now());
  return AdvanceTo(now + by);
}

absl::Status Expect(bool holds, absl::string_view what) {
  return holds ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrCat("the story does not hold: ", what));
}

Json Date(absl::CivilDay day) { return {{"year", day.year()}, {"month", day.month()}, {"day", day.day()}}; }
Json Usd(int64_t minor_units) { return {{"currency_code", "USD"}, {"minor_units", minor_units}}; }
std::string Timestamp(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()); }
absl::StatusOr<absl::Time> ParseTimestamp(const Json& text) {
  absl::Time time;
  std::string error;
  if (text.is_string() && absl::ParseTime(absl::RFC3339_full, text.get<std::string>(), &time, &error)) return time;
  return absl::InvalidArgumentError(absl::StrCat("no time: ", text.dump()));
}

absl::Status RunStory(Client& client, const StoryOptions& options) {
  client.set_patience(kPatience);
  std::unique_ptr<std::ofstream> record;
  if (!options.record.empty()) {
    record = std::make_unique<std::ofstream>(options.record);
    client.set_observer([&record](const std::string& method, const Json& request, const Caller& caller,
                                  const absl::StatusOr<Json>& answer) {
      Json line = {{"method", method},
                   {"role", caller.roles[0]},
                   {"subject", caller.subject},
                   {"clinic", caller.clinic},
                   {"request", request}};
      if (answer.ok()) line["answer"] = *answer;
      *record << line.dump() << std::endl;
    });
  }
  Story story(client, options);
  int number = 0;
  for (const ChapterEntry& chapter : kChapters) {
    if (++number > options.until) break;
    story.Chapter(number, chapter.title);
    RETURN_IF_ERROR(chapter.tell(story));
    RETURN_IF_ERROR(story.Settle());
  }
  std::cout << "\nThe story holds." << std::endl;
  return absl::OkStatus();
}

}  // namespace kat::ctl
