#include "services/scheduling/optimizer/plan_course.h"

#include <gtest/gtest.h>

#include "services/scheduling/optimizer/testing/brute_force.h"
#include "services/scheduling/optimizer/testing/random_problem.h"
#include "services/scheduling/optimizer/validate.h"

namespace kat::optimizer {
namespace {

// All that stands but the last course's chosen visits.
Picture PictureWithoutLast(const Instance& instance) {
  Picture picture(instance.clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (size_t i = 0; i + 1 < instance.courses.size(); ++i) picture.AddCourse(instance.courses[i]);
  picture.AddCourse(instance.courses.back(), /*fixed_only=*/true);
  return picture;
}

struct Tally {
  int fit = 0;
  int none = 0;
  int tried = 0;
};

Tally CompareWithBruteForce(int seed, int count, const RandomOptions& sizes) {
  std::mt19937 random(seed);
  Tally tally;
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << " problem " << i);
    const Instance instance = RandomProblem(random, sizes);
    EXPECT_EQ(ValidateInstance(instance), absl::OkStatus());
    const BruteForceResult expected = BruteForce(instance);
    if (expected.gave_up) continue;
    ++tally.tried;
    const Picture picture = PictureWithoutLast(instance);
    const Course& course = instance.courses.back();
    const CoursePlans plans = PlanCourse(picture, course);
    EXPECT_TRUE(plans.proved);
    EXPECT_EQ(plans.plans.size(), expected.best ? 1u : 0u);
    if (plans.plans.empty() || !expected.best) {
      ++tally.none;
      if (expected.best.has_value() != !plans.plans.empty()) return tally;
      continue;
    }
    ++tally.fit;
    EXPECT_TRUE(IsFeasible(instance, plans.plans[0].visits));
    EXPECT_EQ(CostByDefinition(instance, plans.plans[0].visits), plans.plans[0].cost.Total());
    EXPECT_EQ(plans.plans[0].cost.Total(), *expected.best);
    EXPECT_EQ(plans.lower_bound, *expected.best);
    if (::testing::Test::HasFailure()) return tally;
  }
  return tally;
}

TEST(PlanCourse, AgreesWithBruteForceOnTwoVisits) {
  const Tally tally = CompareWithBruteForce(1, 2500, {.max_visits = 2, .max_days = 4});
  EXPECT_GT(tally.fit, 800);
  EXPECT_GT(tally.none, 500);
}

TEST(PlanCourse, AgreesWithBruteForceOnThreeVisits) {
  const Tally tally = CompareWithBruteForce(2, 2000, {.max_visits = 3, .max_days = 3});
  EXPECT_GT(tally.fit, 400);
}

TEST(PlanCourse, AgreesWithBruteForceOnVisitsOfOneDay) {
  const Tally tally = CompareWithBruteForce(3, 2000, {.max_visits = 3, .max_days = 1});
  EXPECT_GT(tally.fit, 300);
}

TEST(PlanCourse, AgreesWithBruteForceWhereClocksChangeBetweenTheVisits) {
  const Tally tally = CompareWithBruteForce(17, 4000, {.max_visits = 3, .max_days = 4, .clock_shifts = true});
  EXPECT_GT(tally.fit, 400);
}

// Plans two and three are the best that differ from those before them: found again by trying every way under rules that
// say so.
TEST(PlanCourse, FindsTheBestPlansThatAPatientWouldTellApart) {
  std::mt19937 random(9);
  int compared = 0;
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomProblem(random, {.max_visits = 1, .max_days = 3});
    const Course& course = instance.courses.back();
    if (course.visits[0].fixed) continue;
    PlanOptions options;
    options.k = 3;
    options.distinct_minutes = 100;
    const CoursePlans plans = PlanCourse(PictureWithoutLast(instance), course, options);
    std::vector<VisitRule> rules;
    for (size_t k = 0; k < 3; ++k) {
      const BruteForceResult expected = BruteForce(instance, rules);
      ASSERT_FALSE(expected.gave_up);
      ASSERT_EQ(expected.best.has_value(), k < plans.plans.size());
      if (!expected.best) break;
      ASSERT_EQ(plans.plans[k].cost.Total(), *expected.best);
      const Minute start = plans.plans[k].visits[0].start, midnight = DayOf(start) * kMinutesPerDay;
      const Interval same = {std::max(midnight, start - 99), std::min(midnight + kMinutesPerDay, start + 100)};
      rules.push_back({0, std::nullopt, {same}});
      ++compared;
    }
  }
  EXPECT_GT(compared, 300);
}

TEST(PlanCourse, AnswersTheSameWhenAskedAgainAndAfterThePictureChangedAndChangedBack) {
  std::mt19937 random(12);
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomProblem(random, {.max_visits = 3, .max_days = 3});
    Picture picture = PictureWithoutLast(instance);
    CoursePlanner planner(picture);
    const Course& course = instance.courses.back();
    auto same = [&](const CoursePlans& a, const CoursePlans& b) {
      ASSERT_EQ(a.plans.size(), b.plans.size());
      ASSERT_EQ(a.ops, b.ops);
      if (!a.plans.empty()) {
        ASSERT_EQ(a.plans[0].visits, b.plans[0].visits);
      }
    };
    const CoursePlans first = planner.Plan(course);
    same(planner.Plan(course), first);
    const Block block{0, {400, 1400}, 2};
    picture.AddBlock(block);
    same(planner.Plan(course), PlanCourse(picture, course));
    picture.RemoveBlock(block);
    same(planner.Plan(course), first);
  }
}

