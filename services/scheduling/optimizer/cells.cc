#include "services/scheduling/optimizer/cells.h"

#include <algorithm>

namespace kat::optimizer {
namespace {

using bits::Word;

}  // namespace

void Cells::Reset(const CourseProblem& problem, Hands& hands, bool any_hands) {
  problem_ = &problem;
  hands_ = &hands;
  any_hands_ = any_hands;
  num_days_ = problem.clinic().days;
  FindRows();
  if (++stamp_ == 0) {
    for (Cell& cell : cells_) cell.stamp = 0;
    stamp_ = 1;
  }
  options_.clear();
  option_in_.Clear();
  words_.clear();
  available_.Build(problem.course().available, num_days_);
  preferred_.Build(problem.course().preferred, num_days_);
}

bool Cells::Alike(int a, int b) const {
  const FreeVisit &one = problem_->visit(a), &other = problem_->visit(b);
  return one.type_index == other.type_index && problem_->MeetsAny(a) == problem_->MeetsAny(b);
}

void Cells::FindRows() {
  const int n = problem_->size();
  int common = 0;
  rows_.assign(n, Row{});
  for (int p = 0; p < n; ++p) {
    const FreeVisit& free = problem_->visit(p);
    if (free.visit->windows || free.visit->current || !free.rules.empty()) continue;
    Row& row = rows_[p];
    row.first_day = std::max(free.days.lo, CeilDiv(free.start_min, kMinutesPerDay));
    row.last_day = std::min(free.days.hi, FloorDiv(free.start_max + 1, kMinutesPerDay) - 1);
    for (int q = 0; q < p && row.common == 0; ++q) {
      if (rows_[q].common != 0 && Alike(p, q)) row.common = rows_[q].common;
    }
    if (row.common == 0) row.common = n + common++;
  }
  const size_t cells = static_cast<size_t>(n + common) * num_days_;
  if (cells_.size() < cells) cells_.resize(cells);
}

void Cells::KeepStarts(const std::vector<Interval>& windows, DaySlots slots, Minute duration, Word* out) {
  const int words = index_->words();
  Word* kept = Scratch(0);
  std::fill(kept, kept + words, 0);
  for (const Interval& window : windows) {
    SlotRange range = RangeOf(slots, problem_->clinic().slot_minutes, window.from, window.to - duration);
    if (range.first <= range.last) bits::Fill<true>(kept, range.first, range.last);
  }
  for (int w = 0; w < words; ++w) out[w] &= kept[w];
}

void Cells::KeepRules(const FreeVisit& free, DaySlots slots, Word* out) {
  for (const VisitRule* rule : free.rules) {
    // A start at s lies inside [from, to) as a visit of one minute would.
    if (rule->starts_in) KeepStarts(*rule->starts_in, slots, 1, out);
    for (const Interval& hole : rule->starts_not_in) ForbidStarts(slots, hole.from, hole.to - 1, out);
  }
}

void Cells::ForbidStarts(DaySlots slots, Minute from, Minute to, Word* out) const {
  SlotRange range = RangeOf(slots, problem_->clinic().slot_minutes, from, to);
  if (range.first <= range.last) bits::Fill<false>(out, range.first, range.last);
}

Word* Cells::Scratch(size_t depth) {
  while (scratch_.size() <= depth) scratch_.emplace_back();
  scratch_[depth].resize(index_->words());
  return scratch_[depth].data();
}

void Cells::Make(int position, int day, Cell& cell) {
  const FreeVisit& free = problem_->visit(position);
  const int words = index_->words();
  cell = Cell{.stamp = stamp_,
              .first_option = 0,
              .num_options = 0,
              .words = static_cast<int>(words_.size()),
              .min_slot = 0,
              .max_slot = 0,
              .least = kInfiniteCost};
  effort_->Spend(8);
  if (day < free.days.lo || day > free.days.hi) return;
  const DaySlots slots = index_->Slots(day);
  if (slots.count == 0) return;
  words_.resize(words_.size() + 3 * words);
  Word* mask = words_.data() + cell.words;
  const int slot_minutes = problem_->clinic().slot_minutes;
  const Minute last = slots.first + (slots.count - 1) * slot_minutes;
  available_.AddStarts(day, slots, slot_minutes, free.type->duration, mask);
  if (free.start_min > slots.first) ForbidStarts(slots, slots.first, free.start_min - 1, mask);
  if (free.start_max < last) ForbidStarts(slots, free.start_max + 1, last, mask);
  if (free.visit->windows) KeepStarts(*free.visit->windows, slots, free.type->duration, mask);
  for (const Interval& busy : problem_->busy()) {
    ForbidStarts(slots, busy.from - free.type->duration + 1, busy.to - 1, mask);
  }
  if (!free.rules.empty()) KeepRules(free, slots, mask);
  if (!bits::Any(mask, words)) return;
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    const int pattern = index_->PatternOf(free.type_index, static_cast<int>(r));
    effort_->Spend(index_->FindSteps(pattern));
  }
  const Word* held = index_->StartsOfType(free.type_index, day);
  for (int w = 0; w < words; ++w) mask[w] &= held[w];
  cell.min_slot = bits::First(mask, words);
  if (cell.min_slot < 0) return;
  cell.max_slot = bits::Last(mask, words);
  Word* preferred = mask + words;
  if (problem_->course().preferred.empty()) {
    std::fill(preferred, preferred + words, ~Word{0});
  } else {
    preferred_.AddStarts(day, slots, slot_minutes, free.type->duration, preferred);
  }
  FindTidy(free, day, preferred + words);
  if (ByHand(free, slots, cell)) {
    cell.num_options = kByHand;
    cell.least = LeastByHand(hands_->AnyHands(), position, day, cell, 0);
  } else {
    MakeOptions(position, day);
  }
}

