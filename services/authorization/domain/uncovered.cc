#include "services/authorization/domain/uncovered.h"

#include <algorithm>

namespace kat::authorization::domain {
namespace {

bool OfPayer(const PriorAuthorization& auth, const RequirementOn& on) {
  return on.insurance == nullptr || auth.payer == on.insurance->payer;
}

// Whether the renewal of an authorization that runs stands denied, and none is being asked for.
bool RenewalDenied(const CoverageFacts& facts) {
  const auto running = [&](const AuthorizationId& id) {
    return std::any_of(facts.authorizations.begin(), facts.authorizations.end(),
                       [&](const PriorAuthorization& auth) { return auth.id == id && Running(auth.state); });
  };
  bool denied = false;
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (auth.kind != AuthorizationKind::kRenewal || !running(auth.previous)) continue;
    if (Contestable(auth.state) || auth.state == AuthState::kDeniedFinal) {
      denied = true;
    } else if (auth.state != AuthState::kCancelled && !Running(auth.state)) {
      return false;
    }
  }
  return denied;
}

}  // namespace

bool RenewalWouldCover(const CoverageFacts& facts, const Visit& visit, const std::string& code) {
  if (RenewalDenied(facts)) return false;
  if (code == "AUTHORIZATION_UNITS_EXCEEDED") return true;
  if (code != "AUTHORIZATION_DATES_EXCEEDED") return false;
  const RequirementOn on = Require(facts, visit.day);
  bool past = false;
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (!Running(auth.state) || !OfPayer(auth, on)) continue;
    if (*auth.valid_from > visit.day) return false;
    past = past || *auth.valid_until <= visit.day;
  }
  return past;
}

absl::CivilDay RenewalRequestBy(const CoverageFacts& facts, absl::CivilDay day) {
  const RequirementOn on = Require(facts, day);
  int turnaround_days = on.policy == nullptr ? 0 : on.policy->turnaround_days;
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (!Running(auth.state) || !OfPayer(auth, on)) continue;
    const auto kept = facts.kept_policies.find(auth.policy);
    if (kept != facts.kept_policies.end()) turnaround_days = std::max(turnaround_days, kept->second.turnaround_days);
  }
  return day - turnaround_days;
}

void FindFirstUncovered(const CoverageFacts& facts, const std::vector<Visit>& asked, Coverage& coverage) {
  std::vector<UncoveredVisit> all = coverage.uncovered;
  for (const UnitLine& line : facts.lines) {
    if (line.state != LineState::kUncovered || line.course != facts.course || line.day < facts.today) continue;
    if (std::any_of(asked.begin(), asked.end(), [&](const Visit& v) { return v.visit_id == line.visit_id; })) continue;
    const Visit visit{line.visit_id, line.session_number, line.day};
    all.push_back({visit, line.code, RenewalWouldCover(facts, visit, line.code)});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const UncoveredVisit& a, const UncoveredVisit& b) { return a.visit.day < b.visit.day; });
  if (!all.empty()) coverage.first_uncovered = all.front().visit.visit_id;
  const auto renewable =
      std::find_if(all.begin(), all.end(), [](const UncoveredVisit& visit) { return visit.conditional; });
  if (renewable != all.end()) coverage.renewal_request_by = RenewalRequestBy(facts, renewable->visit.day);
}

void MarkUncovered(const CoverageFacts& facts, const std::string& code, UnitLine& line) {
  line.authorization.reset();
  line.state = LineState::kUncovered;
  line.code = code;
  line.renewal_request_by.reset();
  if (RenewalWouldCover(facts, {line.visit_id, line.session_number, line.day}, code)) {
    line.renewal_request_by = RenewalRequestBy(facts, line.day);
  }
}

}  // namespace kat::authorization::domain
