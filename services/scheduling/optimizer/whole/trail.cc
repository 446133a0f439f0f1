#include "services/scheduling/optimizer/whole/trail.h"

#include <algorithm>

namespace kat::optimizer {

void Trail::Begin() {
  begun_ = true;
  steps_.clear();
  std::fill(touched_.begin(), touched_.end(), uint8_t{0});
}

void Trail::Note(const std::vector<int>& courses) {
  if (courses.empty()) return;
  Step& step = steps_.emplace_back();
  for (int course : courses) {
    step.emplace_back(course, schedule_->plans()[course]);
    touched_[course] = 1;
  }
}

std::vector<int> Trail::Follow(const Trail& other) {
  std::vector<int> changed;
  for (const Step& step : other.steps_) {
    const bool apart =
        std::none_of(step.begin(), step.end(), [this](const auto& one) { return touched_[one.first] != 0; });
    const bool taken = apart && Take(step);
    for (const auto& [course, visits] : step) {
      if (taken) {
        changed.push_back(course);
      } else {
        touched_[course] = 1;  // it no longer stands as the steps to come have it
      }
    }
  }
  for (int course : changed) touched_[course] = 1;
  return changed;
}

bool Trail::Take(const Step& step) {
  Step before;
  for (const auto& [course, visits] : step) {
    std::optional<std::vector<Placement>>& stood = before.emplace_back(course, std::nullopt).second;
    if (schedule_->Scheduled(course)) stood = schedule_->Remove(course);
  }
  for (const auto& [course, visits] : step) {
    if (!visits) continue;
    if (schedule_->Fits(course, *visits)) {
      schedule_->Place(course, *visits);
      continue;
    }
    for (const auto& [other, stood] : before) {
      if (schedule_->Scheduled(other)) schedule_->Remove(other);
    }
    for (auto& [other, stood] : before) {
      if (stood) schedule_->Place(other, *std::move(stood));
    }
    return false;
  }
  return true;
}

}  // namespace kat::optimizer
