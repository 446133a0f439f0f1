#include "services/scheduling/optimizer/meetings.h"

#include <algorithm>

namespace kat::optimizer {

void Meetings::Reset(const CourseProblem& problem, const Hands& hands) {
  problem_ = &problem;
  hands_ = &hands;
  if (!known_.empty()) known_.clear();
  if (!dead_.empty()) dead_.clear();
}

bool Meetings::Meet(const Chosen& a, const Chosen& b) {
  if (!problem_->CanMeet(a.position, b.position)) return false;
  const int slot_minutes = problem_->clinic().slot_minutes;
  // First and last minutes that each can start at.
  auto starts = [&](const Chosen& chosen) {
    const Cell& cell = cells_->At(chosen.position, chosen.day);
    const Minute first = cells_->index().Slots(chosen.day).first;
    return Interval{first + cell.min_slot * slot_minutes, first + cell.max_slot * slot_minutes};
  };
  const Interval sa = starts(a), sb = starts(b);
  const FreeVisit &va = problem_->visit(a.position), &vb = problem_->visit(b.position);
  const Minute a_from = sa.from + va.use_from, a_to = sa.to + va.use_to;
  const Minute b_from = sb.from + vb.use_from, b_to = sb.to + vb.use_to;
  if (a_from < b_to && b_from < a_to) return true;
  if (va.day_costs && vb.day_costs && DayOf(a_from) <= DayOf(b_to - 1) && DayOf(b_from) <= DayOf(a_to - 1)) return true;
  const bool a_first = a.position < b.position;
  const Interval &early = a_first ? sa : sb, &late = a_first ? sb : sa;
  for (const PairLag& lag : problem_->LagsBack(std::max(a.position, b.position))) {
    if (lag.earlier != std::min(a.position, b.position)) continue;
    if (late.from - early.to < lag.min || late.to - early.from > lag.max) return true;
  }
  return false;
}

std::vector<int> Meetings::KeyOf(std::span<const Chosen> visits, bool any_hands) const {
  std::vector<int> key;
  key.reserve(visits.size() * 3);
  for (const Chosen& chosen : visits) {
    key.insert(key.end(), {chosen.position, chosen.day});
    if (!any_hands) key.push_back(chosen.option);
  }
  return key;
}

std::optional<Cost> Meetings::Solve(std::span<const Chosen> visits, int64_t budget_ops,
                                    std::vector<Placement>* placements) {
  ++ops_;
  std::vector<int> key = KeyOf(visits, /*any_hands=*/false);
  if (placements == nullptr) {
    if (auto found = known_.find(key); found != known_.end()) return found->second;
    if (auto dead = dead_.find(KeyOf(visits, /*any_hands=*/true)); dead != dead_.end() && dead->second)
      return kInfiniteCost;
  }
  stop_ops_ = ops_ + budget_ops;
  out_ = placements;
  Prepare(visits, /*any_hands=*/false);
  const Cost best = PlaceAll();
  if (ops_ >= stop_ops_) return std::nullopt;
  known_[std::move(key)] = best;
  if (best >= kInfiniteCost) AreDead(visits);
  return ops_ >= stop_ops_ ? std::nullopt : std::optional(best);
}

bool Meetings::AreDead(std::span<const Chosen> visits) {
  auto [known, added] = dead_.try_emplace(KeyOf(visits, /*any_hands=*/true), false);
  if (!added) return known->second;
  out_ = nullptr;
  Prepare(visits, /*any_hands=*/true);
  any_plan_ = true;
  const Cost best = PlaceAll();
  any_plan_ = false;
  known->second = best >= kInfiniteCost && ops_ < stop_ops_;
  return known->second;
}

Cost Meetings::PlaceAll() {
  best_ = kInfiniteCost;
  pending_.Clear();
  Place(0, 0);
  return best_;
}

void Meetings::Prepare(std::span<const Chosen> visits, bool any_hands) {
  count_ = visits.size();
  day_costs_ = false;
  if (members_.size() < count_) members_.resize(count_);
  for (size_t i = count_; i-- > 0;) {
    Member& member = members_[i];
    member.chosen = visits[i];
    member.free = &problem_->visit(visits[i].position);
    member.slots = cells_->index().Slots(visits[i].day);
    if (!member.assigner) member.assigner = std::make_unique<Assigner>(cells_->index());
    const Cell& cell = cells_->At(visits[i].position, visits[i].day);
    Cost least = 0;
    if (any_hands) {
      cells_->AllStartsOf(cell, member.mask);
      member.forced.assign(member.free->type->roles.size(), kAnyResource);
    } else {
      const Option option = cells_->OptionOf(cell, visits[i].option);
      cells_->StartsOf(visits[i].position, visits[i].day, cell, option.tuple, member.mask);
      cells_->Forced(visits[i].position, option.tuple, member.forced);
      least = option.least;
    }
    member.starts.clear();
    bits::ForEach(member.mask.data(), static_cast<int>(member.mask.size()), [&](int slot) {
      member.starts.push_back({cells_->StartCost(visits[i].position, visits[i].day, cell, slot), slot});
      return true;
    });
    std::stable_sort(member.starts.begin(), member.starts.end(),
                     [](const Start& a, const Start& b) { return a.cost < b.cost; });
    member.least = least + (i + 1 < count_ ? members_[i + 1].least : 0);
    const int slot_minutes = problem_->clinic().slot_minutes;
    member.use_from = member.slots.first + cell.min_slot * slot_minutes + member.free->use_from;
    member.use_to = member.slots.first + cell.max_slot * slot_minutes + member.free->use_to;
    day_costs_ = day_costs_ || member.free->day_costs;
    ops_ += static_cast<int64_t>(member.starts.size()) / 4 + 4;
  }
}

bool Meetings::Keeps(size_t i, Minute start) const {
  const Member& member = members_[i];
  for (size_t j = 0; j < i; ++j) {
    const Minute other = members_[j].placement.start;
    if (start < other + members_[j].free->type->duration && other < start + member.free->type->duration) return false;
    for (const PairLag& lag : problem_->LagsBack(member.chosen.position)) {
      if (lag.earlier != members_[j].chosen.position) continue;
      if (start - other < lag.min || start - other > lag.max) return false;
    }
  }
  return true;
}

bool Meetings::Overlaps(size_t i, Minute start) const {
  const FreeVisit& free = *members_[i].free;
  for (size_t j = 0; j < count_; ++j) {
    if (j == i) continue;
    const bool placed = j < i;
    const Minute from = placed ? members_[j].placement.start + members_[j].free->use_from : members_[j].use_from;
    const Minute to = placed ? members_[j].placement.start + members_[j].free->use_to : members_[j].use_to;
    if (start + free.use_from < to && from < start + free.use_to) return true;
  }
  return false;
}

void Meetings::Place(size_t i, Cost cost) {
  if (i == count_) {
    if (cost >= best_) return;
    best_ = any_plan_ ? 0 : cost;  // where any plan will do, none is looked for after it
    if (out_ == nullptr) return;
    out_->clear();
    for (size_t j = 0; j < count_; ++j) out_->push_back(members_[j].placement);
    return;
  }
  Member& member = members_[i];
  const Cost least_after = i + 1 < count_ ? members_[i + 1].least : 0;
  for (const Start& at : member.starts) {
    if (cost + at.cost + least_after >= best_ || cost + member.least >= best_ || ops_ >= stop_ops_) return;
    ++ops_;
    const Minute start = member.slots.first + at.slot * problem_->clinic().slot_minutes;
    if (!Keeps(i, start)) continue;
    member.placement.start = start;
    // Other resources at this start matter only if these came in somebody's way, or days are opened.
    const bool alone = !day_costs_ && !Overlaps(i, start);
    member.assigner->ForEach(member.free->type_index, member.chosen.day, at.slot, member.forced, pending_,
                             kInfiniteCost, blocked_, [&](std::span<const int> resources, Cost opened) {
                               ops_ += 2;
                               const Cost total = cost + at.cost + opened +
                                                  cells_->ReassignCost(member.chosen.position, start, resources);
                               const bool stands = total == cost + at.cost + opened;
                               if (total + least_after >= best_) return ops_ < stop_ops_;
                               member.placement.resources.assign(resources.begin(), resources.end());
                               const bool was_blocked = blocked_;
                               blocked_ = false;
                               Place(i + 1, total);
                               const bool in_the_way = blocked_;
                               blocked_ = blocked_ || was_blocked;
                               if (ops_ >= stop_ops_) return false;
                               return !stands || day_costs_ || (!alone && in_the_way);
                             });
  }
}

}  // namespace kat::optimizer
