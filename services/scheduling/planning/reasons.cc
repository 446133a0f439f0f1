#include "services/scheduling/planning/reasons.h"

#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "services/scheduling/optimizer/explain.h"

namespace kat::scheduling {
namespace {

using optimizer::Cause;
using optimizer::CauseKind;
using optimizer::Relaxation;

// A question is asked often while the reasons are sought; each may take about 10 ms.
constexpr int64_t kOpsPerQuestion = 300'000;

class Explainer {
 public:
  Explainer(const ClinicModel& clinic, const optimizer::Course& course, const optimizer::Explanation& explanation)
      : clinic_(clinic), course_(course), explanation_(explanation) {}

  // First the causes of which a little less would be enough: that is where a person can do something.
  std::vector<Reason> Tell() const {
    std::vector<Reason> first;
    std::vector<Reason> rest;
    for (const Cause& cause : explanation_.causes) {
      Reason reason = Name(cause);
      const Relaxation* relaxation = RelaxationOf(cause);
      if (relaxation != nullptr) absl::StrAppend(&reason.description, "; ", Enough(*relaxation));
      (relaxation != nullptr ? first : rest).push_back(std::move(reason));
    }
    first.insert(first.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    return first;
  }

 private:
  Reason Name(const Cause& cause) const {
    switch (cause.kind) {
      case CauseKind::kCapacity:
        return Capacity(cause);
      case CauseKind::kLag:
        return Rule(cause);
      case CauseKind::kAvailability:
        return {.kind = ReasonKind::kPatient,
                .description = "the hours when the patient can come, on the days that are allowed"};
      case CauseKind::kPatientTime:
        return {.kind = ReasonKind::kPatient, .description = "other visits of the patient"};
      case CauseKind::kVisitWindows:
        return {.kind = ReasonKind::kWindow,
                .from_visit = course_.visits[cause.visit].id,
                .description = "the time that the visit is wanted at"};
      case CauseKind::kEarliestDay:
        return {.kind = ReasonKind::kWindow, .description = "the first day that is allowed"};
      case CauseKind::kHorizon:
        return {.kind = ReasonKind::kWindow, .description = "the last day that is allowed"};
    }
    return {};
  }

  Reason Capacity(const Cause& cause) const {
    const std::string& tag = clinic_.clinic().tag_names[cause.tag];
    const std::string first = FormatDay(clinic_.line().first_day + cause.first_day);
    const std::string last = FormatDay(clinic_.line().first_day + cause.last_day);
    const std::string days = first == last ? absl::StrCat("on ", first) : absl::StrCat("from ", first, " to ", last);
    if (const auto role = ClinicModel::PinnedRole(tag)) {
      return {.kind = ReasonKind::kResource,
              .resource_tag = *role,
              .description = absl::StrCat(*role, ": the one asked for is taken or does not work ", days)};
    }
    return {.kind = ReasonKind::kResource,
            .resource_tag = tag,
            .description = absl::StrCat(tag, ": all are taken, or none works, ", days)};
  }

  // The bound that is in the way is the one whose loosening helps; where none was found, the upper one.
  Reason Rule(const Cause& cause) const {
    const optimizer::Lag& lag = course_.lags[cause.lag];
    const Relaxation* relaxation = RelaxationOf(cause);
    const bool lower = relaxation != nullptr ? relaxation->lower : !lag.max_days && !lag.max_minutes;
    const bool minutes = relaxation != nullptr ? relaxation->minutes > 0 : lower ? false : !lag.max_days;
    Reason reason{.from_visit = course_.visits[lag.from].id, .to_visit = course_.visits[lag.to].id};
    reason.kind = lower ? (minutes ? ReasonKind::kMinMinutes : ReasonKind::kMinDays)
                        : (minutes ? ReasonKind::kMaxMinutes : ReasonKind::kMaxDays);
    reason.allowed = lower ? (minutes ? lag.min_minutes : lag.min_days)
                           : (minutes ? lag.max_minutes.value_or(0) : lag.max_days.value_or(0));
    reason.description = absl::StrCat(reason.from_visit, " → ", reason.to_visit, ": ", lower ? "at least " : "at most ",
                                      reason.allowed, minutes ? " minutes" : " days");
    return reason;
  }

  const Relaxation* RelaxationOf(const Cause& cause) const {
    for (const Relaxation& relaxation : explanation_.relaxations) {
      const Cause& of = relaxation.cause;
      if (of.kind == cause.kind && of.visit == cause.visit && of.lag == cause.lag && of.tag == cause.tag) {
        return &relaxation;
      }
    }
    return nullptr;
  }

  static std::string Enough(const Relaxation& relaxation) {
    switch (relaxation.cause.kind) {
      case CauseKind::kCapacity:
        return absl::StrCat("one more for ", relaxation.minutes, " minutes would be enough");
      case CauseKind::kLag:
        return relaxation.minutes > 0
                   ? absl::StrCat(relaxation.minutes, " minutes ", relaxation.lower ? "less" : "more",
                                  " would be enough")
                   : absl::StrCat(relaxation.days, " days ", relaxation.lower ? "less" : "more", " would be enough");
      case CauseKind::kAvailability:
        return absl::StrCat(relaxation.minutes, " minutes more at both ends would be enough");
      case CauseKind::kEarliestDay:
        return absl::StrCat(relaxation.days, " days earlier would be enough");
      default:
        return absl::StrCat(relaxation.days, " days more would be enough");
    }
  }

  const ClinicModel& clinic_;
  const optimizer::Course& course_;
  const optimizer::Explanation& explanation_;
};

}  // namespace

std::vector<Reason> WhyNot(const Model& model) {
  return WhyNot(model.clinic(), model.picture(), model.course(), kOpsPerQuestion);
}

std::vector<Reason> WhyNot(const ClinicModel& clinic, const optimizer::Picture& picture,
                           const optimizer::Course& course, int64_t ops_per_question) {
  const optimizer::Explanation explanation = optimizer::Explain(picture, course, {.budget_ops = ops_per_question});
  std::vector<Reason> reasons = Explainer(clinic, course, explanation).Tell();
  if (!reasons.empty()) return reasons;
  return {{.kind = ReasonKind::kWindow,
           .description = "nothing else is free within the rules while the other visits stay where they are"}};
}

}  // namespace kat::scheduling
