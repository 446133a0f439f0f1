#include "services/scheduling/optimizer/whole/day_packer.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace kat::optimizer {
namespace {

bool IsContinuity(const Course& course, const Role& role) {
  return std::find(course.continuity.begin(), course.continuity.end(), role.name) != course.continuity.end();
}

}  // namespace

void DayPacker::Pack(int day, std::span<const int> resources, Aim aim) {
  std::vector<std::tuple<Minute, int, int>> order;
  for (int resource : resources) {
    for (int course : schedule_->Users(resource, day)) {
      const std::vector<Placement>& visits = *schedule_->plans()[course];
      for (size_t v = 0; v < visits.size(); ++v) {
        const int visit = static_cast<int>(v);
        if (DayOf(visits[v].start) == day && starts_->Movable(course, visit) && !schedule_->Lifted(course, visit)) {
          order.emplace_back(visits[v].start, course, visit);
        }
      }
    }
  }
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  if (aim == Aim::kLatest) std::reverse(order.begin(), order.end());
  for (const auto& [start, course, visit] : order) {
    const Placement now = (*schedule_->plans()[course])[visit];
    if (!starts_->FindOwn(course, visit, day)) continue;
    const int slot = starts_->SlotOf(now.start), end = 64 * starts_->words() - 1;
    bits::Fill<false>(starts_->mask(), aim == Aim::kEarliest ? slot : 0, aim == Aim::kEarliest ? end : slot);
    if (!starts_->Any()) continue;
    ++tries_;
    schedule_->LiftVisit(course, visit);
    const bool better = KeepCapacity(course, visit, now);
    journal_->Stand(course, visit, better ? Choose(course, visit, now, aim) : now);
  }
}

void DayPacker::Settle(Chance& chance) {
  std::vector<VisitJournal::Moved>& moved = journal_->moved();
  chance.Shuffle(moved);
  std::erase_if(moved, [&](const VisitJournal::Moved& one) {
    const Placement now = (*schedule_->plans()[one.course])[one.visit];
    ++tries_;
    schedule_->LiftVisit(one.course, one.visit);
    starts_->FindOwn(one.course, one.visit, DayOf(now.start));
    KeepCapacity(one.course, one.visit, now);  // there are some: `now`
    const bool returns = CanReturn(one.course, one.visit, one.before);
    schedule_->StandVisit(one.course, one.visit,
                          returns ? one.before : Choose(one.course, one.visit, now, Aim::kCheapest));
    return returns;
  });
}

bool DayPacker::KeepCapacity(int course, int visit, const Placement& now) {
  const Course& c = schedule_->course(course);
  const int type = c.visits[visit].type, day = DayOf(now.start);
  const std::vector<Role>& roles = schedule_->clinic().visit_types[type].roles;
  for (size_t r = 0; r < roles.size(); ++r) {
    const int role = static_cast<int>(r);
    const bool any = IsContinuity(c, roles[r]) ? starts_->KeepRole(type, role, day, {&now.resources[r], 1})
                                               : starts_->KeepRole(type, role, day);
    if (!any) return false;
  }
  return true;
}

Placement DayPacker::Choose(int course, int visit, const Placement& now, Aim aim) {
  return PlaceAt(course, visit, now, SlotFor(course, visit, now, aim));
}

int DayPacker::SlotFor(int course, int visit, Placement at, Aim aim) {
  if (aim == Aim::kEarliest) return starts_->First();
  const int day = DayOf(at.start);
  int chosen = -1;
  Cost least = kInfiniteCost;
  bits::ForEach(starts_->mask(), starts_->words(), [&](int slot) {
    if (aim == Aim::kLatest) {
      chosen = slot;
      return true;
    }
    at.start = starts_->StartOf(day, slot);
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
  const int day = DayOf(now.start), type = schedule_->course(course).visits[visit].type;
  Placement placement{.start = starts_->StartOf(day, slot), .resources = now.resources};
  for (size_t r = 0; r < now.resources.size(); ++r) {
    const int role = static_cast<int>(r);
    if (starts_->CanServe(type, role, now.resources[r], day, slot)) continue;
    placement.resources[r] = starts_->WhoServes(type, role, starts_->Candidates(type, role), day, slot);
  }
  return placement;
}

bool DayPacker::CanReturn(int course, int visit, const Placement& before) {
  const int slot = starts_->SlotOf(before.start);
  return bits::Test(starts_->mask(), slot) && PlaceAt(course, visit, before, slot).resources == before.resources;
}

bool DayPacker::Blocked(int course, int type, int day) {
  if (!starts_->FindPatientTime(course, type, day)) return false;
  for (size_t r = 0; r < schedule_->clinic().visit_types[type].roles.size(); ++r) {
    if (!starts_->KeepRole(type, static_cast<int>(r), day)) return true;
  }
  return false;
}

std::span<const int> DayPacker::AnyRole(int type, Chance& chance) const {
  const int roles = static_cast<int>(schedule_->clinic().visit_types[type].roles.size());
  if (roles == 0) return {};
  return starts_->Candidates(type, chance.Below(roles));
}

}  // namespace kat::optimizer
