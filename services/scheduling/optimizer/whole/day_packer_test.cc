#include "services/scheduling/optimizer/whole/day_packer.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/testing/whole_check.h"

namespace kat::optimizer {
namespace {

// Courses in the order of the instance, each at its best given those before it.
void FirstFit(Schedule& schedule) {
  CoursePlanner planner(schedule.picture());
  for (int i = 0; i < schedule.size(); ++i) {
    if (schedule.Scheduled(i)) continue;
    CoursePlans plans = planner.Plan(schedule.course(i), {.cost_limit = schedule.DropCost(i) + 1});
    if (!plans.plans.empty()) schedule.Place(i, plans.plans[0].visits);
  }
}

// Calls f(schedule, packer, journal) for random clinics whose days are packed, and fails where too few could be.
template <class F>
void ForPackedClinics(F&& f) {
  std::mt19937 random(21);
  int moved = 0;
  for (int i = 0; i < 600; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    Schedule schedule(instance);
    FirstFit(schedule);
    CoursePlanner planner(schedule.picture());
    VisitStarts starts(schedule, planner.starts());
    VisitJournal journal(schedule);
    DayPacker packer(schedule, starts, journal);
    std::vector<int> resources(instance.clinic.resources.size());
    std::iota(resources.begin(), resources.end(), 0);
    const DayPacker::Aim aim = i % 2 == 0 ? DayPacker::Aim::kEarliest : DayPacker::Aim::kLatest;
    for (int day = 0; day < instance.clinic.days; ++day) packer.Pack(day, resources, aim);
    moved += static_cast<int>(journal.moved().size());
    f(schedule, packer, journal);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(moved, 100);
}

void ExpectTrue(const Schedule& schedule) {
  ASSERT_TRUE(IsFeasibleWhole(schedule.instance(), schedule.plans()));
  ASSERT_EQ(CostOfWhole(schedule.instance(), schedule.plans()), schedule.objective());
}

TEST(DayPacker, PacksWithinTheRulesAndKnowsWhatItCosts) {
  ForPackedClinics([](const Schedule& schedule, DayPacker&, VisitJournal&) { ExpectTrue(schedule); });
}

TEST(DayPacker, TakesAllBackWhereItStood) {
  ForPackedClinics([](Schedule& schedule, DayPacker&, VisitJournal& journal) {
    Schedule fresh(schedule.instance());
    FirstFit(fresh);
    journal.Undo();
    ASSERT_EQ(schedule.plans(), fresh.plans());
    ASSERT_EQ(schedule.objective(), fresh.objective());
    ASSERT_TRUE(schedule.picture().SameAs(fresh.picture()));
  });
}

TEST(DayPacker, SettlesWithinTheRulesAroundWhatCameInBetween) {
  ForPackedClinics([](Schedule& schedule, DayPacker& packer, VisitJournal&) {
    FirstFit(schedule);  // those that found no place before
    Chance chance(3);
    packer.Settle(chance);
    ExpectTrue(schedule);
  });
}

}  // namespace
}  // namespace kat::optimizer
