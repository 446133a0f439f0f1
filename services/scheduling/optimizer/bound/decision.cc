#include "services/scheduling/optimizer/bound/decision.h"

#include <algorithm>
#include <utility>

namespace kat::optimizer {
namespace {

// Keeps the visit's starts within `starts`: it ends within its duration of the last of them.
void KeepStarts(Visit& visit, Interval starts, Minute duration) {
  const Interval within = {starts.from, starts.to - 1 + duration};
  if (!visit.windows) {
    visit.windows = {within};
    return;
  }
  std::vector<Interval> windows;
  for (const Interval& window : *visit.windows) {
    const Interval both = {std::max(window.from, within.from), std::min(window.to, within.to)};
    if (both.from < both.to) windows.push_back(both);
  }
  visit.windows = std::move(windows);
}

}  // namespace

DecidedCourse Decide(DecidedCourse decided, const Decision& decision, const Clinic& clinic) {
  Visit& visit = decided.course.visits[decision.visit];
  switch (decision.kind) {
    case Decision::Kind::kPlaced:
      decided.placed = true;
      break;
    case Decision::Kind::kStarts:
      KeepStarts(visit, decision.starts, clinic.visit_types[visit.type].duration);
      break;
    case Decision::Kind::kHands:
      std::erase_if(decided.limits, [&](const HandLimit& limit) {
        return limit.visit == decision.visit && limit.role == decision.role;
      });
      decided.limits.push_back({decision.visit, decision.role, decision.hands});
      break;
    default:
      break;
  }
  return decided;
}

bool IsAsDecided(const std::vector<Placement>& visits, const Decision& decision) {
  const Placement& visit = visits[decision.visit];
  switch (decision.kind) {
    case Decision::Kind::kLeftOut:
      return false;
    case Decision::Kind::kStarts:
      return decision.starts.from <= visit.start && visit.start < decision.starts.to;
    case Decision::Kind::kHands: {
      const std::vector<int>& hands = decision.hands;
      return std::find(hands.begin(), hands.end(), visit.resources[decision.role]) != hands.end();
    }
    default:
      return true;
  }
}

}  // namespace kat::optimizer
