#include "services/scheduling/optimizer/explain.h"

#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/check_start.h"
#include "services/scheduling/optimizer/plan_move.h"
#include "services/scheduling/optimizer/testing/brute_force.h"
#include "services/scheduling/optimizer/testing/random_problem.h"

namespace kat::optimizer {
namespace {

constexpr Minute kDay = kMinutesPerDay;

// One nurse from 8:00 to 16:00 on each of five days; an hour's visit; a course of two visits two or three days apart.
struct Case {
  Clinic clinic;
  Course course;

  Case() {
    clinic.slot_minutes = 30;
    clinic.days = 5;
    clinic.weights = {2000, 5000, 10, 12, 4, 9, 25, 3};
    clinic.tag_names = {"rn"};
    clinic.role_names = {"nurse"};
    Resource nurse{"nurse", {{0, std::nullopt}}, 1, {}, 0};
    for (int d = 0; d < 5; ++d) nurse.windows.push_back({d * kDay + 480, d * kDay + 960});
    clinic.resources = {nurse};
    clinic.visit_types = {{"visit", 60, {{0, 0, {{0, 60, 1}}}}}};
    course.id = "c";
    course.visits = {{.id = "a", .type = 0}, {.id = "b", .type = 0}};
    course.lags = {{.from = 0, .to = 1, .min_days = 2, .max_days = 3}};
    course.available = {{0, 5 * kDay}};
  }
  Picture MakePicture() const { return Picture(clinic); }
};

TEST(Explain, SaysThatACourseFits) {
  const Case c;
  const Explanation explanation = Explain(c.MakePicture(), c.course);
  EXPECT_TRUE(explanation.fits);
  EXPECT_TRUE(explanation.causes.empty());
}

TEST(Explain, NamesTheLagAndTheDaysWithoutANurseAndWhatWouldHelp) {
  const Case c;
  Picture picture = c.MakePicture();
  for (int d : {1, 2, 3, 4}) picture.AddBlock({0, {d * kDay, (d + 1) * kDay}, 1});
  const Explanation explanation = Explain(picture, c.course);
  EXPECT_FALSE(explanation.fits);
  EXPECT_TRUE(explanation.sufficient);
  EXPECT_TRUE(explanation.minimal);
  bool capacity = false;
  for (const Cause& cause : explanation.causes) {
    if (cause.kind == CauseKind::kCapacity) {
      capacity = true;
      EXPECT_EQ(cause.tag, 0);
    }
  }
  EXPECT_TRUE(capacity);
  bool more_nurse = false;
  for (const Relaxation& relaxation : explanation.relaxations) {
    if (relaxation.cause.kind != CauseKind::kCapacity) continue;
    more_nurse = true;
    EXPECT_EQ(relaxation.minutes, 60);
    EXPECT_EQ(relaxation.plan.visits.size(), 2u);
  }
  EXPECT_TRUE(more_nurse);
}

TEST(Explain, FindsTheSmallestLongerLag) {
  Case c;
  c.course.visits[0].windows = {{0, kDay}};
  c.course.visits[1].windows = {{4 * kDay, 5 * kDay}};
  const Explanation explanation = Explain(c.MakePicture(), c.course);
  EXPECT_TRUE(explanation.minimal);
  bool lag = false;
  for (const Relaxation& relaxation : explanation.relaxations) {
    if (relaxation.cause.kind != CauseKind::kLag) continue;
    lag = true;
    EXPECT_FALSE(relaxation.lower);
    EXPECT_EQ(relaxation.days, 1);
  }
  EXPECT_TRUE(lag);
}

TEST(Explain, NamesTheHorizonWhereItIsTooShort) {
  Case c;
  c.course.available = {{0, 20 * kDay}};
  c.course.lags[0].min_days = 6;
  c.course.lags[0].max_days = 7;
  const Explanation explanation = Explain(c.MakePicture(), c.course);
  bool horizon = false;
  for (const Relaxation& relaxation : explanation.relaxations) {
    horizon = horizon || (relaxation.cause.kind == CauseKind::kHorizon && relaxation.days == 2);
  }
  EXPECT_TRUE(horizon);
}

// On random courses without a plan: the causes are checked against trying every way.
TEST(Explain, RelaxationsOfLagsAndWindowsAreTheSmallestThatBruteForceFinds) {
  std::mt19937 random(21);
  int relaxed = 0;
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    Instance instance = RandomProblem(random, {.max_visits = 2, .max_days = 4});
    Course& course = instance.courses.back();
    Picture picture(instance.clinic);
    for (const Block& block : instance.blocks) picture.AddBlock(block);
    for (const Course& other : instance.courses) picture.AddCourse(other, &other == &course);
    const BruteForceResult expected = BruteForce(instance);
    if (expected.gave_up) continue;
    const Explanation explanation = Explain(picture, course);
    ASSERT_EQ(explanation.fits, expected.best.has_value());
    if (explanation.fits) continue;
    const Course given = course;
    for (const Relaxation& relaxation : explanation.relaxations) {
      for (const int less : {0, 1}) {
        course = given;
        if (relaxation.cause.kind == CauseKind::kLag && relaxation.days > 0) {
          Lag& lag = course.lags[relaxation.cause.lag];
          const int days = relaxation.days - less;
          if (relaxation.lower) {
            lag.min_days -= days;
          } else {
            lag.max_days = *lag.max_days + days;
          }
        } else if (relaxation.cause.kind == CauseKind::kVisitWindows) {
          for (Interval& window : *course.visits[relaxation.cause.visit].windows) {
            window.from -= (relaxation.days - less) * kDay;
            window.to += (relaxation.days - less) * kDay;
          }
        } else {
          continue;
        }
        ++relaxed;
        const BruteForceResult again = BruteForce(instance);
        EXPECT_TRUE(again.gave_up || again.best.has_value() == (less == 0));
      }
    }
    course = given;
  }
  EXPECT_GT(relaxed, 20);
}

TEST(CheckStart, SaysWhichRuleBreaksAndByHowMuch) {
  Case c;
  c.course.visits[0].current = Standing{.start = 480, .assign = {{0, 0}}};
  c.course.visits[1].current = Standing{.start = 2 * kDay + 480, .assign = {{0, 0}}};
  const Picture picture = c.MakePicture();
  EXPECT_TRUE(CheckStart(picture, c.course, 1, 3 * kDay + 600).empty());
  const std::vector<Breach> early = CheckStart(picture, c.course, 1, kDay + 480);
  ASSERT_EQ(early.size(), 1u);
  EXPECT_EQ(early[0].kind, Breach::Kind::kMinDays);
  EXPECT_EQ(early[0].lag, 0);
  EXPECT_EQ(early[0].other, 0);
  EXPECT_EQ(early[0].amount, 1);
  const std::vector<Breach> late = CheckStart(picture, c.course, 1, 4 * kDay + 465);
  ASSERT_EQ(late.size(), 2u);
  EXPECT_EQ(late[0].kind, Breach::Kind::kGrid);
  EXPECT_EQ(late[0].amount, 15);
  EXPECT_EQ(late[1].kind, Breach::Kind::kMaxDays);
  const std::vector<Breach> closed = CheckStart(picture, c.course, 1, 3 * kDay + 930);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].kind, Breach::Kind::kCapacity);
  EXPECT_EQ(closed[0].role, 0);
}

