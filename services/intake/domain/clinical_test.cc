#include <gtest/gtest.h>

#include <numeric>

#include "libs/base/error.h"
#include "services/intake/domain/document.h"
#include "services/intake/domain/evaluation.h"
#include "services/intake/domain/measure.h"
#include "services/intake/domain/medication.h"
#include "services/intake/domain/patient.h"
#include "services/intake/domain/policy.h"
#include "services/intake/domain/screening.h"

namespace kat::intake {
namespace {

const absl::CivilDay kToday(2026, 11, 23);

std::vector<MeasureItem> Answers(const std::vector<int>& values) {
  std::vector<MeasureItem> items;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0) items.push_back({static_cast<int>(i) + 1, values[i]});
  }
  return items;
}

Score Scored(MeasureTool tool, const std::vector<int>& values) {
  const auto score = ScoreMeasure(tool, Answers(values));
  EXPECT_TRUE(score.ok()) << score.status();
  return score.value_or(Score{});
}

TEST(MeasureTest, Phq9BandsBeginWherePublished) {
  const struct {
    std::vector<int> values;
    int total;
    const char* band;
  } cases[] = {{{0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "MINIMAL"},
               {{1, 1, 1, 1, 0, 0, 0, 0, 0}, 4, "MINIMAL"},
               {{1, 1, 1, 1, 1, 0, 0, 0, 0}, 5, "MILD"},
               {{2, 2, 2, 2, 2, 0, 0, 0, 0}, 10, "MODERATE"},
               {{3, 3, 3, 3, 3, 0, 0, 0, 0}, 15, "MODERATELY_SEVERE"},
               {{3, 3, 3, 3, 3, 3, 2, 0, 0}, 20, "SEVERE"},
               {{3, 3, 3, 3, 3, 3, 3, 3, 3}, 27, "SEVERE"}};
  for (const auto& c : cases) {
    EXPECT_EQ(Scored(MeasureTool::kPhq9, c.values).total, c.total);
    EXPECT_EQ(Scored(MeasureTool::kPhq9, c.values).band, c.band);
  }
}

TEST(MeasureTest, Phq9Item9AboveZeroOrUnansweredIsARisk) {
  EXPECT_FALSE(Scored(MeasureTool::kPhq9, {3, 3, 3, 3, 3, 3, 3, 3, 0}).risk);
  EXPECT_EQ(Scored(MeasureTool::kPhq9, {0, 0, 0, 0, 0, 0, 0, 0, 1}).risk, RiskTrigger::kPhq9Item9);
  EXPECT_EQ(Scored(MeasureTool::kPhq9, {0, 0, 0, 0, 0, 0, 0, 0, -1}).risk, RiskTrigger::kPhq9Item9Unanswered);
}

TEST(MeasureTest, Phq9IsProratedOverTwoMissingItemsAndVoidOverThree) {
  const Score score = Scored(MeasureTool::kPhq9, {2, 2, 2, 2, 2, 2, 2, -1, -1});
  EXPECT_TRUE(score.prorated);
  EXPECT_EQ(score.total, 18);
  EXPECT_EQ(Scored(MeasureTool::kPhq9, {1, 1, 1, 0, 0, 0, -1, 0, 0}).total, 3);  // 3 * 9 / 8 = 3.4
  EXPECT_FALSE(ScoreMeasure(MeasureTool::kPhq9, Answers({2, 2, 2, 2, 2, 2, -1, -1, -1})).ok());
}

TEST(MeasureTest, CssrsTriageFollowsTheColumbiaProtocol) {
  const struct {
    std::vector<int> values;  // 1 to 6, 7: question 6 within three months
    const char* band;
    std::optional<RiskTrigger> risk;
  } cases[] = {{{0, 0, -1, -1, -1, 0, -1}, "NONE", std::nullopt},
               {{1, 0, -1, -1, -1, 0, -1}, "LOW", std::nullopt},
               {{1, 1, 0, 0, 0, 0, -1}, "LOW", std::nullopt},
               {{1, 1, 1, 0, 0, 0, -1}, "MODERATE", RiskTrigger::kCssrsModerate},
               {{0, 0, -1, -1, -1, 1, 0}, "MODERATE", RiskTrigger::kCssrsModerate},
               {{1, 1, 0, 1, 0, 0, -1}, "HIGH", RiskTrigger::kCssrsHigh},
               {{1, 1, 0, 0, 1, 0, -1}, "HIGH", RiskTrigger::kCssrsHigh},
               {{0, 0, -1, -1, -1, 1, 1}, "HIGH", RiskTrigger::kCssrsHigh}};
  for (const auto& c : cases) {
    EXPECT_EQ(Scored(MeasureTool::kCssrsScreener, c.values).band, c.band);
    EXPECT_EQ(Scored(MeasureTool::kCssrsScreener, c.values).risk, c.risk);
  }
  EXPECT_FALSE(ScoreMeasure(MeasureTool::kCssrsScreener, Answers({1, 1, -1, 0, 0, 0})).ok());
  EXPECT_FALSE(ScoreMeasure(MeasureTool::kCssrsScreener, Answers({0, 0, -1, -1, -1, 1})).ok());
  EXPECT_FALSE(ScoreMeasure(MeasureTool::kCssrsScreener, Answers({0, 0, -1, -1, -1, 0, 1})).ok());
}

TEST(MeasureTest, EveryScaleTakesItsWholeRangeAndRefusesWhatLiesOutside) {
  for (const Instrument& instrument : Instruments()) {
    std::vector<MeasureItem> top;
    int sum = 0;
    for (size_t i = 0; i < instrument.items.size(); ++i) {
      top.push_back({static_cast<int>(i) + 1, instrument.items[i].max_value});
      sum += instrument.items[i].max_value;
    }
    const auto score = ScoreMeasure(instrument.tool, top);
    ASSERT_TRUE(score.ok()) << instrument.title;
    if (instrument.tool != MeasureTool::kCssrsScreener) {
      EXPECT_EQ(score->total, sum);
    }
    auto over = top;
    over[0].value += 1;
    EXPECT_FALSE(ScoreMeasure(instrument.tool, over).ok());
    auto twice = top;
    twice.push_back(top[0]);
    EXPECT_FALSE(ScoreMeasure(instrument.tool, twice).ok());
    auto unknown = top;
    unknown[0].number = 99;
    EXPECT_FALSE(ScoreMeasure(instrument.tool, unknown).ok());
  }
  EXPECT_EQ(Scored(MeasureTool::kPcl5, std::vector<int>(20, 4)).total, 80);
  EXPECT_EQ(Scored(MeasureTool::kMadrs, std::vector<int>(10, 6)).band, "SEVERE");
  EXPECT_EQ(Scored(MeasureTool::kGad7, {3, 3, 3, 3, 3, 0, 0}).band, "SEVERE");
}

const std::vector<ScreeningRule> kRules = {
    {.code = "ich", .outcome = RuleOutcome::kHardContraindication, .question = "ich", .required = true},
    {.code = "bp-hard",
     .outcome = RuleOutcome::kHardContraindication,
     .metric = Metric::kSystolic,
     .above = 160,
     .required = true},
    {.code = "bp-soft", .outcome = RuleOutcome::kCaution, .metric = Metric::kSystolic, .above = 140},
    {.code = "minor", .outcome = RuleOutcome::kHardContraindication, .metric = Metric::kAgeYears, .below = 18},
};

MedicalScreening Screened(int systolic, std::vector<ScreeningAnswer> answers) {
  return {.screening_date = kToday,
          .screener = {.display_name = "RN"},
          .vitals = {.systolic_mmhg = systolic, .diastolic_mmhg = systolic / 2},
          .answers = std::move(answers)};
}

Verdict VerdictOf(const MedicalScreening& screening, absl::CivilDay born = absl::CivilDay(1980, 1, 1)) {
  return Judge(screening, kRules, ScreeningRuleSetId("s"), born).verdict;
}

TEST(ScreeningTest, VerdictIsTheWorstThatHolds) {
  EXPECT_EQ(VerdictOf(Screened(120, {{"ich", Answer::kNo}})), Verdict::kClear);
  EXPECT_EQ(VerdictOf(Screened(140, {{"ich", Answer::kNo}})), Verdict::kClear);
  EXPECT_EQ(VerdictOf(Screened(141, {{"ich", Answer::kNo}})), Verdict::kCaution);
  EXPECT_EQ(VerdictOf(Screened(161, {{"ich", Answer::kNo}})), Verdict::kHardContraindication);
  EXPECT_EQ(VerdictOf(Screened(120, {})), Verdict::kIncomplete);
  EXPECT_EQ(VerdictOf(Screened(120, {{"ich", Answer::kUnknown}})), Verdict::kIncomplete);
  EXPECT_EQ(VerdictOf(Screened(0, {{"ich", Answer::kYes}})), Verdict::kHardContraindication);
  EXPECT_EQ(VerdictOf(Screened(120, {{"ich", Answer::kNo}}), absl::CivilDay(2008, 11, 24)),
            Verdict::kHardContraindication);
  EXPECT_EQ(VerdictOf(Screened(120, {{"ich", Answer::kNo}}), absl::CivilDay(2008, 11, 23)), Verdict::kClear);
}

TEST(ScreeningTest, OnlyHardFindingsThatWereNotThereBeforeAreNew) {
  const auto judge = [](const MedicalScreening& s) {
    return Judge(s, kRules, ScreeningRuleSetId("s"), absl::CivilDay(1980, 1, 1));
  };
  const ScreeningResult hard = judge(Screened(170, {{"ich", Answer::kYes}}));
  const ScreeningResult soft = judge(Screened(150, {{"ich", Answer::kNo}}));
  EXPECT_EQ(NewHardFindings(hard, nullptr), (std::vector<std::string>{"ich", "bp-hard"}));
  EXPECT_EQ(NewHardFindings(hard, &soft).size(), 2u);
  EXPECT_TRUE(NewHardFindings(hard, &hard).empty());
  EXPECT_TRUE(NewHardFindings(soft, nullptr).empty());
}

TEST(ScreeningTest, NamesEveryFieldThatIsWrong) {
  MedicalScreening wrong = Screened(120, {{"a", Answer::kNo}, {"a", Answer::kNo}});
  wrong.vitals.diastolic_mmhg = 130;
  wrong.vitals.spo2_percent = 20;
  wrong.screening_date = kToday + 1;
  const auto detail = GetErrorDetail(ValidateScreening(wrong, kToday));
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->fields.size(), 4u);
  MedicalScreening tall = Screened(120, {});
  tall.vitals.weight_grams = 80'000;
  tall.vitals.height_millimeters = 2'000;
  EXPECT_EQ(MetricValue(Metric::kBmiTenths, tall, kToday), 200);
}

