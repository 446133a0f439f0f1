#include <algorithm>

#include "services/authorization/domain/prior_authorization.h"

// What time and use do to an authorization.
namespace kat::authorization::domain {
namespace {

// How many of the clinic's thresholds have been passed.
int StageOn(const PriorAuthorization& auth, const Settings& settings, const ProgramRule& rule, int turnaround_days,
            absl::CivilDay today) {
  int stage = 0;
  if (auth.valid_until) {
    const int left = static_cast<int>(*auth.valid_until - today);
    for (int days : settings.renewal_days) stage += left <= days ? 1 : 0;
    if (left <= turnaround_days) stage = std::max(stage, 1);
  }
  if (const std::optional<int> visits = VisitsLeft(auth, rule); visits && *visits <= settings.renewal_visits_left) {
    stage = std::max(stage, 1);
  }
  return stage;
}

void Move(PriorAuthorization& auth, AuthEvent event, const char* type, std::vector<std::string>& happened) {
  if (const AuthState next = Next(auth.state, event); next != AuthState::kUnspecified && next != auth.state) {
    auth.state = next;
    happened.push_back(type);
  }
}

}  // namespace

std::optional<int> VisitsLeft(const PriorAuthorization& auth, const ProgramRule& rule) {
  const UnitLimits left = Remaining(auth.authorized, auth.consumed);
  constexpr int kLaterSession = 1000;  // past every step of the dose plan
  const UnitCounts each = rule.Planned(kLaterSession);
  std::optional<int> visits = left.visits;
  const auto bound = [&](const std::optional<int>& units, int per_visit) {
    if (units && per_visit > 0) visits = std::min(visits.value_or(*units / per_visit), *units / per_visit);
  };
  bound(left.drug_mg, each.drug_mg);
  bound(left.devices, each.devices);
  return visits;
}

std::vector<std::string> Advance(PriorAuthorization& auth, const Settings& settings, const ProgramRule& rule,
                                 int turnaround_days, const Moment& moment) {
  std::vector<std::string> happened;
  const absl::CivilDay today = moment.today();
  if (AwaitsDecision(auth.state) && auth.decision_due_at && *auth.decision_due_at <= moment.now &&
      !auth.decision_overdue) {
    auth.decision_overdue = true;
    happened.push_back("decision_overdue");
  }
  if (auth.response_due_at && *auth.response_due_at <= moment.now) {
    if (Contestable(auth.state)) {
      Move(auth, AuthEvent::kWindowClose, "denied_final", happened);
      auth.response_due_at.reset();
    } else if (auth.state == AuthState::kInfoRequested && !auth.decision_overdue) {
      auth.decision_overdue = true;
      happened.push_back("response_overdue");
    }
  }
  if (!Running(auth.state)) return happened;
  if (auth.valid_until && *auth.valid_until <= today) {
    Move(auth, AuthEvent::kExpire, "expired", happened);
    return happened;
  }
  if (auth.valid_from && *auth.valid_from <= today) Move(auth, AuthEvent::kBegin, "activated", happened);
  if (auth.state == AuthState::kApproved) return happened;
  const int stage = StageOn(auth, settings, rule, turnaround_days, today);
  if (UsedUp(auth.authorized, auth.consumed)) {
    Move(auth, AuthEvent::kExhaust, "exhausted", happened);
  } else if (auth.state == AuthState::kExhausted) {
    Move(auth, AuthEvent::kReplenish, "replenished", happened);
  }
  if (stage > 0 && auth.state == AuthState::kActive) Move(auth, AuthEvent::kRunLow, "expiring", happened);
  if (stage == 0 && auth.state == AuthState::kExpiring) Move(auth, AuthEvent::kReplenish, "replenished", happened);
  if (stage > auth.renewal_stage && happened.empty()) happened.push_back("renewal_due");
  auth.renewal_stage = stage;
  return happened;
}

std::optional<absl::Time> NextLook(const PriorAuthorization& auth, const Settings& settings, int turnaround_days,
                                   const Moment& moment) {
  std::optional<absl::Time> next;
  const auto at = [&](absl::Time time) {
    if (time > moment.now && (!next || time < *next)) next = time;
  };
  const auto on = [&](absl::CivilDay day) { at(InstantOf(day, 0, moment.zone)); };
  if (AwaitsDecision(auth.state) && auth.decision_due_at && !auth.decision_overdue) at(*auth.decision_due_at);
  if (auth.response_due_at && (Contestable(auth.state) || auth.state == AuthState::kInfoRequested)) {
    at(*auth.response_due_at);
  }
  if (Running(auth.state)) {
    if (auth.valid_from) on(*auth.valid_from);
    if (auth.valid_until) {
      on(*auth.valid_until);
      on(*auth.valid_until - turnaround_days);
      for (int days : settings.renewal_days) on(*auth.valid_until - days);
    }
  }
  return next;
}

}  // namespace kat::authorization::domain
