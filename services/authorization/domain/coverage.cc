#include "services/authorization/domain/coverage.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/business_time.h"
#include "services/authorization/domain/uncovered.h"

namespace kat::authorization::domain {
namespace {

using State = ConditionState;
using Subject = Condition::Subject;

constexpr absl::string_view kLineNames[] = {"STATE_UNSPECIFIED", "HELD",    "CONFIRMED", "CONSUMED",
                                            "RELEASED",          "EXPIRED", "UNCOVERED"};

const UnitLine* LineOf(const CoverageFacts& facts, const CourseId& course, const std::string& visit_id) {
  const UnitLine* held = nullptr;
  for (const UnitLine& line : facts.lines) {
    if (line.course != course || line.visit_id != visit_id || !line.live() || !line.authorization) continue;
    if (line.state != LineState::kHeld) return &line;  // a booked visit keeps its units before a held one
    held = &line;
  }
  return held;
}

const PriorAuthorization* Find(const CoverageFacts& facts, const AuthorizationId& id) {
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (auth.id == id) return &auth;
  }
  return nullptr;
}

// Conditions gather the visits that they are about, so that ten visits without units give one condition.
class Gatherer {
 public:
  void Add(Condition condition, const std::string& visit_id) {
    for (auto& [known, visits] : gathered_) {
      if (known.code == condition.code && known.state == condition.state && known.subject_id == condition.subject_id) {
        if (visits.insert(visit_id).second) order_.push_back(visit_id);
        return;
      }
    }
    gathered_.push_back({std::move(condition), {visit_id}});
  }
  void Finish(std::vector<Condition>& out) {
    for (auto& [condition, visits] : gathered_) {
      if (!visits.count("")) absl::StrAppend(&condition.description, " (", absl::StrJoin(visits, ", "), ")");
      out.push_back(std::move(condition));
    }
  }

 private:
  std::vector<std::pair<Condition, std::set<std::string>>> gathered_;
  std::vector<std::string> order_;
};

// Units of all of the patient's visits in the 7 days from `first`: of `given` on the days asked about, of every other
// live visit on its own.
UnitCounts UnitsInWeek(const CoverageFacts& facts, const std::vector<Allocation>& given, absl::CivilDay first) {
  const auto inside = [&](absl::CivilDay day) { return first <= day && day < first + 7; };
  UnitCounts week;
  std::set<std::string> asked;
  for (const Allocation& a : given) {
    if (asked.insert(a.visit.visit_id).second && inside(a.visit.day)) week = week + a.units;
  }
  for (const UnitLine& line : facts.lines) {
    const bool same = line.course == facts.course && asked.count(line.visit_id);
    if (line.live() && inside(line.day) && !same) week = week + line.units + line.overrun;
  }
  return week;
}

// Whether the visit is booked on this very day already: its limit was looked at then.
bool BookedThen(const CoverageFacts& facts, const Visit& visit) {
  const UnitLine* line = LineOf(facts, facts.course, visit.visit_id);
  return line != nullptr && line->state != LineState::kHeld && line->day == visit.day;
}

void CheckWeeks(const CoverageFacts& facts, const std::vector<Allocation>& given, Gatherer& gather) {
  for (const Allocation& allocation : given) {
    const PriorAuthorization* auth = Find(facts, allocation.authorization);
    const auto policy = auth ? facts.kept_policies.find(auth->policy) : facts.kept_policies.end();
    if (policy == facts.kept_policies.end() || policy->second.weekly_limit.unlimited()) continue;
    for (int shift = -6; shift <= 0; ++shift) {
      if (Fits(policy->second.weekly_limit, {}, UnitsInWeek(facts, given, allocation.visit.day + shift))) continue;
      const bool blocks = policy->second.weekly_limit_blocks && !BookedThen(facts, allocation.visit);
      const std::string limit = Describe(policy->second.weekly_limit);
      gather.Add({"AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED", blocks ? State::kUnmet : State::kWarning,
                  Subject::kAuthorization, auth->id.str(),
                  blocks ? absl::StrCat("the payer gives no more than ", limit, " in 7 days; choose days further apart")
                         : absl::StrCat("the payer's limit for 7 days is ", limit),
                  Role::kAssistant},
                 allocation.visit.visit_id);
      break;
    }
  }
}

void CheckRems(const CoverageFacts& facts, const std::vector<Visit>& dosing, std::vector<Condition>& out) {
  Gatherer gather;
  bool ready = true;
  for (const Visit& visit : dosing) {
    const absl::CivilDay day = std::max(visit.day, facts.today);
    const RemsSetting* setting = facts.rems.SettingOn(day);
    if (setting == nullptr) {
      ready = false;
      gather.Add({"REMS_SETTING_NOT_CERTIFIED", State::kUnmet, Subject::kProgram, facts.rule->program,
                  "the healthcare setting is not certified and active in the REMS", Role::kClinicAdmin},
                 visit.visit_id);
      continue;
    }
    if (setting->type == RemsSetting::Type::kInpatient || facts.rems.EnrollmentOn(day)) continue;
    ready = false;
    gather.Add({"REMS_PATIENT_NOT_ENROLLED", State::kUnmet, Subject::kPatient, facts.patient.str(),
                "the patient is not enrolled in the REMS; send the enrollment form and record its confirmation",
                Role::kAssistant},
               visit.visit_id);
  }
  gather.Finish(out);
  if (ready) {
    out.push_back({"REMS_READY", State::kMet, Subject::kPatient, facts.patient.str(),
                   "the setting is certified and the patient may be treated under the REMS", Role::kAssistant});
  }
  if (facts.rems.overdue_forms > 0) {
    out.push_back({"MONITORING_FORM_OVERDUE", State::kWarning, Subject::kForms, "",
                   absl::StrCat(facts.rems.overdue_forms, " monitoring forms of this clinic are overdue"),
                   Role::kNurse});
  }
}

void CheckStock(const CoverageFacts& facts, const std::vector<Visit>& dosing, std::vector<Condition>& out) {
  Gatherer gather;
  int need = 0;
  bool short_of = false;
  for (const Visit& visit : dosing) {  // by date: what an earlier visit takes is gone for a later one
    if (const UnitLine* line = LineOf(facts, facts.course, visit.visit_id);
        line && line->state == LineState::kConsumed) {
      continue;
    }
    need += facts.rule->Planned(visit.session_number).devices;
    if (Available(facts.stock, facts.patient, visit.day) >= need) continue;
    short_of = true;
    const bool today = visit.day <= facts.today;
    gather.Add(
        {"DRUG_STOCK_MISSING", today ? State::kUnmet : State::kWarning, Subject::kProgram, facts.rule->program,
         today ? "not enough of the drug is on hand for today" : "not enough of the drug is on hand yet", Role::kNurse},
        visit.visit_id);
  }
  gather.Finish(out);
  if (!short_of) {
    out.push_back({"DRUG_STOCK_ON_HAND", State::kMet, Subject::kProgram, facts.rule->program, "the drug is on hand",
                   Role::kNurse});
  }
}

std::string Days(const PriorAuthorization& auth) {
  return absl::StrCat(FormatDay(*auth.valid_from), " to ", FormatDay(*auth.valid_until - 1));
}

}  // namespace

