#ifndef KAT_SERVICES_INTAKE_DOMAIN_SCREENING_H_
#define KAT_SERVICES_INTAKE_DOMAIN_SCREENING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/patient.h"

namespace kat::intake {

struct Vitals {  // 0: not measured
  int systolic_mmhg = 0;
  int diastolic_mmhg = 0;
  int heart_rate_bpm = 0;
  int spo2_percent = 0;
  int respiratory_rate_per_minute = 0;
  int weight_grams = 0;
  int height_millimeters = 0;
};

enum class Answer { kYes = 1, kNo = 2, kUnknown = 3 };

struct ScreeningAnswer {
  std::string code;
  Answer answer = Answer::kUnknown;
  std::string note;
};

enum class RuleOutcome { kCaution = 1, kHardContraindication = 2 };

enum class Metric {
  kNone = 0,
  kSystolic = 1,
  kDiastolic = 2,
  kHeartRate = 3,
  kSpo2 = 4,
  kRespiratoryRate = 5,
  kBmiTenths = 6,
  kAgeYears = 7,
};

// A test of one answer or one metric, and what it means when it holds.
struct ScreeningRule {
  std::string code;
  RuleOutcome outcome = RuleOutcome::kCaution;
  std::string reason;
  std::string source;
  std::string question;  // or metric
  Answer fires_on = Answer::kYes;
  Metric metric = Metric::kNone;
  std::optional<int> above;
  std::optional<int> below;
  bool required = false;
};

enum class Verdict { kClear = 1, kCaution = 2, kIncomplete = 3, kHardContraindication = 4 };

struct ScreeningFinding {
  std::string code;
  RuleOutcome outcome = RuleOutcome::kCaution;
  std::string reason;
};

struct ScreeningResult {
  Verdict verdict = Verdict::kClear;
  std::vector<ScreeningFinding> findings;
  std::vector<std::string> missing;  // question codes and metric names
  ScreeningRuleSetId rule_set;
};

struct MedicalScreening {
  ScreeningId id;
  PatientId patient;
  std::string program;
  absl::CivilDay screening_date;
  Provider screener;
  Vitals vitals;
  std::vector<ScreeningAnswer> answers;
  ScreeningResult result;
  std::string recorded_by;
  absl::Time create_time;
};

// INVALID_ARGUMENT with every field that is wrong: vitals outside what a living person has, diastolic not below
// systolic, an answer twice.
absl::Status ValidateScreening(const MedicalScreening& screening, absl::CivilDay today);

// INVALID_ARGUMENT with every rule that contradicts itself; paths start with `screening_rule_set.rules`.
absl::Status ValidateRules(const std::vector<ScreeningRule>& rules);

// Value of a metric, or nullopt where it was not measured.
std::optional<int> MetricValue(Metric metric, const MedicalScreening& screening, absl::CivilDay birth_date);

// What `rules` make of a screening. A hard finding outweighs missing answers: nothing still unknown could undo it.
ScreeningResult Judge(const MedicalScreening& screening, const std::vector<ScreeningRule>& rules,
                      const ScreeningRuleSetId& rule_set, absl::CivilDay birth_date);

// Codes of hard findings in `now` that `before` lacks.
std::vector<std::string> NewHardFindings(const ScreeningResult& now, const ScreeningResult* before);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_SCREENING_H_
