#include "services/scheduling/domain/improvement_groups.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kat::scheduling {
namespace {

const absl::Time kDay = absl::FromUnixSeconds(1'796'000'000);  // the hours below need no wall clock

Usage Use(const char* resource, int from_hour, int hours = 1, int load = 1) {
  return {ResourceKey(resource), "", {kDay + absl::Hours(from_hour), kDay + absl::Hours(from_hour + hours)}, load};
}

Ground Rooms(std::vector<Usage> loads = {}) {
  return {.capacity = {{ResourceKey("rooms/a"), 1}, {ResourceKey("rooms/b"), 1}, {ResourceKey("pools/p"), 2}},
          .loads = std::move(loads)};
}

TEST(GroupPartsTest, PartsThatKeepOutOfEachOthersWayAreAppliedEachAlone) {
  const auto groups =
      GroupParts(Rooms({Use("rooms/a", 0)}),
                 {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 5}, {{Use("rooms/b", 1)}, {Use("rooms/b", 2)}, 9}}, 1);
  EXPECT_TRUE(groups[0].kept && groups[0].alone && groups[1].kept && groups[1].alone);
  EXPECT_EQ(groups[0].group, 1);
  EXPECT_EQ(groups[1].group, 0);  // it gains more
}

TEST(GroupPartsTest, TwoThatSwapGoTogetherOrNotAtAll) {
  const auto groups = GroupParts(
      Rooms(), {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 5}, {{Use("rooms/a", 2)}, {Use("rooms/a", 1)}, 9}}, 1);
  EXPECT_EQ(groups[0].group, groups[1].group);
  EXPECT_FALSE(groups[0].alone || groups[1].alone);
}

TEST(GroupPartsTest, WhoGoesWhereAnotherLeavesNeedsTheOtherButNotTheOtherWayRound) {
  const auto groups = GroupParts(
      Rooms(), {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 5}, {{Use("rooms/a", 2)}, {Use("rooms/a", 3)}, 9}}, 1);
  EXPECT_EQ(groups[0].group, groups[1].group);
  EXPECT_FALSE(groups[0].alone);
  EXPECT_TRUE(groups[1].alone);
}

TEST(GroupPartsTest, WhoOnlyMakesWayGoesWithWhomItMakesWayFor) {
  const auto groups = GroupParts(
      Rooms(), {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 50}, {{Use("rooms/a", 2)}, {Use("rooms/a", 3)}, -25}}, 1);
  EXPECT_TRUE(groups[0].kept && groups[1].kept);
  EXPECT_EQ(groups[0].group, groups[1].group);
  EXPECT_FALSE(groups[0].alone || groups[1].alone);
}

TEST(GroupPartsTest, WhoGainsNothingAndIsInNobodysWayStays) {
  const auto groups = GroupParts(Rooms(), {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 0}}, 1);
  EXPECT_FALSE(groups[0].kept);
}

TEST(GroupPartsTest, AGroupThatGainsTooLittleStaysAsAWhole) {
  const std::vector<PartLoads> swap = {{{Use("rooms/a", 1)}, {Use("rooms/a", 2)}, 30},
                                       {{Use("rooms/a", 2)}, {Use("rooms/a", 1)}, -25}};
  EXPECT_TRUE(GroupParts(Rooms(), swap, 5)[0].kept);
  const auto groups = GroupParts(Rooms(), swap, 6);
  EXPECT_FALSE(groups[0].kept || groups[1].kept);
}

TEST(GroupPartsTest, WhoMayGoAloneDoesNotCarryOthersThatAreNotWorthIt) {
  const auto groups = GroupParts(Rooms(),
                                 {{{Use("rooms/a", 1)}, {Use("rooms/a", 5)}, 50},   // leaves
                                  {{Use("rooms/a", 2)}, {Use("rooms/a", 1)}, -20},  // makes way for
                                  {{Use("rooms/a", 3)}, {Use("rooms/a", 2)}, 10}},  // this one
                                 1);
  EXPECT_TRUE(groups[0].kept && groups[0].alone);
  EXPECT_FALSE(groups[1].kept || groups[2].kept);
}

TEST(GroupPartsTest, InAFullPoolWhoComesNeedsWhoLeaves) {
  // The pool is full at 2: who comes needs the one who leaves.
  const auto groups =
      GroupParts(Rooms({Use("pools/p", 2)}),
                 {{{Use("pools/p", 2)}, {Use("pools/p", 5)}, 9}, {{Use("pools/p", 1)}, {Use("pools/p", 2)}, 9}}, 1);
  EXPECT_EQ(groups[0].group, groups[1].group);
  EXPECT_TRUE(groups[0].alone);
  EXPECT_FALSE(groups[1].alone);
}

TEST(GroupPartsTest, WhatIsOverloadedAsItStandsDoesNotTieItsPartsTogether) {
  const auto groups =
      GroupParts(Rooms({Use("rooms/a", 1), Use("rooms/a", 1)}),
                 {{{Use("rooms/a", 1)}, {Use("rooms/b", 1)}, 9}, {{Use("rooms/a", 1)}, {Use("rooms/b", 2)}, 9}}, 1);
  EXPECT_NE(groups[0].group, groups[1].group);
  EXPECT_TRUE(groups[0].alone && groups[1].alone);
}