absl::string_view Name(LineState state) { return kLineNames[static_cast<int>(state)]; }

bool Coverage::satisfied() const {
  return std::none_of(conditions.begin(), conditions.end(),
                      [](const Condition& c) { return c.state == State::kUnmet; });
}

std::vector<Condition> Coverage::unmet() const {
  std::vector<Condition> unmet;
  std::copy_if(conditions.begin(), conditions.end(), std::back_inserter(unmet),
               [](const Condition& c) { return c.state == State::kUnmet; });
  return unmet;
}

RequirementOn Require(const CoverageFacts& facts, absl::CivilDay day) {
  RequirementOn on;
  if (!facts.rule || !facts.rule->payer_billed) return on;
  for (const SelfPay& self_pay : facts.self_pay) {
    if (self_pay.Holds(day)) on.self_pay = true;
  }
  on.insurance = PrimaryOn(facts.insurances, day);
  if (on.self_pay) return on;
  on.requirement = Requirement::kRequired;
  if (on.insurance == nullptr) {
    on.code = "INSURANCE_COVERAGE_MISSING";
    return on;
  }
  const auto policies = facts.policies.find(on.insurance->payer);
  on.policy = policies == facts.policies.end() ? nullptr : PolicyInForce(policies->second, on.insurance->plan, day);
  if (on.policy == nullptr) {
    on.code = "PAYER_POLICY_MISSING";
  } else if (!on.policy->authorization_required) {
    on.requirement = Requirement::kNotRequired;
  }
  return on;
}

