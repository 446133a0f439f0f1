#include "services/intake/domain/readiness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kat::intake {
namespace {

using Defect = StepStatus::Defect;

// Numbers of kat.common.v1.Role.
constexpr int kAssistant = 3;
constexpr int kPsychiatrist = 4;

std::string BaseCode(const StepSpec& spec) {
  switch (spec.kind) {
    case StepKind::kPsychiatricEvaluation:
      return "PSYCHIATRIC_EVALUATION";
    case StepKind::kMedicalScreening:
      return "MEDICAL_SCREENING";
    case StepKind::kMeasure: {
      static constexpr const char* kTools[] = {"MEASURE", "PHQ9", "GAD7", "CSSRS_SCREENER", "MADRS", "PCL5"};
      return kTools[static_cast<size_t>(spec.tool)];
    }
    case StepKind::kMedicationList:
      return "MEDICATION_LIST";
    case StepKind::kRecordsRequest:
      return "RECORDS_REQUEST";
    case StepKind::kClearance:
      return "CLEARANCE";
    case StepKind::kConsent:
      return "CONSENT";
    case StepKind::kDocument:
      return "DOCUMENT";
  }
  return "STEP";
}

ReadinessCondition StepCondition(const IntakeStep& step, const StepStatus& status) {
  ReadinessCondition condition{.code = BaseCode(step.spec),
                               .state = ConditionState::kMet,
                               .step_key = step.spec.key,
                               .evidence = status.evidence,
                               .responsible = step.spec.responsible,
                               .valid_through = status.valid_through};
  const std::string& title = step.spec.title;
  switch (status.defect) {
    case Defect::kNone:
      condition.description = absl::StrCat(title, status.state == StepState::kWaived ? ": waived" : ": done");
      return condition;
    case Defect::kMissing:
      condition.code += "_MISSING";
      condition.description = absl::StrCat(title, ": not there yet");
      break;
    case Defect::kExpired:
      condition.code += "_EXPIRED";
      condition.description = absl::StrCat(title, ": too old or no longer valid on that day; renew it");
      break;
    case Defect::kIncomplete:
      condition.code += "_INCOMPLETE";
      condition.description = absl::StrCat(title, ": not complete as it stands; go through it again");
      break;
    case Defect::kNegative:
      condition.code += "_NEGATIVE";
      condition.description = absl::StrCat(title, ": the answer was no; see it");
      break;
  }
  condition.valid_through.reset();
  condition.state = step.spec.required ? ConditionState::kUnmet : ConditionState::kWarning;
  return condition;
}

void JudgeCase(const IntakeCase& intake_case, Readiness& readiness) {
  ReadinessCondition condition{.code = "INTAKE_CASE",
                               .state = ConditionState::kMet,
                               .evidence = {"cases", intake_case.id.str()},
                               .description = "An intake case of the program is open",
                               .responsible = kAssistant};
  if (intake_case.state == CaseState::kOnHold) {
    condition.code = "INTAKE_CASE_ON_HOLD";
    condition.state = ConditionState::kUnmet;
    condition.description = "The intake case is on hold; resume it";
  } else if (intake_case.state == CaseState::kClosed) {
    condition.code = "INTAKE_CASE_CLOSED";
    condition.state = ConditionState::kUnmet;
    condition.description = "The intake case is closed; open another";
  }
  readiness.conditions.push_back(std::move(condition));
}

void JudgeRules(const Evidence& evidence, absl::CivilDay day, Readiness& readiness) {
  const MedicalScreening* screening = LatestScreening(evidence, day);
  if (screening == nullptr) return;
  if (!evidence.screening_rules) {
    readiness.conditions.push_back({.code = "SCREENING_RULES_MISSING",
                                    .description = "The program has no screening rules in force on that day",
                                    .responsible = 2 /* ROLE_CLINIC_ADMIN */});
    return;
  }
  const ScreeningResult result =
      Judge(*screening, evidence.screening_rules->rules, evidence.screening_rules->id, evidence.birth_date);
  const auto has = [&](RuleOutcome outcome) {
    return std::any_of(result.findings.begin(), result.findings.end(),
                       [&](const ScreeningFinding& f) { return f.outcome == outcome; });
  };
  const EvidenceRef ref{"medicalScreenings", screening->id.str()};
  if (has(RuleOutcome::kHardContraindication)) {
    readiness.conditions.push_back({.code = "HARD_CONTRAINDICATION",
                                    .evidence = ref,
                                    .description = "The screening found a hard contraindication; see it",
                                    .responsible = kPsychiatrist});
  }
  if (has(RuleOutcome::kCaution)) {
    readiness.conditions.push_back({.code = "SCREENING_CAUTION",
                                    .state = ConditionState::kWarning,
                                    .evidence = ref,
                                    .description = "The screening found a caution; weigh benefit and risk",
                                    .responsible = kPsychiatrist});
  }
}

void JudgeMedications(const Evidence& evidence, absl::CivilDay day, Readiness& readiness) {
  if (!evidence.interaction_rules) return;
  for (const InteractionFlag& flag :
       FindInteractions(evidence.medications, evidence.verifications, evidence.interaction_rules->rules, day)) {
    ReadinessCondition condition{.evidence = {"medications", flag.medication.str()}, .responsible = kPsychiatrist};
    switch (flag.handling) {
      case Handling::kContraindicated:
        condition.code = "INTERACTION_CONTRAINDICATED";
        condition.description = "A medication must not be taken beside this treatment; see the list";
        break;
      case Handling::kSignOff:
        condition.code = "INTERACTION_SIGN_OFF";
        condition.state = flag.signed_off ? ConditionState::kMet : ConditionState::kUnmet;
        condition.description = flag.signed_off ? "A psychiatrist has accepted an interaction"
                                                : "An interaction needs a psychiatrist's sign-off; see the list";
        break;
      case Handling::kCaution:
        condition.code = "INTERACTION_CAUTION";
        condition.state = ConditionState::kWarning;
        condition.description = "A medication needs attention beside this treatment; see the list";
        break;
    }
    readiness.conditions.push_back(std::move(condition));
  }
}

void JudgeClearanceConditions(const IntakeCase& intake_case, const Evidence& evidence, Readiness& readiness) {
  for (const Clearance& clearance : evidence.clearances) {
    const bool used =
        std::any_of(readiness.evidence.begin(), readiness.evidence.end(), [&](const ReadinessEvidence& e) {
          return e.evidence.collection == "clearances" && e.evidence.id == clearance.id.str();
        });
    if (!used || clearance.state != ClearanceState::kClearedWithConditions) continue;
    readiness.conditions.push_back({.code = "CLEARANCE_CONDITIONS",
                                    .state = ConditionState::kWarning,
                                    .evidence = {"clearances", clearance.id.str()},
                                    .description = "A clearance was given under conditions; see it",
                                    .responsible = kPsychiatrist});
  }
}

}  // namespace

