#include "services/scheduling/optimizer/bound/branching.h"

#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/bound/choose_decision.h"
#include "services/scheduling/optimizer/testing/whole_check.h"

namespace kat::optimizer {
namespace {

const std::function<bool()> kNeverStop = [] { return false; };
constexpr int kMostSteps = 60;

// A bound that has come to rest.
struct Rested {
  explicit Rested(const Instance& instance, int threads = 1)
      : alone(PlanAlone(instance, 100'000)), lagrangian(instance, alone, threads) {
    for (int round = 0; round < 400 && !lagrangian.done(); ++round) lagrangian.Iterate(100'000, kNeverStop);
  }

  AloneResult alone;
  Lagrangian lagrangian;
};

// These clinics are mean: visits of one course are often in each other's way, which no price tells. That much is proved
// nevertheless.
TEST(Branching, ProvesWhatPricesDoNotAndNeverTooMuch) {
  std::mt19937 random(31);
  int tried = 0, missing = 0, proved = 0;
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const std::optional<Cost> best = BestOfWhole(instance);
    if (!best) continue;
    Rested rested(instance);
    if (!rested.lagrangian.CanDecide()) continue;
    ++tried;
    ASSERT_LE(rested.lagrangian.bound(), *best);
    if (rested.lagrangian.bound() == *best) continue;
    ++missing;
    // Were it any dearer, nobody would know.
    const Cost upper = *best + 5;
    Branching branching(instance, rested.lagrangian);
    for (int step = 0; step < kMostSteps && !branching.done(); ++step) {
      branching.Step(upper, kNeverStop);
      ASSERT_LE(branching.bound(), *best);
      ASSERT_GE(branching.bound(), rested.lagrangian.bound());
      if (const std::optional<Plans> plans = branching.TakePlans()) {
        ASSERT_TRUE(IsFeasibleWhole(instance, *plans));
        ASSERT_LT(CostOfWhole(instance, *plans), upper);
      }
    }
    proved += branching.bound() == *best ? 1 : 0;
  }
  EXPECT_GT(tried, 200);
  EXPECT_GT(missing, 20);
  EXPECT_GT(proved, missing / 5);
}

TEST(Branching, ComesToTheSameHoweverManyThreadsPrice) {
  std::mt19937 random(32);
  for (int i = 0; i < 40; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    Rested one(instance), two(instance, 2);
    if (!one.lagrangian.CanDecide()) continue;
    Branching first(instance, one.lagrangian), second(instance, two.lagrangian);
    for (int step = 0; step < 10; ++step) {
      first.Step(100'000, kNeverStop);
      second.Step(100'000, kNeverStop);
      ASSERT_EQ(first.bound(), second.bound());
      ASSERT_EQ(first.done(), second.done());
    }
  }
}

// Whatever is decided, no schedule of its kind costs less than the bound under it, and the ways leave none out: the
// best schedule is of one of these kinds.
TEST(Branching, LeavesNoScheduleOutWhateverIsDecided) {
  std::mt19937 random(33);
  int asked = 0;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const std::optional<Cost> best = BestOfWhole(instance);
    if (!best) continue;
    Rested rested(instance);
    if (!rested.lagrangian.CanDecide()) continue;
    const std::vector<Decision> ways = ChooseDecision(instance, rested.lagrangian);
    if (ways.empty()) continue;
    ++asked;
    Cost least = kInfiniteCost;
    for (const Decision& way : ways) {
      const std::unique_ptr<Lagrangian> under = rested.lagrangian.Under(way);
      under->Tighten(100'000, /*afresh=*/true, kNeverStop);
      least = std::min(least, under->bound());
    }
    ASSERT_LE(least, *best);
  }
  EXPECT_GT(asked, 20);
}

}  // namespace
}  // namespace kat::optimizer