Choice Choose(const CoverageFacts& facts, const Visit& visit, const UnitCounts& units,
              const std::map<AuthorizationId, UnitCounts>& planned_used) {
  Choice best{.code = "AUTHORIZATION_MISSING", .description = "no prior authorization was asked for; start one"};
  int best_rank = 0;
  const auto better = [&](int rank, const PriorAuthorization& auth, std::string code, std::string description) {
    if (rank < best_rank) return;
    best_rank = rank;
    best = {nullptr, std::move(code), std::move(description), &auth};
  };
  const RequirementOn on = Require(facts, visit.day);
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (on.insurance != nullptr && auth.payer != on.insurance->payer) continue;
    if (!Running(auth.state)) {
      if (AwaitsDecision(auth.state) || auth.state == AuthState::kInfoRequested ||
          auth.state == AuthState::kContactPayer || auth.state == AuthState::kDraft ||
          auth.state == AuthState::kReady) {
        better(2, auth, "AUTHORIZATION_UNDECIDED", "the payer has not decided on the prior authorization");
      } else if (Contestable(auth.state) || auth.state == AuthState::kDeniedFinal) {
        better(1, auth, "AUTHORIZATION_DENIED", "the payer has denied the prior authorization");
      } else if (auth.state == AuthState::kExpired && auth.valid_from) {
        better(1, auth, "AUTHORIZATION_DATES_EXCEEDED",
               absl::StrCat("the prior authorization covered ", Days(auth), "; ask for a renewal"));
      }
      continue;
    }
    if (!auth.Covers(visit.day)) {
      better(3, auth, "AUTHORIZATION_DATES_EXCEEDED",
             absl::StrCat("the prior authorization covers ", Days(auth), "; ask for a renewal"));
      continue;
    }
    UnitCounts used = auth.used();
    if (const auto extra = planned_used.find(auth.id); extra != planned_used.end()) used = used + extra->second;
    if (!Fits(auth.authorized, used, units)) {
      better(4, auth, "AUTHORIZATION_UNITS_EXCEEDED",
             absl::StrCat("the prior authorization has ", Describe(Remaining(auth.authorized, used)),
                          " left and a visit needs ", Describe(units), "; ask for a renewal"));
      continue;
    }
    if (best.chosen == nullptr || *auth.valid_until < *best.chosen->valid_until) {
      best = {.chosen = &auth};
      best_rank = 5;
    }
  }
  return best;
}

Coverage Decide(const CoverageFacts& facts, const std::vector<Visit>& visits, bool allow_conditional) {
  Coverage coverage;
  std::vector<Visit> dosing;
  std::copy_if(visits.begin(), visits.end(), std::back_inserter(dosing),
               [](const Visit& v) { return v.session_number > 0; });
  if (!facts.rule) {
    if (!dosing.empty()) {
      coverage.conditions.push_back({"PROGRAM_RULE_MISSING", State::kWarning, Subject::kProgram, facts.program,
                                     "the clinic has no rule for this program, so that neither authorization nor REMS "
                                     "nor stock is looked at; set one",
                                     Role::kClinicAdmin});
    }
    return coverage;
  }
  std::stable_sort(dosing.begin(), dosing.end(), [](const Visit& a, const Visit& b) { return a.day < b.day; });

  Gatherer gather;
  std::map<AuthorizationId, UnitCounts> planned;
  std::set<InsuranceId> unverified;
  for (const Visit& visit : dosing) {
    const RequirementOn on = Require(facts, visit.day);
    if (on.requirement == Requirement::kNotRequired) continue;
    coverage.requirement = Requirement::kRequired;
    if (!on.code.empty()) {
      const bool insurance = on.insurance == nullptr;
      gather.Add({on.code, State::kUnmet, insurance ? Subject::kPatient : Subject::kInsurance,
                  insurance ? facts.patient.str() : on.insurance->id.str(),
                  insurance ? "no insurance on file for these visits; add it, or elect self-pay"
                            : "the payer's policy for this program is not on file; add it",
                  insurance ? Role::kAssistant : Role::kClinicAdmin},
                 visit.visit_id);
      coverage.uncovered.push_back({visit, on.code});
      continue;
    }
    if (!on.insurance->verified_at && unverified.insert(on.insurance->id).second) {
      coverage.conditions.push_back({"INSURANCE_COVERAGE_UNVERIFIED", State::kWarning, Subject::kInsurance,
                                     on.insurance->id.str(), "nobody has verified the insurance with the payer",
                                     Role::kAssistant});
    }
    if (const UnitLine* line = LineOf(facts, facts.course, visit.visit_id)) {
      const PriorAuthorization* auth = Find(facts, *line->authorization);
      if (line->state == LineState::kConsumed || (auth && Running(auth->state) && auth->Covers(visit.day))) {
        coverage.allocations.push_back({visit, *line->authorization, line->units, true});
        continue;
      }
    }
    const UnitCounts units = facts.rule->Planned(visit.session_number);
    const Choice choice = Choose(facts, visit, units, planned);
    if (choice.chosen == nullptr) {
      const bool conditional = RenewalWouldCover(facts, visit, choice.code);
      const bool allowed = conditional && allow_conditional && !facts.settings.refuse_conditional_visits;
      coverage.uncovered.push_back({visit, choice.code, conditional});
      gather.Add({choice.code, allowed ? State::kWarning : State::kUnmet,
                  choice.about ? Subject::kAuthorization : Subject::kPatient,
                  choice.about ? choice.about->id.str() : facts.patient.str(), choice.description, Role::kAssistant},
                 visit.visit_id);
      continue;
    }
    planned[choice.chosen->id] = planned[choice.chosen->id] + units;
    coverage.allocations.push_back({visit, choice.chosen->id, units});
  }
  FindFirstUncovered(facts, dosing, coverage);
  CheckWeeks(facts, coverage.allocations, gather);
  gather.Finish(coverage.conditions);
  std::set<AuthorizationId> told;
  for (Allocation& allocation : coverage.allocations) {
    const PriorAuthorization* auth = Find(facts, allocation.authorization);
    if (auth == nullptr) continue;
    allocation.valid_from = auth->valid_from;
    allocation.valid_until = auth->valid_until;
    if (!told.insert(auth->id).second) continue;
    coverage.conditions.push_back({"AUTHORIZATION_COVERS_VISITS", State::kMet, Subject::kAuthorization, auth->id.str(),
                                   "a prior authorization covers visits asked about", Role::kAssistant,
                                   auth->valid_until});
  }
  if (!dosing.empty() && facts.rule->rems_required) CheckRems(facts, dosing, coverage.conditions);
  if (!dosing.empty() && facts.rule->rems_required) CheckStock(facts, dosing, coverage.conditions);
  return coverage;
}