TEST(ScreeningTest, RulesThatContradictThemselvesAreRefused) {
  EXPECT_TRUE(ValidateRules(kRules).ok());
  EXPECT_FALSE(ValidateRules({{.code = "x"}}).ok());
  EXPECT_FALSE(ValidateRules({{.code = "x", .question = "q", .metric = Metric::kSystolic, .above = 1}}).ok());
  EXPECT_FALSE(ValidateRules({{.code = "x", .metric = Metric::kSystolic}}).ok());
  EXPECT_FALSE(ValidateRules({{.code = "x", .question = "q"}, {.code = "x", .question = "r"}}).ok());
}

TEST(MedicationTest, FlagsByClassOrDrugAndSignOffNeedsALaterVerification) {
  const std::vector<InteractionRule> rules = {
      {.code = "maoi", .drug_classes = {"maoi"}, .handling = Handling::kSignOff},
      {.code = "memantine", .drugs = {"Memantine"}, .handling = Handling::kCaution}};
  const absl::Time t = absl::UnixEpoch();
  Medication maoi{.id = MedicationId("m"), .drug = "phenelzine", .drug_class = "maoi", .create_time = t};
  Medication memantine{.id = MedicationId("n"), .drug = "memantine", .end_date = kToday, .create_time = t};
  MedicationVerification early{.signed_off_codes = {"maoi"}, .create_time = t - absl::Seconds(1)};
  MedicationVerification late{.signed_off_codes = {"maoi"}, .create_time = t};

  auto flags = FindInteractions({maoi, memantine}, {early}, rules, kToday);
  ASSERT_EQ(flags.size(), 2u);
  EXPECT_FALSE(flags[0].signed_off);
  EXPECT_EQ(flags[1].code, "memantine");
  EXPECT_TRUE(FindInteractions({maoi}, {early, late}, rules, kToday)[0].signed_off);
  EXPECT_TRUE(FindInteractions({memantine}, {}, rules, kToday + 1).empty());
}

