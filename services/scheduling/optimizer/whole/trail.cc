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
    step.push_back(StandOf(course));
    touched_[course] = 1;
  }
}

std::vector<int> Trail::Follow(const Trail& other) {
  std::vector<int> changed;
  for (const Step& step : other.steps_) {
    const bool apart =
        std::none_of(step.begin(), step.end(), [this](const Stand& stand) { return touched_[stand.course] != 0; });
    const bool taken = apart && Take(step);
    for (const Stand& stand : step) {
      if (taken) {
        changed.push_back(stand.course);
      } else {
        touched_[stand.course] = 1;  // it no longer stands as the steps to come have it
      }
    }
  }
  for (int course : changed) touched_[course] = 1;
  return changed;
}

bool Trail::Take(const Step& step) {
  Step before;
  for (const Stand& stand : step) {
    before.push_back(StandOf(stand.course));
    if (before.back().visits) schedule_->Remove(stand.course);
  }
  for (const Stand& stand : step) {
    if (!stand.visits) continue;
    if (schedule_->Fits(stand.course, *stand.visits)) {
      schedule_->PutBack(stand.course, *stand.visits, stand.own);
      continue;
    }
    for (const Stand& stood : before) {
      if (schedule_->Scheduled(stood.course)) schedule_->Remove(stood.course);
    }
    for (Stand& stood : before) {
      if (stood.visits) schedule_->PutBack(stood.course, *std::move(stood.visits), stood.own);
    }
    return false;
  }
  return true;
}

}  // namespace kat::optimizer