TEST(PlanMove, MovesOneVisitAndLeavesTheOthers) {
  Case c;
  c.course.visits[0].current = Standing{.start = 480, .assign = {{0, 0}}};
  c.course.visits[1].current = Standing{.start = 2 * kDay + 480, .assign = {{0, 0}}};
  const Picture picture = c.MakePicture();
  CoursePlanner planner(picture);
  PlanOptions options;
  options.k = 3;
  const MovePlans moves = PlanMove(planner, c.course, {.visit = 1}, options);
  ASSERT_EQ(moves.plans.size(), 3u);
  EXPECT_TRUE(moves.proved);
  for (const MovePlan& move : moves.plans) {
    EXPECT_EQ(move.moved, std::vector<int>{1});
    EXPECT_EQ(move.plan.visits[0].start, 480);
    EXPECT_EQ(move.plan.cost.move, 25);
  }
}

TEST(PlanMove, MovesAnotherVisitWhereTheProtocolForcesIt) {
  Case c;
  c.course.visits[0].current = Standing{.start = 480, .assign = {{0, 0}}};
  c.course.visits[1].current = Standing{.start = 3 * kDay + 480, .assign = {{0, 0}}};
  const Picture picture = c.MakePicture();
  CoursePlanner planner(picture);
  const MovePlans moves = PlanMove(planner, c.course, {.visit = 1, .within = {{4 * kDay, 5 * kDay}}});
  ASSERT_EQ(moves.plans.size(), 1u);
  EXPECT_EQ(moves.plans[0].moved, (std::vector<int>{0, 1}));
}

}  // namespace
}  // namespace kat::optimizer