// Random small clinics: parts that fit all before and all after.
class RandomGroups {
 public:
  explicit RandomGroups(int seed) : random_(seed) {
    for (int r = 0; r < kResources; ++r) ground_.capacity[Key(r)] = 1 + Draw(3);
    for (int i = 0; i < 6; ++i) Try(ground_.loads);
    const int parts = 2 + Draw(7);
    for (int i = 0; i < parts; ++i) {
      PartLoads part{.gain = Draw(40) - 10};
      for (int visit = 0; visit < 1 + Draw(2); ++visit) {
        std::vector<Usage> before, after;
        if (!Find(&PartLoads::before, part.before, before) || !Find(&PartLoads::after, part.after, after)) continue;
        part.before.insert(part.before.end(), before.begin(), before.end());
        part.after.insert(part.after.end(), after.begin(), after.end());
      }
      parts_.push_back(part);
    }
  }

  int Draw(int below) { return static_cast<int>(random_() % below); }
  const Ground& ground() const { return ground_; }
  const std::vector<PartLoads>& parts() const { return parts_; }

  // The most that any resource carries above its capacity with these parts applied.
  int Overload(const std::set<int>& applied) const {
    std::vector<Usage> all = ground_.loads;
    for (size_t i = 0; i < parts_.size(); ++i) {
      const auto& own = applied.contains(static_cast<int>(i)) ? parts_[i].after : parts_[i].before;
      all.insert(all.end(), own.begin(), own.end());
    }
    return OverloadOf(all);
  }

 private:
  static constexpr int kResources = 3;
  static constexpr int kHours = 60;  // past midnight

  static ResourceKey Key(int r) { return ResourceKey(absl::StrCat("rooms/", r)); }
  Usage DrawUsage() {
    const int from = Draw(kHours);
    return {Key(Draw(kResources)), "", {kDay + absl::Hours(from), kDay + absl::Hours(from + 1 + Draw(5))}, 1 + Draw(2)};
  }
  int OverloadOf(const std::vector<Usage>& all) const {
    int worst = 0;
    for (const Usage& at : all) {
      int sum = -ground_.capacity.at(at.resource);
      for (const Usage& other : all) {
        const bool holds = other.time.start <= at.time.start && at.time.start < other.time.end;
        if (other.resource == at.resource && holds) sum += other.load;
      }
      worst = std::max(worst, sum);
    }
    return worst;
  }
  void Try(std::vector<Usage>& into) {
    into.push_back(DrawUsage());
    if (OverloadOf(into) > 0) into.pop_back();
  }
  // A load that fits beside all that stands, before or after.
  bool Find(std::vector<Usage> PartLoads::*when, const std::vector<Usage>& own, std::vector<Usage>& found) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      std::vector<Usage> all = ground_.loads;
      for (const PartLoads& part : parts_) all.insert(all.end(), (part.*when).begin(), (part.*when).end());
      all.insert(all.end(), own.begin(), own.end());
      all.push_back(DrawUsage());
      if (OverloadOf(all) > 0) continue;
      found = {all.back()};
      return true;
    }
    return false;
  }

  std::mt19937 random_;
  Ground ground_;
  std::vector<PartLoads> parts_;
};

// What may be applied next: parts that are alone, and the rest of a group once all of it that is alone stands.
std::vector<std::set<int>> Next(const std::vector<Grouping>& groups, const std::set<int>& applied) {
  std::vector<std::set<int>> next;
  std::map<int, std::set<int>> rest;
  for (size_t i = 0; i < groups.size(); ++i) {
    const int part = static_cast<int>(i);
    if (!groups[i].kept || applied.contains(part)) continue;
    if (groups[i].alone) {
      next.push_back({part});
      rest[groups[i].group].insert(-1);
    } else {
      rest[groups[i].group].insert(part);
    }
  }
  for (const auto& [group, parts] : rest) {
    if (!parts.contains(-1)) next.push_back(parts);
  }
  return next;
}

TEST(GroupPartsTest, WhateverIsAppliedInWhateverOrderNothingIsOverloaded) {
  int together = 0, alone = 0, left_out = 0;
  for (int seed = 0; seed < 3000; ++seed) {
    RandomGroups random(seed);
    const std::vector<Grouping> groups = GroupParts(random.ground(), random.parts(), 1);
    for (const Grouping& group : groups) {
      left_out += !group.kept;
      alone += group.kept && group.alone;
      together += group.kept && !group.alone;
    }
    std::set<int> applied;
    while (true) {
      ASSERT_EQ(random.Overload(applied), 0) << "seed " << seed;
      const std::vector<std::set<int>> next = Next(groups, applied);
      if (next.empty()) break;
      std::set<int> step = next[random.Draw(static_cast<int>(next.size()))];
      int64_t gain = 0;
      for (int part : step) gain += random.parts()[part].gain;
      EXPECT_GE(gain, 1) << "seed " << seed;
      applied.merge(step);
    }
  }
  EXPECT_GT(together, 100);
  EXPECT_GT(alone, 1000);
  EXPECT_GT(left_out, 100);
}

}  // namespace
}  // namespace kat::scheduling
