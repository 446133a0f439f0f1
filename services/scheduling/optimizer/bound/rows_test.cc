#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/scheduling/optimizer/bound/day_limits.h"
#include "services/scheduling/optimizer/bound/lagrangian.h"
#include "services/scheduling/optimizer/bound/lifted.h"
#include "services/scheduling/optimizer/testing/random_problem.h"
#include "services/scheduling/optimizer/testing/whole_check.h"

namespace kat::optimizer {
namespace {

int LoadAt(const std::vector<Segment>& usage, Minute minute) {
  int load = 0;
  for (const Segment& segment : usage) load += segment.from <= minute && minute < segment.to ? segment.load : 0;
  return load;
}

struct Placed {
  size_t usage;
  Minute start;
};

constexpr Minute kEnd = 60;

// A resource, ways to use it, and sets of uses that it can carry at once, as large as chance makes them.
class Uses {
 public:
  explicit Uses(std::mt19937& random) : random_(random) {
    capacity = 1 + Below(6);
    slot = 1 + Below(4);
    const int n = 1 + Below(3);
    for (int u = 0; u < n; ++u) {
      std::vector<Segment> usage;
      Minute at = Below(4) - 1;
      const int segments = 1 + Below(3);
      for (int s = 0; s < segments; ++s) {
        const Minute length = 1 + Below(8);
        usage.push_back({at, at + length, 1 + Below(capacity)});
        at += Below(3) > 0 ? length : length - 1 + Below(4);
      }
      usages.push_back(usage);
    }
  }

  std::vector<Placed> Carried() {
    std::vector<int> free(kEnd + 20, capacity);
    std::vector<Placed> set;
    for (int tries = 0; tries < 60; ++tries) {
      const Placed one{static_cast<size_t>(Below(static_cast<int>(usages.size()))), slot * (1 + Below(kEnd / slot))};
      bool fits = true;
      for (Minute m = 0; m < static_cast<Minute>(free.size()); ++m) {
        fits = fits && LoadAt(usages[one.usage], m - one.start) <= free[m];
      }
      fits = fits && usages[one.usage].back().to + one.start <= static_cast<Minute>(free.size());
      if (!fits) continue;
      for (Minute m = 0; m < static_cast<Minute>(free.size()); ++m) free[m] -= LoadAt(usages[one.usage], m - one.start);
      set.push_back(one);
    }
    return set;
  }

  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  int capacity;
  Minute slot;
  std::vector<std::vector<Segment>> usages;

 private:
  std::mt19937& random_;
};

TEST(LiftedLoads, StayWithinCapacityWhereverTheLoadsThemselvesDo) {
  std::mt19937 random(21);
  int lifted_at_all = 0;
  for (int i = 0; i < 3000; ++i) {
    SCOPED_TRACE(i);
    Uses uses(random);
    const std::vector<std::vector<Segment>> lifted = LiftedLoads(uses.usages, uses.capacity, uses.slot);
    for (const std::vector<Segment>& segments : lifted) lifted_at_all += segments.empty() ? 0 : 1;
    for (int sets = 0; sets < 5; ++sets) {
      const std::vector<Placed> set = uses.Carried();
      for (Minute m = 0; m < kEnd + 20; ++m) {
        int sum = 0;
        for (const Placed& one : set) {
          sum += LoadAt(uses.usages[one.usage], m - one.start) + LoadAt(lifted[one.usage], m - one.start);
        }
        ASSERT_LE(sum, uses.capacity) << "minute " << m;
      }
    }
  }
  EXPECT_GT(lifted_at_all, 1000);
}

TEST(LiftedLoads, TakeAProviderWholeWhereNoSecondInfusionFitsBesideTheFirst) {
  const std::vector<std::vector<Segment>> lifted = LiftedLoads({{{15, 25, 12}, {25, 65, 4}}, {{15, 30, 12}}}, 12, 5);
  EXPECT_EQ(lifted[0], (std::vector<Segment>{{25, 65, 8}}));
  EXPECT_TRUE(lifted[1].empty());
  // With check-ins short enough to share, nothing is kept from anybody.
  EXPECT_TRUE(LiftedLoads({{{0, 10, 8}, {10, 50, 4}}}, 12, 5)[0].empty());
}

TEST(DayCounts, AllowEverythingThatAResourceCanCarry) {
  std::mt19937 random(22);
  for (int i = 0; i < 3000; ++i) {
    SCOPED_TRACE(i);
    Uses uses(random);
    std::vector<std::vector<Segment>> usages = uses.usages;
    const std::vector<std::vector<Segment>> lifted = LiftedLoads(usages, uses.capacity, uses.slot);
    for (size_t u = 0; u < usages.size(); ++u) usages[u].insert(usages[u].end(), lifted[u].begin(), lifted[u].end());
    for (const DayCount& count : DayCounts(usages, uses.capacity)) {
      std::vector<DayUse> all;
      for (size_t u = 0; u < usages.size(); ++u) {
        const DayCount::Use& use = count.uses[u];
        for (Minute start = uses.slot; start <= kEnd && use.weight > 0; start += uses.slot) {
          all.push_back({start + use.from, start + use.to, use.weight});
        }
      }
      const int64_t most = count.places * MostWeight(all);
      for (int sets = 0; sets < 5; ++sets) {
        int64_t sum = 0;
        for (const Placed& one : uses.Carried()) sum += count.uses[one.usage].weight;
        ASSERT_LE(sum, most);
      }
    }
  }
}

TEST(DayCounts, CountWholeUsesInTheUnitsOfTheShorter) {
  const std::vector<DayCount> counts = DayCounts({{{0, 185, 1}}, {{0, 60, 1}}}, 1);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].uses[0].weight, 3);
  EXPECT_EQ(counts[0].uses[1].weight, 1);
  EXPECT_EQ(counts[1].uses[0].weight, 1);
  EXPECT_EQ(counts[1].uses[1].weight, 0);
  std::vector<DayUse> day;
  for (Minute start = 0; start + 125 <= 630; start += 5) day.push_back({start, start + 125, 1});
  EXPECT_EQ(MostWeight(day), 5);
}