TEST(PlanCourse, ACostLimitLeavesOutPlansThatReachIt) {
  std::mt19937 random(13);
  int limited = 0;
  for (int i = 0; i < 300; ++i) {
    const Instance instance = RandomProblem(random, {.max_visits = 2, .max_days = 3});
    const Picture picture = PictureWithoutLast(instance);
    const Course& course = instance.courses.back();
    const CoursePlans plans = PlanCourse(picture, course);
    if (plans.plans.empty() || plans.plans[0].cost.Total() == 0) continue;
    ++limited;
    PlanOptions options;
    options.cost_limit = plans.plans[0].cost.Total();
    EXPECT_TRUE(PlanCourse(picture, course, options).plans.empty());
    ++options.cost_limit;
    EXPECT_EQ(PlanCourse(picture, course, options).plans.size(), 1u);
  }
  EXPECT_GT(limited, 50);
}

// Out of budget at any moment: what is given is feasible, its cost is right, and the bound holds.
TEST(PlanCourse, GivesAValidPlanAndBoundWhenTheBudgetRunsOut) {
  std::mt19937 random(14);
  for (int i = 0; i < 600; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomProblem(random, {.max_visits = 3, .max_days = 3});
    const Picture picture = PictureWithoutLast(instance);
    const Course& course = instance.courses.back();
    const CoursePlans whole = PlanCourse(picture, course);
    PlanOptions options;
    options.budget_ops = 1 + static_cast<int64_t>(random() % (whole.ops + 2));
    const CoursePlans part = PlanCourse(picture, course, options);
    EXPECT_TRUE(whole.plans.empty() || part.lower_bound <= whole.plans[0].cost.Total());
    if (part.plans.empty()) {
      EXPECT_TRUE(whole.plans.empty() || !part.proved);
      continue;
    }
    EXPECT_TRUE(IsFeasible(instance, part.plans[0].visits));
    EXPECT_EQ(CostByDefinition(instance, part.plans[0].visits), part.plans[0].cost.Total());
    EXPECT_TRUE(!part.proved || part.plans[0].cost.Total() == whole.plans[0].cost.Total());
  }
}

TEST(PlanCourse, TakesThePlanOfLeastCostAndPricesOfDaysAndSaysWhatItCostsWithoutThem) {
  std::mt19937 random(23);
  int fit = 0, dearer = 0;
  for (int i = 0; i < 1500; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomProblem(random, {.max_visits = 3, .max_days = 4});
    DayPrices prices(instance.clinic);
    for (size_t type = 0; type < instance.clinic.visit_types.size(); ++type) {
      for (int day = 0; day < instance.clinic.days; ++day) {
        prices.Set(static_cast<int>(type), day, static_cast<Cost>(random() % 40));
      }
    }
    const BruteForceResult expected = BruteForce(instance, {}, 30'000, &prices);
    const BruteForceResult unpriced = BruteForce(instance);
    if (expected.gave_up || unpriced.gave_up) continue;
    const Picture picture = PictureWithoutLast(instance);
    const Course& course = instance.courses.back();
    const CoursePlans plans = PlanCourse(picture, course, {.day_prices = &prices});
    ASSERT_EQ(plans.plans.size(), expected.best ? 1u : 0u);
    if (!expected.best) continue;
    ++fit;
    const CoursePlan& plan = plans.plans[0];
    Cost paid = 0;
    for (size_t v = 0; v < course.visits.size(); ++v) {
      if (!course.visits[v].fixed) paid += prices.Of(course.visits[v].type, DayOf(plan.visits[v].start));
    }
    ASSERT_TRUE(IsFeasible(instance, plan.visits));
    ASSERT_EQ(CostByDefinition(instance, plan.visits), plan.cost.Total());
    ASSERT_EQ(plan.cost.Total() + paid, *expected.best);
    ASSERT_EQ(plans.lower_bound, *expected.best);
    dearer += plan.cost.Total() > *unpriced.best ? 1 : 0;
  }
  EXPECT_GT(fit, 300);
  EXPECT_GT(dearer, 50);
}

TEST(PlanCourse, PaysForAnUntidyStartNoMoreThanItsPrice) {
  std::mt19937 random(24);
  int fit = 0, moved = 0;
  for (int i = 0; i < 1500; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomProblem(random, {.max_visits = 3, .max_days = 4});
    const Picture picture = PictureWithoutLast(instance);
    const Course& course = instance.courses.back();
    const CoursePlans cheapest = PlanCourse(picture, course), tidy = PlanCourse(picture, course, {.untidy = 3});
    ASSERT_TRUE(cheapest.proved && tidy.proved);
    ASSERT_EQ(cheapest.plans.size(), tidy.plans.size());
    if (tidy.plans.empty()) continue;
    ++fit;
    const Cost cost = tidy.plans[0].cost.Total(), least = cheapest.plans[0].cost.Total();
    ASSERT_TRUE(IsFeasible(instance, tidy.plans[0].visits));
    ASSERT_EQ(CostByDefinition(instance, tidy.plans[0].visits), cost);
    ASSERT_GE(cost, least);
    ASSERT_LE(cost, least + 3 * static_cast<Cost>(course.visits.size()));
    ASSERT_GE(tidy.lower_bound, cost);
    moved += tidy.plans[0].visits != cheapest.plans[0].visits ? 1 : 0;
  }
  EXPECT_GT(fit, 500);
  EXPECT_GT(moved, 20);
}

}  // namespace
}  // namespace kat::optimizer
