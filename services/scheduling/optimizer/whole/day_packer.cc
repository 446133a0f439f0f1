#include "services/scheduling/optimizer/whole/day_packer.h"

#include <algorithm>
#include <tuple>

namespace kat::optimizer {
namespace {

using bits::Word;

// Sets or clears the slots whose starts lie in [from, to].
template <bool kSet>
void Mark(Word* words, DaySlots slots, int slot_minutes, Minute from, Minute to) {
  const SlotRange range = RangeOf(slots, slot_minutes, from, to);
  if (range.first <= range.last) bits::Fill<kSet>(words, range.first, range.last);
}

bool IsContinuity(const Course& course, const Role& role) {
  return std::find(course.continuity.begin(), course.continuity.end(), role.name) != course.continuity.end();
}

}  // namespace

bool DayPacker::Movable(int course, int visit) const {
  const Visit& v = schedule_->course(course).visits[visit];
  return schedule_->Scheduled(course) && !v.fixed && !index_->RolesTouch(v.type);
}

void DayPacker::Pack(int day, std::span<const int> resources, Aim aim) {
  std::vector<std::tuple<Minute, int, int>> order;
  for (int resource : resources) {
    for (int course : schedule_->Users(resource, day)) {
      const std::vector<Placement>& visits = *schedule_->plans()[course];
      for (size_t v = 0; v < visits.size(); ++v) {
        const int visit = static_cast<int>(v);
        if (DayOf(visits[v].start) == day && Movable(course, visit)) order.emplace_back(visits[v].start, course, visit);
      }
    }
  }
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  if (aim == Aim::kLatest) std::reverse(order.begin(), order.end());
  for (const auto& [start, course, visit] : order) {
    const Placement now = (*schedule_->plans()[course])[visit];
    FindOwnStarts(course, visit, now);
    const int slot = SlotOf(now), end = 64 * index_->words() - 1;
    bits::Fill<false>(mask_.data(), aim == Aim::kEarliest ? slot : 0, aim == Aim::kEarliest ? end : slot);
    if (!bits::Any(mask_.data(), index_->words())) continue;
    ++tries_;
    schedule_->LiftVisit(course, visit);
    const bool better = KeepCapacity(course, visit, now);
    schedule_->StandVisit(course, visit, better ? Choose(course, visit, now, aim) : now);
    const bool known = std::any_of(moved_.begin(), moved_.end(),
                                   [&](const Moved& moved) { return moved.course == course && moved.visit == visit; });
    if (better && !known) moved_.push_back({course, visit, now});
  }
}

void DayPacker::Settle(Chance& chance) {
  chance.Shuffle(moved_);
  size_t kept = 0;
  for (Moved& moved : moved_) {
    const Placement now = (*schedule_->plans()[moved.course])[moved.visit];
    ++tries_;
    schedule_->LiftVisit(moved.course, moved.visit);
    FindOwnStarts(moved.course, moved.visit, now);
    KeepCapacity(moved.course, moved.visit, now);  // there are some: `now`
    const bool returns = CanReturn(moved.course, moved.visit, moved.before);
    schedule_->StandVisit(moved.course, moved.visit,
                          returns ? moved.before : Choose(moved.course, moved.visit, now, Aim::kCheapest));
    if (returns) continue;
    std::swap(moved_[kept++], moved);
  }
  moved_.resize(kept);
}

void DayPacker::Undo() {
  for (const Moved& moved : moved_) schedule_->LiftVisit(moved.course, moved.visit);
  for (const Moved& moved : moved_) schedule_->StandVisit(moved.course, moved.visit, moved.before);
  moved_.clear();
}

void DayPacker::FindOwnStarts(int course, int visit, const Placement& now) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const Visit& v = c.visits[visit];
  const VisitType& type = clinic.visit_types[v.type];
  const int day = DayOf(now.start), words = index_->words(), slot_minutes = clinic.slot_minutes;
  const DaySlots slots = index_->Slots(day);
  const Minute midnight = day * kMinutesPerDay;
  mask_.assign(words, 0);
  Allow(c.available, type.duration, day, mask_.data());
  if (v.windows) {
    allowed_.assign(words, 0);
    Allow(*v.windows, type.duration, day, allowed_.data());
    for (int w = 0; w < words; ++w) mask_[w] &= allowed_[w];
  }
  auto forbid = [&](Minute from, Minute to) { Mark<false>(mask_.data(), slots, slot_minutes, from, to); };
  const std::vector<Placement>& visits = *schedule_->plans()[course];
  for (size_t other = 0; other < visits.size(); ++other) {
    if (static_cast<int>(other) == visit || DayOf(visits[other].start) > day + 1) continue;
    const Minute end = visits[other].start + clinic.visit_types[c.visits[other].type].duration;
    if (end > midnight) forbid(visits[other].start - type.duration + 1, end - 1);
  }
  const Interval own = {now.start, now.start + type.duration};
  for (const Interval& busy : schedule_->picture().PatientTime(c.patient)) {
    if (busy != own) forbid(busy.from - type.duration + 1, busy.to - 1);
  }
  for (const Lag& lag : c.lags) {
    if (lag.from == visit) {
      const Minute to = visits[lag.to].start;
      forbid(to - std::max(lag.min_minutes, type.duration) + 1, midnight + kMinutesPerDay);
      if (lag.max_minutes) forbid(midnight, to - *lag.max_minutes - 1);
    } else if (lag.to == visit) {
      const Minute from = visits[lag.from].start;
      const Minute duration = clinic.visit_types[c.visits[lag.from].type].duration;
      forbid(midnight, from + std::max(lag.min_minutes, duration) - 1);
      if (lag.max_minutes) forbid(from + *lag.max_minutes + 1, midnight + kMinutesPerDay);
    }
  }
}

