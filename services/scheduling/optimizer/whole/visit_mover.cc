#include "services/scheduling/optimizer/whole/visit_mover.h"

#include <algorithm>
#include <cstdlib>

namespace kat::optimizer {

void VisitMover::Lift(int course, int visit) {
  schedule_->LiftVisit(course, visit);
  lifted_.emplace_back(course, visit);
}

void VisitMover::Return(Chance& chance) {
  chance.Shuffle(lifted_);
  std::erase_if(lifted_, [&](const std::pair<int, int>& lifted) {
    const auto [course, visit] = lifted;
    if (!CanReturn(course, visit)) return false;
    schedule_->StandVisit(course, visit, Placement((*schedule_->plans()[course])[visit]));
    return true;
  });
}

void VisitMover::PutDown() {
  for (const auto& [course, visit] : lifted_) {
    if (!schedule_->Scheduled(course) || !schedule_->Lifted(course, visit)) continue;
    schedule_->StandVisit(course, visit, Placement((*schedule_->plans()[course])[visit]));
  }
}

// It stood there, so that only what has come to stand since can be in its way.
bool VisitMover::CanReturn(int course, int visit) const {
  const Course& c = schedule_->course(course);
  const VisitType& type = schedule_->clinic().visit_types[c.visits[visit].type];
  const Placement& at = (*schedule_->plans()[course])[visit];
  for (const Interval& busy : schedule_->picture().PatientTime(c.patient)) {
    if (busy.from < at.start + type.duration && at.start < busy.to) return false;
  }
  const int day = DayOf(at.start), slot = starts_->SlotOf(at.start);
  for (size_t r = 0; r < type.roles.size(); ++r) {
    if (!starts_->CanServe(c.visits[visit].type, static_cast<int>(r), at.resources[r], day, slot)) return false;
  }
  return true;
}

std::vector<int> VisitMover::Move(int blink, Chance& chance) {
  chance.Shuffle(lifted_);
  std::vector<int> lost;
  for (const auto& [course, visit] : lifted_) {
    if (std::find(lost.begin(), lost.end(), course) != lost.end()) continue;
    ++tries_;
    if (const std::optional<Placement> best = Best(course, visit, blink, chance)) {
      journal_->Stand(course, visit, *best);
    } else {
      lost.push_back(course);
    }
  }
  return lost;
}

void VisitMover::FindDays(int course, int visit) {
  const Course& c = schedule_->course(course);
  const Weights& weights = schedule_->clinic().weights;
  const std::vector<Placement>& visits = *schedule_->plans()[course];
  int lo = std::max(0, c.earliest_day), hi = schedule_->clinic().days - 1;
  for (const Lag& lag : c.lags) {
    if (lag.from == visit) {
      const int to = DayOf(visits[lag.to].start);
      hi = std::min(hi, to - lag.min_days);
      if (lag.max_days) lo = std::max(lo, to - *lag.max_days);
    } else if (lag.to == visit) {
      const int from = DayOf(visits[lag.from].start);
      lo = std::max(lo, from + lag.min_days);
      if (lag.max_days) hi = std::min(hi, from + *lag.max_days);
    }
  }
  days_.clear();
  for (int day = lo; day <= hi; ++day) {
    Cost cost = visit == 0 ? weights.start_delay * c.priority * std::max(0, day - c.earliest_day) : 0;
    for (const Lag& lag : c.lags) {
      if (!lag.ideal_days || (lag.from != visit && lag.to != visit)) continue;
      const int apart = lag.from == visit ? DayOf(visits[lag.to].start) - day : day - DayOf(visits[lag.from].start);
      cost += weights.gap * std::abs(apart - *lag.ideal_days);
    }
    days_.emplace_back(cost, day);
  }
  std::sort(days_.begin(), days_.end());
}

void VisitMover::FindHands(int course, int visit) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const std::vector<Placement>& visits = *schedule_->plans()[course];
  const std::vector<Role>& roles = clinic.visit_types[c.visits[visit].type].roles;
  hands_.resize(std::max(hands_.size(), roles.size()));
  for (size_t r = 0; r < roles.size(); ++r) {
    hands_[r].clear();
    if (std::find(c.continuity.begin(), c.continuity.end(), roles[r].name) == c.continuity.end()) continue;
    for (size_t other = 0; other < visits.size(); ++other) {
      if (static_cast<int>(other) == visit) continue;
      if (c.visits[other].fixed) {
        for (const RoleAssignment& assigned : c.visits[other].current->assign) {
          if (assigned.role_name == roles[r].name) hands_[r].push_back(assigned.resource);
        }
        continue;
      }
      const std::vector<Role>& others = clinic.visit_types[c.visits[other].type].roles;
      for (size_t o = 0; o < others.size(); ++o) {
        if (others[o].name == roles[r].name) hands_[r].push_back(visits[other].resources[o]);
      }
    }
    std::sort(hands_[r].begin(), hands_[r].end());
    hands_[r].erase(std::unique(hands_[r].begin(), hands_[r].end()), hands_[r].end());
  }
}

