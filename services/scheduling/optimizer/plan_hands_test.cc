#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/testing/brute_force.h"
#include "services/scheduling/optimizer/validate.h"

namespace kat::optimizer {
namespace {

int Below(std::mt19937& random, int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); }

// A clinic where everybody is seldom there, so that a course must change hands again and again, in two roles: infusions
// by a clinician, some followed within a day by a talk with a therapist, who may be at the infusion as well.
Instance ManyHandoffs(std::mt19937& random) {
  Instance instance;
  Clinic& clinic = instance.clinic;
  instance.name = "many-handoffs";
  clinic.slot_minutes = Below(random, 2) == 0 ? 1440 : 720;
  clinic.days = 6 + Below(random, 3);
  clinic.weights = {2000, 5000, 5, 6, 4, 9, 25, 3};
  clinic.tag_names = {"clinician", "therapist"};
  clinic.role_names = {"clinician", "therapist"};
  const int clinicians = 3 + Below(random, 2), therapists = 2 + Below(random, 2);
  for (int i = 0; i < clinicians + therapists; ++i) {
    Resource resource;
    resource.id = std::string(1, static_cast<char>('p' + i));
    resource.tags = {{i < clinicians ? 0 : 1, std::nullopt}};
    for (int half = 0; half < 2 * clinic.days; ++half) {
      if (Below(random, 100) >= 40) continue;
      const Minute from = half * 720;
      resource.windows.push_back({from, from + 700});
    }
    clinic.resources.push_back(std::move(resource));
  }
  VisitType infusion{.id = "infusion", .duration = 60, .roles = {{0, 0, {{0, 60, 1}}}}};
  if (Below(random, 4) == 0) infusion.roles.push_back({1, 1, {{0, 30, 1}}});
  clinic.visit_types = {infusion, {.id = "talk", .duration = 50, .roles = {{1, 1, {{0, 50, 1}}}}}};
  Course course;
  course.id = "planned";
  course.available = {{0, clinic.days * kMinutesPerDay}};
  course.continuity = {0, 1};
  if (Below(random, 6) == 0) course.continuity.push_back(0);
  if (Below(random, 2) == 0) {
    for (int day = 0; day < clinic.days; ++day) course.preferred.push_back({day * 1440, day * 1440 + 600});
  }
  const int infusions = 3 + Below(random, 2);
  for (int i = 0; i < infusions; ++i) {
    course.visits.push_back({.id = "i" + std::to_string(i), .type = 0});
    const int visit = static_cast<int>(course.visits.size()) - 1;
    if (i > 0) {
      Lag lag{.from = course.visits[visit - 1].type == 1 ? visit - 2 : visit - 1, .to = visit, .min_days = 1};
      lag.max_days = 2;
      lag.ideal_days = 1 + Below(random, 2);
      course.lags.push_back(lag);
    }
    if (Below(random, 3) == 0 || i + 1 == infusions) {
      course.visits.push_back({.id = "t" + std::to_string(i), .type = 1});
      Lag lag{.from = visit, .to = visit + 1, .min_days = Below(random, 2)};
      lag.max_days = 1;
      lag.ideal_days = 1;
      course.lags.push_back(lag);
    }
  }
  if (Below(random, 4) == 0) {
    course.visits[0].fixed = true;
    course.visits[0].current = Standing{.start = 0, .assign = {{0, Below(random, clinicians)}}};
  }
  instance.courses.push_back(std::move(course));
  return instance;
}

Picture Empty(const Instance& instance) {
  Picture picture(instance.clinic);
  picture.AddCourse(instance.courses.back(), /*fixed_only=*/true);
  return picture;
}

TEST(PlanHands, AgreesWithBruteForceWhereAPlanMustChangeHandsAgainAndAgain) {
  std::mt19937 random(21);
  int compared = 0, twice = 0;
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = ManyHandoffs(random);
    ASSERT_EQ(ValidateInstance(instance), absl::OkStatus());
    const BruteForceResult expected = BruteForce(instance, {}, 200'000);
    if (expected.gave_up) continue;
    const CoursePlans plans = PlanCourse(Empty(instance), instance.courses.back());
    ASSERT_TRUE(plans.proved);
    ASSERT_EQ(plans.plans.size(), expected.best ? 1u : 0u);
    if (!expected.best) continue;
    ASSERT_TRUE(IsFeasible(instance, plans.plans[0].visits));
    ASSERT_EQ(CostByDefinition(instance, plans.plans[0].visits), plans.plans[0].cost.Total());
    ASSERT_EQ(plans.plans[0].cost.Total(), *expected.best);
    ++compared;
    twice += plans.plans[0].cost.handoff >= 2 * instance.clinic.weights.handoff;
  }
  EXPECT_GT(compared, 200);
  EXPECT_GT(twice, 40);
}

// Whatever the budget, what is said is true: the bound holds, and a plan that is given is one.
TEST(PlanHands, GivesAValidBoundWhereverTheBudgetRunsOut) {
  std::mt19937 random(22);
  int unproved = 0, without = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = ManyHandoffs(random);
    const Course& course = instance.courses.back();
    const Picture picture = Empty(instance);
    const CoursePlans whole = PlanCourse(picture, course);
    ASSERT_TRUE(whole.proved);
    for (int part = 1; part <= 8; ++part) {
      PlanOptions options;
      options.budget_ops = whole.ops * part / 9;
      const CoursePlans plans = PlanCourse(picture, course, options);
      unproved += !plans.proved;
      without += plans.plans.empty();
      if (whole.plans.empty()) {
        ASSERT_TRUE(plans.plans.empty());
        continue;
      }
      const Cost best = whole.plans[0].cost.Total();
      ASSERT_LE(plans.lower_bound, best);
      ASSERT_TRUE(!plans.plans.empty() || !plans.proved);
      if (plans.plans.empty()) continue;
      ASSERT_TRUE(IsFeasible(instance, plans.plans[0].visits));
      ASSERT_EQ(CostByDefinition(instance, plans.plans[0].visits), plans.plans[0].cost.Total());
      ASSERT_GE(plans.plans[0].cost.Total(), best);
      ASSERT_TRUE(!plans.proved || (plans.plans[0].cost.Total() == best && plans.lower_bound == best));
    }
  }
  EXPECT_GT(unproved, 500);
  EXPECT_GT(without, 100);
}

}  // namespace
}  // namespace kat::optimizer
