#include "services/scheduling/optimizer/whole/visit_starts.h"

#include <algorithm>

#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

VisitStarts::VisitStarts(const Schedule& schedule, StartIndex& index)
    : schedule_(&schedule), index_(&index), hours_(schedule.size()), mask_(index.words()), scratch_(index.words()) {}

VisitStarts::Hours& VisitStarts::HoursOf(int course) {
  Hours& hours = hours_[course];
  if (!hours.available.built()) {
    hours.available.Build(schedule_->course(course).available, schedule_->clinic().days);
    hours.preferred.Build(schedule_->course(course).preferred, schedule_->clinic().days);
  }
  return hours;
}

size_t VisitStarts::CandidateOf(int pattern, int resource) const {
  const std::span<const int> candidates = index_->Candidates(pattern);
  const auto at = std::lower_bound(candidates.begin(), candidates.end(), resource);
  return at != candidates.end() && *at == resource ? at - candidates.begin() : candidates.size();
}

bool VisitStarts::FindPatientTime(int course, int type, int day) {
  std::fill(mask_.begin(), mask_.end(), 0);
  HoursOf(course).available.AddStarts(day, index_->Slots(day), schedule_->clinic().slot_minutes,
                                      schedule_->clinic().visit_types[type].duration, mask_.data());
  return Any();
}

bool VisitStarts::FindOwn(int course, int visit, int day) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const Visit& v = c.visits[visit];
  const Minute duration = clinic.visit_types[v.type].duration, midnight = day * kMinutesPerDay;
  const DaySlots slots = index_->Slots(day);
  if (!FindPatientTime(course, v.type, day)) return false;
  auto range = [&](Minute from, Minute to) { return RangeOf(slots, clinic.slot_minutes, from, to); };
  if (v.windows) {
    std::fill(scratch_.begin(), scratch_.end(), 0);
    for (const Interval& window : *v.windows) {
      if (window.to <= midnight || window.from >= midnight + kMinutesPerDay) continue;
      const SlotRange in = range(window.from, window.to - duration);
      if (in.first <= in.last) bits::Fill<true>(scratch_.data(), in.first, in.last);
    }
    for (int w = 0; w < words(); ++w) mask_[w] &= scratch_[w];
  }
  auto forbid = [&](Minute from, Minute to) {
    const SlotRange out = range(from, to);
    if (out.first <= out.last) bits::Fill<false>(mask_.data(), out.first, out.last);
  };
  const std::vector<Placement>& visits = *schedule_->plans()[course];
  for (size_t other = 0; other < visits.size(); ++other) {
    if (static_cast<int>(other) == visit) continue;
    const Minute from = visits[other].start, to = from + clinic.visit_types[c.visits[other].type].duration;
    if (to > midnight && from - duration < midnight + kMinutesPerDay) forbid(from - duration + 1, to - 1);
  }
  const Interval own = {visits[visit].start, visits[visit].start + duration};
  const bool stands = !schedule_->Lifted(course, visit);
  for (const Interval& busy : schedule_->picture().PatientTime(c.patient)) {
    if (!stands || busy != own) forbid(busy.from - duration + 1, busy.to - 1);
  }
  for (const Lag& lag : c.lags) {
    if (lag.from == visit) {
      const Minute to = clinic.RealTime(visits[lag.to].start);
      forbid(LastStart(clinic, to - std::max(lag.min_minutes, duration)) + 1, midnight + kMinutesPerDay);
      if (lag.max_minutes) forbid(midnight, FirstStart(clinic, to - *lag.max_minutes) - 1);
    } else if (lag.to == visit) {
      const Minute from = clinic.RealTime(visits[lag.from].start);
      const Minute other = clinic.visit_types[c.visits[lag.from].type].duration;
      forbid(midnight, FirstStart(clinic, from + std::max(lag.min_minutes, other)) - 1);
      if (lag.max_minutes) forbid(LastStart(clinic, from + *lag.max_minutes) + 1, midnight + kMinutesPerDay);
    }
  }
  return Any();
}

bool VisitStarts::KeepRole(int type, int role, int day, std::span<const int> hands) {
  const int pattern = index_->PatternOf(type, role);
  std::fill(scratch_.begin(), scratch_.end(), 0);
  for (int resource : hands) {
    const size_t candidate = CandidateOf(pattern, resource);
    if (candidate == index_->Candidates(pattern).size()) continue;
    const bits::Word* starts = index_->StartsOf(pattern, candidate, day);
    for (int w = 0; w < words(); ++w) scratch_[w] |= starts[w];
  }
  bits::Word any = 0;
  for (int w = 0; w < words(); ++w) any |= mask_[w] &= scratch_[w];
  return any != 0;
}

bool VisitStarts::CanServe(int type, int role, int resource, int day, int slot) {
  const int pattern = index_->PatternOf(type, role);
  const size_t candidate = CandidateOf(pattern, resource);
  return candidate < index_->Candidates(pattern).size() && bits::Test(index_->StartsOf(pattern, candidate, day), slot);
}

int VisitStarts::WhoServes(int type, int role, std::span<const int> resources, int day, int slot) {
  int chosen = -1;
  for (int resource : resources) {
    if (!CanServe(type, role, resource, day, slot)) continue;
    const Picture& picture = schedule_->picture();
    const bool costs = picture.clinic().resources[resource].day_cost > 0 && !picture.IsOpen(resource, day);
    if (!costs) return resource;
    if (chosen < 0) chosen = resource;
  }
  return chosen;
}

const bits::Word* VisitStarts::Preferred(int course, int type, int day) {
  std::fill(scratch_.begin(), scratch_.end(), 0);
  HoursOf(course).preferred.AddStarts(day, index_->Slots(day), schedule_->clinic().slot_minutes,
                                      schedule_->clinic().visit_types[type].duration, scratch_.data());
  for (int w = 0; w < words(); ++w) scratch_[w] &= mask_[w];
  return scratch_.data();
}

}  // namespace kat::optimizer
