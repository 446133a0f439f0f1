#ifndef KAT_DEPLOY_KATCTL_STORY_PEOPLE_H_
#define KAT_DEPLOY_KATCTL_STORY_PEOPLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "deploy/katctl/story/story.h"

// The invented people of the story, and the calls that both patients' chapters make for them.
namespace kat::ctl {

// Patient messages, as intake takes them. Their numbers end in what the simulated carrier delivers.
Json PatientA();
Json PatientB();

// The clinic's calendar day on the simulated clock.
absl::StatusOr<absl::CivilDay> Today(Story& story);

// A ReceiveReferral request, and the call.
Json ReferralRequest(Story& story, const Json& patient, const std::string& program, absl::CivilDay today);
absl::StatusOr<Json> Refer(Story& story, const Json& patient, const std::string& program, absl::CivilDay today);

// A signed evaluation with two failed trials, as payers ask for; and unremarkable vital signs.
Json Evaluation(absl::CivilDay today);
Json Vitals();

absl::StatusOr<Json> CreateCourse(Story& story, const std::string& patient, const std::string& program,
                                  absl::CivilDay earliest);

// Proposals for the next block of a course; NOT_FOUND with the reasons where there are none.
absl::StatusOr<Json> Propose(Story& story, const std::string& course, int count);

// What BookBlock says when it refuses the best proposal.
absl::StatusOr<std::string> BookingRefusal(Story& story, const std::string& course);

// All appointments of a course, by start.
absl::StatusOr<Json> Appointments(Story& story, const std::string& course);

// `Mon Nov 30 09:00`, in the clinic's zone.
std::string When(const Json& timestamp);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_STORY_PEOPLE_H_