// All starts where it makes no difference.
void Cells::FindTidy(const FreeVisit& free, int day, Word* tidy) {
  std::fill(tidy, tidy + index_->words(), ~Word{0});
  if (problem_->untidy() == 0) return;
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    const int pattern = index_->PatternOf(free.type_index, static_cast<int>(r));
    if (tidy_.Matter(pattern)) tidy_.Keep(pattern, day, tidy);
  }
}

bool Cells::ByHand(const FreeVisit& free, DaySlots slots, const Cell& cell) const {
  if (free.roles_touch || !free.quick) return false;
  if (!free.day_costs) return true;
  const int slot_minutes = problem_->clinic().slot_minutes;
  const Minute first = slots.first + cell.min_slot * slot_minutes, last = slots.first + cell.max_slot * slot_minutes;
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    if (!index_->HasDayCost(index_->PatternOf(free.type_index, static_cast<int>(r)))) continue;
    for (const Segment& segment : free.type->roles[r].usage) {
      if (DayOf(first + segment.from) != DayOf(last + segment.from)) return false;
    }
  }
  return true;
}

int Cells::OptionIn(int position, int day, const Cell& cell, int tuple) {
  const uint64_t key = static_cast<uint64_t>(IndexOf(position, day)) << 32 | static_cast<uint32_t>(tuple);
  if (const int* known = option_in_.Find(key)) return *known;
  Narrow(position, day, cell, tuple, given_);
  Option option{.tuple = tuple};
  QuickOption(position, day, cell, hands_->Tuple(tuple), given_.data(), option);
  const int number = static_cast<int>(options_.size());
  options_.push_back(option);
  option_in_.Store(key, number);
  return number;
}

