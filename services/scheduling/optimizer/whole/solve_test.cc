#include "services/scheduling/optimizer/whole/solve.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "services/scheduling/optimizer/testing/whole_check.h"
#include "services/scheduling/optimizer/validate.h"

namespace kat::optimizer {
namespace {

SolveOptions Small(int64_t ops = 400'000, uint64_t seed = 1) {
  SolveOptions options;
  options.budget_ops = ops;
  options.seed = seed;
  return options;
}

// The courses in the order of the instance, each at its best given those before it.
Cost FirstFit(const Instance& instance) {
  Schedule schedule(instance);
  CoursePlanner planner(schedule.picture());
  for (int i = 0; i < schedule.size(); ++i) {
    if (schedule.Scheduled(i)) continue;
    CoursePlans plans = planner.Plan(schedule.course(i), {.cost_limit = schedule.DropCost(i) + 1});
    if (!plans.plans.empty()) schedule.Place(i, plans.plans[0].visits);
  }
  return schedule.objective();
}

// Clinics made to be mean: one resource in two roles, equal plans that differ in what they leave to others. Ruin and
// recreate promises no best schedule, only a proof where it says so.
TEST(SolveWhole, FindsTheBestScheduleOfAlmostAllTinyClinicsAndNeverProvesAnother) {
  std::mt19937 random(11);
  int tried = 0, proved = 0, missed = 0;
  for (int i = 0; i < 1200; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    ASSERT_EQ(ValidateInstance(instance), absl::OkStatus());
    const std::optional<Cost> best = BestOfWhole(instance);
    if (!best) continue;
    ++tried;
    const SolveResult result = SolveWhole(instance, Small(3'000'000));
    ASSERT_TRUE(IsFeasibleWhole(instance, result.plans));
    ASSERT_EQ(CostOfWhole(instance, result.plans), result.objective);
    ASSERT_GE(result.objective, *best);
    missed += result.objective > *best ? 1 : 0;
    ASSERT_LE(result.lower_bound, *best);
    proved += result.lower_bound == *best ? 1 : 0;
    const BoundResult bound = BoundWhole(instance, {.budget_ops = 300'000});
    ASSERT_LE(bound.lower_bound, *best);
    ASSERT_GE(bound.lower_bound, bound.alone);
  }
  EXPECT_LE(missed, tried / 100);
  EXPECT_GT(tried, 500);
  EXPECT_GT(proved, tried / 2);
}

TEST(SolveWhole, SaysWhatItsScheduleCostsAndBreaksNoRule) {
  std::mt19937 random(12);
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const SolveResult result = SolveWhole(instance, Small(60'000));
    ASSERT_TRUE(IsFeasibleWhole(instance, result.plans));
    ASSERT_EQ(CostOfWhole(instance, result.plans), result.objective);
    ASSERT_LE(result.objective, FirstFit(instance));
    ASSERT_LE(result.lower_bound, result.objective);
  }
}

TEST(SolveWhole, CountsLagsInRealTimeWhereClocksChange) {
  std::mt19937 random(29);
  int tried = 0, missed = 0;
  for (int i = 0; i < 600; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random, /*clock_shifts=*/true);
    ASSERT_EQ(ValidateInstance(instance), absl::OkStatus());
    const SolveResult result = SolveWhole(instance, Small(1'000'000));
    ASSERT_TRUE(IsFeasibleWhole(instance, result.plans));
    ASSERT_EQ(CostOfWhole(instance, result.plans), result.objective);
    const std::optional<Cost> best = BestOfWhole(instance);
    if (!best) continue;
    ++tried;
    missed += result.objective > *best ? 1 : 0;
    ASSERT_LE(result.lower_bound, *best);
    ASSERT_LE(BoundWhole(instance, {.budget_ops = 300'000}).lower_bound, *best);
  }
  EXPECT_GT(tried, 250);
  EXPECT_LE(missed, tried / 100);
}

TEST(SolveWhole, IsNeverWorseThanWhatItBeganWith) {
  std::mt19937 random(13);
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const SolveResult good = SolveWhole(instance, Small(300'000));
    SolveOptions none = Small(1);
    none.initial = &good.plans;
    const SolveResult again = SolveWhole(instance, none);
    ASSERT_LE(again.objective, good.objective);
    ASSERT_TRUE(IsFeasibleWhole(instance, again.plans));
  }
}

TEST(SolveWhole, GivesTheSameAnswerForTheSameSeedBudgetAndThreads) {
  std::mt19937 random(14);
  for (int i = 0; i < 20; ++i) {
    const Instance instance = RandomWhole(random);
    for (int threads : {1, 2, 3}) {
      SolveOptions options = Small(200'000, 7);
      options.threads = threads;
      const SolveResult first = SolveWhole(instance, options), second = SolveWhole(instance, options);
      ASSERT_EQ(first.plans, second.plans);
      ASSERT_EQ(first.objective, second.objective);
      ASSERT_EQ(first.lower_bound, second.lower_bound);
      ASSERT_EQ(first.ops, second.ops);
      ASSERT_TRUE(IsFeasibleWhole(instance, first.plans));
    }
  }
}

TEST(SolveWhole, StopsAtOnceWithAScheduleThatHolds) {
  std::mt19937 random(15);
  for (int i = 0; i < 100; ++i) {
    const Instance instance = RandomWhole(random);
    SolveOptions options;
    options.used = [] { return 1.0; };
    const SolveResult result = SolveWhole(instance, options);
    ASSERT_TRUE(IsFeasibleWhole(instance, result.plans));
    ASSERT_EQ(CostOfWhole(instance, result.plans), result.objective);
  }
}

// Resources in another order, under other names.
Instance Relabeled(const Instance& instance, std::mt19937& random) {
  Instance other = instance;
  const int n = static_cast<int>(instance.clinic.resources.size());
  std::vector<int> to(n);
  for (int r = 0; r < n; ++r) to[r] = r;
  std::shuffle(to.begin(), to.end(), random);
  for (int r = 0; r < n; ++r) other.clinic.resources[to[r]] = instance.clinic.resources[r];
  for (Block& block : other.blocks) block.resource = to[block.resource];
  for (Course& course : other.courses) {
    for (Visit& visit : course.visits) {
      if (!visit.current) continue;
      for (RoleAssignment& assigned : visit.current->assign) {
        if (assigned.resource < n) assigned.resource = to[assigned.resource];
      }
    }
  }
  return other;
}

// Everything a week later, with a week in front in which nobody works.
Instance Shifted(const Instance& instance) {
  Instance other = instance;
  constexpr Minute kWeek = 7 * kMinutesPerDay;
  auto shift = [](std::vector<Interval>& intervals) {
    for (Interval& interval : intervals) interval = {interval.from + kWeek, interval.to + kWeek};
  };
  other.clinic.days += 7;
  for (Resource& resource : other.clinic.resources) {
    shift(resource.windows);
    for (HeldTag& tag : resource.tags) {
      if (tag.windows) shift(*tag.windows);
    }
  }
  for (Block& block : other.blocks) block.interval = {block.interval.from + kWeek, block.interval.to + kWeek};
  for (Course& course : other.courses) {
    course.earliest_day = std::max(course.earliest_day, 0) + 7;
    shift(course.available);
    shift(course.preferred);
    for (Visit& visit : course.visits) {
      if (visit.windows) shift(*visit.windows);
      if (visit.current) visit.current->start += kWeek;
    }
  }
  return other;
}

TEST(SolveWhole, KeepsAProvedOptimumUnderOtherNamesAndInAnotherWeek) {
  std::mt19937 random(16);
  int compared = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    Instance instance = RandomWhole(random);
    if (kMinutesPerDay % instance.clinic.slot_minutes != 0) instance.clinic.slot_minutes = 120;
    for (Course& course : instance.courses) course.earliest_day = std::max(course.earliest_day, 0);
    const SolveResult result = SolveWhole(instance, Small(200'000));
    if (result.lower_bound != result.objective) continue;
    ++compared;
    EXPECT_EQ(SolveWhole(Relabeled(instance, random), Small(8'000'000)).objective, result.objective);
    EXPECT_EQ(SolveWhole(Shifted(instance), Small(8'000'000)).objective, result.objective);
  }
  EXPECT_GT(compared, 100);
}

TEST(SolveWhole, NeverLosesByOneMoreResource) {
  std::mt19937 random(17);
  int compared = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const SolveResult result = SolveWhole(instance, Small(200'000));
    if (result.lower_bound != result.objective) continue;
    ++compared;
    Instance richer = instance;
    Resource more = instance.clinic.resources[0];
    more.id = "one more";
    richer.clinic.resources.push_back(more);
    for (Course& course : richer.courses) {  // resources that are gone come after all others
      for (Visit& visit : course.visits) {
        if (!visit.current) continue;
        for (RoleAssignment& assigned : visit.current->assign) {
          if (assigned.resource >= static_cast<int>(instance.clinic.resources.size())) ++assigned.resource;
        }
      }
    }
    EXPECT_LE(SolveWhole(richer, Small(8'000'000)).objective, result.objective);
  }
  EXPECT_GT(compared, 100);
}

}  // namespace
}  // namespace kat::optimizer
