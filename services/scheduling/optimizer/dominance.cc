#include "services/scheduling/optimizer/dominance.h"

#include <algorithm>

namespace kat::optimizer {

void Dominance::Spare(const CourseProblem& problem, const DayBounds& days, Cost limit, Cells& cells, Meetings& meetings,
                      Hands& hands) {
  problem_ = &problem;
  cells_ = &cells;
  hands_ = &hands;
  days_ = &days;
  meetings_ = &meetings;
  limit_ = limit;
  for (int role = 0; role < problem.num_continuity(); ++role) {
    if (!Applies(role) || !FindPlaces(role)) continue;
    for (const Place& place : places_) AddWorth(role, place);
    if (effort_->Spent()) return;
    kept_.clear();
    for (int a = 0; a < static_cast<int>(candidates_.size()); ++a) {
      // Of two that cover each other the first is kept.
      const bool covered = !IsNamed(role, candidates_[a]) &&
                           std::any_of(kept_.begin(), kept_.end(), [&](int b) { return Covers(worth_[b], worth_[a]); });
      effort_->Spend(1 + static_cast<int64_t>(kept_.size()) / 4);
      if (covered) {
        hands.Spare(role, candidates_[a]);
        continue;
      }
      std::erase_if(kept_, [&](int b) {
        if (IsNamed(role, candidates_[b]) || !Covers(worth_[a], worth_[b])) return false;
        hands.Spare(role, candidates_[b]);
        return true;
      });
      kept_.push_back(a);
    }
  }
}

// Whether what hands in the role are worth can be told of each alone.
bool Dominance::Applies(int role) const {
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    if (free.hands[role] < 0) continue;
    if (free.roles_touch || !free.quick) return false;
  }
  return true;
}

// Whether visits use the candidates only in the patient's own time: then no two visits are in each other's way in one.
bool Dominance::OnlyInPatientTime() const {
  const StartIndex& index = cells_->index();
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    for (size_t r = 0; r < free.type->roles.size(); ++r) {
      const std::vector<Segment>& usage = free.type->roles[r].usage;
      if (std::all_of(usage.begin(), usage.end(),
                      [&](const Segment& use) { return use.from >= 0 && use.to <= free.type->duration; })) {
        continue;
      }
      const int pattern = index.PatternOf(free.type_index, static_cast<int>(r));
      if (std::any_of(candidates_.begin(), candidates_.end(),
                      [&](int hand) { return index.PlaceOf(pattern, hand) >= 0; })) {
        return false;
      }
    }
  }
  return true;
}

// Whether a visit that stands names the hand: then it is worth more than its hours.
bool Dominance::IsNamed(int role, int hand) const {
  const std::vector<int>& fixed = problem_->FixedHands(role);
  if (std::find(fixed.begin(), fixed.end(), hand) != fixed.end()) return true;
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    if (free.hands[role] < 0 || !free.visit->current) continue;
    const RoleAssignment named{free.type->roles[free.hands[role]].name, hand};
    const std::vector<RoleAssignment>& assign = free.visit->current->assign;
    if (std::find(assign.begin(), assign.end(), named) != assign.end()) return true;
  }
  return false;
}

// Whether a day that costs to open can be open for a hand in another role already: then it is dear to be replaced.
bool Dominance::OpenedForOthers(int role) const {
  const StartIndex& index = cells_->index();
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    for (int r = 0; r < static_cast<int>(free.type->roles.size()); ++r) {
      const int pattern = index.PatternOf(free.type_index, r);
      if (r == free.hands[role] || !index.HasDayCost(pattern)) continue;
      if (std::any_of(candidates_.begin(), candidates_.end(),
                      [&](int hand) { return index.PlaceOf(pattern, hand) >= 0; })) {
        return true;
      }
    }
  }
  return false;
}

// Where and by whom visits that have the role can be held. False where hands in it may be worth more than what can be
// told of each alone.
bool Dominance::FindPlaces(int role) {
  const StartIndex& index = cells_->index();
  candidates_.clear();
  places_.clear();
  bool any_meets = false;
  for (int p = 0; p < problem_->size(); ++p) {
    const FreeVisit& free = problem_->visit(p);
    if (free.hands[role] < 0) continue;
    const std::span<const int> more = index.Candidates(index.PatternOf(free.type_index, free.hands[role]));
    candidates_.insert(candidates_.end(), more.begin(), more.end());
    for (int day = free.days.lo; day <= free.days.hi; ++day) {
      effort_->Spend(1);
      if (days_->With(p, day) > limit_) continue;
      const Cell& cell = cells_->At(p, day);
      const bool meets = Meets(p, day);
      if (cell.num_options != Cells::kByHand || (meets && !OpensOnly(day, p, role, cell))) return false;
      places_.push_back({&cell, p, day, limit_ - days_->With(p, day) + cell.least, meets});
      any_meets = any_meets || meets;
    }
  }
  std::sort(candidates_.begin(), candidates_.end());
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
  if (any_meets && (!OnlyInPatientTime() || OpenedForOthers(role))) return false;
  // Visits may have cells in common.
  std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.cell < b.cell; });
  size_t n = 0;
  for (const Place& place : places_) {
    if (n == 0 || places_[n - 1].cell != place.cell) {
      places_[n++] = place;
    } else {
      places_[n - 1].most = std::max(places_[n - 1].most, place.most);
      places_[n - 1].meets = places_[n - 1].meets || place.meets;
    }
  }
  places_.resize(n);
  if (worth_.size() < candidates_.size()) worth_.resize(candidates_.size());
  for (Worth& worth : worth_) {
    worth.costs.clear();
    worth.starts.clear();
  }
  return true;
}

