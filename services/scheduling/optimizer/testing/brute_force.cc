#include "services/scheduling/optimizer/testing/brute_force.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace kat::optimizer {
namespace {

struct Use {
  Minute from, to;
  int load;
};

int FloorDay(Minute minute) {
  int day = minute / kMinutesPerDay;
  return minute % kMinutesPerDay < 0 ? day - 1 : day;
}

// Each minute of the line is one of real time, but that a shift that lies behind adds some or takes some away.
Minute RealMinute(const Instance& instance, Minute line) {
  Minute shifted = 0;
  for (const ClockShift& shift : instance.clinic.clock_shifts) {
    if (shift.to <= line) shifted += shift.by;
  }
  return line + shifted;
}

bool Within(const std::vector<Interval>& windows, Minute from, Minute to) {
  for (const Interval& window : windows) {
    if (window.from <= from && to <= window.to) return true;
  }
  return false;
}

// All that stands but the last course's chosen visits.
struct Stage {
  std::map<int, std::vector<Use>> uses;
  std::set<std::pair<int, int>> opened;
  std::vector<Interval> busy;  // the last course's patient

  explicit Stage(const Instance& instance) {
    for (const Block& block : instance.blocks) {
      uses[block.resource].push_back({block.interval.from, block.interval.to, block.load});
    }
    const Course& last = instance.courses.back();
    for (const Course& course : instance.courses) {
      for (const Visit& visit : course.visits) {
        if (!visit.current || (&course == &last && !visit.fixed)) continue;
        const VisitType& type = instance.clinic.visit_types[visit.type];
        for (const RoleAssignment& assigned : visit.current->assign) {
          if (assigned.resource >= static_cast<int>(instance.clinic.resources.size())) continue;
          for (const Role& role : type.roles) {
            if (role.name != assigned.role_name) continue;
            for (const Segment& segment : role.usage) {
              Minute from = visit.current->start + segment.from;
              uses[assigned.resource].push_back({from, visit.current->start + segment.to, segment.load});
              opened.insert({assigned.resource, FloorDay(from)});
            }
          }
        }
        if (&course == &last || (course.patient >= 0 && course.patient == last.patient)) {
          busy.push_back({visit.current->start, visit.current->start + type.duration});
        }
      }
    }
  }
};

bool Unary(const Instance& instance, const Course& course, const Visit& visit, Minute start) {
  const Minute end = start + instance.clinic.visit_types[visit.type].duration;
  return start >= course.earliest_day * kMinutesPerDay && start % instance.clinic.slot_minutes == 0 && start >= 0 &&
         start < instance.clinic.days * kMinutesPerDay && Within(course.available, start, end) &&
         (!visit.windows || Within(*visit.windows, start, end));
}

bool MayServe(const Clinic& clinic, int resource, const Role& role, Minute start) {
  const Resource& r = clinic.resources[resource];
  bool held = false;
  for (const HeldTag& tag : r.tags) held = held || tag.tag == role.tag;
  if (!held) return false;
  for (const Segment& segment : role.usage) {
    Minute from = start + segment.from, to = start + segment.to;
    if (!Within(r.windows, from, to)) return false;
    bool licensed = false;
    for (const HeldTag& tag : r.tags) {
      licensed = licensed || (tag.tag == role.tag && (!tag.windows || Within(*tag.windows, from, to)));
    }
    if (!licensed) return false;
  }
  return true;
}

bool LagsHold(const Instance& instance, const Course& course, const std::vector<Placement>& visits, size_t placed) {
  auto start = [&](int i) { return course.visits[i].fixed ? course.visits[i].current->start : visits[i].start; };
  for (const Lag& lag : course.lags) {
    const Visit &from = course.visits[lag.from], &to = course.visits[lag.to];
    if (from.fixed && to.fixed) continue;
    if ((!from.fixed && lag.from >= static_cast<int>(placed)) || (!to.fixed && lag.to >= static_cast<int>(placed)))
      continue;
    const int days = FloorDay(start(lag.to)) - FloorDay(start(lag.from));
    const Minute minutes = RealMinute(instance, start(lag.to)) - RealMinute(instance, start(lag.from));
    if (days < lag.min_days || (lag.max_days && days > *lag.max_days)) return false;
    if (minutes < lag.min_minutes || (lag.max_minutes && minutes > *lag.max_minutes)) return false;
    if (minutes < instance.clinic.visit_types[from.type].duration) return false;
  }
  return true;
}

// Capacity at every minute that chosen visits of the course use.
bool LoadsFit(const Instance& instance, const Stage& stage, const Course& course, const std::vector<Placement>& visits,
              size_t placed) {
  std::map<int, std::vector<Use>> chosen;
  for (size_t i = 0; i < placed; ++i) {
    if (course.visits[i].fixed) continue;
    const VisitType& type = instance.clinic.visit_types[course.visits[i].type];
    for (size_t r = 0; r < type.roles.size(); ++r) {
      for (const Segment& segment : type.roles[r].usage) {
        chosen[visits[i].resources[r]].push_back(
            {visits[i].start + segment.from, visits[i].start + segment.to, segment.load});
      }
    }
  }
  for (const auto& [resource, uses] : chosen) {
    std::vector<Use> all = uses;
    if (auto standing = stage.uses.find(resource); standing != stage.uses.end()) {
      all.insert(all.end(), standing->second.begin(), standing->second.end());
    }
    // The load is highest at some minute at which a use begins; chosen uses must hold there.
    std::vector<Minute> minutes;
    for (const Use& use : all) minutes.push_back(use.from);
    for (Minute minute : minutes) {
      int64_t load = 0;
      bool here = false;
      for (const Use& use : uses) here = here || (use.from <= minute && minute < use.to);
      if (!here) continue;
      for (const Use& use : all) load += use.from <= minute && minute < use.to ? use.load : 0;
      if (load > instance.clinic.resources[resource].capacity) return false;
    }
  }
  return true;
}

bool PatientFree(const Instance& instance, const Stage& stage, const Course& course,
                 const std::vector<Placement>& visits, size_t placed) {
  std::vector<Interval> chosen;
  for (size_t i = 0; i < placed; ++i) {
    if (course.visits[i].fixed) continue;
    chosen.push_back({visits[i].start, visits[i].start + instance.clinic.visit_types[course.visits[i].type].duration});
  }
  for (size_t i = 0; i < chosen.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (chosen[i].from < chosen[j].to && chosen[j].from < chosen[i].to) return false;
    }
    for (const Interval& busy : stage.busy) {
      if (chosen[i].from < busy.to && busy.from < chosen[i].to) return false;
    }
  }
  return true;
}

