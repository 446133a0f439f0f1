#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_

#include <span>
#include <vector>

#include "services/scheduling/optimizer/assign.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/memo.h"
#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/tidy_starts.h"
#include "services/scheduling/optimizer/window_index.h"

namespace kat::optimizer {

// One way to hold a visit on a day, as far as the rest of the course can tell: in whose hands.
struct Option {
  int tuple = 0;   // of Hands
  int slot = 0;    // the earliest start at `cost`
  Cost cost = 0;   // preference, move, reassign and opened days, at best, of this visit alone
  Cost least = 0;  // at most what it adds to the cost of any visits that it meets: opened days may be shared
};

// What is known of one visit on one day.
struct Cell {
  uint32_t stamp = 0;
  int first_option = 0;
  int num_options = 0;  // that are made already; kByHand: the visit's options are made one by one, where asked for
  int words = 0;        // offset of its masks: feasible starts (roles each for itself), then preferred, then tidy ones
  int min_slot = 0;     // of the feasible starts
  int max_slot = 0;
  Cost least = kInfiniteCost;  // of its options; kInfiniteCost: the visit cannot be held on this day
};

// Cells of each free visit and day, and their options, made when first asked for. A Cell& stays valid.
class Cells {
 public:
  static constexpr int kByHand = -1;

  Cells(StartIndex& index, Effort& effort) : index_(&index), effort_(&effort), assigner_(index, effort), tidy_(index) {}

  // `any_hands`: one option for each visit and day, in whatever hands, as if none had to be kept.
  void Reset(const CourseProblem& problem, Hands& hands, bool any_hands);

  const Cell& At(int position, int day) {
    Cell& cell = cells_[IndexOf(position, day)];
    if (cell.stamp != stamp_) Make(position, day, cell);
    return cell;
  }
  // By number: those of a cell have num_options in a row, from first_option on.
  const Option& OptionOf(int option) const { return options_[option]; }
  // Of a cell whose options are made by hand: the first continuity role from `role` on that the visit has; their number
  // where there is none, or where hands are of no interest.
  int NextRole(int position, int role) const {
    if (any_hands_) return problem_->num_continuity();
    const FreeVisit& free = problem_->visit(position);
    while (role < problem_->num_continuity() && free.hands[role] < 0) ++role;
    return role;
  }
  // Calls visit(part, hand, starts) for each hand in `role`, but those spared, with which the visit can be held on the
  // day, those of `tuple` given: with what is known of all options that have these hands, their slot and cost at best.
  template <class F>
  void ForEachHand(int position, int day, const Cell& cell, int role, int tuple, F&& visit) {
    const int pattern = index_->PatternOf(problem_->visit(position).type_index, problem_->visit(position).hands[role]);
    const std::span<const int> candidates = index_->Candidates(pattern);
    Narrow(position, day, cell, tuple, given_);
    given_hands_.assign(hands_->Tuple(tuple).begin(), hands_->Tuple(tuple).end());
    effort_->Spend(static_cast<int64_t>(candidates.size()));
    for (size_t i = 0; i < candidates.size() && !effort_->Spent(); ++i) {
      if (hands_->IsSpared(role, candidates[i])) continue;
      bits::Word* narrowed = Scratch(role + 1);
      if (!KeepBoth(given_.data(), index_->StartsOf(pattern, i, day), narrowed)) continue;
      given_hands_[role] = candidates[i];
      Option part;
      QuickOption(position, day, cell, given_hands_, narrowed, part);
      visit(part, candidates[i], narrowed);
    }
  }
  // What the day costs to open for a hand in `role`.
  Cost Opening(int position, int day, const Cell& cell, int role, int hand) const {
    if (problem_->clinic().resources[hand].day_cost == 0) return 0;
    const FreeVisit& free = problem_->visit(position);
    const Minute start = index_->Slots(day).first + cell.min_slot * problem_->clinic().slot_minutes;
    return pending_.OpeningCost(index_->picture(), hand, free.type->roles[free.hands[role]], start);
  }
  // The option of a cell, by hand, in exactly these hands, in which it can be held: its number.
  int OptionIn(int position, int day, const Cell& cell, int tuple);
  // The least of a cell's options within a set of hands.
  Cost LeastWithin(int set, int position, int day, const Cell& cell);