// Whether another visit can be in its way, or open the same days, in a plan that costs no more than the limit.
bool Dominance::Meets(int position, int day) const {
  for (int p = 0; p < problem_->size() && problem_->MeetsAny(position); ++p) {
    if (p == position || !problem_->CanMeet(p, position)) continue;
    const DayRange days = problem_->visit(p).days;
    for (int other = days.lo; other <= days.hi; ++other) {
      if (days_->With(p, other) > limit_ || days_->WithBoth(p, other, position, day) > limit_) continue;
      effort_->Spend(1);
      const Chosen one{position, day, 0}, two{p, other, 0};
      if (meetings_->Meet(p < position ? two : one, p < position ? one : two)) return true;
    }
  }
  return false;
}

// Whether the visit opens no other day for a hand in the role than the one that it stands on; asked where visits can
// have opened days in common.
bool Dominance::OpensOnly(int day, int position, int role, const Cell& cell) const {
  const FreeVisit& free = problem_->visit(position);
  const int pattern = cells_->index().PatternOf(free.type_index, free.hands[role]);
  if (!cells_->index().HasDayCost(pattern)) return true;
  const Minute first = cells_->index().Slots(day).first + cell.min_slot * problem_->clinic().slot_minutes;
  const std::vector<Segment>& usage = free.type->roles[free.hands[role]].usage;
  return std::all_of(usage.begin(), usage.end(),
                     [&](const Segment& segment) { return DayOf(first + segment.from) == day; });
}

void Dominance::AddWorth(int role, const Place& place) {
  const FreeVisit& free = problem_->visit(place.position);
  int others = 0, other = 0;
  for (int c = 0; c < problem_->num_continuity(); ++c) {
    if (c == role || free.hands[c] < 0) continue;
    other = c;
    ++others;
  }
  if (others == 1 && !place.meets && candidates_.size() <= kMostOfPairs) {
    AddPairs(role, other, place);
    return;
  }
  // Who meets no other visit and needs no other hand is worth what it costs.
  const bool alone = others == 0 && !place.meets;
  const size_t words = alone ? 0 : cells_->index().words();
  for (size_t a = 0; a < candidates_.size(); ++a) {
    worth_[a].costs.push_back(kInfiniteCost);
    worth_[a].starts.resize(worth_[a].starts.size() + words, 0);
  }
  cells_->ForEachHand(place.position, place.day, *place.cell, role, hands_->Nobody(),
                      [&](const Option& part, int hand, const bits::Word* starts) {
                        if (part.least > place.most) return;
                        Worth& worth = WorthOf(hand);
                        worth.costs.back() =
                            alone ? part.cost : cells_->Opening(place.position, place.day, *place.cell, role, hand);
                        std::copy(starts, starts + words, worth.starts.end() - words);
                      });
}

// Where there is one other hand at the visit: what each costs together with each of the others.
void Dominance::AddPairs(int role, int other, const Place& place) {
  others_.clear();
  cells_->ForEachHand(place.position, place.day, *place.cell, other, hands_->Nobody(),
                      [&](const Option&, int hand, const bits::Word*) { others_.push_back(hand); });
  for (int with : others_) {
    for (size_t a = 0; a < candidates_.size(); ++a) worth_[a].costs.push_back(kInfiniteCost);
    cells_->ForEachHand(place.position, place.day, *place.cell, role, hands_->With(hands_->Nobody(), other, with),
                        [&](const Option& part, int hand, const bits::Word*) {
                          if (part.least <= place.most) WorthOf(hand).costs.back() = part.cost;
                        });
  }
}

bool Dominance::Covers(const Worth& better, const Worth& worse) {
  for (size_t i = 0; i < worse.costs.size(); ++i) {
    if (better.costs[i] > worse.costs[i]) return false;
  }
  for (size_t i = 0; i < worse.starts.size(); ++i) {
    if ((worse.starts[i] & ~better.starts[i]) != 0) return false;
  }
  return true;
}

}  // namespace kat::optimizer