Cost Cells::LeastWithin(int set, int position, int day, const Cell& cell) {
  if (set == hands_->AnyHands() || cell.least >= kInfiniteCost) return cell.least;
  if (cell.num_options == kByHand) return LeastByHand(set, position, day, cell, cell.least);
  Cost least = kInfiniteCost;
  for (int i = cell.first_option; i < cell.first_option + cell.num_options; ++i) {
    if (options_[i].least < least && hands_->Within(set, options_[i].tuple)) least = options_[i].least;
  }
  effort_->Spend(cell.num_options);
  return least;
}

Cost Cells::LeastByHand(int set, int position, int day, const Cell& cell, Cost enough) {
  const Word* mask = words_.data() + cell.words;
  given_hands_.assign(problem_->num_continuity(), kNoHand);
  return LeastFrom({set, position, day, &cell, enough}, NextThatMatters(set, position, 0), mask);
}

// The next role from `role` on of which it matters who is in it: not just anybody may, or it may cost something.
int Cells::NextThatMatters(int set, int position, int role) const {
  const FreeVisit& free = problem_->visit(position);
  for (role = NextRole(position, role); role < problem_->num_continuity(); role = NextRole(position, role + 1)) {
    if (hands_->Costs(set, role)) return role;
    if (!free.day_costs || problem_->MeetsAny(position)) continue;
    if (index_->HasDayCost(index_->PatternOf(free.type_index, free.hands[role]))) return role;
  }
  return role;
}

// The least of the options, by hand, that are within the set from `role` on, one of which it matters who is in it; once
// that is no more than enough, it may be any of them.
Cost Cells::LeastFrom(const Question& of, int role, const Word* mask) {
  const FreeVisit& free = problem_->visit(of.position);
  const int roles = problem_->num_continuity();
  const bool stands = free.visit->current.has_value();
  if (role == roles) {
    if (!stands) return BestStart(*of.cell, mask, mask).cost;
    Option option;
    QuickOption(of.position, of.day, *of.cell, given_hands_, mask, option);
    return option.least;
  }
  const int pattern = index_->PatternOf(free.type_index, free.hands[role]);
  const bool within = hands_->Costs(of.set, role), last = NextThatMatters(of.set, of.position, role + 1) == roles;
  const bool opens = !stands && free.day_costs && !problem_->MeetsAny(of.position) && index_->HasDayCost(pattern);
  const std::span<const int> hands = within ? hands_->HandsOf(of.set, role) : index_->Candidates(pattern);
  Cost least = kInfiniteCost;
  for (size_t i = 0; i < hands.size() && least > of.enough; ++i) {
    effort_->Spend(1);
    const int place = within ? index_->PlaceOf(pattern, hands[i]) : static_cast<int>(i);
    if (place < 0) continue;
    const Word* starts = index_->StartsOf(pattern, place, of.day);
    Cost cost = opens ? Opening(of.position, of.day, *of.cell, role, hands[i]) : 0;
    if (cost >= least) continue;
    if (last && !stands) {
      const Cost at_best = BestStart(*of.cell, mask, starts).cost;
      if (at_best >= kInfiniteCost) continue;
      cost += at_best;
    } else {
      Word* narrowed = Scratch(role + 1);
      if (!KeepBoth(mask, starts, narrowed)) continue;
      given_hands_[role] = hands[i];
      cost += LeastFrom(of, NextThatMatters(of.set, of.position, role + 1), narrowed);
    }
    least = std::min(least, cost);
  }
  given_hands_[role] = kNoHand;
  return least;
}

void Cells::MakeOptions(int position, int day) {
  Cell& cell = cells_[IndexOf(position, day)];
  cell.first_option = static_cast<int>(options_.size());
  MakeOptions(position, day, cell, 0, Hands::kEmpty, words_.data() + cell.words);
  cell.num_options = static_cast<int>(options_.size()) - cell.first_option;
}

