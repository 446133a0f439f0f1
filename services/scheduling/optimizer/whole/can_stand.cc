#include "services/scheduling/optimizer/whole/can_stand.h"

#include <algorithm>

namespace kat::optimizer {
namespace {

bool Inside(const std::vector<Interval>& windows, Minute from, Minute to) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const Interval& window) { return window.from <= from && to <= window.to; });
}

bool MayServe(const Resource& resource, const Role& role, Minute start) {
  const bool held =
      std::any_of(resource.tags.begin(), resource.tags.end(), [&](const HeldTag& tag) { return tag.tag == role.tag; });
  return held && std::all_of(role.usage.begin(), role.usage.end(), [&](const Segment& segment) {
           return std::any_of(resource.tags.begin(), resource.tags.end(), [&](const HeldTag& tag) {
             return tag.tag == role.tag &&
                    (!tag.windows || Inside(*tag.windows, start + segment.from, start + segment.to));
           });
         });
}

// Everything that one visit can break by itself, but for capacity.
bool OwnRulesHold(const Clinic& clinic, const Course& course, const Visit& visit, const Placement& placement) {
  const VisitType& type = clinic.visit_types[visit.type];
  const Minute start = placement.start, end = start + type.duration;
  if (start < 0 || start >= clinic.days * kMinutesPerDay || start % clinic.slot_minutes != 0) return false;
  if (start < course.earliest_day * kMinutesPerDay || !Inside(course.available, start, end)) return false;
  if (visit.windows && !Inside(*visit.windows, start, end)) return false;
  if (placement.resources.size() != type.roles.size()) return false;
  for (size_t r = 0; r < type.roles.size(); ++r) {
    const int resource = placement.resources[r];
    if (resource < 0 || resource >= static_cast<int>(clinic.resources.size())) return false;
    if (!MayServe(clinic.resources[resource], type.roles[r], start)) return false;
  }
  return true;
}

bool LagsHold(const Clinic& clinic, const Course& course, const std::vector<Placement>& visits) {
  auto start = [&](int i) { return course.visits[i].fixed ? course.visits[i].current->start : visits[i].start; };
  return std::all_of(course.lags.begin(), course.lags.end(), [&](const Lag& lag) {
    if (course.visits[lag.from].fixed && course.visits[lag.to].fixed) return true;
    const Minute from = start(lag.from), to = start(lag.to);
    const int days = DayOf(to) - DayOf(from);
    const Minute minutes = clinic.RealTime(to) - clinic.RealTime(from);
    return days >= lag.min_days && days <= lag.max_days.value_or(days) && minutes >= lag.min_minutes &&
           minutes <= lag.max_minutes.value_or(minutes) &&
           minutes >= clinic.visit_types[course.visits[lag.from].type].duration;
  });
}

bool PatientIsFree(const Picture& picture, const Course& course, const std::vector<Placement>& visits) {
  const Clinic& clinic = picture.clinic();
  std::vector<Interval> busy = picture.PatientTime(course.patient);
  for (const Visit& visit : course.visits) {  // a patient of its own has no time in the picture
    if (!visit.fixed) continue;
    busy.push_back({visit.current->start, visit.current->start + clinic.visit_types[visit.type].duration});
  }
  for (size_t i = 0; i < visits.size(); ++i) {
    if (course.visits[i].fixed) continue;
    const Interval own = {visits[i].start, visits[i].start + clinic.visit_types[course.visits[i].type].duration};
    for (const Interval& other : busy) {
      if (own.from < other.to && other.from < own.to) return false;
    }
    busy.push_back(own);
  }
  return true;
}

struct Load {
  int resource;
  Interval at;
  int load;
};

void AddLoads(const VisitType& type, const Placement& placement, std::vector<Load>& loads) {
  for (size_t r = 0; r < type.roles.size(); ++r) {
    for (const Segment& segment : type.roles[r].usage) {
      loads.push_back(
          {placement.resources[r], {placement.start + segment.from, placement.start + segment.to}, segment.load});
    }
  }
}

// By adding them all to the picture, and taking them away again.
bool FitsAdded(Picture& picture, const Course& course, const std::vector<Placement>& visits,
               const std::vector<Load>& loads) {
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!course.visits[i].fixed) picture.AddVisit(course.visits[i].type, visits[i], kOwnPatient);
  }
  const bool fits = std::all_of(loads.begin(), loads.end(),
                                [&](const Load& load) { return picture.MinFree(load.resource, load.at) >= 0; });
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!course.visits[i].fixed) picture.RemoveVisit(course.visits[i].type, visits[i], kOwnPatient);
  }
  return fits;
}

}  // namespace

bool CanStand(Picture& picture, const Course& course, const std::vector<Placement>& visits) {
  const Clinic& clinic = picture.clinic();
  if (visits.size() != course.visits.size()) return false;
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!course.visits[i].fixed && !OwnRulesHold(clinic, course, course.visits[i], visits[i])) return false;
  }
  if (!LagsHold(clinic, course, visits) || !PatientIsFree(picture, course, visits)) return false;
  std::vector<Load> loads;
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!course.visits[i].fixed) AddLoads(clinic.visit_types[course.visits[i].type], visits[i], loads);
  }
  bool apart = true;  // no two of them on one resource at one minute, as far as is asked
  for (const Load& load : loads) {
    const int64_t free = picture.MinFree(load.resource, load.at);
    if (free < load.load) return false;
    int64_t together = 0;
    for (const Load& other : loads) {
      const bool meets = other.resource == load.resource && other.at.from < load.at.to && load.at.from < other.at.to;
      together += meets ? other.load : 0;
    }
    apart = apart && free >= together;
  }
  return apart || FitsAdded(picture, course, visits, loads);
}

std::optional<std::vector<Placement>> StandingPlan(const Clinic& clinic, const Course& course) {
  std::vector<Placement> visits;
  for (const Visit& visit : course.visits) {
    if (!visit.current) return std::nullopt;
    Placement& placement = visits.emplace_back();
    placement.start = visit.current->start;
    if (visit.fixed) continue;
    const std::vector<Role>& roles = clinic.visit_types[visit.type].roles;
    for (const Role& role : roles) {
      for (const RoleAssignment& assigned : visit.current->assign) {
        if (assigned.role_name == role.name) placement.resources.push_back(assigned.resource);
      }
    }
    if (placement.resources.size() != roles.size()) return std::nullopt;
  }
  return visits;
}

}  // namespace kat::optimizer
