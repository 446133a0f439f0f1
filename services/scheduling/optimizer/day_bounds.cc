#include "services/scheduling/optimizer/day_bounds.h"

namespace kat::optimizer {

void DayBounds::Find(const CourseProblem& problem, Cells& cells, Cost limit) {
  problem_ = &problem;
  num_days_ = problem.clinic().days;
  const size_t size = static_cast<size_t>(problem.size()) * num_days_;
  with_.assign(size, kInfiniteCost);
  below_.assign(size, kInfiniteCost);
  child_.assign(size, kInfiniteCost);
  FindRanges(limit);
  FindBelow(cells);
  for (int p = 0; p < problem.size(); ++p) {
    const DayRange days = range_[p];
    const int parent = problem.Parent(p);
    if (parent < 0) {
      Cost best = kInfiniteCost;
      for (int day = days.lo; day <= days.hi; ++day) best = std::min(best, below_[At(p, day)]);
      for (int day = days.lo; day <= days.hi; ++day) {
        if (below_[At(p, day)] < kInfiniteCost) with_[At(p, day)] = all_ - best + below_[At(p, day)];
      }
      continue;
    }
    for (int day = range_[parent].lo; day <= range_[parent].hi; ++day) {
      if (With(parent, day) >= kInfiniteCost) continue;
      const Cost others = With(parent, day) - child_[At(p, day)];
      ForEachDay(p, day, [&](int own, Cost gap) {
        if (below_[At(p, own)] >= kInfiniteCost) return;
        Cost& with = with_[At(p, own)];
        with = std::min(with, others + gap + below_[At(p, own)]);
      });
    }
  }
}

// What a first day costs by itself bounds the days of all other visits.
void DayBounds::FindRanges(Cost limit) {
  const int n = problem_->size();
  range_.resize(n);
  DayRange& first = range_[0];
  first = problem_->visit(0).days;
  while (first.lo <= first.hi && problem_->DayCostOf(0, first.lo) > limit) ++first.lo;
  while (first.lo <= first.hi && problem_->DayCostOf(0, first.hi) > limit) --first.hi;
  for (int p = 1; p < n; ++p) {
    const DayRange own = problem_->visit(p).days, apart = problem_->Between(0, p);
    range_[p] = {std::max(own.lo, first.lo + apart.lo), std::min(own.hi, first.hi + apart.hi)};
  }
}

// Children come after their parents.
void DayBounds::FindBelow(Cells& cells) {
  all_ = 0;
  for (int p = problem_->size() - 1; p >= 0; --p) {
    const DayRange days = range_[p];
    Cost best = kInfiniteCost;
    effort_->Spend(1);
    for (int day = days.lo; day <= days.hi; ++day) {
      Cost cost = cells.At(p, day).least;
      if (cost >= kInfiniteCost) continue;
      cost += problem_->DayCostOf(p, day);
      for (int child : problem_->Children(p)) {
        Cost& least = child_[At(child, day)];
        ForEachDay(child, day, [&](int own, Cost gap) { least = std::min(least, gap + below_[At(child, own)]); });
        cost = std::min(kInfiniteCost, cost + least);
      }
      below_[At(p, day)] = cost;
      best = std::min(best, cost);
    }
    if (problem_->Parent(p) < 0) all_ = std::min(kInfiniteCost, all_ + best);
  }
}

Cost DayBounds::WithBoth(int a, int day_a, int b, int day_b) const {
  const Cost least = std::max(With(a, day_a), With(b, day_b));
  if (least >= kInfiniteCost) return kInfiniteCost;
  if (problem_->Parent(a) == b) return WithBoth(b, day_b, a, day_a);
  if (problem_->Parent(b) == a) {
    const Cost gap = Gap(b, day_b, day_a);
    return gap >= kInfiniteCost ? gap : With(a, day_a) - child_[At(b, day_a)] + gap + below_[At(b, day_b)];
  }
  const int parent = problem_->Parent(a);
  if (parent < 0 || parent != problem_->Parent(b)) return least;
  Cost best = kInfiniteCost;
  for (int day = range_[parent].lo; day <= range_[parent].hi; ++day) {
    const Cost gap_a = Gap(a, day_a, day), gap_b = Gap(b, day_b, day);
    if (With(parent, day) >= kInfiniteCost || gap_a >= kInfiniteCost || gap_b >= kInfiniteCost) continue;
    best = std::min(best, With(parent, day) - child_[At(a, day)] - child_[At(b, day)] + gap_a + gap_b +
                              below_[At(a, day_a)] + below_[At(b, day_b)]);
  }
  return best;
}

}  // namespace kat::optimizer
