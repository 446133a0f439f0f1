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

// An odd number of its own for a resource loaded from `from` on; `what`: the key of a usage, or the inverted end of any
// other load.
uint64_t Place(int resource, Minute from, uint64_t what) {
  return Mix(static_cast<uint64_t>(resource) * 0xD6E8FEB86659FD93u + static_cast<uint64_t>(from) * 0xA0761D6478BD642Fu +
             what * 0xE7037ED1A0B428DBu) |
         1;
}

// Takes `load` from what is free in minutes [from, to) of a day. `hint`: no step after it begins later than `from`.
// Returns one for what comes later in the day.
size_t LoadSteps(std::vector<Picture::Step>& steps, size_t hint, int from, int to, int64_t load) {
  size_t first = hint;  // the step that `from` lies in
  while (first + 1 < steps.size() && steps[first + 1].from <= from) ++first;
  size_t end = first + 1;  // past the step that ends at `to` or after it
  while (end < steps.size() && steps[end].from < to) ++end;
  // Both ends are split off where they lie inside a step, or melt into the neighbor that they now equal.
  const int last = end < steps.size() ? steps[end].from : kMinutesPerDay;
  const bool split_first = steps[first].from < from, split_last = to < last;
  const bool melt_first = !split_first && first > 0 && steps[first - 1].free == steps[first].free - load;
  const bool melt_last = !split_last && end < steps.size() && steps[end].free == steps[end - 1].free - load;
  const int64_t rest = steps[end - 1].free;
  const int shift = (split_first ? 1 : 0) - (melt_first ? 1 : 0);  // of what is loaded
  const size_t tail = end + (melt_last ? 1 : 0), moved = end + shift + (split_last ? 1 : 0), old_size = steps.size();
  if (moved > tail) {
    steps.resize(old_size + moved - tail);
    std::copy_backward(steps.begin() + tail, steps.begin() + old_size, steps.end());
  }
  if (shift > 0) {
    for (size_t i = end; i-- > first;) steps[i + 1] = {steps[i].from, steps[i].free - load};
    steps[first + 1].from = from;
  } else if (shift < 0) {
    for (size_t i = first + 1; i < end; ++i) steps[i - 1] = {steps[i].from, steps[i].free - load};
  } else {
    for (size_t i = first; i < end; ++i) steps[i].free -= load;
  }
  if (split_last) steps[moved - 1] = {to, rest};
  if (moved < tail) {
    std::copy(steps.begin() + tail, steps.end(), steps.begin() + moved);
    steps.resize(old_size + moved - tail);
  }
  return shift < 0 ? first - 1 : first;
}

}  // namespace

std::vector<Segment> Pieces(const std::vector<Segment>& usage) {
  std::vector<Minute> cuts;
  for (const Segment& segment : usage) cuts.insert(cuts.end(), {segment.from, segment.to});
  std::sort(cuts.begin(), cuts.end());
  std::vector<Segment> pieces;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    Segment piece = {cuts[i], cuts[i + 1], 0};
    for (const Segment& segment : usage) {
      if (segment.from <= piece.from && piece.to <= segment.to) piece.load += segment.load;
    }
    if (piece.from == piece.to || piece.load == 0) continue;
    if (!pieces.empty() && pieces.back().to == piece.from && pieces.back().load == piece.load) {
      pieces.back().to = piece.to;
    } else {
      pieces.push_back(piece);
    }
  }
  return pieces;
}

Picture::Picture(const Clinic& clinic) : clinic_(&clinic), reach_before_(0), reach_after_(1) {
  std::vector<const std::vector<Segment>*> known;
  for (const VisitType& type : clinic.visit_types) {
    reach_after_ = std::max(reach_after_, type.duration);
    std::vector<RoleUse>& uses = uses_.emplace_back();
    for (const Role& role : type.roles) {
      RoleUse& use = uses.emplace_back();
      use.pieces = Pieces(role.usage);
      if (!use.pieces.empty()) {
        use.from = use.pieces.front().from;
        use.to = use.pieces.back().to;
      }
      while (use.key < known.size() && *known[use.key] != role.usage) ++use.key;
      if (use.key == known.size()) known.push_back(&role.usage);
      reach_before_ = std::max(reach_before_, -use.from);
      reach_after_ = std::max(reach_after_, use.to);
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
    Use(placement.resources[i], type, static_cast<int>(i), placement.start, 1);
  }
  AddPatientTime(patient, {placement.start, placement.start + visit_type.duration});
}

void Picture::RemoveVisit(int type, const Placement& placement, int patient) {
  const VisitType& visit_type = clinic_->visit_types[type];
  for (size_t i = 0; i < visit_type.roles.size(); ++i) {
    Use(placement.resources[i], type, static_cast<int>(i), placement.start, -1);
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
    for (size_t i = 0; i < visit_type.roles.size(); ++i) {
      if (visit_type.roles[i].name != assigned.role_name) continue;
      Use(assigned.resource, type, static_cast<int>(i), standing.start, sign);
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

void Picture::Use(int resource, int type, int role, Minute start, int sign) {
  const RoleUse& use = uses_[type][role];
  const Interval span = {start + use.from, start + use.to};
  const std::vector<Segment>& segments = clinic_->visit_types[type].roles[role].usage;
  const int day = DayOf(span.from);
  const Minute midnight = day * kMinutesPerDay;
  if (day >= first_day_ && day < end_day() && span.to <= midnight + kMinutesPerDay) {
    std::vector<Step>& steps = steps_[Index(resource, day)];
    size_t at = 0;
    for (const Segment& piece : use.pieces) {
      at = LoadSteps(steps, at, start + piece.from - midnight, start + piece.to - midnight, int64_t{sign} * piece.load);
    }
  } else {
    for (const Segment& piece : use.pieces) {
      LoadDays(resource, {start + piece.from, start + piece.to}, int64_t{sign} * piece.load);
    }
  }
  for (const Segment& segment : segments) Open(resource, DayOf(start + segment.from), sign);
  Touch(resource, span, Place(resource, start, use.key) * static_cast<uint64_t>(int64_t{sign}));
}

void Picture::Open(int resource, int day, int sign) {
  if (day >= first_day_ && day < end_day()) openings_[Index(resource, day)] += sign;
}

void Picture::Load(int resource, Interval interval, int64_t load) {
  LoadDays(resource, interval, load);
  Touch(resource, interval,
        Place(resource, interval.from, ~static_cast<uint64_t>(interval.to)) * static_cast<uint64_t>(load));
}

void Picture::LoadDays(int resource, Interval interval, int64_t load) {
  const Minute from = std::max(interval.from, first_day_ * kMinutesPerDay);
  const Minute to = std::min(interval.to, end_day() * kMinutesPerDay);
  if (from >= to) return;
  for (int day = DayOf(from); day <= DayOf(to - 1); ++day) {
    const Minute midnight = day * kMinutesPerDay;
    LoadSteps(steps_[Index(resource, day)], 0, std::max(0, from - midnight), std::min(kMinutesPerDay, to - midnight),
              load);
  }
}

// A version is the sum of what each load adds to it: a number of its own for the resource, the time and the load.
void Picture::Touch(int resource, Interval interval, uint64_t change) {
  if (interval.from >= interval.to) return;
  const int first = std::max(first_day_, DayOf(interval.from - reach_after_ + 1));
  const int last = std::min(end_day() - 1, DayOf(interval.to + reach_before_ - 1));
  for (int day = first; day <= last; ++day) versions_[Index(resource, day)] += change;
}

}  // namespace kat::optimizer
