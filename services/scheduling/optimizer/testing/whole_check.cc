#include "services/scheduling/optimizer/testing/whole_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "services/scheduling/optimizer/testing/brute_force.h"
#include "services/scheduling/optimizer/testing/random_problem.h"

namespace kat::optimizer {
namespace {

// The instance with course `last` at its end and as it is, and every other one reduced to the visits that stand: its
// fixed ones, and those of its plan.
Instance Against(const Instance& instance, const Schedules& plans, size_t last) {
  Instance other = instance;
  other.courses.clear();
  for (size_t c = 0; c < instance.courses.size(); ++c) {
    if (c == last) continue;
    Course course = instance.courses[c];
    for (size_t v = 0; v < course.visits.size(); ++v) {
      Visit& visit = course.visits[v];
      if (visit.fixed) continue;
      visit.current.reset();
      if (!plans[c]) continue;
      Standing standing{(*plans[c])[v].start, {}};
      const std::vector<Role>& roles = instance.clinic.visit_types[visit.type].roles;
      for (size_t r = 0; r < roles.size(); ++r) standing.assign.push_back({roles[r].name, (*plans[c])[v].resources[r]});
      visit.current = standing;
    }
    other.courses.push_back(course);
  }
  other.courses.push_back(instance.courses[last]);
  return other;
}

Cost Drop(const Instance& instance, const Course& course) {
  bool stands = false;
  for (const Visit& visit : course.visits) stands = stands || visit.current.has_value();
  const Weights& weights = instance.clinic.weights;
  return course.priority * (stands ? weights.dropped : weights.unscheduled);
}

bool AllFixed(const Course& course) {
  return std::all_of(course.visits.begin(), course.visits.end(), [](const Visit& visit) { return visit.fixed; });
}

std::vector<Placement> FixedStarts(const Course& course) {
  std::vector<Placement> visits(course.visits.size());
  for (size_t v = 0; v < visits.size(); ++v) {
    if (course.visits[v].fixed) visits[v].start = course.visits[v].current->start;
  }
  return visits;
}

Cost FixedDays(const Instance& instance) {
  std::set<std::pair<int, int>> opened;
  for (const Course& course : instance.courses) {
    for (const Visit& visit : course.visits) {
      if (!visit.fixed) continue;
      for (const RoleAssignment& assigned : visit.current->assign) {
        if (assigned.resource >= static_cast<int>(instance.clinic.resources.size())) continue;
        for (const Role& role : instance.clinic.visit_types[visit.type].roles) {
          if (role.name != assigned.role_name) continue;
          for (const Segment& segment : role.usage) {
            const Minute at = visit.current->start + segment.from;
            opened.insert({assigned.resource, at >= 0 ? at / 1440 : (at - 1439) / 1440});
          }
        }
      }
    }
  }
  Cost cost = 0;
  for (const auto& [resource, day] : opened) cost += instance.clinic.resources[resource].day_cost;
  return cost;
}

// Every plan of a course beside fixed visits and blocks alone.
class Ways {
 public:
  Ways(const Instance& instance, size_t course, size_t most)
      : against_(Against(instance, Schedules(instance.courses.size()), course)), most_(most) {
    visits_ = FixedStarts(against_.courses.back());
    Visit(0);
  }

  bool too_many() const { return tried_ > kMostTries || found_.size() > most_; }
  const std::vector<std::vector<Placement>>& found() const { return found_; }

 private:
  static constexpr int kMostTries = 8'000;

  void Visit(size_t v) {
    const Course& course = against_.courses.back();
    if (too_many()) return;
    if (v == course.visits.size()) {
      if (IsFeasible(against_, visits_)) found_.push_back(visits_);
      return;
    }
    if (course.visits[v].fixed) return Visit(v + 1);
    const size_t roles = against_.clinic.visit_types[course.visits[v].type].roles.size();
    for (Minute start = 0; start < against_.clinic.days * kMinutesPerDay; start += against_.clinic.slot_minutes) {
      visits_[v].start = start;
      visits_[v].resources.assign(roles, 0);
      Role(v, 0);
    }
  }

  void Role(size_t v, size_t r) {
    if (++tried_ > kMostTries) return;
    if (r == visits_[v].resources.size()) return Visit(v + 1);
    for (size_t k = 0; k < against_.clinic.resources.size(); ++k) {
      const int tag = against_.clinic.visit_types[against_.courses.back().visits[v].type].roles[r].tag;
      const std::vector<HeldTag>& tags = against_.clinic.resources[k].tags;
      if (std::none_of(tags.begin(), tags.end(), [&](const HeldTag& held) { return held.tag == tag; })) continue;
      visits_[v].resources[r] = static_cast<int>(k);
      Role(v, r + 1);
    }
  }

