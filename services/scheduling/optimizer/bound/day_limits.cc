#include "services/scheduling/optimizer/bound/day_limits.h"

#include <algorithm>
#include <set>

#include "services/scheduling/optimizer/bound/lifted.h"

namespace kat::optimizer {
namespace {

constexpr size_t kMostPlaces = 3, kMostLengths = 3;  // ways to count by each

// The longest stretch with a load of at least `least` throughout.
Interval LongestAt(const std::vector<Segment>& profile, int least) {
  Interval best{0, 0}, at{0, 0};
  for (const Segment& segment : profile) {
    if (segment.load < least) continue;
    at = segment.from == at.to && at.from < at.to ? Interval{at.from, segment.to} : Interval{segment.from, segment.to};
    if (at.to - at.from > best.to - best.from) best = at;
  }
  return best;
}

}  // namespace

std::vector<DayCount> DayCounts(const std::vector<std::vector<Segment>>& usages, int capacity) {
  std::vector<DayCount> counts;
  std::vector<std::vector<Segment>> profiles;
  std::set<int> places;  // fewest first: they say most
  for (const std::vector<Segment>& usage : usages) {
    profiles.push_back(LoadProfile(usage));
    for (const Segment& segment : profiles.back()) {
      if (segment.load <= capacity) places.insert(capacity / segment.load);
    }
  }
  while (places.size() > kMostPlaces) places.erase(std::prev(places.end()));
  for (int most : places) {
    const int least = capacity / (most + 1) + 1;
    DayCount count{.places = most, .uses = std::vector<DayCount::Use>(usages.size())};
    std::set<Minute> lengths;
    for (size_t u = 0; u < usages.size(); ++u) {
      const Interval kept = LongestAt(profiles[u], least);
      count.uses[u] = {0, kept.from, kept.to};
      if (kept.from < kept.to) lengths.insert(kept.to - kept.from);
    }
    while (lengths.size() > kMostLengths) lengths.erase(std::prev(lengths.end()));
    for (Minute unit : lengths) {
      for (DayCount::Use& use : count.uses) use.weight = (use.to - use.from) / unit;
      counts.push_back(count);
    }
  }
  return counts;
}

int64_t MostWeight(std::vector<DayUse>& uses) {
  std::sort(uses.begin(), uses.end(), [](const DayUse& a, const DayUse& b) { return a.to < b.to; });
  std::vector<std::pair<Minute, int64_t>> best;  // until when, how much
  for (const DayUse& use : uses) {
    auto before = std::upper_bound(best.begin(), best.end(), use.from,
                                   [](Minute minute, const auto& entry) { return minute < entry.first; });
    const int64_t sum = use.weight + (before == best.begin() ? 0 : std::prev(before)->second);
    if (best.empty() || sum > best.back().second) {
      if (!best.empty() && best.back().first == use.to) best.pop_back();
      best.emplace_back(use.to, sum);
    }
  }
  return best.empty() ? 0 : best.back().second;
}

}  // namespace kat::optimizer