void Cells::MakeOptions(int position, int day, Cell& cell, int c, int tuple, const Word* mask) {
  const FreeVisit& free = problem_->visit(position);
  const int words = index_->words();
  if (c == problem_->num_continuity()) {
    AddOption(position, day, cell, tuple, mask);
    return;
  }
  if (free.hands[c] < 0 || any_hands_) {
    MakeOptions(position, day, cell, c + 1, hands_->Extend(tuple, kNoHand), mask);
    return;
  }
  const int pattern = index_->PatternOf(free.type_index, free.hands[c]);
  const std::span<const int> candidates = index_->Candidates(pattern);
  effort_->Spend(static_cast<int64_t>(candidates.size()));
  for (size_t i = 0; i < candidates.size() && !effort_->Spent(); ++i) {
    Word* narrowed = Scratch(c + 1);
    const Word* starts = index_->StartsOf(pattern, i, day);
    for (int w = 0; w < words; ++w) narrowed[w] = mask[w] & starts[w];
    if (bits::Any(narrowed, words)) {
      MakeOptions(position, day, cell, c + 1, hands_->Extend(tuple, candidates[i]), narrowed);
    }
  }
}

void Cells::AddOption(int position, int day, Cell& cell, int tuple, const Word* mask) {
  Option option{.tuple = tuple};
  if (!SlowOption(position, day, cell, tuple, mask, option)) return;
  const FreeVisit& free = problem_->visit(position);
  if (!free.day_costs || !problem_->MeetsAny(position)) option.least = option.cost;
  cell.least = std::min(cell.least, option.least);
  options_.push_back(option);
}

// Of a cell whose options are made by hand: the best of all options with `hands`, one for each continuity role;
// kNoHand: whoever, and what that costs to open left aside. `mask`: the starts with these, some at least.
void Cells::QuickOption(int position, int day, const Cell& cell, std::span<const int> hands, const Word* mask,
                        Option& out) {
  const FreeVisit& free = problem_->visit(position);
  const int words = index_->words(), slot_minutes = problem_->clinic().slot_minutes;
  const DaySlots slots = index_->Slots(day);
  Cost opened = 0;
  if (free.day_costs) {
    for (size_t c = 0; c < hands.size(); ++c) {
      if (hands[c] != kNoHand) opened += Opening(position, day, cell, static_cast<int>(c), hands[c]);
    }
  }
  const Word* preferred = words_.data() + cell.words + words;
  const Weights& weights = problem_->clinic().weights;
  const Standing* current = free.visit->current ? &*free.visit->current : nullptr;
  out.cost = kInfiniteCost;
  const Word* rest = mask;
  if (current != nullptr) {
    const Minute past = current->start - slots.first;
    if (past >= 0 && past % slot_minutes == 0 && past / slot_minutes < slots.count &&
        bits::Test(mask, past / slot_minutes)) {
      const int slot = past / slot_minutes;
      Cost cost = bits::Test(preferred, slot) ? 0 : weights.preference;
      Forced(position, hands, forced_);
      if (!StandsAs(position, day, slot, forced_)) cost += weights.reassign;
      out.cost = cost;
      out.slot = slot;
      Word* without = Scratch(problem_->num_continuity() + 1);
      std::copy(mask, mask + words, without);
      bits::Clear(without, slot);
      rest = without;
    }
  }
  Cost cost = current != nullptr ? weights.move : 0;
  const auto [least, slot] = BestStart(cell, rest, rest);
  cost += least;
  if (slot >= 0 && (cost < out.cost || (cost == out.cost && slot < out.slot))) {
    out.cost = cost;
    out.slot = slot;
  }
  out.least = out.cost;
  out.cost += opened;
  if (!free.day_costs || !problem_->MeetsAny(position)) out.least = out.cost;
}

