#include "services/intake/domain/readiness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace kat::intake {
namespace {

const absl::CivilDay kToday(2026, 11, 23);

// A program that needs one of everything, each valid for a different number of days.
IntakeCase FullCase() {
  IntakeCase full{.id = CaseId("case"), .program = "iv-ketamine"};
  const auto add = [&](StepSpec spec) {
    spec.required = true;
    spec.title = spec.key;
    full.steps.push_back({.spec = std::move(spec)});
  };
  add({.key = "eval", .kind = StepKind::kPsychiatricEvaluation, .validity_days = 90});
  add({.key = "screen", .kind = StepKind::kMedicalScreening, .validity_days = 30});
  add({.key = "phq9", .kind = StepKind::kMeasure, .validity_days = 14, .tool = MeasureTool::kPhq9});
  add({.key = "meds", .kind = StepKind::kMedicationList, .validity_days = 7});
  add({.key = "records", .kind = StepKind::kRecordsRequest});
  add({.key = "cardio", .kind = StepKind::kClearance, .validity_days = 180, .clearance_kind = "cardiology"});
  add({.key = "consent", .kind = StepKind::kConsent, .consent_key = "iv"});
  add({.key = "ekg", .kind = StepKind::kDocument, .validity_days = 365, .document_type = "ekg"});
  return full;
}

Evidence FullEvidence(absl::CivilDay day) {
  Evidence e{.birth_date = absl::CivilDay(1980, 1, 1)};
  e.evaluations = {{.id = EvaluationId("e1"), .evaluation_date = day}};
  e.screenings = {{.id = ScreeningId("s1"), .screening_date = day, .answers = {{"ich", Answer::kNo}}}};
  e.measures = {{.id = MeasureId("m1"), .tool = MeasureTool::kPhq9, .administered_date = day}};
  e.verifications = {{.id = VerificationId("v1"), .verified_date = day, .list_version = 3}};
  e.medication_list_version = 3;
  e.records_requests = {{.id = RecordsRequestId("r1"),
                         .state = RecordsState::kReceived,
                         .documents = {DocumentId("d2")},
                         .received_date = day}};
  e.clearances = {
      {.id = ClearanceId("c1"), .kind = "cardiology", .state = ClearanceState::kCleared, .decision_date = day}};
  e.consents = {{.id = ConsentId("n1"),
                 .consent_key = "iv",
                 .template_from = day - 30,
                 .signed_date = day,
                 .valid_through = day + 365}};
  e.documents = {{.id = DocumentId("d1"), .type = "ekg", .document_date = day},
                 {.id = DocumentId("d2"), .type = "prior-notes", .document_date = day}};
  e.screening_rules = ScreeningRuleSet{
      .rules = {{.code = "ich", .outcome = RuleOutcome::kHardContraindication, .question = "ich", .required = true}}};
  return e;
}

const ReadinessCondition* Find(const Readiness& readiness, absl::string_view code) {
  for (const ReadinessCondition& c : readiness.conditions) {
    if (c.code == code) return &c;
  }
  return nullptr;
}

TEST(ReadinessTest, AllEvidenceMakesReadyAndNothingMakesEveryStepUnmet) {
  const IntakeCase full = FullCase();
  EXPECT_TRUE(JudgeReadiness(&full, FullEvidence(kToday), kToday).ready);
  const Readiness none = JudgeReadiness(&full, {}, kToday);
  EXPECT_FALSE(none.ready);
  ASSERT_EQ(none.conditions.size(), 9u);
  for (size_t i = 1; i < none.conditions.size(); ++i) EXPECT_EQ(none.conditions[i].state, ConditionState::kUnmet);
  EXPECT_NE(Find(none, "PHQ9_MISSING"), nullptr);
  EXPECT_NE(Find(none, "CONSENT_MISSING"), nullptr);
}

TEST(ReadinessTest, WithoutACaseItIsUnmetAndOnHoldOrClosedToo) {
  EXPECT_NE(Find(JudgeReadiness(nullptr, FullEvidence(kToday), kToday), "INTAKE_CASE_MISSING"), nullptr);
  IntakeCase full = FullCase();
  full.state = CaseState::kOnHold;
  EXPECT_FALSE(JudgeReadiness(&full, FullEvidence(kToday), kToday).ready);
  full.state = CaseState::kClosed;
  EXPECT_NE(Find(JudgeReadiness(&full, FullEvidence(kToday), kToday), "INTAKE_CASE_CLOSED"), nullptr);
}

// For every kind and validity: counts on the last day, not on the next, and not before it was taken.
TEST(ReadinessPropertyTest, EvidenceExpiresExactlyAtTheDayBoundary) {
  const IntakeCase full = FullCase();
  const Evidence evidence = FullEvidence(kToday);
  for (const IntakeStep& step : full.steps) {
    const StepStatus now = JudgeStep(step, evidence, kToday);
    ASSERT_EQ(now.state, StepState::kCompleted) << step.spec.key;
    EXPECT_NE(JudgeStep(step, evidence, kToday - 1).state, StepState::kCompleted) << step.spec.key;
    if (!now.valid_through) {
      EXPECT_EQ(JudgeStep(step, evidence, kToday + 10'000).state, StepState::kCompleted) << step.spec.key;
      continue;
    }
    EXPECT_EQ(JudgeStep(step, evidence, *now.valid_through).state, StepState::kCompleted) << step.spec.key;
    const StepStatus after = JudgeStep(step, evidence, *now.valid_through + 1);
    EXPECT_EQ(after.state, StepState::kExpired) << step.spec.key;
    if (step.spec.validity_days > 0) {
      EXPECT_EQ(*now.valid_through - kToday, step.spec.validity_days);
    }
  }
}

TEST(ReadinessPropertyTest, NextChangeIsTheFirstDayOnWhichSomethingExpires) {
  const IntakeCase full = FullCase();
  const Evidence evidence = FullEvidence(kToday);
  const Readiness now = JudgeReadiness(&full, evidence, kToday);
  ASSERT_TRUE(now.next_change);
  EXPECT_TRUE(JudgeReadiness(&full, evidence, *now.next_change - 1).ready);
  EXPECT_FALSE(JudgeReadiness(&full, evidence, *now.next_change).ready);
}

// Adds one random favorable piece of evidence, of any day.
void AddFavorable(Evidence& evidence, std::mt19937& random) {
  const absl::CivilDay day = kToday - static_cast<int>(random() % 400) + 30;
  const Evidence more = FullEvidence(day);
  const std::string id = std::to_string(random());
  switch (random() % 8) {
    case 0:
      evidence.evaluations.push_back(more.evaluations[0]);
      break;
    case 1:
      evidence.screenings.push_back(more.screenings[0]);
      break;
    case 2:
      evidence.measures.push_back(more.measures[0]);
      break;
    case 3:
      evidence.verifications.push_back(more.verifications[0]);
      evidence.medication_list_version = 3;
      break;
    case 4:
      evidence.records_requests.push_back(more.records_requests[0]);
      evidence.documents.push_back(more.documents[1]);
      break;
    case 5:
      evidence.clearances.push_back(more.clearances[0]);
      break;
    case 6:
      evidence.consents.push_back(more.consents[0]);
      break;
    default:
      evidence.documents.push_back(more.documents[0]);
  }
}

TEST(ReadinessPropertyTest, IsMonotoneInFavorableEvidence) {
  std::mt19937 random(20261123);
  const IntakeCase full = FullCase();
  for (int round = 0; round < 400; ++round) {
    Evidence evidence;
    evidence.screening_rules = FullEvidence(kToday).screening_rules;
    evidence.medication_list_version = 3;
    const absl::CivilDay day = kToday + static_cast<int>(random() % 60);
    std::vector<bool> met(full.steps.size(), false);
    bool ready = false;
    for (int i = 0; i < 40; ++i) {
      AddFavorable(evidence, random);
      for (size_t s = 0; s < full.steps.size(); ++s) {
        const bool now = JudgeStep(full.steps[s], evidence, day).defect == StepStatus::Defect::kNone;
        EXPECT_TRUE(now || !met[s]) << full.steps[s].spec.key << " got worse";
        met[s] = met[s] || now;
      }
      const bool ready_now = JudgeReadiness(&full, evidence, day).ready;
      EXPECT_TRUE(ready_now || !ready);
      ready = ready_now;
    }
  }
}

TEST(ReadinessTest, ReadyExactlyWhereNoConditionIsUnmet) {
  std::mt19937 random(7);
  const IntakeCase full = FullCase();
  for (int round = 0; round < 300; ++round) {
    Evidence evidence = FullEvidence(kToday - static_cast<int>(random() % 20));
    if (random() % 2) evidence.open_reviews.push_back({.id = RiskReviewId("x")});
    if (random() % 3 == 0) evidence.consents[0].revoke_time = absl::UnixEpoch();
    const Readiness readiness = JudgeReadiness(&full, evidence, kToday);
    const bool unmet = std::any_of(readiness.conditions.begin(), readiness.conditions.end(),
                                   [](const auto& c) { return c.state == ConditionState::kUnmet; });
    EXPECT_EQ(readiness.ready, !unmet);
  }
}

TEST(ReadinessTest, RiskContraindicationAndInteractionsBlockAndCautionsWarn) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.open_reviews = {{.id = RiskReviewId("r")}};
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "RISK_REVIEW_OPEN")->state, ConditionState::kUnmet);