  Instance against_;
  size_t most_;
  int tried_ = 0;
  std::vector<Placement> visits_;
  std::vector<std::vector<Placement>> found_;
};

class Best {
 public:
  explicit Best(const Instance& instance) : instance_(instance), plans_(instance.courses.size()) {}

  std::optional<Cost> Find() {
    for (size_t c = 0; c < instance_.courses.size(); ++c) {
      ways_.emplace_back();
      if (AllFixed(instance_.courses[c])) {
        plans_[c] = FixedStarts(instance_.courses[c]);
        continue;
      }
      const Ways ways(instance_, c, 200);
      if (ways.too_many()) return std::nullopt;
      ways_.back() = ways.found();
    }
    Course(0, FixedDays(instance_));
    return steps_ > kMostSteps ? std::nullopt : best_;
  }

 private:
  static constexpr int kMostSteps = 20'000;

  void Course(size_t c, Cost cost) {
    if (++steps_ > kMostSteps || (best_ && cost >= *best_)) return;
    if (c == instance_.courses.size()) {
      best_ = cost;
      return;
    }
    const Instance against = Against(instance_, plans_, c);
    if (AllFixed(instance_.courses[c])) return Course(c + 1, cost + CostByDefinition(against, *plans_[c]));
    for (const std::vector<Placement>& way : ways_[c]) {
      if (++steps_ > kMostSteps) return;
      if (!IsFeasible(against, way)) continue;
      plans_[c] = way;
      Course(c + 1, cost + CostByDefinition(against, way));
    }
    plans_[c].reset();
    Course(c + 1, cost + Drop(instance_, instance_.courses[c]));
  }

  const Instance& instance_;
  Schedules plans_;
  std::vector<std::vector<std::vector<Placement>>> ways_;
  std::optional<Cost> best_;
  int steps_ = 0;
};

}  // namespace

bool IsFeasibleWhole(const Instance& instance, const Schedules& plans) {
  if (plans.size() != instance.courses.size()) return false;
  for (size_t c = 0; c < plans.size(); ++c) {
    if (!plans[c]) {
      if (AllFixed(instance.courses[c])) return false;
      continue;
    }
    const Course& course = instance.courses[c];
    if (plans[c]->size() != course.visits.size()) return false;
    for (size_t v = 0; v < course.visits.size(); ++v) {
      if (course.visits[v].fixed && (*plans[c])[v].start != course.visits[v].current->start) return false;
    }
    if (!IsFeasible(Against(instance, plans, c), *plans[c])) return false;
  }
  return true;
}

Cost CostOfWhole(const Instance& instance, const Schedules& plans) {
  Cost cost = FixedDays(instance);
  Schedules so_far(plans.size());
  for (size_t c = 0; c < plans.size(); ++c) {
    cost += plans[c] ? CostByDefinition(Against(instance, so_far, c), *plans[c]) : Drop(instance, instance.courses[c]);
    so_far[c] = plans[c];
  }
  return cost;
}

std::optional<Cost> BestOfWhole(const Instance& instance) { return Best(instance).Find(); }

Instance RandomWhole(std::mt19937& random, bool clock_shifts) {
  auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  Instance instance = RandomProblem(random, {.max_visits = 2, .max_days = 3, .clock_shifts = clock_shifts});
  instance.clinic.slot_minutes = std::max(instance.clinic.slot_minutes, 90);
  instance.clinic.weights.unscheduled = std::vector<Cost>{2000, 40, 15}[below(3)];
  instance.clinic.weights.dropped = instance.clinic.weights.unscheduled * 2;
  const Course planned = instance.courses.back();
  const int more = 1 + below(2);
  for (int i = 0; i < more; ++i) {
    Course course = planned;
    course.id += "-" + std::to_string(i);
    course.priority = 1 + below(3);
    course.patient = below(2) == 0 ? kOwnPatient : below(2);
    course.earliest_day = std::max(-1, course.earliest_day - below(2));
    if (below(2) == 0) course.preferred.clear();
    for (Visit& visit : course.visits) {
      if (below(3) != 0) continue;
      visit.current.reset();
      visit.fixed = false;
    }
    instance.courses.push_back(course);
  }
  return instance;
}

}  // namespace kat::optimizer
