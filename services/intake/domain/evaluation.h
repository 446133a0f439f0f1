#ifndef KAT_SERVICES_INTAKE_DOMAIN_EVALUATION_H_
#define KAT_SERVICES_INTAKE_DOMAIN_EVALUATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/patient.h"

namespace kat::intake {

enum class Statement { kAbsent = 1, kHistory = 2, kCurrent = 3, kUndetermined = 4 };

struct Diagnosis {
  std::string icd10_code;
  std::string description;
  bool single_episode = false;
  std::optional<absl::CivilDay> episode_start_date;
};

enum class Adherence { kAdherent = 1, kPartial = 2, kNonadherent = 3, kUnknown = 4 };
enum class TrialOutcome {
  kInadequateResponse = 1,
  kPartialResponse = 2,
  kResponse = 3,
  kIntolerance = 4,
  kOngoing = 5,
};

struct MedicationTrial {
  std::string drug;
  std::string drug_class;
  std::string max_dose;
  absl::CivilDay start_date;
  std::optional<absl::CivilDay> end_date;
  Adherence adherence = Adherence::kUnknown;
  TrialOutcome outcome = TrialOutcome::kOngoing;
  std::string reason_stopped;
  bool adequate = false;
};

struct PsychiatricEvaluation {
  EvaluationId id;
  PatientId patient;
  absl::CivilDay evaluation_date;
  Provider evaluator;
  std::vector<Diagnosis> diagnoses;
  std::vector<MedicationTrial> trials;
  Statement psychosis = Statement::kUndetermined;
  Statement mania = Statement::kUndetermined;
  Statement substance_use_disorder = Statement::kUndetermined;
  std::string psychotherapy;
  std::string assessment;
  DocumentId document;
  std::string recorded_by;
  absl::Time create_time;
};

// INVALID_ARGUMENT with every field that is wrong; paths start with `psychiatric_evaluation.`.
absl::Status ValidateEvaluation(const PsychiatricEvaluation& evaluation, absl::CivilDay today);

// Completed weeks that a trial had lasted by `as_of`; 0 for one that had not begun.
int TrialWeeks(const MedicationTrial& trial, absl::CivilDay as_of);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_EVALUATION_H_
