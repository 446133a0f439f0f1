#ifndef KAT_SERVICES_INTAKE_DOMAIN_MEASURE_H_
#define KAT_SERVICES_INTAKE_DOMAIN_MEASURE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"

namespace kat::intake {

enum class MeasureTool { kUnspecified = 0, kPhq9 = 1, kGad7 = 2, kCssrsScreener = 3, kMadrs = 4, kPcl5 = 5 };

struct MeasureItem {
  int number = 0;
  int value = 0;
  friend bool operator==(const MeasureItem&, const MeasureItem&) = default;
};

enum class RiskTrigger { kPhq9Item9 = 1, kPhq9Item9Unanswered = 2, kCssrsModerate = 3, kCssrsHigh = 4 };

struct Score {
  int total = 0;
  bool prorated = false;
  std::string band;
  std::optional<RiskTrigger> risk;
};

struct Measure {
  MeasureId id;
  PatientId patient;
  MeasureTool tool = MeasureTool::kUnspecified;
  absl::CivilDay administered_date;
  std::vector<MeasureItem> items;
  std::string rater;
  Score score;
  RiskReviewId risk_review;
  std::string recorded_by;
  absl::Time create_time;
};

struct InstrumentItem {
  std::string label;  // short, ours: not the instrument's wording
  int max_value = 0;
};

struct InstrumentBand {
  std::string code;
  int min_total = 0;
};

// A published scale; its items and bands are the authors', not a clinic's to change.
struct Instrument {
  MeasureTool tool;
  std::string title;
  std::vector<InstrumentItem> items;
  std::vector<InstrumentBand> bands;
  std::string loinc_code;
  std::string source;
  bool rated_by_clinician = false;
};

// All five, in the order of MeasureTool.
const std::vector<Instrument>& Instruments();
const Instrument& InstrumentOf(MeasureTool tool);

// Scores `items`. INVALID_ARGUMENT, naming each item: unknown, twice, out of range, missing.
//   PHQ-9: the total is prorated, rounded half up, where at most two items are missing; otherwise all are needed.
//   C-SSRS screener (Columbia Protocol triage): questions 1, 2 and 6 are needed, 3 to 5 after a yes to 2, item 7
//   (question 6 within three months) after a yes to 6. High: 4, 5, or 6 within three months. Moderate: 3, or 6 longer
//   ago. Low: 1 or 2 alone. Total: the highest of questions 1 to 5 answered yes, or 6 where question 6 alone is.
absl::StatusOr<Score> ScoreMeasure(MeasureTool tool, const std::vector<MeasureItem>& items);

enum class RiskReviewState { kOpen = 1, kResolved = 2 };
enum class RiskAction {
  kNone = 0,
  kNoAcuteRisk = 1,
  kSafetyPlan = 2,
  kSameDayEvaluation = 3,
  kEmergencyReferral = 4,
  kDeferredAndReferred = 5,
};

struct RiskReview {
  RiskReviewId id;
  PatientId patient;
  MeasureId measure;
  RiskTrigger trigger = RiskTrigger::kPhq9Item9;
  RiskReviewState state = RiskReviewState::kOpen;
  absl::Time due_at;
  RiskAction action = RiskAction::kNone;
  std::string note;
  std::string resolved_by;
  std::optional<absl::Time> resolve_time;
  absl::Time create_time;
};

// FAILED_PRECONDITION, STATE_FORBIDS where it is resolved already.
absl::Status ResolveReview(RiskReview& review, RiskAction action, absl::string_view note, absl::string_view by,
                           absl::Time now);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_MEASURE_H_