  evidence = FullEvidence(kToday);
  evidence.screenings[0].answers[0].answer = Answer::kYes;
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "HARD_CONTRAINDICATION")->state, ConditionState::kUnmet);
  evidence.screenings[0].answers.clear();
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "MEDICAL_SCREENING_INCOMPLETE")->state,
            ConditionState::kUnmet);
  evidence.screening_rules.reset();
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "SCREENING_RULES_MISSING")->state, ConditionState::kUnmet);

  evidence = FullEvidence(kToday);
  evidence.medications = {{.id = MedicationId("m"), .drug_class = "maoi"},
                          {.id = MedicationId("l"), .drug_class = "lam"}};
  evidence.interaction_rules =
      InteractionRuleSet{.rules = {{.code = "maoi", .drug_classes = {"maoi"}, .handling = Handling::kSignOff},
                                   {.code = "lam", .drug_classes = {"lam"}}}};
  Readiness readiness = JudgeReadiness(&full, evidence, kToday);
  EXPECT_EQ(Find(readiness, "INTERACTION_SIGN_OFF")->state, ConditionState::kUnmet);
  EXPECT_EQ(Find(readiness, "INTERACTION_CAUTION")->state, ConditionState::kWarning);
  evidence.verifications[0].signed_off_codes = {"maoi"};
  readiness = JudgeReadiness(&full, evidence, kToday);
  EXPECT_EQ(Find(readiness, "INTERACTION_SIGN_OFF")->state, ConditionState::kMet);
  EXPECT_TRUE(readiness.ready);
}

