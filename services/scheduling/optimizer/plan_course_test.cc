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
  const Tally tally = CompareWithBruteForce(1, 4000, {.max_visits = 2, .max_days = 4});
  EXPECT_GT(tally.fit, 800);
  EXPECT_GT(tally.none, 800);
}

TEST(PlanCourse, AgreesWithBruteForceOnThreeVisits) {
  const Tally tally = CompareWithBruteForce(2, 2500, {.max_visits = 3, .max_days = 3});
  EXPECT_GT(tally.fit, 400);
}

TEST(PlanCourse, AgreesWithBruteForceOnVisitsOfOneDay) {
  const Tally tally = CompareWithBruteForce(3, 2500, {.max_visits = 3, .max_days = 1});
  EXPECT_GT(tally.fit, 300);
}

}  // namespace
}  // namespace kat::optimizer