bool DayPacker::KeepCapacity(int course, int visit, const Placement& now) {
  const Course& c = schedule_->course(course);
  const VisitType& type = schedule_->clinic().visit_types[c.visits[visit].type];
  const int day = DayOf(now.start), words = index_->words();
  for (size_t r = 0; r < type.roles.size(); ++r) {
    const int pattern = index_->PatternOf(c.visits[visit].type, static_cast<int>(r));
    if (IsContinuity(c, type.roles[r])) {
      const std::span<const int> candidates = index_->Candidates(pattern);
      const auto at = std::lower_bound(candidates.begin(), candidates.end(), now.resources[r]);
      const Word* starts = index_->StartsOf(pattern, at - candidates.begin(), day);
      for (int w = 0; w < words; ++w) mask_[w] &= starts[w];
    } else if (!index_->Keep(pattern, day, mask_.data())) {
      return false;
    }
  }
  return bits::Any(mask_.data(), words);
}

Placement DayPacker::Choose(int course, int visit, const Placement& now, Aim aim) {
  return PlaceAt(course, visit, now, SlotFor(course, visit, now, aim));
}

int DayPacker::SlotOf(const Placement& at) const {
  return (at.start - index_->Slots(DayOf(at.start)).first) / schedule_->clinic().slot_minutes;
}

int DayPacker::SlotFor(int course, int visit, Placement at, Aim aim) const {
  if (aim == Aim::kEarliest) return bits::First(mask_.data(), index_->words());
  const DaySlots slots = index_->Slots(DayOf(at.start));
  int chosen = -1;
  Cost least = kInfiniteCost;
  bits::ForEach(mask_.data(), index_->words(), [&](int slot) {
    if (aim == Aim::kLatest) {
      chosen = slot;
      return true;
    }
    at.start = slots.first + slot * schedule_->clinic().slot_minutes;
    const Cost cost = CostOfVisit(schedule_->clinic(), schedule_->course(course), visit, at).Total();
    if (cost < least) {
      least = cost;
      chosen = slot;
    }
    return least > 0;
  });
  return chosen;
}

// In a role that need not keep its hands: the same resource where it can, else one whose day costs nothing.
Placement DayPacker::PlaceAt(int course, int visit, const Placement& now, int slot) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const int day = DayOf(now.start), type = c.visits[visit].type;
  Placement placement{.start = index_->Slots(day).first + slot * clinic.slot_minutes, .resources = now.resources};
  for (size_t r = 0; r < now.resources.size(); ++r) {
    const int pattern = index_->PatternOf(type, static_cast<int>(r));
    const std::span<const int> candidates = index_->Candidates(pattern);
    auto can = [&](size_t k) { return bits::Test(index_->StartsOf(pattern, k, day), slot); };
    const auto at = std::lower_bound(candidates.begin(), candidates.end(), now.resources[r]);
    if (at != candidates.end() && *at == now.resources[r] && can(at - candidates.begin())) continue;
    int chosen = -1;
    for (size_t k = 0; k < candidates.size(); ++k) {
      if (!can(k)) continue;
      const bool costs =
          clinic.resources[candidates[k]].day_cost > 0 && !schedule_->picture().IsOpen(candidates[k], day);
      if (chosen < 0 || !costs) chosen = candidates[k];
      if (!costs) break;
    }
    placement.resources[r] = chosen;
  }
  return placement;
}

bool DayPacker::CanReturn(int course, int visit, const Placement& before) {
  const int slot = SlotOf(before);
  return bits::Test(mask_.data(), slot) && PlaceAt(course, visit, before, slot).resources == before.resources;
}

void DayPacker::Allow(const std::vector<Interval>& windows, Minute duration, int day, Word* out) const {
  const DaySlots slots = index_->Slots(day);
  const Minute midnight = day * kMinutesPerDay;
  for (const Interval& window : windows) {
    if (window.to <= midnight || window.from >= midnight + kMinutesPerDay) continue;
    Mark<true>(out, slots, schedule_->clinic().slot_minutes, window.from, window.to - duration);
  }
}

bool DayPacker::Blocked(int course, int type, int day) {
  const VisitType& visit_type = schedule_->clinic().visit_types[type];
  const int words = index_->words();
  mask_.assign(words, 0);
  Allow(schedule_->course(course).available, visit_type.duration, day, mask_.data());
  if (!bits::Any(mask_.data(), words)) return false;
  for (size_t r = 0; r < visit_type.roles.size(); ++r) {
    if (!index_->Keep(index_->PatternOf(type, static_cast<int>(r)), day, mask_.data())) return true;
  }
  return false;
}

std::span<const int> DayPacker::AnyRole(int type, Chance& chance) const {
  const int roles = static_cast<int>(schedule_->clinic().visit_types[type].roles.size());
  if (roles == 0) return {};
  return index_->Candidates(index_->PatternOf(type, chance.Below(roles)));
}

}  // namespace kat::optimizer