bool RulesHold(const std::vector<VisitRule>& rules, int visit, Minute start) {
  for (const VisitRule& rule : rules) {
    if (rule.visit != visit) continue;
    if (rule.starts_in && !Within(*rule.starts_in, start, start + 1)) return false;
    if (Within(rule.starts_not_in, start, start + 1)) return false;
  }
  return true;
}

Cost CostOn(const Instance& instance, const Stage& stage, const std::vector<Placement>& visits) {
  const Course& course = instance.courses.back();
  const Clinic& clinic = instance.clinic;
  const Weights& weights = clinic.weights;
  Cost cost = 0;
  auto start = [&](int i) { return course.visits[i].fixed ? course.visits[i].current->start : visits[i].start; };
  for (const Lag& lag : course.lags) {
    if (!lag.ideal_days) continue;
    cost += weights.gap * std::abs(FloorDay(start(lag.to)) - FloorDay(start(lag.from)) - *lag.ideal_days);
  }
  if (!course.visits[0].fixed) {
    cost += weights.start_delay * course.priority * std::max(0, FloorDay(start(0)) - course.earliest_day);
  }
  std::set<std::pair<int, int>> opened;
  std::map<int, std::set<int>> hands;  // by role name
  for (size_t i = 0; i < course.visits.size(); ++i) {
    const Visit& visit = course.visits[i];
    const VisitType& type = clinic.visit_types[visit.type];
    std::map<int, int> assign;
    if (visit.fixed) {
      for (const RoleAssignment& assigned : visit.current->assign) assign[assigned.role_name] = assigned.resource;
    } else {
      for (size_t r = 0; r < type.roles.size(); ++r) {
        assign[type.roles[r].name] = visits[i].resources[r];
        for (const Segment& segment : type.roles[r].usage) {
          opened.insert({visits[i].resources[r], FloorDay(visits[i].start + segment.from)});
        }
      }
      if (!course.preferred.empty() && !Within(course.preferred, visits[i].start, visits[i].start + type.duration)) {
        cost += weights.preference;
      }
      if (visit.current) {
        std::map<int, int> was;
        for (const RoleAssignment& assigned : visit.current->assign) was[assigned.role_name] = assigned.resource;
        if (visit.current->start != visits[i].start) {
          cost += weights.move;
        } else if (was != assign) {
          cost += weights.reassign;
        }
      }
    }
    for (const auto& [role, resource] : assign) hands[role].insert(resource);
  }
  for (int role : course.continuity) {
    cost += weights.handoff * std::max<Cost>(0, static_cast<Cost>(hands[role].size()) - 1);
  }
  for (const auto& day : opened) {
    if (stage.opened.count(day) == 0) cost += clinic.resources[day.first].day_cost;
  }
  return cost;
}

