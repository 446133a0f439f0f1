#include "services/scheduling/optimizer/assign.h"

namespace kat::optimizer {

bool Pending::Fits(const Picture& picture, int resource, const Role& role, Minute start) const {
  for (const Segment& segment : role.usage) {
    const Minute from = start + segment.from, to = start + segment.to;
    // Loads change only where a pending use begins or ends: look at each stretch between.
    for (Minute at = from; at < to;) {
      Minute next = to;
      int64_t load = segment.load;
      for (const Use& use : uses_) {
        if (use.resource != resource) continue;
        if (use.from <= at && at < use.to) load += use.load;
        if (use.from > at) next = std::min(next, use.from);
        if (use.to > at) next = std::min(next, use.to);
      }
      // Segments of this role itself may overlap each other.
      for (const Segment& other : role.usage) {
        if (&other == &segment) continue;
        Minute a = start + other.from, b = start + other.to;
        if (a <= at && at < b) load += other.load;
        if (a > at) next = std::min(next, a);
        if (b > at) next = std::min(next, b);
      }
      if (picture.MinFree(resource, {at, next}) < load) return false;
      at = next;
    }
  }
  return true;
}

Cost Pending::Add(const Picture& picture, int resource, const Role& role, Minute start) {
  const Cost day_cost = picture.clinic().resources[resource].day_cost;
  Cost cost = 0;
  for (const Segment& segment : role.usage) {
    uses_.push_back({resource, start + segment.from, start + segment.to, segment.load});
    if (day_cost == 0) continue;
    int day = DayOf(start + segment.from);
    if (picture.IsOpen(resource, day) || IsOpen(resource, day)) continue;
    opened_.push_back({resource, day});
    cost += day_cost;
  }
  return cost;
}

Cost Pending::OpeningCost(const Picture& picture, int resource, const Role& role, Minute start) const {
  const Cost day_cost = picture.clinic().resources[resource].day_cost;
  if (day_cost == 0) return 0;
  Cost cost = 0;
  for (size_t i = 0; i < role.usage.size(); ++i) {
    int day = DayOf(start + role.usage[i].from);
    bool counted = picture.IsOpen(resource, day) || IsOpen(resource, day);
    for (size_t j = 0; j < i; ++j) counted = counted || DayOf(start + role.usage[j].from) == day;
    if (!counted) cost += day_cost;
  }
  return cost;
}

}  // namespace kat::optimizer
