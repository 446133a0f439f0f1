#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_

#include <span>
#include <vector>

#include "services/scheduling/optimizer/assign.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/start_index.h"
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
  int num_options = -1;  // -1: not made yet
  int words = 0;         // offset of its masks: feasible starts (roles each for itself), then preferred starts
  int min_slot = 0;      // of the feasible starts
  int max_slot = 0;
  Cost least = kInfiniteCost;  // of its options; kInfiniteCost: the visit cannot be held on this day
};

// Cells of each free visit and day, and their options, made when first asked for. A Cell& stays valid, an Option& until
// the next WithOptions().
class Cells {
 public:
  Cells(StartIndex& index, Effort& effort) : index_(&index), effort_(&effort), assigner_(index, effort) {}

  // `any_hands`: one option for each visit and day, in whatever hands, as if none had to be kept.
  void Reset(const CourseProblem& problem, Hands& hands, bool any_hands);

  const Cell& At(int position, int day) {
    Cell& cell = cells_[IndexOf(position, day)];
    if (cell.stamp != stamp_) Make(position, day, cell);
    return cell;
  }
  const Cell& WithOptions(int position, int day) {
    const Cell& cell = At(position, day);
    if (cell.num_options < 0) MakeOptions(position, day);
    return cell;
  }
  const Option& OptionOf(const Cell& cell, int i) const { return options_[cell.first_option + i]; }

  // The starts at which each role has a candidate.
  void AllStartsOf(const Cell& cell, std::vector<bits::Word>& out) const {
    out.assign(words_.begin() + cell.words, words_.begin() + cell.words + index_->words());
  }
  // The starts at which each role has a candidate, the hands of `tuple` given.
  void StartsOf(int position, int day, const Cell& cell, int tuple, std::vector<bits::Word>& out);
  // Preference and move of a visit at a start slot; reassign comes with the resources.
  Cost StartCost(int position, int day, const Cell& cell, int slot) const;
  // The cost of `reassign` for these resources at this start.
  Cost ReassignCost(int position, Minute start, std::span<const int> resources) const;
  // How the visit stands, if at this start: then the cost depends on the resources.
  const Standing* StandingAt(int position, Minute start) const {
    const Visit& visit = *problem_->visit(position).visit;
    return visit.current && visit.current->start == start ? &*visit.current : nullptr;
  }
  // Resources forced by a tuple, per role of the visit's type.
  void Forced(int position, int tuple, std::vector<int>& out) const;
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
  bool QuickOption(int position, int day, const Cell& cell, int tuple, const bits::Word* mask, Option& out);
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
  const CourseProblem* problem_ = nullptr;
  Hands* hands_ = nullptr;
  int num_days_ = 0;
  bool any_hands_ = false;
  uint32_t stamp_ = 0;
  std::vector<Cell> cells_;  // [row][day]: a row for each position, then the common ones
  std::vector<Row> rows_;    // [position]
  std::vector<Option> options_;
  std::vector<bits::Word> words_;
  std::vector<std::vector<bits::Word>> scratch_;
  WindowIndex available_, preferred_;
  std::vector<int> forced_;
  Pending pending_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CELLS_H_
