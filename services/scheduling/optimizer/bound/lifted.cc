#include "services/scheduling/optimizer/bound/lifted.h"

#include <algorithm>
#include <cstdint>

namespace kat::optimizer {
namespace {

constexpr int64_t kMostSteps = 100'000'000;

}  // namespace

std::vector<Segment> LoadProfile(const std::vector<Segment>& usage) {
  std::vector<Minute> cuts;
  for (const Segment& segment : usage) cuts.insert(cuts.end(), {segment.from, segment.to});
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Segment> profile;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    int load = 0;
    for (const Segment& segment : usage) {
      if (segment.from <= cuts[i] && segment.to >= cuts[i + 1]) load += segment.load;
    }
    if (load > 0) profile.push_back({cuts[i], cuts[i + 1], load});
  }
  return profile;
}

std::vector<std::vector<Segment>> LiftedLoads(const std::vector<std::vector<Segment>>& usages, int capacity,
                                              Minute slot) {
  std::vector<std::vector<Segment>> profiles, lifted(usages.size());
  for (const std::vector<Segment>& usage : usages) profiles.push_back(LoadProfile(usage));
  int64_t steps = 0;
  for (size_t p = 0; p < profiles.size(); ++p) {
    const std::vector<Segment>& own = profiles[p];
    std::vector<Interval> shared;  // minutes of it that another may have as well
    for (const std::vector<Segment>& other : profiles) {
      if (own.empty() || other.empty()) continue;
      // All distances at which they have a minute in common.
      Minute distance = (own.front().from - other.back().to) / slot * slot - slot;
      for (; distance < own.back().to - other.front().from; distance += slot) {
        const size_t before = shared.size();
        for (const Segment& a : own) {
          for (const Segment& b : other) {
            const Minute from = std::max(a.from, b.from + distance), to = std::min(a.to, b.to + distance);
            if (from >= to) continue;
            shared.push_back({from, to});
            if (a.load + b.load <= capacity) continue;
            shared.resize(before);
            goto next;
          }
        }
      next:
        steps += static_cast<int64_t>(own.size() * other.size());
      }
      std::sort(shared.begin(), shared.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
      size_t kept = 0;
      for (const Interval& interval : shared) {
        if (kept > 0 && interval.from <= shared[kept - 1].to) {
          shared[kept - 1].to = std::max(shared[kept - 1].to, interval.to);
        } else {
          shared[kept++] = interval;
        }
      }
      shared.resize(kept);
      if (steps > kMostSteps) return std::vector<std::vector<Segment>>(usages.size());
    }
    for (const Segment& segment : own) {
      Minute at = segment.from;
      auto add = [&](Minute to) {
        if (at < to && segment.load < capacity) lifted[p].push_back({at, to, capacity - segment.load});
      };
      for (const Interval& interval : shared) {
        if (interval.to <= at || interval.from >= segment.to) continue;
        add(interval.from);
        at = interval.to;
      }
      add(segment.to);
    }
  }
  return lifted;
}

}  // namespace kat::optimizer
