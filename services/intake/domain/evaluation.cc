#include "services/intake/domain/evaluation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"

namespace kat::intake {

absl::Status ValidateEvaluation(const PsychiatricEvaluation& evaluation, absl::CivilDay today) {
  const std::string at = "psychiatric_evaluation.";
  std::vector<FieldViolation> wrong;
  if (evaluation.evaluation_date > today) wrong.push_back({at + "evaluation_date", "lies in the future"});
  if (evaluation.evaluator.display_name.empty()) wrong.push_back({at + "evaluator.display_name", "is required"});
  if (!evaluation.evaluator.npi.empty() && !IsValidNpi(evaluation.evaluator.npi)) {
    wrong.push_back({at + "evaluator.npi", "has a wrong check digit"});
  }
  for (size_t i = 0; i < evaluation.diagnoses.size(); ++i) {
    const Diagnosis& diagnosis = evaluation.diagnoses[i];
    if (diagnosis.episode_start_date > std::optional(evaluation.evaluation_date)) {
      wrong.push_back({absl::StrCat(at, "diagnoses[", i, "].episode_start_date"), "lies after the evaluation"});
    }
  }
  for (size_t i = 0; i < evaluation.trials.size(); ++i) {
    const MedicationTrial& trial = evaluation.trials[i];
    const std::string path = absl::StrCat(at, "medication_trials[", i, "].");
    if (trial.start_date > today) wrong.push_back({path + "start_date", "lies in the future"});
    if (trial.end_date && *trial.end_date < trial.start_date)
      wrong.push_back({path + "end_date", "lies before the start"});
    if (trial.end_date && *trial.end_date > today) wrong.push_back({path + "end_date", "lies in the future"});
    if (trial.end_date && trial.reason_stopped.empty()) {
      wrong.push_back({path + "reason_stopped", "is required with an end date"});
    }
    if (trial.end_date && trial.outcome == TrialOutcome::kOngoing) {
      wrong.push_back({path + "outcome", "cannot be ONGOING with an end date"});
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

int TrialWeeks(const MedicationTrial& trial, absl::CivilDay as_of) {
  const absl::CivilDay last = trial.end_date ? std::min(*trial.end_date, as_of) : as_of;
  const auto days = last - trial.start_date + 1;  // both ends were taken
  return days > 0 ? static_cast<int>(days / 7) : 0;
}

}  // namespace kat::intake
