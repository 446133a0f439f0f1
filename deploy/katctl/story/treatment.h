#ifndef KAT_DEPLOY_KATCTL_STORY_TREATMENT_H_
#define KAT_DEPLOY_KATCTL_STORY_TREATMENT_H_

#include "deploy/katctl/story/story.h"

namespace kat::ctl {

// Patient B's first session: the gate at the door, two devices, three blood pressures, two hours, discharge.
absl::Status TreatFirstSession(Story& story);
// The REMS monitoring form of that session, prepared from its record and submitted with evidence; units counted.
absl::Status ReportToRems(Story& story);
// The claim of that session, scrubbed and ready.
absl::Status ReadyTheClaim(Story& story);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_STORY_TREATMENT_H_