TEST(ReadinessTest, AnOptionalStepOnlyWarnsAndAWaivedOneIsMet) {
  IntakeCase full = FullCase();
  full.steps.back().spec.required = false;
  Evidence evidence = FullEvidence(kToday);
  evidence.documents.erase(evidence.documents.begin());
  Readiness readiness = JudgeReadiness(&full, evidence, kToday);
  EXPECT_EQ(Find(readiness, "DOCUMENT_MISSING")->state, ConditionState::kWarning);
  EXPECT_TRUE(readiness.ready);
  full.steps.back().state = StepState::kWaived;
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "DOCUMENT")->state, ConditionState::kMet);
}

TEST(ReadinessTest, AChangedMedicationListMustBeVerifiedAnew) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.medication_list_version = 4;
  EXPECT_NE(Find(JudgeReadiness(&full, evidence, kToday), "MEDICATION_LIST_INCOMPLETE"), nullptr);
}

TEST(ReadinessTest, ANewConsentVersionThatMustBeSignedEndsTheOldOneOnItsFirstDay) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.resign_days = {{"iv", kToday + 10}, {"other", kToday}};
  EXPECT_TRUE(JudgeReadiness(&full, evidence, kToday + 5).ready);
  const IntakeStep& consent = full.steps[6];
  EXPECT_EQ(JudgeStep(consent, evidence, kToday).valid_through, kToday + 9);
  EXPECT_EQ(JudgeStep(consent, evidence, kToday + 9).state, StepState::kCompleted);
  EXPECT_EQ(JudgeStep(consent, evidence, kToday + 10).state, StepState::kExpired);
}