std::optional<Placement> VisitMover::Best(int course, int visit, int blink, Chance& chance) {
  const Course& c = schedule_->course(course);
  const Clinic& clinic = schedule_->clinic();
  const size_t roles = clinic.visit_types[c.visits[visit].type].roles.size();
  FindDays(course, visit);
  FindHands(course, visit);
  std::optional<Placement> best;
  Cost least = kInfiniteCost;
  auto take = [&](Cost day_cost, int day, int free_role) {
    std::optional<Placement> found = OnDay(course, visit, day, free_role);
    if (!found) return;
    const Cost cost = day_cost + CostOfVisit(clinic, c, visit, *found).Total() +
                      (free_role == kNoRole ? 0 : clinic.weights.handoff) +
                      DayCostOfVisit(schedule_->picture(), c.visits[visit].type, *found);
    if (cost >= least) return;
    least = cost;
    best = std::move(found);
  };
  for (const auto& [day_cost, day] : days_) {
    if (day_cost >= least) break;
    if (chance.Percent(blink) || !starts_->FindOwn(course, visit, day)) continue;
    own_.assign(starts_->mask(), starts_->mask() + starts_->words());
    take(day_cost, day, kNoRole);
    for (size_t r = 0; r < roles && day_cost + clinic.weights.handoff < least; ++r) {
      if (!hands_[r].empty()) take(day_cost, day, static_cast<int>(r));
    }
  }
  return best;
}

std::optional<Placement> VisitMover::OnDay(int course, int visit, int day, int free_role) {
  const int type = schedule_->course(course).visits[visit].type;
  const size_t roles = schedule_->clinic().visit_types[type].roles.size();
  std::copy(own_.begin(), own_.end(), starts_->mask());
  for (size_t r = 0; r < roles; ++r) {
    const int role = static_cast<int>(r);
    const bool any = hands_[r].empty() || role == free_role ? starts_->KeepRole(type, role, day)
                                                            : starts_->KeepRole(type, role, day, hands_[r]);
    if (!any) return std::nullopt;
  }
  return PlaceAt(course, visit, day, SlotOn(course, visit, day), free_role);
}

// Where the visit stands today, else within the preferred hours, else first.
int VisitMover::SlotOn(int course, int visit, int day) {
  const Course& c = schedule_->course(course);
  const Visit& v = c.visits[visit];
  if (v.current && DayOf(v.current->start) == day) {
    const int slot = starts_->SlotOf(v.current->start);
    const bool same =
        slot >= 0 && slot < starts_->index().Slots(day).count && starts_->StartOf(day, slot) == v.current->start;
    if (same && bits::Test(starts_->mask(), slot)) return slot;
  }
  const int preferred =
      c.preferred.empty() ? -1 : bits::First(starts_->Preferred(course, v.type, day), starts_->words());
  return preferred >= 0 ? preferred : starts_->First();
}

// In each role who may: as the visit stood, else whoever's day costs nothing.
Placement VisitMover::PlaceAt(int course, int visit, int day, int slot, int free_role) {
  const int type = schedule_->course(course).visits[visit].type;
  const std::vector<int>& before = (*schedule_->plans()[course])[visit].resources;
  Placement placement{.start = starts_->StartOf(day, slot), .resources = before};
  for (size_t r = 0; r < before.size(); ++r) {
    const int role = static_cast<int>(r);
    const bool any = hands_[r].empty() || role == free_role;
    const std::span<const int> candidates = any ? starts_->Candidates(type, role) : std::span<const int>(hands_[r]);
    const bool may = any || std::find(candidates.begin(), candidates.end(), before[r]) != candidates.end();
    if (may && starts_->CanServe(type, role, before[r], day, slot)) continue;
    placement.resources[r] = starts_->WhoServes(type, role, candidates, day, slot);
  }
  return placement;
}

}  // namespace kat::optimizer
