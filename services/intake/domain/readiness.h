#ifndef KAT_SERVICES_INTAKE_DOMAIN_READINESS_H_
#define KAT_SERVICES_INTAKE_DOMAIN_READINESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/intake/domain/evidence.h"
#include "services/intake/domain/intake_case.h"

namespace kat::intake {

// How one step stands on a day by the evidence there is.
struct StepStatus {
  // What is wrong; kNone for a step that is completed or waived.
  enum class Defect { kNone, kMissing, kExpired, kIncomplete, kNegative };

  StepState state = StepState::kPending;
  Defect defect = Defect::kMissing;
  EvidenceRef evidence;
  std::optional<absl::CivilDay> evidence_date;
  std::optional<absl::CivilDay> valid_through;  // last day on which it counts
};

// Looks at `step` on `day`. Evidence taken on D with `validity_days` N counts on D to D+N, both included; N = 0 does
// not age. A consent's and a clearance's own last day apply as well. Adding favorable evidence never makes a status
// worse.
StepStatus JudgeStep(const IntakeStep& step, const Evidence& evidence, absl::CivilDay day);

// Writes what JudgeStep says into `step`. True where its state or evidence changed.
bool ApplyStatus(IntakeStep& step, const StepStatus& status);

enum class ConditionState { kMet = 1, kUnmet = 2, kWarning = 3 };

struct ReadinessCondition {
  std::string code;
  ConditionState state = ConditionState::kUnmet;
  // What it is about: a step's key, else `evidence`, else the patient.
  std::string step_key;
  EvidenceRef evidence;
  std::string description;
  int responsible = 0;  // number of a kat.common.v1.Role
  std::optional<absl::CivilDay> valid_through;
};

struct ReadinessEvidence {
  std::string step_key;
  EvidenceRef evidence;
  absl::CivilDay evidence_date;
  int age_days = 0;
  std::optional<absl::CivilDay> valid_through;
};

struct Readiness {
  bool ready = false;
  std::vector<ReadinessCondition> conditions;
  std::vector<ReadinessEvidence> evidence;
  // The first day after `day` on which something that counts on `day` no longer does, or a medication is begun or no
  // longer taken.
  std::optional<absl::CivilDay> next_change;
};

// Readiness on `day`. `intake_case` is the patient's case of the program that is not closed, else the last closed one,
// else nullptr. Steps are judged anew: what is stored in them does not matter, but for waivers.
Readiness JudgeReadiness(const IntakeCase* intake_case, const Evidence& evidence, absl::CivilDay day);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_READINESS_H_