TEST(ReadinessTest, ALaterRefusalOutweighsAnEarlierClearanceAndConditionsWarn) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday - 5);
  evidence.clearances[0].state = ClearanceState::kClearedWithConditions;
  EXPECT_EQ(Find(JudgeReadiness(&full, evidence, kToday), "CLEARANCE_CONDITIONS")->state, ConditionState::kWarning);
  evidence.clearances.push_back({.id = ClearanceId("c2"), .kind = "cardiology", .state = ClearanceState::kRequested});
  EXPECT_TRUE(JudgeReadiness(&full, evidence, kToday).ready);
  evidence.clearances.back().state = ClearanceState::kNotCleared;
  evidence.clearances.back().decision_date = kToday;
  EXPECT_NE(Find(JudgeReadiness(&full, evidence, kToday), "CLEARANCE_NEGATIVE"), nullptr);
}

TEST(ReadinessTest, AMedicationThatIsYetToBeginOrHasJustEndedIsLookedAtAnewOnThatDay) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.interaction_rules =
      InteractionRuleSet{.rules = {{.code = "maoi", .drug_classes = {"maoi"}, .handling = Handling::kContraindicated}}};
  evidence.medications = {{.id = MedicationId("m"), .drug_class = "maoi", .start_date = kToday + 3}};
  Readiness now = JudgeReadiness(&full, evidence, kToday);
  EXPECT_TRUE(now.ready);
  EXPECT_EQ(now.next_change, kToday + 3);
  EXPECT_FALSE(JudgeReadiness(&full, evidence, kToday + 3).ready);
  evidence.medications[0].start_date = kToday - 30;
  evidence.medications[0].end_date = kToday;
  now = JudgeReadiness(&full, evidence, kToday);
  EXPECT_FALSE(now.ready);
  EXPECT_EQ(now.next_change, kToday + 1);
  EXPECT_TRUE(JudgeReadiness(&full, evidence, kToday + 1).ready);
}

TEST(ReadinessTest, RecordsThatWereAllFiledInErrorAreStillToCome) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.records_requests[0].documents = {DocumentId("another patient's"), DocumentId("d2")};
  EXPECT_EQ(JudgeStep(full.steps[4], evidence, kToday).state, StepState::kCompleted);
  evidence.documents[1].state = DocumentState::kEnteredInError;
  EXPECT_EQ(JudgeStep(full.steps[4], evidence, kToday).state, StepState::kInProgress);
  evidence.documents.clear();
  EXPECT_EQ(JudgeStep(full.steps[4], evidence, kToday).state, StepState::kInProgress);
}

TEST(ReadinessTest, AClearanceThatIsWithdrawnIsAsIfNobodyHadAsked) {
  const IntakeCase full = FullCase();
  Evidence evidence = FullEvidence(kToday);
  evidence.clearances = {{.id = ClearanceId("c1"), .kind = "cardiology", .state = ClearanceState::kRequested}};
  EXPECT_EQ(JudgeStep(full.steps[5], evidence, kToday).state, StepState::kInProgress);
  evidence.clearances[0].state = ClearanceState::kWithdrawn;
  EXPECT_EQ(JudgeStep(full.steps[5], evidence, kToday).state, StepState::kPending);
}

}  // namespace
}  // namespace kat::intake