TEST(MedicationTest, StopsOnceAndNotBeforeItsStart) {
  Medication medication{.start_date = kToday - 10};
  EXPECT_FALSE(StopMedication(medication, kToday - 11, "x", kToday).ok());
  EXPECT_FALSE(StopMedication(medication, kToday + 1, "x", kToday).ok());
  EXPECT_TRUE(StopMedication(medication, kToday, "x", kToday).ok());
  EXPECT_EQ(ErrorReason(StopMedication(medication, kToday, "x", kToday)), "STATE_FORBIDS");
}

TEST(MedicationTest, AListIsFullOfWhatIsTakenAndStoppingMakesRoom) {
  std::vector<Medication> list(200, Medication{.drug = "x", .start_date = kToday - 9});
  EXPECT_EQ(ErrorReason(CheckRoom(list)), "MEDICATION_LIST_FULL");
  ASSERT_TRUE(StopMedication(list[7], kToday, "no longer needed", kToday).ok());
  EXPECT_TRUE(CheckRoom(list).ok());
}

TEST(PatientTest, DuplicatesMatchNamesWithoutCaseOrPunctuationAndPhonesAndIds) {
  const Patient pat{.id = PatientId("a"),
                    .given_name = "Mary Ann",
                    .family_name = "O'Neil",
                    .birth_date = absl::CivilDay(1980, 2, 29),
                    .phone = "+15551234567",
                    .external_ids = {{"ehr", "1"}}};
  Patient same = pat;
  same.id = PatientId("b");
  same.given_name = "MARYANN";
  same.family_name = "ONeil";
  same.phone.clear();
  same.external_ids.clear();
  Patient phone{.id = PatientId("c"), .given_name = "X", .family_name = "Y", .phone = pat.phone};
  Patient id{.id = PatientId("d"), .external_ids = {{"ehr", "1"}}};
  Patient other{.id = PatientId("e"),
                .given_name = "Mary Ann",
                .family_name = "O'Neil",
                .birth_date = absl::CivilDay(1980, 3, 1)};
  const auto found = FindDuplicates(pat, {pat, same, phone, id, other});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].matches, std::vector{DuplicateMatch::kExternalId});
  EXPECT_EQ(found[1].matches, std::vector{DuplicateMatch::kNameAndBirthDate});
  EXPECT_EQ(found[2].matches, std::vector{DuplicateMatch::kPhone});
}

