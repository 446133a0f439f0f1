#include "services/scheduling/optimizer/bounds.h"

#include <algorithm>
#include <cstdlib>

namespace kat::optimizer {

void Bounds::Reset(const CourseProblem& problem, Cells& cells, Hands& hands) {
  problem_ = &problem;
  cells_ = &cells;
  hands_ = &hands;
  num_days_ = problem.clinic().days;
  if (++stamp_ == 0) {
    tables_.clear();
    stamp_ = 1;
  }
}

Bounds::Table& Bounds::TableOf(int set) {
  if (tables_.size() <= static_cast<size_t>(set + 1)) tables_.resize(set + 2);
  std::unique_ptr<Table>& table = tables_[set + 1];
  if (!table) table = std::make_unique<Table>();
  const size_t cells = static_cast<size_t>(problem_->size()) * num_days_;
  if (table->at.size() < cells) {
    table->below.resize(cells);
    table->at.resize(cells);
    table->root.resize(problem_->size());
  }
  if (table->root.size() < static_cast<size_t>(problem_->size())) table->root.resize(problem_->size());
  return *table;
}

Cost Bounds::CellLeast(int set, int position, int day) {
  const Cell& cell = cells_->At(position, day);
  if (set == kAnyHands || cell.num_options == 0) return cell.least;
  Cost least = kInfiniteCost;
  for (int i = 0; i < cell.num_options; ++i) {
    const Option& option = cells_->OptionOf(cell, i);
    if (option.least < least && hands_->Add(set, option.tuple).cost == 0) least = option.least;
  }
  ops_ += cell.num_options;
  return least;
}

Cost Bounds::At(int set, int position, int day) {
  const size_t index = static_cast<size_t>(position) * num_days_ + day;
  Known& known = TableOf(set).at[index];
  if (known.stamp == stamp_) return known.cost;
  Cost cost = CellLeast(set, position, day);
  if (cost < kInfiniteCost) cost += problem_->DayCostOf(position, day);
  for (int child : problem_->Children(position)) {
    if (cost >= kInfiniteCost) break;
    cost += Below(set, child, day);
  }
  Known& result = TableOf(set).at[index];
  result = {stamp_, std::min(cost, kInfiniteCost)};
  return result.cost;
}

Cost Bounds::Below(int set, int position, int parent_day) {
  const size_t index = static_cast<size_t>(position) * num_days_ + parent_day;
  Known& known = TableOf(set).below[index];
  if (known.stamp == stamp_) return known.cost;
  const PairLag* lag = problem_->ParentLag(position);
  const DayRange apart = problem_->Between(lag->earlier, position), own = problem_->visit(position).days;
  const int lo = std::max(own.lo, parent_day + apart.lo), hi = std::min(own.hi, parent_day + apart.hi);
  const Cost weight = lag->has_ideal ? problem_->clinic().weights.gap : 0;
  // From the ideal day outward: nothing beyond a gap that costs as much as the best so far can be better.
  const int ideal = parent_day + (lag->has_ideal ? lag->ideal : 0);
  const int middle = lag->has_ideal ? std::clamp(ideal, lo, std::max(lo, hi)) : lo;
  Cost best = kInfiniteCost;
  int down = middle, up = middle + 1;
  while (down >= lo || up <= hi) {
    const bool take_down = down >= lo && (up > hi || std::abs(down - ideal) <= std::abs(up - ideal));
    const int day = take_down ? down-- : up++;
    if (day > hi) continue;
    const Cost gap = weight * std::abs(day - ideal);
    if (gap >= best) break;
    ++ops_;
    best = std::min(best, gap + At(set, position, day));
  }
  Known& result = TableOf(set).below[index];
  result = {stamp_, std::min(best, kInfiniteCost)};
  return result.cost;
}

Cost Bounds::Root(int set, int position) {
  Known& known = TableOf(set).root[position];
  if (known.stamp == stamp_) return known.cost;
  const DayRange days = problem_->visit(position).days;
  Cost best = kInfiniteCost;
  for (int day = days.lo; day <= days.hi && best > 0; ++day) {
    ++ops_;
    if (problem_->DayCostOf(position, day) < best) best = std::min(best, At(set, position, day));
  }
  Known& result = TableOf(set).root[position];
  result = {stamp_, best};
  return result.cost;
}

}  // namespace kat::optimizer
