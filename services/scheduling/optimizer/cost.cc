#include <algorithm>
#include <cstdlib>
#include <utility>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {
namespace {

bool Inside(const std::vector<Interval>& windows, Minute from, Minute to) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const Interval& window) { return window.from <= from && to <= window.to; });
}

// `instead`, where given, stands for the placement of visit `changed`.
Cost HandoffsOf(const Clinic& clinic, const Course& course, const std::vector<Placement>& visits, size_t changed = 0,
                const Placement* instead = nullptr) {
  Cost handoffs = 0;
  for (int role : course.continuity) {
    std::vector<int> hands;
    for (size_t i = 0; i < course.visits.size(); ++i) {
      const Visit& visit = course.visits[i];
      if (visit.fixed) {
        for (const RoleAssignment& assigned : visit.current->assign) {
          if (assigned.role_name == role) hands.push_back(assigned.resource);
        }
        continue;
      }
      const Placement& placement = instead != nullptr && i == changed ? *instead : visits[i];
      const std::vector<Role>& roles = clinic.visit_types[visit.type].roles;
      for (size_t r = 0; r < roles.size(); ++r) {
        if (roles[r].name == role) hands.push_back(placement.resources[r]);
      }
    }
    std::sort(hands.begin(), hands.end());
    hands.erase(std::unique(hands.begin(), hands.end()), hands.end());
    if (!hands.empty()) handoffs += static_cast<Cost>(hands.size()) - 1;
  }
  return handoffs;
}

using OpenedDays = std::vector<std::pair<int, int>>;  // resource and day

void AddOpened(const Picture& picture, int type, const Placement& placement, OpenedDays& opened) {
  const Clinic& clinic = picture.clinic();
  const std::vector<Role>& roles = clinic.visit_types[type].roles;
  for (size_t r = 0; r < roles.size(); ++r) {
    const int resource = placement.resources[r];
    if (clinic.resources[resource].day_cost == 0) continue;
    for (const Segment& segment : roles[r].usage) {
      const int day = DayOf(placement.start + segment.from);
      if (!picture.IsOpen(resource, day)) opened.emplace_back(resource, day);
    }
  }
}

Cost CostOf(const Clinic& clinic, OpenedDays& opened) {
  std::sort(opened.begin(), opened.end());
  opened.erase(std::unique(opened.begin(), opened.end()), opened.end());
  Cost cost = 0;
  for (const auto& [resource, day] : opened) cost += clinic.resources[resource].day_cost;
  return cost;
}

}  // namespace

bool SameResources(const Clinic& clinic, const Visit& visit, const Placement& placement) {
  const std::vector<Role>& roles = clinic.visit_types[visit.type].roles;
  const std::vector<RoleAssignment>& assign = visit.current->assign;
  if (assign.size() != roles.size()) return false;
  for (size_t r = 0; r < roles.size(); ++r) {
    const RoleAssignment same{roles[r].name, placement.resources[r]};
    if (std::find(assign.begin(), assign.end(), same) == assign.end()) return false;
  }
  return true;
}

CostTerms& CostTerms::operator+=(const CostTerms& other) {
  unscheduled += other.unscheduled;
  dropped += other.dropped;
  start_delay += other.start_delay;
  gap += other.gap;
  preference += other.preference;
  handoff += other.handoff;
  move += other.move;
  reassign += other.reassign;
  day_cost += other.day_cost;
  return *this;
}

Cost DayCostOfPlan(const Picture& picture, const Course& course, const std::vector<Placement>& visits) {
  OpenedDays opened;
  for (size_t i = 0; i < course.visits.size(); ++i) {
    if (!course.visits[i].fixed) AddOpened(picture, course.visits[i].type, visits[i], opened);
  }
  return CostOf(picture.clinic(), opened);
}

Cost DayCostOfVisit(const Picture& picture, int type, const Placement& placement) {
  OpenedDays opened;
  AddOpened(picture, type, placement, opened);
  return CostOf(picture.clinic(), opened);
}

CostTerms CostOfVisit(const Clinic& clinic, const Course& course, int visit, const Placement& placement) {
  const Visit& v = course.visits[visit];
  const Minute start = placement.start, end = start + clinic.visit_types[v.type].duration;
  CostTerms terms;
  if (!course.preferred.empty() && !Inside(course.preferred, start, end)) terms.preference = clinic.weights.preference;
  if (v.current && v.current->start != start) {
    terms.move = clinic.weights.move;
  } else if (v.current && !SameResources(clinic, v, placement)) {
    terms.reassign = clinic.weights.reassign;
  }
  return terms;
}

Cost CostOfChange(const Clinic& clinic, const Course& course, const std::vector<Placement>& visits, int visit,
                  const Placement& to) {
  const Weights& weights = clinic.weights;
  const Placement& from = visits[visit];
  Cost change = CostOfVisit(clinic, course, visit, to).Total() - CostOfVisit(clinic, course, visit, from).Total();
  const int day_from = DayOf(from.start), day_to = DayOf(to.start);
  if (day_from != day_to) {
    auto day = [&](int i) { return DayOf(course.visits[i].fixed ? course.visits[i].current->start : visits[i].start); };
    for (const Lag& lag : course.lags) {
      if (!lag.ideal_days || (lag.from != visit && lag.to != visit)) continue;
      auto gap = [&](int own) {
        const int days = lag.from == visit ? day(lag.to) - own : own - day(lag.from);
        return weights.gap * std::abs(days - *lag.ideal_days);
      };
      change += gap(day_to) - gap(day_from);
    }
    auto delay = [&](int own) {
      return weights.start_delay * course.priority * std::max(0, own - course.earliest_day);
    };
    if (visit == 0) change += delay(day_to) - delay(day_from);
  }
  const std::vector<Role>& roles = clinic.visit_types[course.visits[visit].type].roles;
  bool hands = false;
  for (size_t r = 0; r < roles.size(); ++r) {
    hands = hands ||
            (from.resources[r] != to.resources[r] &&
             std::find(course.continuity.begin(), course.continuity.end(), roles[r].name) != course.continuity.end());
  }
  if (hands) {
    change += weights.handoff * (HandoffsOf(clinic, course, visits, visit, &to) - HandoffsOf(clinic, course, visits));
  }
  return change;
}

CostTerms CostOfPlan(const Picture& picture, const Course& course, const std::vector<Placement>& visits) {
  const Clinic& clinic = picture.clinic();
  const Weights& weights = clinic.weights;
  CostTerms terms;
  for (size_t i = 0; i < course.visits.size(); ++i) {
    if (!course.visits[i].fixed) terms += CostOfVisit(clinic, course, static_cast<int>(i), visits[i]);
  }
  auto day = [&](int i) { return DayOf(course.visits[i].fixed ? course.visits[i].current->start : visits[i].start); };
  for (const Lag& lag : course.lags) {
    if (lag.ideal_days) terms.gap += weights.gap * std::abs(day(lag.to) - day(lag.from) - *lag.ideal_days);
  }
  if (!course.visits[0].fixed) {
    terms.start_delay = weights.start_delay * course.priority * std::max(0, day(0) - course.earliest_day);
  }
  terms.handoff = weights.handoff * HandoffsOf(clinic, course, visits);
  terms.day_cost = DayCostOfPlan(picture, course, visits);
  return terms;
}

}  // namespace kat::optimizer