TEST(PatientTest, TheMoreTwoRecordsShareTheEarlierACandidateStandsAndADeletedOneSaysSo) {
  const Patient wanted{.id = PatientId("wanted"),
                       .given_name = "Ana",
                       .family_name = "Ruiz",
                       .birth_date = absl::CivilDay(1970, 1, 1),
                       .phone = "+1555"};
  Patient phone = wanted, name = wanted, both = wanted;
  phone.id = PatientId("phone");
  phone.given_name = "Bo";
  name.id = PatientId("name");
  name.phone = "+1666";
  name.delete_time = absl::UnixEpoch();
  both.id = PatientId("both");
  const auto found = FindDuplicates(wanted, {phone, name, both});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].patient, both.id);
  EXPECT_EQ(found[0].matches, (std::vector{DuplicateMatch::kNameAndBirthDate, DuplicateMatch::kPhone}));
  EXPECT_EQ(found[1].patient, name.id);
  EXPECT_TRUE(found[1].deleted);
  EXPECT_EQ(found[2].patient, phone.id);
  EXPECT_FALSE(found[2].deleted);
}

TEST(PatientTest, ASearchNeedsSomethingToGoBy) {
  EXPECT_FALSE(ValidateSearch({.given_name = "Ana", .email = "a@b.c"}).ok());
  EXPECT_TRUE(ValidateSearch({.given_name = "Ana", .family_name = "Ruiz"}).ok());
  EXPECT_TRUE(ValidateSearch({.phone = "+1555"}).ok());
  EXPECT_TRUE(ValidateSearch({.external_ids = {{"ehr", "7"}}}).ok());
  // Nobody is found by names that are not there.
  const Patient nameless{.id = PatientId("a"), .phone = "+1555"};
  EXPECT_TRUE(FindDuplicates(nameless, {{.id = PatientId("b")}}).empty());
}

