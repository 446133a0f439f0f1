#include "services/authorization/domain/policy.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/error.h"

namespace kat::authorization::domain {
namespace {

// A rule in words, complete enough that two rules differ where their words do.
struct Wording {
  std::string operator()(const TrialsRule& r) const {
    return absl::StrCat("at least ", r.min_trials, " trials of ", r.min_weeks_each, " weeks, ", r.min_distinct_classes,
                        " classes of [", absl::StrJoin(r.drug_classes, " "), "], look-back ", r.look_back_months,
                        " months", r.current_episode ? ", present episode" : "", r.adherent ? ", adherent" : "",
                        r.partial_response_counts ? ", partial response counts" : "",
                        r.intolerance_counts ? ", intolerance counts" : "");
  }
  std::string operator()(const SeverityRule& r) const {
    std::vector<std::string> parts;
    for (const Threshold& t : r.thresholds) parts.push_back(absl::StrCat(t.tool, " >= ", t.min_score));
    return absl::StrCat(absl::StrJoin(parts, " or "), " within ", r.max_age_days, " days");
  }
  std::string operator()(const AgeRule& r) const { return absl::StrCat("age ", r.min_years, " to ", r.max_years); }
  std::string operator()(const DiagnosisRule& r) const {
    return absl::StrCat("diagnosis of ", absl::StrJoin(r.codes, " "), " but not ", absl::StrJoin(r.except_codes, " "));
  }
  std::string operator()(const SpecialistRule& r) const {
    return absl::StrCat("psychiatric evaluation within ", r.max_age_days, " days");
  }
  std::string operator()(const PsychotherapyRule&) const { return "psychotherapy"; }
  std::string operator()(const OralAntidepressantRule& r) const {
    return absl::StrCat("oral antidepressant of ", absl::StrJoin(r.drug_classes, " "), " for ", r.min_weeks, " weeks");
  }
  std::string operator()(const ExclusionRule& r) const {
    return absl::StrCat("none of ", absl::StrJoin(r.contraindications, " "), " within ", r.max_age_days, " days");
  }
  std::string operator()(const ResponseRule& r) const {
    return absl::StrCat("fall of ", r.min_drop_percent, "% on ", absl::StrJoin(r.tools, " or "), " within ",
                        r.max_age_days, " days");
  }
};

std::string Words(const Grant& grant) {
  return absl::StrCat(grant.duration.months, " months ", grant.duration.days, " days, ", Describe(grant.units));
}

std::string WeeklyWords(const PayerPolicy& policy) {
  return absl::StrCat(Describe(policy.weekly_limit), policy.weekly_limit_blocks ? ", blocking" : "");
}

void Compare(std::vector<std::string>& changes, const char* what, const std::string& before, const std::string& after) {
  if (before != after) changes.push_back(absl::StrCat(what, ": ", before, " -> ", after));
}

}  // namespace

bool Criterion::For(AuthorizationKind kind) const {
  return applies_to == AppliesTo::kBoth || (applies_to == AppliesTo::kInitial) == (kind == AuthorizationKind::kInitial);
}

absl::CivilDay Add(absl::CivilDay day, const CalendarDuration& duration) {
  const absl::CivilMonth month = absl::CivilMonth(day) + duration.months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last) + duration.days;
}

absl::Time SpanEnd(absl::Time start, const Span& span, absl::TimeZone zone, const BusinessCalendar& calendar) {
  switch (span.unit) {
    case Span::Unit::kCalendarDays:
      return InstantOf(DayAt(start, zone) + span.amount + 1, 0, zone);
    case Span::Unit::kBusinessDays:
      return InstantOf(calendar.Add(DayAt(start, zone), span.amount) + 1, 0, zone);
    default:
      return start + absl::Hours(span.amount);
  }
}

bool PayerPolicy::InForce(absl::CivilDay day) const {
  return effective_from <= day && (!effective_until || day < *effective_until);
}

const DecisionClock* PayerPolicy::ClockFor(LineOfBusiness line) const {
  for (const DecisionClock& clock : clocks) {
    if (clock.line_of_business == line) return &clock;
  }
  return nullptr;
}