TEST(MostWeight, IsTheMostOfAllSetsThatDoNotOverlap) {
  std::mt19937 random(23);
  auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  for (int i = 0; i < 2000; ++i) {
    std::vector<DayUse> uses(below(9));
    for (DayUse& use : uses) {
      use.from = below(12);
      use.to = use.from + 1 + below(6);
      use.weight = 1 + below(4);
    }
    int64_t most = 0;
    for (unsigned set = 0; set < (1u << uses.size()); ++set) {
      int64_t sum = 0;
      bool apart = true;
      for (size_t a = 0; a < uses.size(); ++a) {
        if ((set >> a & 1) == 0) continue;
        sum += uses[a].weight;
        for (size_t b = 0; b < a; ++b) {
          apart = apart && ((set >> b & 1) == 0 || uses[a].to <= uses[b].from || uses[b].to <= uses[a].from);
        }
      }
      if (apart) most = std::max(most, sum);
    }
    ASSERT_EQ(MostWeight(uses), most);
  }
}

// Of so many rounds, by 1, 2 and 3 threads. Returns by how much they are above what courses cost alone.
Cost ExpectSameBounds(const Instance& instance, int rounds) {
  const AloneResult alone = PlanAlone(instance, 100'000);
  std::vector<Cost> bounds;
  for (int threads : {1, 2, 3}) {
    Lagrangian lagrangian(instance, alone, threads);
    for (int round = 0; round < rounds; ++round) lagrangian.Iterate(1'000'000, [] { return false; });
    bounds.push_back(lagrangian.bound());
  }
  EXPECT_EQ(bounds[0], bounds[1]);
  EXPECT_EQ(bounds[0], bounds[2]);
  return bounds[0] - alone.bound;
}

TEST(Lagrangian, GivesTheSameBoundHoweverManyThreadsPriceIt) {
  std::mt19937 random(24);
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    ExpectSameBounds(RandomWhole(random), 30);
  }
}

TEST(Lagrangian, GivesTheSameBoundOfSoManyCoursesThatTheyArePricedInBatches) {
  std::mt19937 random(25);
  int rises = 0;
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    Instance instance = RandomWhole(random);
    const std::vector<Course> courses = instance.courses;
    while (instance.courses.size() < 330) {
      instance.courses.insert(instance.courses.end(), courses.begin(), courses.end());
    }
    rises += ExpectSameBounds(instance, 10) > 0 ? 1 : 0;
  }
  EXPECT_GT(rises, 5);
}

}  // namespace
}  // namespace kat::optimizer
