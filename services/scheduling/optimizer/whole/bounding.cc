#include "services/scheduling/optimizer/whole/bounding.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "services/scheduling/optimizer/bound/dive.h"

namespace kat::optimizer {
namespace {

constexpr int64_t kFirstRounds = 10;  // fewer teach nothing
// Before a dive: so many passes, or as many as this part of the whole effort suffices for, if these at least. Later
// passes take longer than the first: whoever went ahead for half of the fewest dives in any case.
constexpr double kRipePasses = 60, kFewestPasses = 28;
constexpr double kMostBefore = 0.35;
constexpr double kAhead = 0.75;  // of all effort until then
// Of a dive: so many steps and passes after each, or as many as this part of the whole effort suffices for.
constexpr double kMostDive = 0.3;
constexpr double kSteps = 60, kFewestSteps = 15;
constexpr double kSettlePasses = 2;
// What comes of it may cost, of what the best schedule does. It is rough in places, and soon better for a search.
constexpr double kWorthIt = 1.5;

// In a small clinic a search has soon found what it can, and most of the effort is for a proof.
constexpr size_t kSmallCourses = 20;
constexpr int kSmallPercent = 75;

}  // namespace

Bounding::Bounding(const Instance& instance, const AloneResult& alone, int threads, int percent)
    : instance_(&instance),
      alone_(&alone),
      threads_(threads),
      percent_(percent > 0 && instance.courses.size() <= kSmallCourses ? std::max(percent, kSmallPercent) : percent),
      round_ops_(alone.ops),
      pass_ops_(alone.ops) {}

Bounding::Done Bounding::Work(Cost best, int64_t ops, int64_t total, const std::function<bool()>& stop) {
  const Cost bound_before = bound();
  const int64_t spent_before = spent();
  auto due = [&] { return Due(ops + spent() - spent_before, total); };
  if (!lagrangian_ && due() < kFirstRounds * round_ops_) return {false, 0};
  if (!lagrangian_) lagrangian_.emplace(*instance_, *alone_, threads_);
  auto ripe = [&] {
    return !dived_ && (lagrangian_->done() ||
                       (ahead_ && Passes() >= std::clamp(PassesWithin(total), kFewestPasses / 2, kRipePasses)));
  };
  while (best > bound() && ops_ + round_ops_ < due() && !ripe() && !lagrangian_->done() && !stop()) {
    const int64_t start = lagrangian_->ops();
    const int passes = lagrangian_->passes();
    lagrangian_->Iterate(best, stop);
    round_ops_ = lagrangian_->ops() - start;
    pass_ops_ = round_ops_ / std::max(1, lagrangian_->passes() - passes);
    ops_ += round_ops_;
  }
  if (ripe()) {
    dived_ = true;
    if (best > bound() && lagrangian_->CanGoAround()) DiveWithin(kMostDive * static_cast<double>(total), best, stop);
  }
  if (lagrangian_->done() && lagrangian_->CanDecide()) {
    if (!branching_) branching_.emplace(*instance_, *lagrangian_);
    while (best > bound() && spent() < due() && !branching_->done() && !stop()) branching_->Step(best, stop);
    if (std::optional<Plans> plans = branching_->TakePlans()) plans_ = std::move(plans);
  }
  return {bound() > bound_before, spent() - spent_before};
}

// What it may have taken by now: its share, or ahead of it what leads to a dive.
int64_t Bounding::Due(int64_t ops, int64_t total) {
  const int64_t share = ops * percent_ / 100;
  if (Passes() < kFewestPasses / 2) ahead_ = PassesWithin(total) >= kFewestPasses;
  const bool can = percent_ > 0 && !dived_ && (Passes() == 0 || lagrangian_->CanGoAround());
  return can && ahead_ ? std::max(share, static_cast<int64_t>(kAhead * static_cast<double>(ops))) : share;
}

double Bounding::PassesWithin(int64_t total) const {
  return kMostBefore * static_cast<double>(total) / static_cast<double>(std::max<int64_t>(1, pass_ops_));
}

void Bounding::DiveWithin(double ops, Cost best, const std::function<bool()>& stop) {
  // Fewer and fewer courses are priced: half on average.
  const double passes = 2 * ops / static_cast<double>(round_ops_);
  const double settle = std::floor(std::clamp(passes / kSteps, 1.0, kSettlePasses));
  const int steps = static_cast<int>(std::min(kSteps, passes / settle));
  if (steps < kFewestSteps) return;
  Dive dive(*instance_, *lagrangian_);
  const bool ended = dive.Run(steps, static_cast<int>(settle), stop);
  dive_ops_ = dive.ops();
  if (ended && static_cast<double>(dive.objective()) <= kWorthIt * static_cast<double>(best)) plans_ = dive.plans();
}

}  // namespace kat::optimizer