Readiness JudgeReadiness(const IntakeCase* intake_case, const Evidence& evidence, absl::CivilDay day) {
  Readiness readiness;
  if (intake_case == nullptr) {
    readiness.conditions.push_back({.code = "INTAKE_CASE_MISSING",
                                    .description = "The patient has no intake case of the program; open one",
                                    .responsible = kAssistant});
    return readiness;
  }
  const auto changes_on = [&](absl::CivilDay next) {
    if (next > day && (!readiness.next_change || next < *readiness.next_change)) readiness.next_change = next;
  };
  JudgeCase(*intake_case, readiness);
  for (const IntakeStep& step : intake_case->steps) {
    const StepStatus status = JudgeStep(step, evidence, day);
    readiness.conditions.push_back(StepCondition(step, status));
    if (status.evidence_date) {
      readiness.evidence.push_back({.step_key = step.spec.key,
                                    .evidence = status.evidence,
                                    .evidence_date = *status.evidence_date,
                                    .age_days = static_cast<int>(day - *status.evidence_date),
                                    .valid_through = status.valid_through});
    }
    if (status.defect == Defect::kNone && status.valid_through) changes_on(*status.valid_through + 1);
  }
  for (const Medication& medication : evidence.medications) {  // an interaction comes and goes with it
    if (medication.start_date) changes_on(*medication.start_date);
    if (medication.end_date) changes_on(*medication.end_date + 1);
  }
  for (const RiskReview& review : evidence.open_reviews) {
    readiness.conditions.push_back({.code = "RISK_REVIEW_OPEN",
                                    .evidence = {"riskReviews", review.id.str()},
                                    .description = "A risk review waits for a clinician; resolve it",
                                    .responsible = kPsychiatrist});
  }
  JudgeRules(evidence, day, readiness);
  JudgeMedications(evidence, day, readiness);
  JudgeClearanceConditions(*intake_case, evidence, readiness);
  readiness.ready = std::none_of(readiness.conditions.begin(), readiness.conditions.end(),
                                 [](const ReadinessCondition& c) { return c.state == ConditionState::kUnmet; });
  return readiness;
}

}  // namespace kat::intake
