#include "services/scheduling/optimizer/cli/solution.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {
namespace {

void AddPlan(Picture& picture, const Course& course, const std::vector<Placement>& visits) {
  for (size_t i = 0; i < visits.size(); ++i) {
    if (!course.visits[i].fixed) picture.AddVisit(course.visits[i].type, visits[i], course.patient);
  }
}

}  // namespace

Picture PictureOfFixed(const Instance& instance) {
  Picture picture(instance.clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (const Course& course : instance.courses) picture.AddCourse(course, /*fixed_only=*/true);
  return picture;
}

Picture PictureOf(const Instance& instance, const Solution& solution, int without) {
  Picture picture = PictureOfFixed(instance);
  for (size_t i = 0; i < instance.courses.size(); ++i) {
    if (static_cast<int>(i) != without && solution.courses[i]) {
      AddPlan(picture, instance.courses[i], *solution.courses[i]);
    }
  }
  return picture;
}

CostTerms CostOfSolution(const Instance& instance, const Solution& solution) {
  CostTerms terms;
  Picture picture = PictureOfFixed(instance);
  const Clinic& clinic = instance.clinic;
  // Days that fixed visits open, wherever they lie.
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
  for (const auto& [resource, day] : opened) terms.day_cost += clinic.resources[resource].day_cost;
  for (size_t i = 0; i < instance.courses.size(); ++i) {
    const Course& course = instance.courses[i];
    if (solution.courses[i]) {
      terms += CostOfPlan(picture, course, *solution.courses[i]);
      AddPlan(picture, course, *solution.courses[i]);
      continue;
    }
    bool stands = false;
    for (const Visit& visit : course.visits) stands = stands || visit.current.has_value();
    (stands ? terms.dropped : terms.unscheduled) +=
        course.priority * (stands ? clinic.weights.dropped : clinic.weights.unscheduled);
  }
  return terms;
}

}  // namespace kat::optimizer
