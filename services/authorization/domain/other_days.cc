#include "services/authorization/domain/other_days.h"

#include <algorithm>
#include <optional>

namespace kat::authorization::domain {
namespace {

constexpr int kWeek = 7;

// Whether a visit that stands as `now` says could stand as `there` says, beside visits that may move too.
bool IsAsGood(const Coverage& now, const Coverage& there) {
  for (const Condition& condition : there.unmet()) {
    if (condition.code != "AUTHORIZATION_WEEKLY_LIMIT_EXCEEDED") return false;
  }
  if (!now.uncovered.empty()) return true;
  if (!there.uncovered.empty() || now.requirement != there.requirement) return false;
  return now.allocations.empty() || now.allocations[0].authorization == there.allocations[0].authorization;
}

// The limit that keeps a visit from its week; nullptr where none does.
const UnitLimits* BlockingLimit(const CoverageFacts& facts, const Allocation& allocation) {
  for (const PriorAuthorization& auth : facts.authorizations) {
    if (auth.id != allocation.authorization) continue;
    const auto policy = facts.kept_policies.find(auth.policy);
    if (policy == facts.kept_policies.end() || !policy->second.weekly_limit_blocks) return nullptr;
    return &policy->second.weekly_limit;
  }
  return nullptr;
}

}  // namespace

std::vector<DaySpan> FindOtherDays(const CoverageFacts& facts, const Visit& visit, const DaySpan& span) {
  const Coverage now = Decide(facts, {visit}, /*allow_conditional=*/true);
  std::vector<DaySpan> days;
  for (absl::CivilDay day = span.from; day < span.until; ++day) {
    Visit there = visit;
    there.day = day;
    if (!IsAsGood(now, Decide(facts, {there}, /*allow_conditional=*/true))) continue;
    if (!days.empty() && days.back().until == day) {
      ++days.back().until;
    } else {
      days.push_back({day, day + 1});
    }
  }
  return days;
}

std::vector<VisitSpacing> FindSpacings(const CoverageFacts& facts, const std::vector<Visit>& visits) {
  std::vector<Allocation> covered = Decide(facts, visits, /*allow_conditional=*/true).allocations;
  std::stable_sort(covered.begin(), covered.end(),
                   [](const Allocation& a, const Allocation& b) { return a.visit.day < b.visit.day; });
  // For each visit the first one that does not fit into its week any more, the visits between them included.
  std::vector<std::optional<size_t>> ends(covered.size());
  for (size_t i = 0; i < covered.size(); ++i) {
    UnitCounts week;
    std::vector<const UnitLimits*> limits;
    for (size_t j = i; j < covered.size() && !ends[i]; ++j) {
      week = week + covered[j].units;
      if (const UnitLimits* limit = BlockingLimit(facts, covered[j])) limits.push_back(limit);
      const bool over =
          std::any_of(limits.begin(), limits.end(), [&](const UnitLimits* limit) { return !Fits(*limit, {}, week); });
      if (over) ends[i] = j;
    }
  }
  std::vector<VisitSpacing> spacings;
  for (size_t i = 0; i < covered.size(); ++i) {
    if (!ends[i] || *ends[i] == i) continue;  // a visit that is too much alone is so anywhere
    if (i + 1 < covered.size() && ends[i + 1] && *ends[i + 1] == *ends[i] && *ends[i + 1] != i + 1) {
      continue;  // those from the next one on are too many already
    }
    spacings.push_back({covered[i].visit.visit_id, covered[*ends[i]].visit.visit_id, kWeek});
  }
  return spacings;
}

}  // namespace kat::authorization::domain
