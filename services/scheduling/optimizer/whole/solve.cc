#include "services/scheduling/optimizer/whole/solve.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/bound/branching.h"
#include "services/scheduling/optimizer/bound/lagrangian.h"
#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/beginning.h"
#include "services/scheduling/optimizer/whole/bounding.h"
#include "services/scheduling/optimizer/whole/crew.h"
#include "services/scheduling/optimizer/whole/day_market.h"
#include "services/scheduling/optimizer/whole/search.h"

namespace kat::optimizer {
namespace {

constexpr int64_t kRoundOps = 1'000'000;                               // of each thread between two meetings
constexpr int64_t kQuickOps = 40'000'000, kThoroughOps = 240'000'000;  // of a beginning, all courses together
constexpr int64_t kUpperOps = 400'000'000;                             // for a schedule to measure a bound by
constexpr int kUpperShare = 20;  // one part of as many for that, of steps and time

class Solver {
 public:
  Solver(const Instance& instance, const SolveOptions& options)
      : instance_(instance),
        options_(options),
        stop_([this] { return options_.used() >= 1; }),
        crew_(std::max(1, options.threads)) {}

  SolveResult Run() {
    Plans plans = Begin();
    searches_.resize(crew_.size());
    crew_.OnAll([&](int t) {
      searches_[t] = std::make_unique<Search>(instance_, alone_.courses, guide_ ? &*guide_ : nullptr, options_.plan_ops,
                                              options_.seed * 1000 + static_cast<uint64_t>(t));
      searches_[t]->Adopt(plans);
    });
    Report();
    while (best() > lower_bound_ && ops_ < options_.budget_ops && !stop_()) {
      Round();
      Bound();
    }
    return {searches_[holder_]->best(), best(), std::min(lower_bound_, best()), ops_};
  }

 private:
  Cost best() { return searches_[holder_]->best_objective(); }
  double Progress() {
    return std::min(1.0, std::max(options_.used(), static_cast<double>(ops_) / options_.budget_ops));
  }

  // The order of the instance, which is first fit, is the schedule that is there at once; then it is found what each
  // course costs alone, and what days are worth; then those come first that save most for what they pay.
  Plans Begin() {
    std::vector<int> given(instance_.courses.size());
    std::iota(given.begin(), given.end(), 0);
    Beginning first_fit(instance_, kQuickOps);
    crew_.OnAll([&](int t) {
      if (t == 0) {
        first_fit.Construct(given, stop_);
        options_.report({first_fit.objective(), 0, first_fit.ops(), &first_fit.plans()});
      }
      if (t == crew_.size() - 1) alone_ = PlanAlone(instance_, 20 * options_.plan_ops);
    });
    lower_bound_ = alone_.bound;
    bounding_.emplace(instance_, alone_, options_.threads, options_.bound_percent);
    ops_ = alone_.ops + first_fit.ops();
    if (options_.initial == nullptr && (first_fit.objective() <= lower_bound_ || stop_())) return first_fit.plans();
    std::vector<double> worth;
    for (int i : given) worth.push_back(Worth(alone_.courses[i], DropCostOf(instance_.clinic, instance_.courses[i])));
    if (options_.used() < kHurry) {
      DayMarket market(instance_, alone_.courses);
      market.Learn(first_fit.schedule(), first_fit.starts(), stop_);
      guide_.emplace(market.MakeGuide());
      for (int i : given) worth[i] = market.Worth(i);
      ops_ += market.ops();
    }
    std::vector<int> order = given;
    std::erase_if(order, [&](int i) { return !alone_.courses[i].possible; });
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return worth[a] > worth[b]; });
    Beginning by_worth(instance_, kThoroughOps);
    if (guide_) by_worth.SetGuide(*guide_);
    if (options_.initial != nullptr) by_worth.TakeOver(*options_.initial, given);
    by_worth.Construct(order, stop_);
    ops_ += by_worth.ops();
    return by_worth.objective() < first_fit.objective() ? by_worth.plans() : first_fit.plans();
  }

  // About what a course pays: what annealing is measured by.
  double Scale() {
    const Schedule& schedule = searches_[0]->schedule();
    double sum = 1;
    int placed = 1;
    for (int i = 0; i < schedule.size(); ++i) {
      if (!schedule.Scheduled(i)) continue;
      sum += static_cast<double>(schedule.OwnCost(i) - std::min(schedule.OwnCost(i), Cost{0}));
      ++placed;
    }
    return sum / placed;
  }

