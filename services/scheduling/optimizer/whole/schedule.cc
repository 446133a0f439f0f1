#include "services/scheduling/optimizer/whole/schedule.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/optimizer/whole/can_stand.h"

namespace kat::optimizer {

Cost DropCostOf(const Clinic& clinic, const Course& course) {
  const bool stands = std::any_of(course.visits.begin(), course.visits.end(),
                                  [](const Visit& visit) { return visit.current.has_value(); });
  return course.priority * (stands ? clinic.weights.dropped : clinic.weights.unscheduled);
}

Cost FixedDayCost(const Instance& instance) {
  const Clinic& clinic = instance.clinic;
  std::vector<std::pair<int, int>> opened;
  for (const Course& course : instance.courses) {
    for (const Visit& visit : course.visits) {
      if (!visit.fixed) continue;
      for (const RoleAssignment& assigned : visit.current->assign) {
        if (assigned.resource >= static_cast<int>(clinic.resources.size())) continue;
        for (const Role& role : clinic.visit_types[visit.type].roles) {
          if (role.name != assigned.role_name) continue;
          for (const Segment& segment : role.usage) {
            opened.emplace_back(assigned.resource, DayOf(visit.current->start + segment.from));
          }
        }
      }
    }
  }
  std::sort(opened.begin(), opened.end());
  opened.erase(std::unique(opened.begin(), opened.end()), opened.end());
  Cost cost = 0;
  for (const auto& [resource, day] : opened) cost += clinic.resources[resource].day_cost;
  return cost;
}

Schedule::Schedule(const Instance& instance)
    : instance_(&instance), picture_(instance.clinic), plans_(instance.courses.size()) {
  for (const Block& block : instance.blocks) picture_.AddBlock(block);
  for (const Resource& resource : instance.clinic.resources) day_costs_ = day_costs_ || resource.day_cost > 0;
  objective_ = FixedDayCost(instance);
  for (const Course& course : instance.courses) {
    picture_.AddCourse(course, /*fixed_only=*/true);
    lifted_.emplace_back(course.visits.size());
    drop_.push_back(DropCostOf(instance.clinic, course));
    objective_ += drop_.back();
  }
  own_ = drop_;
  users_.resize(static_cast<size_t>(instance.clinic.days) * instance.clinic.resources.size());
  for (int i = 0; i < size(); ++i) {
    const std::vector<Visit>& all = course(i).visits;
    if (!std::all_of(all.begin(), all.end(), [](const Visit& visit) { return visit.fixed; })) continue;
    std::vector<Placement> visits;
    for (const Visit& visit : all) visits.push_back({visit.current->start, {}});
    Place(i, std::move(visits));
    drop_[i] = own_[i];  // it cannot be left out
  }
}

bool Schedule::Fits(int i, const std::vector<Placement>& visits) { return CanStand(picture_, course(i), visits); }

void Schedule::Place(int i, std::vector<Placement> visits) {
  const CostTerms cost = CostOfPlan(picture_, course(i), visits);
  Place(i, std::move(visits), cost);
}

void Schedule::Place(int i, std::vector<Placement> visits, const CostTerms& cost) {
  own_[i] = cost.Total() - cost.day_cost;
  objective_ += cost.Total() - drop_[i];
  Change(i, visits, true);
  plans_[i] = std::move(visits);
}

void Schedule::PutBack(int i, std::vector<Placement> visits, Cost own) {
  own_[i] = own;
  objective_ += own - drop_[i];
  if (day_costs_) objective_ += DayCostOfPlan(picture_, course(i), visits);
  Change(i, visits, true);
  plans_[i] = std::move(visits);
}

std::vector<Placement> Schedule::Remove(int i) {
  std::vector<Placement> visits = *std::move(plans_[i]);
  plans_[i].reset();
  for (size_t v = 0; v < visits.size(); ++v) {
    const bool stands = std::exchange(lifted_[i][v], uint8_t{0}) == 0;
    if (stands && !course(i).visits[v].fixed) TakeOut(i, static_cast<int>(v), visits[v]);
  }
  objective_ += drop_[i] - own_[i];
  own_[i] = drop_[i];
  return visits;
}

void Schedule::TakeOut(int i, int v, const Placement& placement) {
  Change(i, v, placement, false);
  if (day_costs_) objective_ -= DayCostOfVisit(picture_, course(i).visits[v].type, placement);
}

void Schedule::LiftVisit(int i, int v) {
  TakeOut(i, v, (*plans_[i])[v]);
  lifted_[i][v] = 1;
}

void Schedule::StandVisit(int i, int v, const Placement& placement) {
  const Cost change = CostOfChange(clinic(), course(i), *plans_[i], v, placement);
  own_[i] += change;
  objective_ += change;
  if (day_costs_) objective_ += DayCostOfVisit(picture_, course(i).visits[v].type, placement);
  Change(i, v, placement, true);
  (*plans_[i])[v] = placement;
  lifted_[i][v] = 0;
}

void Schedule::Change(int i, const std::vector<Placement>& visits, bool add) {
  for (size_t v = 0; v < visits.size(); ++v) {
    if (!course(i).visits[v].fixed) Change(i, static_cast<int>(v), visits[v], add);
  }
}

void Schedule::Change(int i, int v, const Placement& placement, bool add) {
  const Course& c = course(i);
  if (add) {
    picture_.AddVisit(c.visits[v].type, placement, c.patient);
  } else {
    picture_.RemoveVisit(c.visits[v].type, placement, c.patient);
  }
  for (int resource : placement.resources) {
    std::vector<int>& users = users_[Index(resource, DayOf(placement.start))];
    if (add) {
      users.push_back(i);
    } else {
      auto at = std::find(users.begin(), users.end(), i);
      *at = users.back();
      users.pop_back();
    }
  }
}

}  // namespace kat::optimizer