// The first of the cheapest starts in both: by preference and untidiness.
Cells::PricedStart Cells::BestStart(const Cell& cell, const Word* a, const Word* b) const {
  const int words = index_->words();
  const Word* preferred = words_.data() + cell.words + words;
  const Word* tidy = preferred + words;
  const Cost dear = problem_->clinic().weights.preference, untidy = problem_->untidy();
  PricedStart best;
  auto take = [&](Cost cost, auto&& among) {
    if (cost > best.cost) return;
    for (int w = 0; w < words; ++w) {
      const Word some = a[w] & b[w] & among(w);
      if (some == 0) continue;
      const int slot = w * 64 + std::countr_zero(some);
      if (cost < best.cost || slot < best.slot) best = {cost, slot};
      return;
    }
  };
  take(0, [&](int w) { return preferred[w] & tidy[w]; });
  if (best.cost == 0 && dear > 0) return best;
  if (untidy > 0) {
    take(untidy, [&](int w) { return preferred[w]; });
    take(dear, [&](int w) { return tidy[w]; });
  }
  take(untidy + dear, [](int) { return ~Word{0}; });
  return best;
}

bool Cells::StandsAs(int position, int day, int slot, std::span<const int> forced) {
  const FreeVisit& free = problem_->visit(position);
  const Standing& current = *free.visit->current;
  if (current.assign.size() != free.type->roles.size()) return false;
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    auto at = std::find_if(current.assign.begin(), current.assign.end(), [&](const RoleAssignment& assigned) {
      return assigned.role_name == free.type->roles[r].name;
    });
    if (at == current.assign.end()) return false;
    if (forced[r] != kAnyResource && forced[r] != at->resource) return false;
    const int pattern = index_->PatternOf(free.type_index, static_cast<int>(r));
    const int place = index_->PlaceOf(pattern, at->resource);
    if (place < 0 || !bits::Test(index_->StartsOf(pattern, place, day), slot)) return false;
  }
  return true;
}

bool Cells::SlowOption(int position, int day, const Cell& cell, int tuple, const Word* mask, Option& out) {
  const FreeVisit& free = problem_->visit(position);
  const DaySlots slots = index_->Slots(day);
  Forced(position, hands_->Tuple(tuple), forced_);
  out.cost = out.least = kInfiniteCost;
  bits::ForEach(mask, index_->words(), [&](int slot) {
    const Cost at_start = StartCost(position, day, cell, slot);
    effort_->Spend(1);
    if (at_start >= out.cost) return true;
    out.least = std::min(out.least, at_start);
    const Minute start = slots.first + slot * problem_->clinic().slot_minutes;
    pending_.Clear();
    assigner_.ForEach(free.type_index, day, slot, forced_, pending_, out.cost - at_start, StandingAt(position, start),
                      [&](std::span<const int> resources, Cost opened) {
                        Cost cost = at_start + opened + ReassignCost(position, start, resources);
                        if (cost < out.cost) {
                          out.cost = cost;
                          out.slot = slot;
                        }
                        return out.cost > at_start;
                      });
    return out.cost > 0;
  });
  pending_.Clear();
  return out.cost < kInfiniteCost;
}

void Cells::Narrow(int position, int day, const Cell& cell, int tuple, std::vector<Word>& out) {
  const FreeVisit& free = problem_->visit(position);
  const int words = index_->words();
  out.assign(words_.begin() + cell.words, words_.begin() + cell.words + words);
  std::span<const int> hands = hands_->Tuple(tuple);
  for (size_t c = 0; c < hands.size(); ++c) {
    if (hands[c] == kNoHand) continue;
    const int pattern = index_->PatternOf(free.type_index, free.hands[c]);
    const Word* starts = index_->StartsOf(pattern, index_->PlaceOf(pattern, hands[c]), day);
    for (int w = 0; w < words; ++w) out[w] &= starts[w];
  }
}