  void Round() {
    const double progress = Progress();
    const double temperature = Scale() * kHot * std::pow(kCold / kHot, progress);
    const Cost before = best();
    const int64_t threads = static_cast<int64_t>(searches_.size());
    const int64_t quota = std::max<int64_t>(1, std::min(kRoundOps, (options_.budget_ops - ops_) / threads));
    std::vector<int64_t> spent;
    for (const auto& search : searches_) spent.push_back(search->ops());
    crew_.OnAll([&](int t) {
      if (threads > 1) searches_[t]->BeginTrail();
      searches_[t]->Run(quota, temperature, stop_);
    });
    for (size_t t = 0; t < searches_.size(); ++t) ops_ += searches_[t]->ops() - spent[t];
    FindBest();
    if (crew_.size() > 1) Meet();
    // Back to the best where annealing has strayed for long.
    if (best() < before) {
      last_better_ = progress;
      Report();
    } else if (progress > last_better_ + kPatience) {
      const Plans plans = searches_[holder_]->best();
      crew_.OnAll([&](int t) { searches_[t]->Adopt(plans); });
      last_better_ = progress;
    }
  }

  // Who stands best takes the steps of the others too, and all go on from there.
  void Meet() {
    int leader = 0;
    for (int t = 1; t < crew_.size(); ++t) {
      if (searches_[t]->schedule().objective() < searches_[leader]->schedule().objective()) leader = t;
    }
    crew_.On(leader, [&](int) {
      for (int t = 0; t < crew_.size(); ++t) {
        if (t != leader) searches_[leader]->Follow(*searches_[t]);
      }
    });
    FindBest();
    const Cost objective = best();
    crew_.OnAll([&](int t) {
      if (t != leader) searches_[t]->Adopt(searches_[leader]->schedule());
      searches_[t]->BestElsewhere(objective);
    });
  }

  void FindBest() {
    for (size_t t = 0; t < searches_.size(); ++t) {
      if (searches_[t]->best_objective() < best()) holder_ = t;
    }
  }

  // The bound's part; where a dive has come to a schedule, all go on from that.
  void Bound() {
    const double total = static_cast<double>(ops_) / std::max(1e-3, Progress());
    const auto [rose, ops] = bounding_->Work(best(), ops_, static_cast<int64_t>(total), stop_);
    ops_ += ops;
    if (rose) {
      lower_bound_ = bounding_->bound();
      Report();
    }
    const std::optional<Plans> plans = bounding_->TakePlans();
    if (!plans) return;
    const Cost before = best();
    crew_.OnAll([&](int t) { searches_[t]->Adopt(*plans); });
    last_better_ = Progress() + kPatience;  // it costs more at first
    FindBest();
    if (best() < before) Report();
  }

  void Report() { options_.report({best(), std::min(lower_bound_, best()), ops_, &searches_[holder_]->best()}); }

  static constexpr double kHurry = 0.35;  // of the time: who is so late can't wait for plans that pay for days
  static constexpr double kHot = 0.3, kCold = 0.03;  // temperatures, in what a course pays
  static constexpr double kPatience = 0.1;           // of the whole effort

  const Instance& instance_;
  const SolveOptions& options_;
  std::function<bool()> stop_;
  AloneResult alone_;
  std::optional<Guide> guide_;  // none where there is nothing to search for
  Crew crew_;
  std::vector<std::unique_ptr<Search>> searches_;
  std::optional<Bounding> bounding_;
  Cost lower_bound_ = 0;
  int64_t ops_ = 0;
  double last_better_ = 0;
  size_t holder_ = 0;  // the thread that has the best schedule
};

}  // namespace

SolveResult SolveWhole(const Instance& instance, const SolveOptions& options) {
  return Solver(instance, options).Run();
}

BoundResult BoundWhole(const Instance& instance, const BoundOptions& options) {
  const AloneResult alone = PlanAlone(instance, options.plan_ops);
  BoundResult result{alone.bound, alone.bound, alone.ops};
  Cost upper = 0;
  if (options.upper) {
    upper = *options.upper;
  } else {
    SolveOptions solve;
    solve.threads = options.threads;
    solve.bound_percent = 0;
    solve.budget_ops = std::min(options.budget_ops, kUpperOps) / kUpperShare;
    solve.used = [&] { return options.used() * kUpperShare; };
    const SolveResult first = SolveWhole(instance, solve);
    upper = first.objective;
    result.ops += first.ops;
  }
  const std::function<bool()> stop = [&] { return options.used() >= 1; };
  Lagrangian lagrangian(instance, alone, options.threads);
  const int64_t before = result.ops;
  while (!lagrangian.done() && result.ops < options.budget_ops && !stop()) {
    lagrangian.Iterate(upper, stop);
    result.ops = before + lagrangian.ops();
    if (lagrangian.bound() > result.lower_bound) {
      result.lower_bound = lagrangian.bound();
      options.report({upper, result.lower_bound, result.ops});
    }
  }
  if (!lagrangian.done() || !lagrangian.CanDecide()) return result;
  Branching branching(instance, lagrangian);
  const int64_t before_branching = result.ops;
  while (!branching.done() && result.ops < options.budget_ops && !stop()) {
    branching.Step(upper, stop);
    result.ops = before_branching + branching.ops();
    if (branching.bound() > result.lower_bound) {
      result.lower_bound = branching.bound();
      options.report({upper, result.lower_bound, result.ops});
    }
  }
  return result;
}

}  // namespace kat::optimizer
