#include "services/scheduling/optimizer/whole/relaxation.h"

#include <algorithm>
#include <cmath>

#include "services/scheduling/optimizer/bound/dive.h"

namespace kat::optimizer {
namespace {

constexpr int64_t kFirstRounds = 10;  // fewer teach nothing
// Before a dive: so many rounds, or as many as this part of the whole effort suffices for, but no fewer than these.
constexpr double kRipeRounds = 60, kFewestRounds = 20;
constexpr double kMostBefore = 0.35;
constexpr double kAhead = 0.75;  // of all effort until then
// Of a dive: so many steps and rounds after each, or as many as this part of the whole effort suffices for.
constexpr double kMostDive = 0.3;
constexpr double kSteps = 60, kFewestSteps = 15;
constexpr double kSettleRounds = 2;
// What comes of it may cost, of what the best schedule does. It is rough in places, and soon better for a search.
constexpr double kWorthIt = 1.5;

}  // namespace

Relaxation::Done Relaxation::Work(Cost best, int64_t ops, int64_t total, const std::function<bool()>& stop) {
  const Cost bound_before = bound();
  const int64_t spent_before = spent();
  auto due = [&] { return Due(ops + spent() - spent_before, total); };
  if (!lagrangian_ && due() < kFirstRounds * round_ops_) return {false, 0};
  if (!lagrangian_) lagrangian_.emplace(*instance_, *alone_, threads_);
  auto ripe = [&] { return !dived_ && (rounds_ >= RoundsBeforeDive(total) || lagrangian_->done()); };
  while (best > bound() && ops_ + round_ops_ < due() && !ripe() && !lagrangian_->done() && !stop()) {
    const int64_t start = lagrangian_->ops();
    lagrangian_->Iterate(best, stop);
    round_ops_ = lagrangian_->ops() - start;
    ops_ += round_ops_;
    ++rounds_;
  }
  if (ripe()) {
    dived_ = true;
    if (best > bound() && lagrangian_->CanGoAround()) DiveWithin(kMostDive * static_cast<double>(total), best, stop);
  }
  return {bound() > bound_before, spent() - spent_before};
}

// What it may have taken by now: its share, or ahead of it what leads to a dive.
int64_t Relaxation::Due(int64_t ops, int64_t total) const {
  const int64_t share = ops * percent_ / 100;
  const bool can = rounds_ == 0 || lagrangian_->CanGoAround();
  const bool ahead = percent_ > 0 && !dived_ && can && RoundsBeforeDive(total) < kNever;
  return ahead ? std::max(share, static_cast<int64_t>(kAhead * static_cast<double>(ops))) : share;
}

int Relaxation::RoundsBeforeDive(int64_t total) const {
  const double rounds =
      kMostBefore * static_cast<double>(total) / static_cast<double>(std::max<int64_t>(1, round_ops_));
  return rounds < kFewestRounds ? kNever : static_cast<int>(std::min(rounds, kRipeRounds));
}

void Relaxation::DiveWithin(double ops, Cost best, const std::function<bool()>& stop) {
  // Fewer and fewer courses are priced: half on average.
  const double rounds = 2 * ops / static_cast<double>(round_ops_);
  const double settle = std::floor(std::clamp(rounds / kSteps, 1.0, kSettleRounds));
  const int steps = static_cast<int>(std::min(kSteps, rounds / settle));
  if (steps < kFewestSteps) return;
  Dive dive(*instance_, *lagrangian_);
  const bool ended = dive.Run(steps, static_cast<int>(settle), stop);
  dive_ops_ = dive.ops();
  if (ended && static_cast<double>(dive.objective()) <= kWorthIt * static_cast<double>(best)) plans_ = dive.plans();
}

}  // namespace kat::optimizer
