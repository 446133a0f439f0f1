#ifndef KAT_DEPLOY_KATCTL_STORY_STORY_H_
#define KAT_DEPLOY_KATCTL_STORY_STORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "deploy/katctl/client.h"

// The story: one clinic, two patients, from referral to a claim, told through the public API. Every chapter checks what
// the API promises and ends the story where it does not hold.
namespace kat::ctl {

struct StoryOptions {
  std::string id = "lakeside";  // id of the story's clinic, and the stem of its request ids
  std::string record;           // file for every call made
  int until = 8;
  std::string sample;  // folder of the sample data files
};

// What the chapters share. Roles act as the sample clinic's staff do (`nurse` as its nurse), others under their own
// name.
class Story {
 public:
  Story(Client& client, StoryOptions options);

  const std::string& clinic_id() const { return options_.id; }
  std::string Clinic() const { return "clinics/" + options_.id; }
  const std::string& sample_folder() const { return options_.sample; }
  Client& client() { return client_; }

  // Calls a method as a role. A mutation without a request_id gets the story's next one for that method.
  absl::StatusOr<Json> Call(const std::string& role, const std::string& method, Json request);
  // The same, which must be refused with `code` and, unless empty, `reason`; what the refusal said.
  absl::StatusOr<std::string> Refused(const std::string& role, const std::string& method, Json request,
                                      absl::StatusCode code, const std::string& reason);
  // Sends a file of sample data.
  absl::Status Load(const std::string& file);

  void Chapter(int number, const std::string& title);
  void Say(const std::string& line);     // what happened, for a person
  void Detail(const std::string& line);  // indented under it

  absl::StatusOr<absl::Time> Now() const;
  absl::Status Settle();
  absl::Status AdvanceTo(absl::Time time);
  absl::Status Advance(absl::Duration by);

  // Names of what earlier chapters made, for later ones: names["patient-a"].
  std::map<std::string, std::string> names;

 private:
  Caller As(const std::string& role) const;
  std::string NextRequestId(const std::string& method);

  Client& client_;
  StoryOptions options_;
  std::map<std::string, int> request_counts_;
};

// Fails the story with `what` where `holds` is false.
absl::Status Expect(bool holds, absl::string_view what);

absl::Status RunStory(Client& client, const StoryOptions& options);

// The chapters, in order; each in a file of its name.
absl::Status TellClinic(Story& story);
absl::Status TellIntake(Story& story);
absl::Status TellMoney(Story& story);
absl::Status TellSchedule(Story& story);
absl::Status TellMessages(Story& story);
absl::Status TellChange(Story& story);
absl::Status TellSpravato(Story& story);
absl::Status TellTeam(Story& story);
absl::Status TellProtocols(Story& story);

// Fails unless the ledger of the clinic sums to zero.
absl::Status ExpectBalanced(Story& story);

// JSON of well-known shapes.
Json Date(absl::CivilDay day);
Json Usd(int64_t minor_units);
std::string Timestamp(absl::Time time);
absl::StatusOr<absl::Time> ParseTimestamp(const Json& text);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_STORY_STORY_H_
