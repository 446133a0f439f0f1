#include "services/scheduling/optimizer/bound/dive.h"

#include <algorithm>
#include <utility>

namespace kat::optimizer {
namespace {

constexpr int64_t kPlanOps = 300'000;  // of one course that no plan of the mix was left for
constexpr double kSameDays = 3;        // what a plan on the days of the mix counts for, in weights

using Mix = std::vector<std::pair<Bundle::Visits, double>>;

// The share of visits that stand on the same day in both.
double Alike(const std::vector<Placement>& a, const std::vector<Placement>& b) {
  double same = 0;
  for (size_t v = 0; v < a.size(); ++v) same += DayOf(a[v].start) == DayOf(b[v].start) ? 1 : 0;
  return same / static_cast<double>(a.size());
}

// How much of the mix, visit by visit, has the days of `plan`.
double Agreement(const Mix& mix, const std::vector<Placement>& plan) {
  double sum = 0;
  for (const auto& [visits, weight] : mix) sum += weight * Alike(*visits, plan);
  return sum;
}

// The plan that the mix agrees with most; nothing where the mix leaves the course out.
std::pair<Bundle::Visits, double> MostAgreed(const Mix& mix) {
  std::pair<Bundle::Visits, double> most{nullptr, 0};
  for (const auto& [visits, weight] : mix) {
    const double agreement = Agreement(mix, *visits);
    if (agreement > most.second) most = {visits, agreement};
  }
  return most;
}

}  // namespace

Dive::Dive(const Instance& instance, const Lagrangian& bound)
    : schedule_(instance), planner_(schedule_.picture()), lagrangian_(bound.Around(schedule_.picture())) {}

bool Dive::Run(int steps, int passes, const std::function<bool()>& stop) {
  std::vector<Candidate> waiting = Waiting();
  const size_t batch = std::max<size_t>(1, waiting.size() / static_cast<size_t>(std::max(1, steps)));
  // Until none of those left fits: they wait for the end, as do those that the mix leaves out.
  for (size_t placed = 1; placed > 0 && !waiting.empty(); waiting = Waiting()) {
    placed = 0;
    for (size_t i = 0; i < waiting.size() && placed < batch; ++i) placed += Place(waiting[i].course) ? 1 : 0;
    if (placed > 0 && !lagrangian_->Settle(passes, stop)) return false;
  }
  return PlaceRest(stop);
}

// Those that the mix places, the most agreed first.
std::vector<Dive::Candidate> Dive::Waiting() const {
  std::vector<Candidate> waiting;
  for (int i = 0; i < schedule_.size(); ++i) {
    if (!lagrangian_->HasChoice(i)) continue;
    const double agreement = MostAgreed(lagrangian_->MixOf(i)).second;
    if (agreement > 0) waiting.push_back({i, agreement});
  }
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const Candidate& a, const Candidate& b) { return a.agreement > b.agreement; });
  return waiting;
}

// By a plan of the mix on the days most agreed, else the last that the course was given; false where none fits beside
// what was placed in the same step: prices do not know of it yet.
bool Dive::Place(int course) {
  Mix mix = lagrangian_->MixOf(course);
  const Bundle::Visits most = MostAgreed(mix).first;
  auto rank = [&](const auto& one) { return one.second + kSameDays * Alike(*one.first, *most); };
  std::stable_sort(mix.begin(), mix.end(), [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
  if (lagrangian_->LastOf(course)) mix.emplace_back(lagrangian_->LastOf(course), 0);
  for (const auto& [visits, weight] : mix) {
    if (!schedule_.Fits(course, *visits)) continue;
    schedule_.Place(course, *visits);
    lagrangian_->Fix(course, schedule_.OwnCost(course), *visits);
    return true;
  }
  return false;
}

bool Dive::PlaceRest(const std::function<bool()>& stop) {
  for (int i = 0; i < schedule_.size(); ++i) {
    if (!lagrangian_->HasChoice(i)) continue;
    if (stop()) return false;
    CoursePlans plans =
        planner_.Plan(schedule_.course(i), {.cost_limit = schedule_.DropCost(i) + 1, .budget_ops = kPlanOps});
    plan_ops_ += plans.ops;
    if (!plans.plans.empty()) schedule_.Place(i, std::move(plans.plans[0].visits), plans.plans[0].cost);
  }
  return true;
}

}  // namespace kat::optimizer
