#include "services/authorization/domain/evidence.h"

#include <gtest/gtest.h>

#include "libs/base/error.h"

namespace kat::authorization::domain {
namespace {

using Result = Finding::Result;

absl::CivilDay Day(const char* text) { return *ParseDay(text); }
const absl::CivilDay kToday(2026, 3, 1);

Trial T(const char* drug, const char* drug_class, int weeks, Trial::Outcome outcome = Trial::Outcome::kInadequate) {
  return {.drug = drug,
          .drug_class = drug_class,
          .start = Day("2025-01-01"),
          .end = Day("2025-06-01"),
          .weeks = weeks,
          .adherent = true,
          .outcome = outcome};
}

PatientEvidence Complete() {
  PatientEvidence e;
  e.birth_date = Day("1980-03-02");
  e.evaluation_day = Day("2026-02-01");
  e.diagnoses = {{"F33.2", Day("2024-12-01")}};
  e.statements = {{"psychosis", Presence::kAbsent}, {"mania", Presence::kAbsent}};
  e.psychotherapy = "CBT since 2025";
  e.trials = {T("sertraline", "ssri", 8), T("venlafaxine", "snri", 10)};
  e.scores = {{"PHQ9", 21, Day("2026-02-20"), "m1"}};
  e.screening_day = Day("2026-02-10");
  e.screening_complete = true;
  e.medications = {{"bupropion", "ndri", Day("2026-01-01")}};
  return e;
}

Finding Judge(CriterionRule rule, const PatientEvidence& evidence,
              AuthorizationKind kind = AuthorizationKind::kInitial) {
  PayerPolicy policy;
  policy.criteria = {{.id = "c", .applies_to = Criterion::AppliesTo::kBoth, .rule = std::move(rule)}};
  return Evaluate(policy, kind, evidence, kToday).findings[0];
}

TEST(Trials, TwoClassesOfSixWeeksAreMetAndNameTheirEvidence) {
  const Finding f = Judge(TrialsRule{.min_trials = 2, .min_weeks_each = 6, .min_distinct_classes = 2}, Complete());
  EXPECT_EQ(f.result, Result::kMet);
  EXPECT_EQ(f.evidence.size(), 2u);
}

TEST(Trials, AGapSaysHowManyThereAreAndHowManyAreWanted) {
  PatientEvidence e = Complete();
  e.trials[1].weeks = 5;
  const Finding f = Judge(TrialsRule{.min_trials = 2, .min_weeks_each = 6, .min_distinct_classes = 2}, e);
  EXPECT_EQ(f.result, Result::kUnmet);
  EXPECT_EQ(f.gap, "1 of 2 failed trials of at least 6 weeks, 1 of 2 classes");
}

TEST(Trials, WhatTheRecordDoesNotSayIsUnknownRatherThanUnmet) {
  PatientEvidence e = Complete();
  e.trials[1].adherent.reset();
  EXPECT_EQ(Judge(TrialsRule{.min_trials = 2, .adherent = true}, e).result, Result::kUnknown);
  e.evaluation_day.reset();
  EXPECT_EQ(Judge(TrialsRule{.min_trials = 2}, e).result, Result::kUnknown);
}

TEST(Trials, LookBackEpisodeClassAndIntoleranceDecideWhatCounts) {
  PatientEvidence e = Complete();
  EXPECT_EQ(Judge(TrialsRule{.drug_classes = {"maoi"}}, e).result, Result::kUnmet);
  EXPECT_EQ(Judge(TrialsRule{.look_back_months = 6}, e).result, Result::kUnmet);
  EXPECT_EQ(Judge(TrialsRule{.look_back_months = 12}, e).result, Result::kMet);
  e.diagnoses[0].episode_start = Day("2025-02-01");
  EXPECT_EQ(Judge(TrialsRule{.current_episode = true}, e).result, Result::kUnmet);
  e.trials = {T("sertraline", "ssri", 1, Trial::Outcome::kIntolerance)};
  EXPECT_EQ(Judge(TrialsRule{.min_weeks_each = 6}, e).result, Result::kUnmet);
  EXPECT_EQ(Judge(TrialsRule{.min_weeks_each = 6, .intolerance_counts = true}, e).result, Result::kMet);
}

TEST(Severity, AnyThresholdSufficesUnlessTheScoreIsTooOldOrTooLow) {
  const SeverityRule rule{.thresholds = {{"MADRS", 28}, {"PHQ9", 15}}, .max_age_days = 28};
  EXPECT_EQ(Judge(rule, Complete()).result, Result::kMet);
  PatientEvidence e = Complete();
  e.scores[0].total = 14;
  EXPECT_EQ(Judge(rule, e).result, Result::kUnmet);
  e.scores[0] = {"PHQ9", 21, Day("2026-01-01")};
  EXPECT_EQ(Judge(rule, e).result, Result::kUnknown);
  e.scores.clear();
  EXPECT_EQ(Judge(rule, e).result, Result::kUnknown);
}

TEST(Age, IsCountedInFullYearsOnTheDay) {
  EXPECT_EQ(AgeYears(Day("1980-03-02"), kToday), 45);
  EXPECT_EQ(AgeYears(Day("1980-03-01"), kToday), 46);
  EXPECT_EQ(Judge(AgeRule{18, 45}, Complete()).result, Result::kMet);
  EXPECT_EQ(Judge(AgeRule{18, 44}, Complete()).result, Result::kUnmet);
}

TEST(Diagnosis, ACodeTakesWhatIsBelowItButForExceptions) {
  EXPECT_TRUE(CodeBelow("F33.2", "F33"));
  EXPECT_TRUE(CodeBelow("F33.2", "F33."));
  EXPECT_TRUE(CodeBelow("F33.41", "F33.4"));
  EXPECT_FALSE(CodeBelow("F33.2", "F33.3"));
  EXPECT_FALSE(CodeBelow("F330", "F33"));
  EXPECT_EQ(Judge(DiagnosisRule{{"F32", "F33"}, {"F33.3"}}, Complete()).result, Result::kMet);
  EXPECT_EQ(Judge(DiagnosisRule{{"F33"}, {"F33.2"}}, Complete()).result, Result::kUnmet);
}

TEST(Exclusion, IsMetByStatementsAndACompleteScreeningOnly) {
  const ExclusionRule rule{.contraindications = {"psychosis", "aneurysmal-disease"}, .max_age_days = 90};
  EXPECT_EQ(Judge(rule, Complete()).result, Result::kMet);
  PatientEvidence e = Complete();
  e.screening_complete = false;
  EXPECT_EQ(Judge(rule, e).result, Result::kUnknown);
  e.screening_findings = {"aneurysmal-disease"};
  EXPECT_EQ(Judge(rule, e).result, Result::kUnmet);
  e = Complete();
  e.statements["psychosis"] = Presence::kPresent;
  EXPECT_EQ(Judge(rule, e).gap, "present: psychosis");
}

TEST(OralAntidepressant, MustBeOnTheListForLongEnough) {
  EXPECT_EQ(Judge(OralAntidepressantRule{{"ndri"}, 2}, Complete()).result, Result::kMet);
  EXPECT_EQ(Judge(OralAntidepressantRule{{"ndri"}, 12}, Complete()).result, Result::kUnmet);
  EXPECT_EQ(Judge(OralAntidepressantRule{{"ssri"}, 0}, Complete()).result, Result::kUnmet);
}

TEST(Response, ComparesTheLastScoreBeforeTreatmentWithTheLatestSince) {
  PatientEvidence e = Complete();
  const ResponseRule rule{.tools = {"PHQ9"}, .min_drop_percent = 50};
  EXPECT_EQ(Judge(rule, e).result, Result::kUnknown);
  e.treatment_start = Day("2025-11-01");
  e.sessions_completed = 12;
  e.scores = {{"PHQ9", 9, Day("2026-02-20")}, {"PHQ9", 12, Day("2025-12-20")}, {"PHQ9", 20, Day("2025-10-20")}};
  EXPECT_EQ(Judge(rule, e).result, Result::kMet);
  e.scores[0].total = 11;
  EXPECT_EQ(Judge(rule, e).gap, "the score fell by 45%, wanted 50%");
}

TEST(Evaluate, LeavesOutCriteriaOfTheOtherKindAndListsAgesOfEvidence) {
  PayerPolicy policy;
  policy.criteria = {
      {.id = "a", .applies_to = Criterion::AppliesTo::kInitial, .rule = PsychotherapyRule{}},
      {.id = "b", .applies_to = Criterion::AppliesTo::kRenewal, .rule = ResponseRule{.tools = {"PHQ9"}}}};
  const Packet packet = Evaluate(policy, AuthorizationKind::kInitial, Complete(), kToday);
  ASSERT_EQ(packet.findings.size(), 1u);
  EXPECT_TRUE(packet.complete());
  for (const EvidenceItem& item : packet.evidence) {
    EXPECT_TRUE(item.kind != EvidenceItem::Kind::kMeasure || item.age_days == 9);
  }
}

TEST(Policy, ThePlansOwnComesBeforeTheGeneralOneAndTheEndDayIsOut) {
  const PayerPolicy general{
      .id = PolicyId("g"), .effective_from = Day("2026-01-01"), .effective_until = Day("2026-07-01")};
  const PayerPolicy gold{.id = PolicyId("o"), .plan = "gold", .effective_from = Day("2026-02-01")};
  const std::vector<PayerPolicy> all = {gold, general};
  EXPECT_EQ(PolicyInForce(all, "gold", Day("2026-01-15"))->id, PolicyId("g"));
  EXPECT_EQ(PolicyInForce(all, "gold", Day("2026-02-15"))->id, PolicyId("o"));
  EXPECT_EQ(PolicyInForce(all, "", Day("2026-06-30"))->id, PolicyId("g"));
  EXPECT_EQ(PolicyInForce(all, "", Day("2026-07-01")), nullptr);
}

TEST(Policy, DifferencesNameWhatWasAddedRemovedAndChanged) {
  PayerPolicy before, after;
  before.criteria = {{.id = "oral-ad", .rule = OralAntidepressantRule{{"ssri"}}},
                     {.id = "age", .rule = AgeRule{18, 65}}};
  after.criteria = {{.id = "age", .rule = AgeRule{18, 0}}, {.id = "therapy", .rule = PsychotherapyRule{}}};
  after.initial.duration.months = 6;
  EXPECT_EQ(Differences(before, after),
            (std::vector<std::string>{"criterion age: age 18 to 65 -> age 18 to 0",
                                      "criterion therapy added: psychotherapy", "criterion oral-ad removed",
                                      "initial grant: 0 months 0 days, no limit -> 6 months 0 days, no limit"}));
}

TEST(Policy, MonthsEndOnTheLastDayOfAShorterMonth) {
  EXPECT_EQ(Add(Day("2026-01-31"), {.months = 1}), Day("2026-02-28"));
  EXPECT_EQ(Add(Day("2026-03-31"), {.months = -1}), Day("2026-02-28"));
  EXPECT_EQ(Add(Day("2026-03-02"), {.months = 3, .days = 1}), Day("2026-06-03"));
}

}  // namespace
}  // namespace kat::authorization::domain