const Grant& PayerPolicy::GrantFor(AuthorizationKind kind) const {
  return kind == AuthorizationKind::kRenewal ? renewal : initial;
}

absl::Status ValidatePolicy(const PayerPolicy& policy) {
  std::vector<FieldViolation> wrong;
  const auto add = [&](std::string field, std::string what) {
    wrong.push_back({absl::StrCat("payer_policy.", field), std::move(what)});
  };
  if (policy.effective_until && *policy.effective_until <= policy.effective_from) {
    add("effective_until", "must be after effective_from");
  }
  if (policy.weekly_limit_blocks && policy.weekly_limit.unlimited()) {
    add("weekly_limit", "needs at least one counter to block anything");
  }
  std::set<std::string> ids;
  for (size_t i = 0; i < policy.criteria.size(); ++i) {
    const Criterion& criterion = policy.criteria[i];
    const std::string path = absl::StrCat("criteria[", i, "]");
    if (!ids.insert(criterion.id).second) add(path + ".id", "is used twice in this policy");
    if (const auto* age = std::get_if<AgeRule>(&criterion.rule);
        age && age->max_years && age->max_years < age->min_years) {
      add(path + ".age.max_years", "must not be below min_years");
    }
    if (const auto* trials = std::get_if<TrialsRule>(&criterion.rule);
        trials && trials->min_distinct_classes > trials->min_trials) {
      add(path + ".trials.min_distinct_classes", "must not be above min_trials");
    }
    if (std::holds_alternative<ResponseRule>(criterion.rule) &&
        criterion.applies_to != Criterion::AppliesTo::kRenewal) {
      add(path + ".applies_to", "a response can be asked for renewals only");
    }
  }
  std::set<LineOfBusiness> lines;
  for (size_t i = 0; i < policy.clocks.size(); ++i) {
    if (!lines.insert(policy.clocks[i].line_of_business).second) {
      add(absl::StrCat("clocks[", i, "].line_of_business"), "has a clock already");
    }
  }
  if (policy.authorization_required) {
    for (const auto& [field, grant] : {std::pair{"initial", &policy.initial}, {"renewal", &policy.renewal}}) {
      if (grant->duration.months == 0 && grant->duration.days == 0) {
        add(absl::StrCat(field, ".duration"), "must be longer than nothing");
      }
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

const PayerPolicy* PolicyInForce(const std::vector<PayerPolicy>& policies, const std::string& plan,
                                 absl::CivilDay day) {
  const PayerPolicy* general = nullptr;
  for (const PayerPolicy& policy : policies) {
    if (!policy.InForce(day)) continue;
    if (!plan.empty() && policy.plan == plan) return &policy;
    if (policy.plan.empty()) general = &policy;
  }
  return general;
}

std::vector<std::string> Differences(const PayerPolicy& before, const PayerPolicy& after) {
  std::vector<std::string> changes;
  if (before.authorization_required != after.authorization_required) {
    changes.push_back(after.authorization_required ? "authorization is required now"
                                                   : "no authorization is required now");
  }
  std::map<std::string, const Criterion*> old;
  for (const Criterion& criterion : before.criteria) old[criterion.id] = &criterion;
  for (const Criterion& criterion : after.criteria) {
    const auto found = old.find(criterion.id);
    const std::string words = std::visit(Wording(), criterion.rule);
    if (found == old.end()) {
      changes.push_back(absl::StrCat("criterion ", criterion.id, " added: ", words));
    } else {
      Compare(changes, absl::StrCat("criterion ", criterion.id).c_str(), std::visit(Wording(), found->second->rule),
              words);
      old.erase(found);
    }
  }
  for (const auto& [id, criterion] : old) changes.push_back(absl::StrCat("criterion ", id, " removed"));
  Compare(changes, "initial grant", Words(before.initial), Words(after.initial));
  Compare(changes, "renewal grant", Words(before.renewal), Words(after.renewal));
  Compare(changes, "weekly limit", WeeklyWords(before), WeeklyWords(after));
  return changes;
}

}  // namespace kat::authorization::domain
