#include "services/scheduling/optimizer/picture.h"

#include <algorithm>

namespace kat::optimizer {
namespace {

// Spreads a number over all 64 bits, one to one (the finalizer of splitmix64).
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace

Picture::Picture(const Clinic& clinic) : clinic_(&clinic), reach_before_(0), reach_after_(1) {
  for (const VisitType& type : clinic.visit_types) {
    reach_after_ = std::max(reach_after_, type.duration);
    for (const Role& role : type.roles) {
      for (const Segment& segment : role.usage) {
        reach_before_ = std::max(reach_before_, -segment.from);
        reach_after_ = std::max(reach_after_, segment.to);
      }
    }
  }
  first_day_ = DayOf(-reach_before_);
  num_days_ = DayOf(clinic.days * kMinutesPerDay + reach_after_) + 1 - first_day_;
  size_t cells = static_cast<size_t>(num_days_) * clinic.resources.size();
  steps_.resize(cells);
  for (size_t i = 0; i < cells; ++i) {
    steps_[i].push_back({0, clinic.resources[i % clinic.resources.size()].capacity - kClosed});
  }
  openings_.resize(cells);
  versions_.resize(cells);
  windows_.resize(clinic.resources.size());
  for (size_t r = 0; r < clinic.resources.size(); ++r) SetWindows(static_cast<int>(r), clinic.resources[r].windows);
}

void Picture::AddBlock(const Block& block) { Load(block.resource, block.interval, block.load); }
void Picture::RemoveBlock(const Block& block) { Load(block.resource, block.interval, -int64_t{block.load}); }

void Picture::AddVisit(int type, const Placement& placement, int patient) {
  const VisitType& visit_type = clinic_->visit_types[type];
  for (size_t i = 0; i < visit_type.roles.size(); ++i) {
    Use(placement.resources[i], visit_type.roles[i], placement.start, 1);
  }
  AddPatientTime(patient, {placement.start, placement.start + visit_type.duration});
}

void Picture::RemoveVisit(int type, const Placement& placement, int patient) {
  const VisitType& visit_type = clinic_->visit_types[type];
  for (size_t i = 0; i < visit_type.roles.size(); ++i) {
    Use(placement.resources[i], visit_type.roles[i], placement.start, -1);
  }
  RemovePatientTime(patient, {placement.start, placement.start + visit_type.duration});
}

void Picture::AddStanding(int type, const Standing& standing, int patient) { UseStanding(type, standing, patient, 1); }
void Picture::RemoveStanding(int type, const Standing& standing, int patient) {
  UseStanding(type, standing, patient, -1);
}

void Picture::UseStanding(int type, const Standing& standing, int patient, int sign) {
  const VisitType& visit_type = clinic_->visit_types[type];
  for (const RoleAssignment& assigned : standing.assign) {
    if (assigned.resource >= static_cast<int>(clinic_->resources.size())) continue;
    for (const Role& role : visit_type.roles) {
      if (role.name == assigned.role_name) Use(assigned.resource, role, standing.start, sign);
    }
  }
  Interval time = {standing.start, standing.start + visit_type.duration};
  if (sign > 0) {
    AddPatientTime(patient, time);
  } else {
    RemovePatientTime(patient, time);
  }
}

void Picture::AddCourse(const Course& course, bool fixed_only) {
  for (const Visit& visit : course.visits) {
    if (visit.current && (visit.fixed || !fixed_only)) AddStanding(visit.type, *visit.current, course.patient);
  }
}

void Picture::RemoveCourse(const Course& course, bool fixed_only) {
  for (const Visit& visit : course.visits) {
    if (visit.current && (visit.fixed || !fixed_only)) RemoveStanding(visit.type, *visit.current, course.patient);
  }
}

void Picture::AddPatientTime(int patient, Interval interval) {
  if (patient != kOwnPatient) patients_[patient].push_back(interval);
}

void Picture::RemovePatientTime(int patient, Interval interval) {
  auto found = patients_.find(patient);
  if (found == patients_.end()) return;
  auto at = std::find(found->second.begin(), found->second.end(), interval);
  if (at == found->second.end()) return;
  *at = found->second.back();
  found->second.pop_back();
  if (found->second.empty()) patients_.erase(found);
}

const std::vector<Interval>& Picture::PatientTime(int patient) const {
  static const auto* const kNone = new std::vector<Interval>();
  auto found = patients_.find(patient);
  return found == patients_.end() ? *kNone : found->second;
}

void Picture::SetWindows(int resource, const std::vector<Interval>& windows) {
  for (const Interval& window : windows_[resource]) Load(resource, window, kClosed);
  windows_[resource] = windows;
  for (const Interval& window : windows_[resource]) Load(resource, window, -kClosed);
}

int64_t Picture::MinFree(int resource, Interval interval) const {
  int64_t least = clinic_->resources[resource].capacity;
  for (int day = DayOf(interval.from); day <= DayOf(interval.to - 1); ++day) {
    const std::vector<Step>& steps = Day(resource, day);
    Minute midnight = day * kMinutesPerDay;
    for (size_t i = 0; i < steps.size() && midnight + steps[i].from < interval.to; ++i) {
      int32_t end = i + 1 < steps.size() ? steps[i + 1].from : kMinutesPerDay;
      if (midnight + end > interval.from) least = std::min(least, steps[i].free);
    }
  }
  return least;
}

bool Picture::SameAs(const Picture& other) const {
  if (first_day_ != other.first_day_ || steps_ != other.steps_ || openings_ != other.openings_) return false;
  if (patients_.size() != other.patients_.size()) return false;
  auto before = [](const Interval& a, const Interval& b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); };
  for (const auto& [patient, times] : patients_) {
    std::vector<Interval> mine = times, theirs = other.PatientTime(patient);
    std::sort(mine.begin(), mine.end(), before);
    std::sort(theirs.begin(), theirs.end(), before);
    if (mine != theirs) return false;
  }
  return true;
}

void Picture::Use(int resource, const Role& role, Minute start, int sign) {
  for (const Segment& segment : role.usage) {
    Load(resource, {start + segment.from, start + segment.to}, int64_t{sign} * segment.load);
    Open(resource, DayOf(start + segment.from), sign);
  }
}

void Picture::Open(int resource, int day, int sign) {
  if (day >= first_day_ && day < end_day()) openings_[Index(resource, day)] += sign;
}

void Picture::Load(int resource, Interval interval, int64_t load) {
  Minute from = std::max(interval.from, first_day_ * kMinutesPerDay);
  Minute to = std::min(interval.to, end_day() * kMinutesPerDay);
  if (from >= to) return;
  for (int day = DayOf(from); day <= DayOf(to - 1); ++day) {
    Minute midnight = day * kMinutesPerDay;
    LoadDay(resource, day, std::max(0, from - midnight), std::min(kMinutesPerDay, to - midnight), load);
  }
  Touch(resource, {from, to}, load);
}

void Picture::LoadDay(int resource, int day, int from, int to, int64_t load) {
  std::vector<Step>& steps = steps_[Index(resource, day)];
  size_t first = 0;  // the step that `from` lies in
  while (first + 1 < steps.size() && steps[first + 1].from <= from) ++first;
  size_t end = first + 1;  // past the step that ends at `to` or after it
  while (end < steps.size() && steps[end].from < to) ++end;
  // Both ends are split off where they lie inside a step, or melt into the neighbor that they now equal.
  const int last = end < steps.size() ? steps[end].from : kMinutesPerDay;
  const bool split_first = steps[first].from < from, split_last = to < last;
  const bool melt_first = !split_first && first > 0 && steps[first - 1].free == steps[first].free - load;
  const bool melt_last = !split_last && end < steps.size() && steps[end].free == steps[end - 1].free - load;
  const Step rest = {to, steps[end - 1].free};
  for (size_t i = first; i < end; ++i) steps[i].free -= load;
  if (split_last) {
    steps.insert(steps.begin() + end, rest);
  } else if (melt_last) {
    steps.erase(steps.begin() + end);
  }
  if (split_first) {
    steps.insert(steps.begin() + first, {steps[first].from, steps[first].free + load});
    steps[first + 1].from = from;
  } else if (melt_first) {
    steps.erase(steps.begin() + first);
  }
}

// A version is the sum of what each load adds to it: the load times a number of its own for the resource and interval.
void Picture::Touch(int resource, Interval interval, int64_t load) {
  const uint64_t place = static_cast<uint64_t>(resource) * 0xD6E8FEB86659FD93u +
                         static_cast<uint64_t>(interval.from) * 0xA0761D6478BD642Fu +
                         static_cast<uint64_t>(interval.to) * 0xE7037ED1A0B428DBu;
  const uint64_t change = (Mix(place) | 1) * static_cast<uint64_t>(load);
  int first = std::max(first_day_, DayOf(interval.from - reach_after_ + 1));
  int last = std::min(end_day() - 1, DayOf(interval.to + reach_before_ - 1));
  for (int day = first; day <= last; ++day) versions_[Index(resource, day)] += change;
}

}  // namespace kat::optimizer