TEST(PatientTest, NamesEveryFieldThatIsWrong) {
  const Patient wrong{.given_name = " ",
                      .birth_date = kToday + 1,
                      .time_zone = "Mars/Olympus",
                      .external_ids = {{"a", "1"}, {"a", "1"}}};
  const auto detail = GetErrorDetail(ValidatePatient(wrong, kToday));
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->fields.size(), 5u);
}

TEST(PatientTest, AgeTurnsOnTheBirthday) {
  EXPECT_EQ(AgeOn(absl::CivilDay(1980, 2, 29), absl::CivilDay(2025, 2, 28)), 44);
  EXPECT_EQ(AgeOn(absl::CivilDay(1980, 2, 29), absl::CivilDay(2025, 3, 1)), 45);
  EXPECT_EQ(AgeOn(absl::CivilDay(1980, 11, 23), kToday), 46);
}

TEST(PatientTest, NpiHasACheckDigit) {
  EXPECT_TRUE(IsValidNpi("1234567893"));
  EXPECT_FALSE(IsValidNpi("1234567890"));
  EXPECT_FALSE(IsValidNpi("123456789"));
}

TEST(EvaluationTest, TrialsCountWeeksWithBothEndsAndEndsNeedReasons) {
  const MedicationTrial trial{.start_date = absl::CivilDay(2026, 1, 1), .end_date = absl::CivilDay(2026, 2, 11)};
  EXPECT_EQ(TrialWeeks(trial, kToday), 6);
  EXPECT_EQ(TrialWeeks(trial, absl::CivilDay(2026, 1, 7)), 1);
  EXPECT_EQ(TrialWeeks(trial, absl::CivilDay(2025, 1, 7)), 0);
  const PsychiatricEvaluation evaluation{
      .evaluation_date = kToday, .evaluator = {.display_name = "Dr"}, .trials = {trial}};
  const auto detail = GetErrorDetail(ValidateEvaluation(evaluation, kToday));
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->fields.size(), 2u);  // the reason, and ONGOING with an end
}

TEST(DocumentTest, ChecksMediaTypeSizeAndLoinc) {
  Document document{.media_type = "application/pdf", .document_date = kToday, .size_bytes = 1};
  EXPECT_TRUE(ValidateDocument(document, kToday).ok());
  document.loinc_code = "11506-3";
  EXPECT_TRUE(ValidateDocument(document, kToday).ok());
  document.loinc_code = "11506-4";
  document.media_type = "text/html";
  document.size_bytes = 3'500'001;
  EXPECT_EQ(GetErrorDetail(ValidateDocument(document, kToday))->fields.size(), 3u);
}

TEST(PolicyTest, ConsentContentTellsEveryPartApart) {
  const ConsentTemplate a{.key = "k", .title = "ab", .body = "c"};
  const ConsentTemplate b{.key = "k", .title = "a", .body = "bc"};
  EXPECT_NE(ConsentContent(a), ConsentContent(b));
  ConsentTemplate c = a;
  c.required_statements = {{"s", "t"}};
  EXPECT_NE(ConsentContent(a), ConsentContent(c));
}

TEST(PolicyTest, StepsHaveTheFieldsOfTheirKindAlone) {
  const Effective from{.from = kToday};
  EXPECT_FALSE(ValidateTemplate({.effective = from, .steps = {{.key = "m", .kind = StepKind::kMeasure}}}).ok());
  EXPECT_FALSE(
      ValidateTemplate({.effective = from,
                        .steps = {{.key = "c", .kind = StepKind::kConsent, .consent_key = "k", .document_type = "d"}}})
          .ok());
  EXPECT_FALSE(ValidateTemplate({.effective = {.from = kToday, .until = kToday}}).ok());
  EXPECT_FALSE(ValidatePolicy({.effective = from, .records_follow_up_days = {7, 7}}).ok());
}

}  // namespace
}  // namespace kat::intake
