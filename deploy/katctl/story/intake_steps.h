#ifndef KAT_DEPLOY_KATCTL_STORY_INTAKE_STEPS_H_
#define KAT_DEPLOY_KATCTL_STORY_INTAKE_STEPS_H_

#include <string>

#include "absl/status/status.h"
#include "deploy/katctl/story/story.h"

namespace kat::ctl {

// The evidence that one patient brings to an intake; a step of the clinic's template is completed from it by its kind.
struct PatientRecord {
  std::string patient;      // resource name
  std::string intake_case;  // resource name
  std::string program;
  absl::CivilDay today;
  std::string signer;
  Json evaluation;  // PsychiatricEvaluation
  Json vitals;
  std::vector<int> phq9;  // item values
  std::vector<Json> medications;
};

// Completes every step of the case, each by the calls that staff would make, and says what it did. Returns once the
// case is READY.
absl::Status CompleteIntake(Story& story, const PatientRecord& record);

// The unmet conditions of GetReadiness, a line each.
absl::StatusOr<std::string> UnmetConditions(Story& story, const std::string& patient, const std::string& program,
                                            absl::CivilDay day);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_STORY_INTAKE_STEPS_H_
