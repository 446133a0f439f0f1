#include "services/scheduling/optimizer/bound/dive.h"

#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/testing/whole_check.h"
#include "services/scheduling/optimizer/whole/bounding.h"

namespace kat::optimizer {
namespace {

const std::function<bool()> kNeverStop = [] { return false; };

// What a bound has come to after so many rounds.
struct Bounded {
  explicit Bounded(const Instance& instance, int rounds = 30, int threads = 1)
      : alone(PlanAlone(instance, 100'000)), lagrangian(instance, alone, threads) {
    for (int round = 0; round < rounds; ++round) lagrangian.Iterate(1'000'000, kNeverStop);
  }

  AloneResult alone;
  Lagrangian lagrangian;
};

// One room, open for two visits of an hour on its only day. The first of two patients comes at any hour, the other in
// the morning alone.
Instance OneMorning() {
  Instance instance;
  Clinic& clinic = instance.clinic;
  clinic.days = 1;
  clinic.slot_minutes = 60;
  clinic.weights.unscheduled = 1000;
  clinic.tag_names = clinic.role_names = {"room"};
  Resource& room = clinic.resources.emplace_back();
  room.capacity = 1;
  room.tags = {{.tag = 0}};
  room.windows = {{480, 600}};
  clinic.visit_types.push_back(
      {.id = "visit", .duration = 60, .roles = {{.name = 0, .tag = 0, .usage = {{0, 60, 1}}}}});
  for (const Interval& available : {Interval{480, 600}, Interval{480, 540}}) {
    Course& course = instance.courses.emplace_back();
    course.visits.resize(1);
    course.available = {available};
  }
  return instance;
}

TEST(Dive, LeavesTheHoursThatOnePatientNeedsToThatPatient) {
  const Instance instance = OneMorning();
  Bounded bounded(instance);
  Dive dive(instance, bounded.lagrangian);
  ASSERT_TRUE(dive.Run(/*steps=*/2, /*passes=*/4, kNeverStop));
  ASSERT_TRUE(dive.plans()[0] && dive.plans()[1]);
  EXPECT_EQ((*dive.plans()[0])[0].start, 540);
  EXPECT_EQ((*dive.plans()[1])[0].start, 480);
}

TEST(Dive, MakesSchedulesThatBreakNoRuleTheSameHoweverManyThreadsPrice) {
  std::mt19937 random(26);
  int placed = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    std::vector<Plans> all;
    for (int threads : {1, 2}) {
      Bounded bounded(instance, /*rounds=*/12, threads);
      if (!bounded.lagrangian.CanGoAround()) continue;
      Dive dive(instance, bounded.lagrangian);
      ASSERT_TRUE(dive.Run(/*steps=*/1 + i % 4, /*passes=*/1 + i % 3, kNeverStop));
      ASSERT_TRUE(IsFeasibleWhole(instance, dive.plans()));
      all.push_back(dive.plans());
    }
    if (all.empty()) continue;
    ASSERT_EQ(all.front(), all.back());
    placed += all[0] != Plans(all[0].size()) ? 1 : 0;
  }
  EXPECT_GT(placed, 150);
}

TEST(Dive, LeavesTheBoundThatItBeganWithAsItWas) {
  std::mt19937 random(27);
  for (int i = 0; i < 50; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    Bounded with(instance, 5), without(instance, 5);
    Dive dive(instance, with.lagrangian);
    dive.Run(3, 2, kNeverStop);
    for (Bounded* each : {&with, &without}) {
      for (int round = 0; round < 10; ++round) each->lagrangian.Iterate(1'000'000, kNeverStop);
    }
    ASSERT_EQ(with.lagrangian.bound(), without.lagrangian.bound());
  }
}

TEST(Dive, SaysWhereItWasStopped) {
  const Instance instance = OneMorning();
  Bounded bounded(instance);
  Dive dive(instance, bounded.lagrangian);
  EXPECT_FALSE(dive.Run(2, 1, [] { return true; }));
}

// How often bounding hands out a schedule while steps pass, of a total that is estimated anew all the time.
int Dives(const Instance& instance, const std::function<int64_t(int64_t)>& total_after) {
  const AloneResult alone = PlanAlone(instance, 100'000);
  Bounding bounding(instance, alone, /*threads=*/1, /*percent=*/16);
  int dives = 0;
  Cost best = 1'000'000;
  for (int64_t ops = 0; ops < total_after(ops); ops += total_after(0) / 200) {
    ops += bounding.Work(best, ops, total_after(ops), kNeverStop).ops;
    const std::optional<Plans> plans = bounding.TakePlans();
    if (!plans) continue;
    ++dives;
    best = CostOfWhole(instance, *plans);
  }
  return dives;
}

int DivesWithin(const Instance& instance, int64_t total) {
  return Dives(instance, [=](int64_t) { return total; });
}

// The same in a clinic that does not count as small, though its other patients never have time.
Instance OneMorningAmongMany() {
  Instance instance = OneMorning();
  while (instance.courses.size() < 30) instance.courses.emplace_back().visits.resize(1);
  return instance;
}

TEST(Bounding, DivesOnceWhereTheWholeEffortIsLargeEnough) {
  const Instance instance = OneMorningAmongMany();
  EXPECT_EQ(DivesWithin(instance, 10'000'000), 1);
  EXPECT_EQ(DivesWithin(instance, 1'000), 0);
}

TEST(Bounding, DivesWhereItMadeReadyEvenIfTheWholeEffortTurnsOutSmaller) {
  const Instance instance = OneMorningAmongMany();
  int64_t enough = 1'000;
  while (DivesWithin(instance, enough) == 0) enough += enough / 20;
  const int64_t hoped = enough * 3 / 2, real = enough * 3 / 4;
  EXPECT_EQ(DivesWithin(instance, real), 0);
  EXPECT_EQ(Dives(instance, [=](int64_t ops) { return ops < hoped / 8 ? hoped : real; }), 1);
}

}  // namespace
}  // namespace kat::optimizer