  // The starts at which each role has a candidate.
  void AllStartsOf(const Cell& cell, std::vector<bits::Word>& out) const {
    out.assign(words_.begin() + cell.words, words_.begin() + cell.words + index_->words());
  }
  // The starts at which each role has a candidate, the hands of `tuple` given.
  void StartsOf(int position, int day, const Cell& cell, int tuple, std::vector<bits::Word>& out) {
    Narrow(position, day, cell, tuple, out);
  }
  // Preference, move and what an untidy start pays, of a visit at a start slot; reassign comes with the resources.
  Cost StartCost(int position, int day, const Cell& cell, int slot) const;
  // The cost of `reassign` for these resources at this start.
  Cost ReassignCost(int position, Minute start, std::span<const int> resources) const;
  // How the visit stands, if at this start: then the cost depends on the resources.
  const Standing* StandingAt(int position, Minute start) const {
    const Visit& visit = *problem_->visit(position).visit;
    return visit.current && visit.current->start == start ? &*visit.current : nullptr;
  }
  // Resources forced by a tuple, per role of the visit's type.
  void Forced(int position, std::span<const int> hands, std::vector<int>& out) const;
  // The best resources for an option at its slot.
  Placement Place(int position, int day, const Option& option);

  Assigner& assigner() { return assigner_; }
  StartIndex& index() { return *index_; }

 private:
  // Visits that differ in nothing but their place in the course have their cells in common, on days on which the whole
  // day is open to them.
  struct Row {
    int common = 0;
    int first_day = 0, last_day = -1;
  };

  size_t IndexOf(int position, int day) const {
    const Row& row = rows_[position];
    const bool common = day >= row.first_day && day <= row.last_day;
    return static_cast<size_t>(common ? row.common : position) * num_days_ + day;
  }
  void FindRows();
  bool Alike(int a, int b) const;
  void Make(int position, int day, Cell& cell);
  void MakeOptions(int position, int day);
  void MakeOptions(int position, int day, Cell& cell, int c, int tuple, const bits::Word* mask);
  void AddOption(int position, int day, Cell& cell, int tuple, const bits::Word* mask);
  // Whether the options of a cell are made by hand: whoever is in one role is in no other's way, and what a tuple costs
  // to open depends on the day alone.
  bool ByHand(const FreeVisit& free, DaySlots slots, const Cell& cell) const;
  void QuickOption(int position, int day, const Cell& cell, std::span<const int> hands, const bits::Word* mask,
                   Option& out);
  struct Question {
    int set, position, day;
    const Cell* cell;
    Cost enough;
  };

  Cost LeastByHand(int set, int position, int day, const Cell& cell, Cost enough);
  int NextThatMatters(int set, int position, int role) const;
  Cost LeastFrom(const Question& of, int role, const bits::Word* mask);
  // The starts at which each role has a candidate, the hands of `tuple` given.
  void Narrow(int position, int day, const Cell& cell, int tuple, std::vector<bits::Word>& out);
  // out = a & b; whether anything is left.
  bool KeepBoth(const bits::Word* a, const bits::Word* b, bits::Word* out) const {
    bits::Word any = 0;
    for (int w = 0, words = index_->words(); w < words; ++w) any |= out[w] = a[w] & b[w];
    return any != 0;
  }
  struct PricedStart {
    Cost cost = kInfiniteCost;
    int slot = -1;
  };

  PricedStart BestStart(const Cell& cell, const bits::Word* a, const bits::Word* b) const;
  void FindTidy(const FreeVisit& free, int day, bits::Word* tidy);
  void QuickPlace(int position, int day, int slot, Placement& out);
  bool SlowOption(int position, int day, const Cell& cell, int tuple, const bits::Word* mask, Option& out);
  // Whether the visit can keep its `current` at this slot, where it starts, with exactly its resources.
  bool StandsAs(int position, int day, int slot, std::span<const int> forced);
  void KeepStarts(const std::vector<Interval>& windows, DaySlots slots, Minute duration, bits::Word* out);
  void KeepRules(const FreeVisit& free, DaySlots slots, bits::Word* out);
  void ForbidStarts(DaySlots slots, Minute from, Minute to, bits::Word* out) const;
  bits::Word* Scratch(size_t depth);

  StartIndex* index_;
  Effort* effort_;
  Assigner assigner_;
  TidyStarts tidy_;
  const CourseProblem* problem_ = nullptr;
  Hands* hands_ = nullptr;
  int num_days_ = 0;
  bool any_hands_ = false;
  uint32_t stamp_ = 0;
  std::vector<Cell> cells_;  // [row][day]: a row for each position, then the common ones
  std::vector<Row> rows_;    // [position]
  std::vector<Option> options_;
  Memo<int> option_in_;  // (cell, tuple): its option, where options are made by hand
  std::vector<bits::Word> words_;
  std::vector<std::vector<bits::Word>> scratch_;
  WindowIndex available_, preferred_;
  std::vector<int> forced_, given_hands_;
  std::vector<bits::Word> given_;
  Pending pending_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_
