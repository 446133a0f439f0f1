#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/course_search.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/testing/brute_force.h"
#include "services/scheduling/optimizer/testing/random_problem.h"
#include "services/scheduling/optimizer/validate.h"

namespace kat::optimizer {
namespace {

int Below(std::mt19937& random, int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); }
bool Chance(std::mt19937& random, int percent) { return Below(random, 100) < percent; }

// A clinic of many who are as good as each other, or nearly so: groups of the same hours, of whom some lack a few, cost
// more to call in, or are taken for a while. A course asks for a clinician, for a therapist, or for both at once, on
// days that visits may have in common; it may have stood before, and begun.
Instance ManyTwins(std::mt19937& random) {
  Instance instance;
  Clinic& clinic = instance.clinic;
  instance.name = "many-twins";
  clinic.slot_minutes = 360;
  clinic.days = 4 + Below(random, 2);
  clinic.weights = {2000, 5000, 5, 6, 4, 9, 25, 3};
  clinic.tag_names = {"clinician", "therapist"};
  clinic.role_names = {"clinician", "therapist"};
  for (int tag = 0; tag < 2; ++tag) {
    const int groups = 1 + Below(random, 2);
    for (int group = 0; group < groups; ++group) {
      std::vector<Interval> hours;
      for (int quarter = 0; quarter < 4 * clinic.days; ++quarter) {
        if (Chance(random, 55)) hours.push_back({quarter * 360, quarter * 360 + 350});
      }
      const Cost day_cost = Chance(random, 40) ? 5 : 0;
      const int twins = 1 + Below(random, 3);
      for (int twin = 0; twin < twins; ++twin) {
        Resource resource;
        resource.id = std::string(1, static_cast<char>('a' + clinic.resources.size()));
        resource.tags = {{tag, std::nullopt}};
        if (Chance(random, 20)) resource.tags.push_back({1 - tag, std::nullopt});
        resource.capacity = 1 + Below(random, 2);
        resource.windows = hours;
        if (Chance(random, 50)) std::erase_if(resource.windows, [&](const Interval&) { return Chance(random, 20); });
        resource.day_cost = Chance(random, 20) ? day_cost + 3 : day_cost;
        clinic.resources.push_back(std::move(resource));
      }
    }
  }
  const int resources = static_cast<int>(clinic.resources.size());
  for (int i = Below(random, 3); i > 0; --i) {
    const Minute from = Below(random, 4 * clinic.days) * 360;
    instance.blocks.push_back({Below(random, resources), {from, from + 200}, 1});
  }
  // Some come before the patient, and some stay on.
  const Minute before = Chance(random, 20) ? -30 : 0, after = Chance(random, 20) ? 400 : 60;
  VisitType infusion{.id = "infusion", .duration = 60, .roles = {{0, 0, {{before, after, 1}}}}};
  VisitType both{.id = "both", .duration = 90, .roles = {{0, 0, {{0, 30, 1}}}, {1, 1, {{30, 90, 1}}}}};
  clinic.visit_types = {infusion, {.id = "talk", .duration = 50, .roles = {{1, 1, {{0, 50, 1}}}}}, both};
  Course course;
  course.id = "planned";
  for (int day = 0; day < clinic.days; ++day) {
    course.available.push_back({day * 1440 + 360 * Below(random, 2), (day + 1) * 1440});
  }
  course.continuity = {0, 1};
  if (Chance(random, 15)) course.continuity.push_back(Below(random, 2));
  if (Chance(random, 40)) {
    for (int day = 0; day < clinic.days; ++day) course.preferred.push_back({day * 1440, day * 1440 + 800});
  }
  const int visits = 2 + Below(random, 3);
  for (int i = 0; i < visits; ++i) {
    course.visits.push_back({.id = "v" + std::to_string(i), .type = Below(random, 3)});
    if (i == 0) continue;
    Lag lag{.from = Below(random, i), .to = i, .min_days = Below(random, 2)};
    lag.max_days = lag.min_days + 1 + Below(random, 2);
    if (Chance(random, 70)) lag.ideal_days = 1;
    if (Chance(random, 10)) lag.max_minutes = 2000;
    course.lags.push_back(lag);
  }
  for (int i = 0; i < visits; ++i) {
    Visit& visit = course.visits[i];
    if (!Chance(random, 15)) continue;
    visit.current = Standing{.start = Below(random, 4 * clinic.days) * 360, .assign = {}};
    for (const Role& role : clinic.visit_types[visit.type].roles) {
      visit.current->assign.push_back({role.name, Below(random, resources)});
    }
    visit.fixed = i == 0;
  }
  instance.courses.push_back(std::move(course));
  return instance;
}

struct Found {
  CourseSearch::Result result;
  std::vector<Placement> visits;
};

// Plans the last course in the given way: where `first_look` is small, by rounds, in which hands are spared.
std::optional<Found> Plan(const Instance& instance, int64_t first_look, int64_t ops = Effort::kUnlimited) {
  Picture picture(instance.clinic);
  for (const Block& block : instance.blocks) picture.AddBlock(block);
  for (size_t i = 0; i + 1 < instance.courses.size(); ++i) picture.AddCourse(instance.courses[i]);
  const Course& course = instance.courses.back();
  picture.AddCourse(course, /*fixed_only=*/true);
  StartIndex index(picture);
  CourseProblem problem;
  if (!problem.Build(index, course, {})) return std::nullopt;
  CourseSearch search(index);
  Found found{.result = search.Run(problem, {.ops = ops, .first_look = first_look}), .visits = {}};
  if (!found.result.found) return found;
  found.visits.resize(course.visits.size());
  for (size_t i = 0; i < course.visits.size(); ++i) {
    if (course.visits[i].fixed) found.visits[i].start = course.visits[i].current->start;
  }
  for (int p = 0; p < problem.size(); ++p) found.visits[problem.visit(p).index] = found.result.placements[p];
  return found;
}

struct Tally {
  int found = 0;
  int none = 0;
  int handoffs = 0;
};

// By rounds from the first step on, the same is found as without.
void ExpectTheSame(const Instance& instance, Tally& tally) {
  const std::optional<Found> whole = Plan(instance, Effort::kUnlimited), rounds = Plan(instance, 1);
  ASSERT_EQ(whole.has_value(), rounds.has_value());
  if (!whole) return;
  ASSERT_TRUE(rounds->result.proved);
  ASSERT_EQ(rounds->result.found, whole->result.found);
  tally.none += !whole->result.found;
  if (!whole->result.found) return;
  ++tally.found;
  ASSERT_EQ(rounds->result.cost, whole->result.cost);
  ASSERT_EQ(rounds->result.lower_bound, whole->result.lower_bound);
  ASSERT_TRUE(IsFeasible(instance, rounds->visits));
  ASSERT_EQ(CostByDefinition(instance, rounds->visits), rounds->result.cost);
}

TEST(PlanTwins, AgreesWithBruteForceWhereManyAreAsGoodAsEachOther) {
  std::mt19937 random(31);
  Tally tally;
  int compared = 0;
  for (int i = 0; i < 900; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = ManyTwins(random);
    ASSERT_EQ(ValidateInstance(instance), absl::OkStatus());
    ExpectTheSame(instance, tally);
    if (HasFatalFailure()) return;
    const BruteForceResult expected = BruteForce(instance, {}, 50'000);
    const std::optional<Found> rounds = Plan(instance, 1);
    if (expected.gave_up || !rounds) continue;
    ASSERT_EQ(rounds->result.found, expected.best.has_value());
    if (!expected.best) continue;
    ASSERT_EQ(rounds->result.cost, *expected.best);
    ++compared;
  }
  EXPECT_GT(compared, 200);
  EXPECT_GT(tally.none, 100);
}

TEST(PlanTwins, SparesNobodyWhoIsNeededInAnyProblem) {
  std::mt19937 random(32);
  Tally tally;
  for (int i = 0; i < 2000; ++i) {
    SCOPED_TRACE(i);
    ExpectTheSame(RandomProblem(random, {.max_visits = 3, .max_days = 4, .clock_shifts = i % 2 == 0}), tally);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(tally.found, 500);
}

// Whatever the budget, what is said is true.
TEST(PlanTwins, GivesAValidBoundWhereverTheBudgetRunsOutInARound) {
  std::mt19937 random(33);
  int unproved = 0;
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = ManyTwins(random);
    const std::optional<Found> whole = Plan(instance, 1);
    if (!whole) continue;
    for (int part = 1; part <= 6; ++part) {
      const std::optional<Found> some = Plan(instance, 1, whole->result.ops * part / 7);
      unproved += !some->result.proved;
      ASSERT_TRUE(!some->result.proved || some->result.found == whole->result.found);
      if (whole->result.found) {
        ASSERT_LE(some->result.lower_bound, whole->result.cost);
      }
      if (!some->result.found) continue;
      ASSERT_TRUE(IsFeasible(instance, some->visits));
      const Cost cost = CostByDefinition(instance, some->visits);
      ASSERT_GE(cost, whole->result.cost);
      ASSERT_TRUE(some->result.any_hands || cost == some->result.cost);
    }
  }
  EXPECT_GT(unproved, 300);
}

}  // namespace
}  // namespace kat::optimizer
