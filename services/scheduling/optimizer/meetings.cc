#include "services/scheduling/optimizer/meetings.h"

#include <algorithm>

namespace kat::optimizer {

void Meetings::Reset(const CourseProblem& problem, const Hands& hands) {
  problem_ = &problem;
  hands_ = &hands;
  known_.Clear();
  dead_.Clear();
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
  const Clinic& clinic = problem_->clinic();
  const auto real = [&](const Interval& line) {
    return Interval{clinic.RealTime(line.from), clinic.RealTime(line.to)};
  };
  const Interval early = real(a_first ? sa : sb), late = real(a_first ? sb : sa);
  for (const PairLag& lag : problem_->LagsBack(std::max(a.position, b.position))) {
    if (lag.earlier != std::min(a.position, b.position)) continue;
    if (late.from - early.to < lag.min || late.to - early.from > lag.max) return true;
  }
  return false;
}

std::span<const int> Meetings::KeyOf(std::span<const Chosen> visits, bool any_hands) {
  key_.clear();
  for (const Chosen& chosen : visits) {
    key_.push_back(chosen.position);
    key_.push_back(chosen.day);
    if (!any_hands) key_.push_back(chosen.option);
  }
  return key_;
}

std::optional<Cost> Meetings::Solve(std::span<const Chosen> visits, std::vector<Placement>* placements) {
  effort_->Spend(1);
  if (placements == nullptr) {
    if (const Cost* known = known_.Find(KeyOf(visits, /*any_hands=*/false))) return *known;
    const uint8_t* dead = dead_.Find(KeyOf(visits, /*any_hands=*/true));
    if (dead != nullptr && *dead != 0) return kInfiniteCost;
  }
  out_ = placements;
  Prepare(visits, /*any_hands=*/false);
  const Cost best = PlaceAll();
  if (effort_->Spent()) return std::nullopt;
  known_.Insert(KeyOf(visits, /*any_hands=*/false), best);
  if (best >= kInfiniteCost) FindDead(visits);
  return effort_->Spent() ? std::nullopt : std::optional(best);
}

void Meetings::FindDead(std::span<const Chosen> visits) {
  if (dead_.Find(KeyOf(visits, /*any_hands=*/true)) != nullptr) return;
  out_ = nullptr;
  Prepare(visits, /*any_hands=*/true);
  any_plan_ = true;
  const Cost best = PlaceAll();
  any_plan_ = false;
  if (!effort_->Spent()) dead_.Insert(KeyOf(visits, /*any_hands=*/true), best >= kInfiniteCost);
}

Cost Meetings::PlaceAll() {
  best_ = kInfiniteCost;
  pending_.Clear();
  Place(0, 0, 0);
  return best_;
}

void Meetings::Prepare(std::span<const Chosen> visits, bool any_hands) {
  count_ = visits.size();
  opened_floor_ = 0;
  floor_.clear();
  if (members_.size() < count_) members_.resize(count_);
  for (size_t i = count_; i-- > 0;) {
    Member& member = members_[i];
    member.chosen = visits[i];
    member.free = &problem_->visit(visits[i].position);
    member.slots = cells_->index().Slots(visits[i].day);
    if (!member.assigner) member.assigner = std::make_unique<Assigner>(cells_->index(), *effort_);
    const Cell& cell = cells_->At(visits[i].position, visits[i].day);
    if (any_hands) {
      cells_->AllStartsOf(cell, member.mask);
      member.forced.assign(member.free->type->roles.size(), kAnyResource);
    } else {
      const Option option = cells_->OptionOf(visits[i].option);
      cells_->StartsOf(visits[i].position, visits[i].day, cell, option.tuple, member.mask);
      cells_->Forced(visits[i].position, hands_->Tuple(option.tuple), member.forced);
      AddToFloor(member, cell);
    }
    member.starts.clear();
    bits::ForEach(member.mask.data(), static_cast<int>(member.mask.size()), [&](int slot) {
      member.starts.push_back({cells_->StartCost(visits[i].position, visits[i].day, cell, slot), slot});
      return true;
    });
    std::stable_sort(member.starts.begin(), member.starts.end(),
                     [](const Start& a, const Start& b) { return a.cost < b.cost; });
    const Cost after = i + 1 < count_ ? members_[i + 1].least : 0;
    member.least = member.starts.empty() ? kInfiniteCost : std::min(kInfiniteCost, member.starts[0].cost + after);
    effort_->Spend(static_cast<int64_t>(member.starts.size()) / 4 + 4);
  }
}

// Days that the hands given open at whatever start.
void Meetings::AddToFloor(const Member& member, const Cell& cell) {
  const Picture& picture = cells_->index().picture();
  const int slot_minutes = problem_->clinic().slot_minutes;
  for (size_t r = 0; r < member.forced.size() && member.free->day_costs; ++r) {
    const int resource = member.forced[r];
    if (resource == kAnyResource || picture.clinic().resources[resource].day_cost == 0) continue;
    for (const Segment& segment : member.free->type->roles[r].usage) {
      const Minute from = member.slots.first + segment.from;
      const int day = DayOf(from + cell.min_slot * slot_minutes);
      if (day != DayOf(from + cell.max_slot * slot_minutes) || picture.IsOpen(resource, day)) continue;
      const std::pair opened(resource, day);
      if (std::find(floor_.begin(), floor_.end(), opened) != floor_.end()) continue;
      floor_.push_back(opened);
      opened_floor_ += picture.clinic().resources[resource].day_cost;
    }
  }
}

bool Meetings::Keeps(size_t i, Minute start) const {
  const Member& member = members_[i];
  for (size_t j = 0; j < i; ++j) {
    const Minute other = members_[j].placement.start;
    if (start < other + members_[j].free->type->duration && other < start + member.free->type->duration) return false;
    for (const PairLag& lag : problem_->LagsBack(member.chosen.position)) {
      if (lag.earlier != members_[j].chosen.position) continue;
      const Minute apart = problem_->clinic().RealTime(start) - problem_->clinic().RealTime(other);
      if (apart < lag.min || apart > lag.max) return false;
    }
  }
  return true;
}

// `opened`: the part of the cost that is of opened days.
void Meetings::Place(size_t i, Cost cost, Cost opened) {
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
  // What is still to be opened at least.
  const Cost open_after = std::max<Cost>(0, opened_floor_ - opened);
  for (const Start& at : member.starts) {
    if (cost + at.cost + least_after + open_after >= best_ || effort_->Spent()) return;
    effort_->Spend(1);
    const Minute start = member.slots.first + at.slot * problem_->clinic().slot_minutes;
    if (!Keeps(i, start)) continue;
    member.placement.start = start;
    member.assigner->ForEach(
        member.free->type_index, member.chosen.day, at.slot, member.forced, pending_,
        best_ - cost - at.cost - least_after, cells_->StandingAt(member.chosen.position, start),
        [&](std::span<const int> resources, Cost more) {
          effort_->Spend(2);
          member.placement.resources.assign(resources.begin(), resources.end());
          Place(i + 1, cost + at.cost + more + cells_->ReassignCost(member.chosen.position, start, resources),
                opened + more);
          return !effort_->Spent();
        });
  }
}

}  // namespace kat::optimizer
