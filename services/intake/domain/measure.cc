#include "services/intake/domain/measure.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/limits.h"

namespace kat::intake {
namespace {

using Answers = std::map<int, int>;

absl::StatusOr<Answers> Collect(const Instrument& instrument, const std::vector<MeasureItem>& items) {
  std::vector<FieldViolation> wrong;
  Answers answers;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto [number, value] = items[i];
    if (number < 1 || number > static_cast<int>(instrument.items.size())) {
      wrong.push_back({absl::StrCat("measure.items[", i, "].number"),
                       absl::StrCat(instrument.title, " has items 1 to ", instrument.items.size())});
    } else if (value < 0 || value > instrument.items[number - 1].max_value) {
      wrong.push_back({absl::StrCat("measure.items[", i, "].value"),
                       absl::StrCat("is not within 0 to ", instrument.items[number - 1].max_value)});
    } else if (!answers.emplace(number, value).second) {
      wrong.push_back({absl::StrCat("measure.items[", i, "].number"), "is there twice"});
    }
  }
  if (!wrong.empty()) return InvalidFields(std::move(wrong));
  return answers;
}

absl::Status Missing(const std::vector<int>& numbers) {
  std::vector<FieldViolation> wrong;
  for (const int number : numbers) wrong.push_back({"measure.items", absl::StrCat("item ", number, " is missing")});
  return InvalidFields(std::move(wrong));
}

std::vector<int> Unanswered(const Instrument& instrument, const Answers& answers) {
  std::vector<int> missing;
  for (int n = 1; n <= static_cast<int>(instrument.items.size()); ++n) {
    if (!answers.contains(n)) missing.push_back(n);
  }
  return missing;
}

absl::StatusOr<Score> ScoreCssrs(const Answers& answers) {
  const auto yes = [&](int n) { return answers.contains(n) && answers.at(n) == 1; };
  std::vector<int> needed = {1, 2, 6};
  if (yes(2)) needed.insert(needed.end(), {3, 4, 5});
  if (yes(6)) needed.push_back(7);
  std::vector<int> missing;
  for (const int n : needed) {
    if (!answers.contains(n)) missing.push_back(n);
  }
  if (!missing.empty()) return Missing(missing);
  if (yes(7) && !yes(6)) return InvalidField("measure.items", "item 7 cannot be yes where question 6 is no");
  Score score{.band = "NONE"};
  if (yes(6)) score.total = 6;
  for (int n = 1; n <= 5; ++n) {
    if (yes(n)) score.total = n;
  }
  if (yes(4) || yes(5) || yes(7)) {
    score.band = "HIGH";
    score.risk = RiskTrigger::kCssrsHigh;
  } else if (yes(3) || yes(6)) {
    score.band = "MODERATE";
    score.risk = RiskTrigger::kCssrsModerate;
  } else if (yes(1) || yes(2)) {
    score.band = "LOW";
  }
  return score;
}

}  // namespace

absl::StatusOr<Score> ScoreMeasure(MeasureTool tool, const std::vector<MeasureItem>& items) {
  const Instrument& instrument = InstrumentOf(tool);
  ASSIGN_OR_RETURN(const Answers answers, Collect(instrument, items));
  if (tool == MeasureTool::kCssrsScreener) return ScoreCssrs(answers);

  const std::vector<int> missing = Unanswered(instrument, answers);
  const size_t may_miss = tool == MeasureTool::kPhq9 ? kMaxMissingPhq9Items : 0;
  if (missing.size() > may_miss) return Missing(missing);
  Score score{.prorated = !missing.empty()};
  for (const auto& [number, value] : answers) score.total += value;
  if (score.prorated) {
    const int all = static_cast<int>(instrument.items.size());
    const int answered = static_cast<int>(answers.size());
    score.total = (2 * score.total * all + answered) / (2 * answered);
  }
  for (const InstrumentBand& band : instrument.bands) {
    if (score.total >= band.min_total) score.band = band.code;
  }
  if (tool == MeasureTool::kPhq9) {
    if (!answers.contains(9)) {
      score.risk = RiskTrigger::kPhq9Item9Unanswered;
    } else if (answers.at(9) > 0) {
      score.risk = RiskTrigger::kPhq9Item9;
    }
  }
  return score;
}

absl::Status ResolveReview(RiskReview& review, RiskAction action, absl::string_view note, absl::string_view by,
                           absl::Time now) {
  if (review.state != RiskReviewState::kOpen) return WrongState("risk review", "RESOLVED", "be resolved");
  review.state = RiskReviewState::kResolved;
  review.action = action;
  review.note = std::string(note);
  review.resolved_by = std::string(by);
  review.resolve_time = now;
  return absl::OkStatus();
}

}  // namespace kat::intake
