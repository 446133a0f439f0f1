#include "services/scheduling/optimizer/whole/trail.h"

#include <gtest/gtest.h>

#include "services/scheduling/optimizer/testing/whole_check.h"
#include "services/scheduling/optimizer/whole/search.h"

namespace kat::optimizer {
namespace {

void Walk(Search& search, int64_t ops = 20'000) {
  search.BeginTrail();
  search.Run(ops, /*temperature=*/50, [] { return false; });
}

TEST(Trail, LeadsWhereItsSearchStandsWhoeverHasNotMoved) {
  std::mt19937 random(41);
  int moved = 0;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const AloneResult alone = PlanAlone(instance, 10'000);
    Search first(instance, alone.courses, nullptr, 1'000, 1), second(instance, alone.courses, nullptr, 1'000, 2);
    Walk(first);
    second.BeginTrail();
    second.Follow(first);
    ASSERT_EQ(second.schedule().plans(), first.schedule().plans());
    ASSERT_EQ(second.schedule().objective(), first.schedule().objective());
    moved += first.schedule().plans() != Schedule(instance).plans() ? 1 : 0;
  }
  EXPECT_GT(moved, 50);
}

TEST(Trail, IsFollowedAsFarAsOnesOwnChangesLeaveRoom) {
  std::mt19937 random(42);
  int both = 0, in_part = 0;
  for (int i = 0; i < 2000; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const AloneResult alone = PlanAlone(instance, 10'000);
    Search first(instance, alone.courses, nullptr, 1'000, 1), second(instance, alone.courses, nullptr, 1'000, 2);
    Walk(first);
    second.Adopt(first.schedule().plans());  // where both begin
    const Plans begun = first.schedule().plans();
    Walk(first, 1'500);
    Walk(second, 1'500);
    const Plans own = second.schedule().plans(), others = first.schedule().plans();
    second.Follow(first);
    const Plans& plans = second.schedule().plans();
    ASSERT_TRUE(IsFeasibleWhole(instance, plans));
    ASSERT_EQ(CostOfWhole(instance, plans), second.schedule().objective());
    ASSERT_LE(second.best_objective(), second.schedule().objective());
    ASSERT_EQ(CostOfWhole(instance, second.best()), second.best_objective());
    for (size_t c = 0; c < plans.size(); ++c) {
      if (own[c] != begun[c]) {
        ASSERT_EQ(plans[c], own[c]);
      }
      both += plans[c] != own[c] ? 1 : 0;
      in_part += plans[c] == own[c] && plans[c] != others[c] ? 1 : 0;
    }
  }
  EXPECT_GT(both, 10);
  EXPECT_GT(in_part, 10);
}

}  // namespace
}  // namespace kat::optimizer