void Consume(UnitLine& line, const PriorAuthorization* auth, const UnitCounts& actual) {
  line.state = LineState::kConsumed;
  if (auth == nullptr) {
    line.authorization.reset();
    line.units = {};
    line.overrun = actual;
    return;
  }
  const bool held_here = line.authorization && *line.authorization == auth->id;
  const UnitCounts others = held_here ? auth->used() - line.units : auth->used();
  line.authorization = auth->id;
  line.units = Fitting(auth->authorized, others, actual);
  line.overrun = actual - line.units;
}

Forecast ForecastUnits(const CoverageFacts& facts, const std::vector<Visit>& further, int devices) {
  Forecast forecast;
  // What is held for visits to come is forecast anew at the dose asked about; what was used stays used.
  CoverageFacts fresh = facts;
  for (PriorAuthorization& auth : fresh.authorizations) auth.reserved = {};
  std::vector<Visit> visits = further;
  if (facts.rule) {
    for (const UnitLine& line : facts.lines) {
      if (line.state != LineState::kHeld && line.state != LineState::kConfirmed && line.state != LineState::kUncovered)
        continue;
      if (!facts.course.empty() && line.course != facts.course) continue;
      const bool known =
          std::any_of(visits.begin(), visits.end(), [&](const Visit& v) { return v.visit_id == line.visit_id; });
      if (!known) visits.push_back({line.visit_id, line.session_number, line.day});
    }
  }
  std::stable_sort(visits.begin(), visits.end(), [](const Visit& a, const Visit& b) { return a.day < b.day; });
  std::map<AuthorizationId, UnitCounts> planned;
  std::optional<absl::CivilDay> breaks;
  int turnaround = 0;
  for (const Visit& visit : visits) {
    if (!facts.rule || visit.session_number <= 0) continue;
    ForecastVisit row{.visit = visit, .planned = facts.rule->Planned(visit.session_number, devices)};
    const RequirementOn on = Require(fresh, visit.day);
    if (on.policy != nullptr) turnaround = on.policy->turnaround_days;
    if (on.requirement == Requirement::kRequired && !on.code.empty()) {
      row.code = on.code;
    } else if (on.requirement == Requirement::kRequired) {
      const Choice choice = Choose(fresh, visit, row.planned, planned);
      row.code = choice.code;
      if (choice.chosen != nullptr) {
        row.authorization = choice.chosen->id;
        UnitCounts& used = planned[choice.chosen->id];
        used = used + row.planned;
        row.remaining = Remaining(choice.chosen->authorized, choice.chosen->used() + used);
      }
    }
    if (!row.code.empty() && !breaks) {
      breaks = visit.day;
      forecast.first_uncovered = visit.visit_id;
    }
    forecast.visits.push_back(std::move(row));
  }
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (!Running(auth.state) || !auth.renewed_by.empty()) continue;
    const auto kept = facts.kept_policies.find(auth.policy);
    if (kept != facts.kept_policies.end()) turnaround = std::max(turnaround, kept->second.turnaround_days);
    if (!breaks || *auth.valid_until < *breaks) breaks = auth.valid_until;
  }
  if (breaks) forecast.renewal_request_by = *breaks - turnaround;
  return forecast;
}

}  // namespace kat::authorization::domain
