#include "services/intake/domain/screening.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"

namespace kat::intake {
namespace {

constexpr const char* kMetricNames[] = {
    "",           "SYSTOLIC_MMHG", "DIASTOLIC_MMHG", "HEART_RATE_BPM", "SPO2_PERCENT", "RESPIRATORY_RATE_PER_MINUTE",
    "BMI_TENTHS", "AGE_YEARS"};

struct VitalRange {
  const char* field;
  int Vitals::*value;
  int min, max;
};

// Outside these a value is a typing error, not a finding.
constexpr VitalRange kVitalRanges[] = {
    {"systolic_mmhg", &Vitals::systolic_mmhg, 40, 300},
    {"diastolic_mmhg", &Vitals::diastolic_mmhg, 20, 200},
    {"heart_rate_bpm", &Vitals::heart_rate_bpm, 20, 250},
    {"spo2_percent", &Vitals::spo2_percent, 50, 100},
    {"respiratory_rate_per_minute", &Vitals::respiratory_rate_per_minute, 4, 60},
    {"weight_grams", &Vitals::weight_grams, 20'000, 400'000},
    {"height_millimeters", &Vitals::height_millimeters, 900, 2'500},
};

std::optional<int> Measured(int value) { return value == 0 ? std::nullopt : std::optional(value); }

const ScreeningAnswer* FindAnswer(const MedicalScreening& screening, const std::string& code) {
  for (const ScreeningAnswer& answer : screening.answers) {
    if (answer.code == code && answer.answer != Answer::kUnknown) return &answer;
  }
  return nullptr;
}

}  // namespace

absl::Status ValidateScreening(const MedicalScreening& screening, absl::CivilDay today) {
  const std::string at = "medical_screening.";
  std::vector<FieldViolation> wrong;
  if (screening.screening_date > today) wrong.push_back({at + "screening_date", "lies in the future"});
  if (screening.screener.display_name.empty()) wrong.push_back({at + "screener.display_name", "is required"});
  if (!screening.screener.npi.empty() && !IsValidNpi(screening.screener.npi)) {
    wrong.push_back({at + "screener.npi", "has a wrong check digit"});
  }
  for (const VitalRange& range : kVitalRanges) {
    const int value = screening.vitals.*range.value;
    if (value != 0 && (value < range.min || value > range.max)) {
      wrong.push_back({absl::StrCat(at, "vitals.", range.field),
                       absl::StrCat("is neither 0 nor within ", range.min, " to ", range.max)});
    }
  }
  const Vitals& vitals = screening.vitals;
  if (vitals.systolic_mmhg != 0 && vitals.diastolic_mmhg >= vitals.systolic_mmhg) {
    wrong.push_back({at + "vitals.diastolic_mmhg", "is not below systolic"});
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < screening.answers.size(); ++i) {
    if (!seen.insert(screening.answers[i].code).second) {
      wrong.push_back({absl::StrCat(at, "answers[", i, "].code"), "is there twice"});
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

absl::Status ValidateRules(const std::vector<ScreeningRule>& rules) {
  std::vector<FieldViolation> wrong;
  std::set<std::string> codes;
  for (size_t i = 0; i < rules.size(); ++i) {
    const ScreeningRule& rule = rules[i];
    const std::string path = absl::StrCat("screening_rule_set.rules[", i, "]");
    if (!codes.insert(rule.code).second) wrong.push_back({path + ".code", "is there twice"});
    if (rule.question.empty() == (rule.metric == Metric::kNone)) {
      wrong.push_back({path, "needs either a question or a metric"});
    }
    if (rule.metric != Metric::kNone && !rule.above && !rule.below) {
      wrong.push_back({path, "needs a bound, `above` or `below`, for its metric"});
    }
    if (rule.metric == Metric::kNone && (rule.above || rule.below)) {
      wrong.push_back({path, "has a bound without a metric"});
    }
    if (!rule.question.empty() && rule.fires_on == Answer::kUnknown) {
      wrong.push_back({path + ".fires_on", "must be YES or NO: an unknown answer counts as missing"});
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

std::optional<int> MetricValue(Metric metric, const MedicalScreening& screening, absl::CivilDay birth_date) {
  const Vitals& vitals = screening.vitals;
  switch (metric) {
    case Metric::kSystolic:
      return Measured(vitals.systolic_mmhg);
    case Metric::kDiastolic:
      return Measured(vitals.diastolic_mmhg);
    case Metric::kHeartRate:
      return Measured(vitals.heart_rate_bpm);
    case Metric::kSpo2:
      return Measured(vitals.spo2_percent);
    case Metric::kRespiratoryRate:
      return Measured(vitals.respiratory_rate_per_minute);
    case Metric::kBmiTenths: {
      if (vitals.weight_grams == 0 || vitals.height_millimeters == 0) return std::nullopt;
      const int64_t height = vitals.height_millimeters;  // 10 * (g / 1000) / (mm / 1000)^2
      return static_cast<int>(int64_t{vitals.weight_grams} * 10'000 / (height * height));
    }
    case Metric::kAgeYears:
      return AgeOn(birth_date, screening.screening_date);
    case Metric::kNone:
      break;
  }
  return std::nullopt;
}

ScreeningResult Judge(const MedicalScreening& screening, const std::vector<ScreeningRule>& rules,
                      const ScreeningRuleSetId& rule_set, absl::CivilDay birth_date) {
  ScreeningResult result{.rule_set = rule_set};
  std::set<std::string> missing;
  for (const ScreeningRule& rule : rules) {
    bool fires = false;
    if (!rule.question.empty()) {
      const ScreeningAnswer* answer = FindAnswer(screening, rule.question);
      if (answer == nullptr && rule.required) missing.insert(rule.question);
      fires = answer != nullptr && answer->answer == rule.fires_on;
    } else {
      const std::optional<int> value = MetricValue(rule.metric, screening, birth_date);
      if (!value && rule.required) missing.insert(kMetricNames[static_cast<size_t>(rule.metric)]);
      fires = value && ((rule.above && *value > *rule.above) || (rule.below && *value < *rule.below));
    }
    if (fires) result.findings.push_back({rule.code, rule.outcome, rule.reason});
  }
  result.missing.assign(missing.begin(), missing.end());
  const bool hard = std::any_of(result.findings.begin(), result.findings.end(), [](const ScreeningFinding& f) {
    return f.outcome == RuleOutcome::kHardContraindication;
  });
  result.verdict = hard                       ? Verdict::kHardContraindication
                   : !result.missing.empty()  ? Verdict::kIncomplete
                   : !result.findings.empty() ? Verdict::kCaution
                                              : Verdict::kClear;
  return result;
}

std::vector<std::string> NewHardFindings(const ScreeningResult& now, const ScreeningResult* before) {
  std::vector<std::string> fresh;
  for (const ScreeningFinding& finding : now.findings) {
    if (finding.outcome != RuleOutcome::kHardContraindication) continue;
    const bool known = before != nullptr &&
                       std::any_of(before->findings.begin(), before->findings.end(), [&](const ScreeningFinding& f) {
                         return f.code == finding.code && f.outcome == finding.outcome;
                       });
    if (!known) fresh.push_back(finding.code);
  }
  return fresh;
}

}  // namespace kat::intake
