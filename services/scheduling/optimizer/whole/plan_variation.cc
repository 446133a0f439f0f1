#include "services/scheduling/optimizer/whole/plan_variation.h"

#include <algorithm>

namespace kat::optimizer {

PlanVariation::PlanVariation(Schedule& schedule) : schedule_(&schedule), holders_(schedule.clinic().tag_names.size()) {
  const std::vector<Resource>& resources = schedule.clinic().resources;
  for (size_t r = 0; r < resources.size(); ++r) {
    for (const HeldTag& held : resources[r].tags) holders_[held.tag].push_back(static_cast<int>(r));
  }
}

void PlanVariation::Vary(int course, CoursePlan& plan, Chance& chance) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const bool spread = chance.Percent(50);
  for (size_t v = 0; v < c.visits.size(); ++v) {
    if (c.visits[v].fixed || (!spread && !chance.Percent(50))) continue;
    const std::vector<Role>& roles = clinic.visit_types[c.visits[v].type].roles;
    Placement& placement = plan.visits[v];
    for (size_t r = 0; spread && r < roles.size(); ++r) {
      const int before = placement.resources[r];
      placement.resources[r] = MostFree(roles[r], placement.start, before, chance);
      if (placement.resources[r] != before && !Holds(course, plan)) placement.resources[r] = before;
    }
    if (spread && !chance.Percent(40)) continue;
    const Placement before = placement;
    if (!roles.empty() && chance.Percent(50)) {
      const int role = chance.Below(static_cast<int>(roles.size()));
      placement.resources[role] = chance.Of(holders_[roles[role].tag]);
    } else {
      const Minute midnight = DayOf(placement.start) * kMinutesPerDay;
      const int slots = kMinutesPerDay / clinic.slot_minutes;
      placement.start = (midnight / clinic.slot_minutes + chance.Below(slots + 1)) * clinic.slot_minutes;
      if (DayOf(placement.start) != DayOf(before.start)) placement.start = before.start;
    }
    if (placement != before && !Holds(course, plan)) placement = before;
  }
}

// Whether the plan can stand and costs no more than it did; then its cost is what it is now.
bool PlanVariation::Holds(int course, CoursePlan& plan) {
  if (!schedule_->Fits(course, plan.visits)) return false;
  const CostTerms cost = CostOfPlan(schedule_->picture(), schedule_->course(course), plan.visits);
  if (cost.Total() > plan.cost.Total()) return false;
  plan.cost = cost;
  return true;
}

// A holder of the role's tag with most capacity left through all of the role's use, any among equals.
int PlanVariation::MostFree(const Role& role, Minute start, int now, Chance& chance) {
  auto free_of = [&](int resource) {
    int64_t least = schedule_->clinic().resources[resource].capacity;
    for (const Segment& segment : role.usage) {
      least = std::min(
          least, schedule_->picture().MinFree(resource, {start + segment.from, start + segment.to}) - segment.load);
    }
    return least;
  };
  int best = now;
  int64_t most = free_of(now);
  for (int resource : holders_[role.tag]) {
    const int64_t free = free_of(resource);
    if (free < most || (free == most && chance.Percent(50))) continue;
    most = free;
    best = resource;
  }
  return best;
}

}  // namespace kat::optimizer