class Search {
 public:
  Search(const Instance& instance, const std::vector<VisitRule>& rules, int64_t max_ways, const DayPrices* prices)
      : instance_(instance),
        rules_(rules),
        stage_(instance),
        course_(instance.courses.back()),
        ways_left_(max_ways),
        prices_(prices) {}

  BruteForceResult Run() {
    visits_.resize(course_.visits.size());
    Visit(0);
    result_.gave_up = ways_left_ <= 0;
    return std::move(result_);
  }

 private:
  Cost Paid() const {
    Cost paid = 0;
    for (size_t i = 0; prices_ != nullptr && i < visits_.size(); ++i) {
      if (!course_.visits[i].fixed) paid += prices_->Of(course_.visits[i].type, FloorDay(visits_[i].start));
    }
    return paid;
  }

  void Visit(size_t i) {
    if (ways_left_ <= 0) return;
    if (i == course_.visits.size()) {
      const Cost cost = CostOn(instance_, stage_, visits_) + Paid();
      if (!result_.best || cost < *result_.best) {
        result_.best = cost;
        result_.visits = visits_;
      }
      return;
    }
    if (course_.visits[i].fixed) {
      visits_[i] = {course_.visits[i].current->start, {}};
      return Visit(i + 1);
    }
    for (Minute start = 0; start < instance_.clinic.days * kMinutesPerDay; start += instance_.clinic.slot_minutes) {
      if (!Unary(instance_, course_, course_.visits[i], start) || !RulesHold(rules_, static_cast<int>(i), start))
        continue;
      visits_[i].start = start;
      visits_[i].resources.assign(instance_.clinic.visit_types[course_.visits[i].type].roles.size(), 0);
      if (!LagsHold(instance_, course_, visits_, i + 1) || !PatientFree(instance_, stage_, course_, visits_, i + 1))
        continue;
      Role(i, 0);
    }
  }

  void Role(size_t i, size_t r) {
    if (--ways_left_ <= 0) return;
    const std::vector<kat::optimizer::Role>& roles = instance_.clinic.visit_types[course_.visits[i].type].roles;
    if (r == roles.size()) {
      if (LoadsFit(instance_, stage_, course_, visits_, i + 1)) Visit(i + 1);
      return;
    }
    for (size_t resource = 0; resource < instance_.clinic.resources.size(); ++resource) {
      if (!MayServe(instance_.clinic, static_cast<int>(resource), roles[r], visits_[i].start)) continue;
      visits_[i].resources[r] = static_cast<int>(resource);
      Role(i, r + 1);
    }
  }

  const Instance& instance_;
  const std::vector<VisitRule>& rules_;
  Stage stage_;
  const Course& course_;
  int64_t ways_left_;
  const DayPrices* prices_;
  std::vector<Placement> visits_;
  BruteForceResult result_;
};

}  // namespace

bool IsFeasible(const Instance& instance, const std::vector<Placement>& visits) {
  const Course& course = instance.courses.back();
  const Stage stage(instance);
  for (size_t i = 0; i < visits.size(); ++i) {
    if (course.visits[i].fixed) continue;
    const std::vector<Role>& roles = instance.clinic.visit_types[course.visits[i].type].roles;
    if (!Unary(instance, course, course.visits[i], visits[i].start) || visits[i].resources.size() != roles.size())
      return false;
    for (size_t r = 0; r < roles.size(); ++r) {
      if (!MayServe(instance.clinic, visits[i].resources[r], roles[r], visits[i].start)) return false;
    }
  }
  return LagsHold(instance, course, visits, visits.size()) &&
         PatientFree(instance, stage, course, visits, visits.size()) &&
         LoadsFit(instance, stage, course, visits, visits.size());
}

Cost CostByDefinition(const Instance& instance, const std::vector<Placement>& visits) {
  return CostOn(instance, Stage(instance), visits);
}

BruteForceResult BruteForce(const Instance& instance, const std::vector<VisitRule>& rules, int64_t max_ways,
                            const DayPrices* prices) {
  return Search(instance, rules, max_ways, prices).Run();
}

}  // namespace kat::optimizer
