#include "services/scheduling/optimizer/tidy_starts.h"

#include <gtest/gtest.h>

#include <random>

namespace kat::optimizer {
namespace {

constexpr int kLength = 25;  // slots of five minutes

// One room, open from 8:00 to 18:30, in which a visit takes `kLength` slots, and a nurse who is asked for little.
Clinic OneRoom(std::vector<Interval> nurse_hours) {
  Clinic clinic;
  clinic.days = 1;
  clinic.tag_names = {"room", "nurse"};
  clinic.role_names = {"room", "nurse"};
  clinic.resources.resize(2);
  clinic.resources[0].capacity = 1;
  clinic.resources[0].windows = {{480, 1110}};
  clinic.resources[0].tags = {{.tag = 0}};
  clinic.resources[1].capacity = 9;
  clinic.resources[1].windows = std::move(nurse_hours);
  clinic.resources[1].tags = {{.tag = 1}};
  VisitType& type = clinic.visit_types.emplace_back();
  type.duration = 110;
  type.roles.push_back({.name = 0, .tag = 0, .usage = {{0, kLength * 5, 1}}});
  type.roles.push_back({.name = 1, .tag = 1, .usage = {{0, 15, 1}, {60, 110, 1}}});
  return clinic;
}

// The most visits that can start at some of the slots from `from` on, by trying.
int MostByTrying(const std::vector<bool>& can, int from) {
  static std::vector<int> known;
  if (from == 0) known.assign(can.size() + kLength + 1, -1);
  if (from >= static_cast<int>(can.size())) return 0;
  if (known[from] >= 0) return known[from];
  int most = MostByTrying(can, from + 1);
  if (can[from]) most = std::max(most, 1 + MostByTrying(can, from + kLength));
  return known[from] = most;
}

TEST(TidyStarts, AreThoseAfterWhichAsManyVisitsFitAsAtBest) {
  std::mt19937 random(31);
  const Clinic clinic = OneRoom({{480, 720}, {750, 1110}});
  int tidy_ones = 0, others = 0;
  for (int i = 0; i < 200; ++i) {
    Picture picture(clinic);
    StartIndex index(picture);
    TidyStarts tidy(index);
    const int pattern = index.PatternOf(0, 0), words = index.words();
    for (int blocks = static_cast<int>(random() % 4); blocks > 0; --blocks) {
      const Minute from = 480 + 5 * static_cast<Minute>(random() % 100);
      picture.AddBlock({0, {from, from + 5 + 5 * static_cast<Minute>(random() % 30)}, 1});
      tidy.Of(pattern, 0, 0);  // what it keeps is no longer true after the next
    }
    std::vector<bits::Word> all(words, ~bits::Word{0});
    index.Keep(pattern, 0, all.data());
    index.Keep(index.PatternOf(0, 1), 0, all.data());
    std::vector<bool> can;
    for (int slot = 0; slot < 64 * words; ++slot) can.push_back(bits::Test(all.data(), slot));
    const int most = MostByTrying(can, 0);
    ASSERT_EQ(MostInARow(all.data(), words, kLength), most);
    for (int slot = 0; slot < 288; ++slot) {
      std::vector<bool> left = can;
      for (int other = std::max(0, slot - kLength + 1); other < slot + kLength && other < 64 * words; ++other) {
        left[other] = false;
      }
      const bool expected = can[slot] && 1 + MostByTrying(left, 0) == most;
      ASSERT_EQ(bits::Test(tidy.Of(pattern, 0, 0), slot), expected) << i << " slot " << slot;
      (expected ? tidy_ones : others) += can[slot] ? 1 : 0;
    }
  }
  EXPECT_GT(tidy_ones, 1000);
  EXPECT_GT(others, 1000);
}

TEST(TidyStarts, AreAskedOfRolesInOnePieceAlone) {
  const Clinic clinic = OneRoom({{480, 1110}});
  Picture picture(clinic);
  StartIndex index(picture);
  TidyStarts tidy(index);
  EXPECT_TRUE(tidy.Matter(index.PatternOf(0, 0)));
  EXPECT_FALSE(tidy.Matter(index.PatternOf(0, 1)));
}

}  // namespace
}  // namespace kat::optimizer