Cost Cells::StartCost(int position, int day, const Cell& cell, int slot) const {
  const FreeVisit& free = problem_->visit(position);
  const Weights& weights = problem_->clinic().weights;
  const Word* preferred = words_.data() + cell.words + index_->words();
  Cost cost = bits::Test(preferred, slot) ? 0 : weights.preference;
  if (free.visit->current) {
    const Minute start = index_->Slots(day).first + slot * problem_->clinic().slot_minutes;
    if (start == free.visit->current->start) return cost;
    cost += weights.move;
  }
  if (!bits::Test(preferred + index_->words(), slot)) cost += problem_->untidy();
  return cost;
}

Cost Cells::ReassignCost(int position, Minute start, std::span<const int> resources) const {
  const FreeVisit& free = problem_->visit(position);
  if (!free.visit->current || free.visit->current->start != start) return 0;
  const std::vector<RoleAssignment>& assign = free.visit->current->assign;
  const Cost changed = problem_->clinic().weights.reassign;
  if (assign.size() != resources.size()) return changed;
  for (size_t r = 0; r < resources.size(); ++r) {
    RoleAssignment same{free.type->roles[r].name, resources[r]};
    if (std::find(assign.begin(), assign.end(), same) == assign.end()) return changed;
  }
  return 0;
}

void Cells::Forced(int position, std::span<const int> hands, std::vector<int>& out) const {
  const FreeVisit& free = problem_->visit(position);
  out.assign(free.type->roles.size(), kAnyResource);
  for (size_t c = 0; c < hands.size(); ++c) {
    if (hands[c] != kNoHand) out[free.hands[c]] = hands[c];
  }
}

// Roles that have no candidate in common, and whose choice costs nothing beyond the option: each takes its first.
void Cells::QuickPlace(int position, int day, int slot, Placement& out) {
  const FreeVisit& free = problem_->visit(position);
  const bool stands =
      free.visit->current && free.visit->current->start == out.start && StandsAs(position, day, slot, forced_);
  for (size_t r = 0; r < free.type->roles.size(); ++r) {
    int resource = forced_[r];
    if (stands) {
      const std::vector<RoleAssignment>& assign = free.visit->current->assign;
      resource = std::find_if(assign.begin(), assign.end(), [&](const RoleAssignment& assigned) {
                   return assigned.role_name == free.type->roles[r].name;
                 })->resource;
    }
    const int pattern = index_->PatternOf(free.type_index, static_cast<int>(r));
    if (resource == kAnyResource && problem_->untidy() > 0 && tidy_.Matter(pattern)) {
      for (size_t c = 0; resource == kAnyResource && c < index_->Candidates(pattern).size(); ++c) {
        if (bits::Test(tidy_.Of(pattern, c, day), slot)) resource = index_->Candidates(pattern)[c];
      }
    }
    for (size_t c = 0; resource == kAnyResource; ++c) {
      if (bits::Test(index_->StartsOf(pattern, c, day), slot)) resource = index_->Candidates(pattern)[c];
    }
    out.resources.push_back(resource);
  }
}

Placement Cells::Place(int position, int day, const Option& option) {
  const FreeVisit& free = problem_->visit(position);
  const Cell& cell = At(position, day);
  Placement placement{.start = index_->Slots(day).first + option.slot * problem_->clinic().slot_minutes,
                      .resources = {}};
  const Cost at_start = StartCost(position, day, cell, option.slot);
  Forced(position, hands_->Tuple(option.tuple), forced_);
  if (!free.roles_touch && free.quick) {
    QuickPlace(position, day, option.slot, placement);
    return placement;
  }
  Cost best = kInfiniteCost;
  pending_.Clear();
  assigner_.ForEach(free.type_index, day, option.slot, forced_, pending_, kInfiniteCost,
                    StandingAt(position, placement.start), [&](std::span<const int> resources, Cost opened) {
                      Cost cost = at_start + opened + ReassignCost(position, placement.start, resources);
                      if (cost < best) {
                        best = cost;
                        placement.resources.assign(resources.begin(), resources.end());
                      }
                      return best > option.cost;
                    });
  pending_.Clear();
  return placement;
}

}  // namespace kat::optimizer
