#include "services/scheduling/optimizer/picture.h"

#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/testing/random_problem.h"

namespace kat::optimizer {
namespace {

Clinic OneNurse() {
  Clinic clinic;
  clinic.slot_minutes = 5;
  clinic.days = 7;
  clinic.tag_names = {"rn"};
  clinic.role_names = {"nurse"};
  clinic.resources = {{"nurse", {{0, std::nullopt}}, 12, {{480, 720}, {750, 1080}, {1440 + 480, 1440 + 720}}, 0}};
  clinic.visit_types = {{"visit", 60, {{0, 0, {{0, 15, 6}, {30, 60, 3}}}}}};
  return clinic;
}

TEST(Picture, KnowsFreeCapacityOfEveryMinute) {
  const Clinic clinic = OneNurse();
  Picture picture(clinic);
  EXPECT_EQ(picture.MinFree(0, {480, 720}), 12);
  EXPECT_LT(picture.MinFree(0, {479, 720}), 0);
  EXPECT_LT(picture.MinFree(0, {700, 800}), 0);
  picture.AddVisit(0, {480, {0}}, kOwnPatient);
  EXPECT_EQ(picture.MinFree(0, {480, 495}), 6);
  EXPECT_EQ(picture.MinFree(0, {495, 510}), 12);
  EXPECT_EQ(picture.MinFree(0, {509, 511}), 9);
  EXPECT_TRUE(picture.IsOpen(0, 0));
  EXPECT_FALSE(picture.IsOpen(0, 1));
}

TEST(Picture, KeepsAnOverloadThatStands) {
  const Clinic clinic = OneNurse();
  Picture picture(clinic);
  picture.AddBlock({0, {490, 500}, 12});
  picture.AddVisit(0, {480, {0}}, kOwnPatient);
  EXPECT_EQ(picture.MinFree(0, {490, 495}), -6);
}

TEST(Picture, ASickDayClosesAndOpensAgain) {
  const Clinic clinic = OneNurse();
  Picture picture(clinic), fresh(clinic);
  picture.AddVisit(0, {500, {0}}, 7);
  picture.SetWindows(0, {{1440 + 480, 1440 + 720}});
  EXPECT_LT(picture.MinFree(0, {500, 501}), 0);
  EXPECT_EQ(picture.MinFree(0, {1440 + 480, 1440 + 720}), 12);
  picture.SetWindows(0, clinic.resources[0].windows);
  EXPECT_EQ(picture.MinFree(0, {500, 515}), 6);
  picture.RemoveVisit(0, {500, {0}}, 7);
  EXPECT_TRUE(picture.SameAs(fresh));
}

TEST(Picture, TellsDaysWhoseStartsAChangeTouchesAndWhenItIsTakenBack) {
  const Clinic clinic = OneNurse();
  Picture picture(clinic);
  const uint64_t before = picture.Version(0, 1), other = picture.Version(0, 3);
  picture.AddBlock({0, {1440 + 500, 1440 + 510}, 1});
  EXPECT_NE(picture.Version(0, 1), before);
  EXPECT_EQ(picture.Version(0, 3), other);
  picture.AddBlock({0, {1440 + 600, 1440 + 610}, 2});
  picture.RemoveBlock({0, {1440 + 500, 1440 + 510}, 1});
  EXPECT_NE(picture.Version(0, 1), before);
  picture.RemoveBlock({0, {1440 + 600, 1440 + 610}, 2});
  EXPECT_EQ(picture.Version(0, 1), before);
}

// What stands, put in and taken out in any order, leaves what a picture made afresh of the rest holds.
TEST(Picture, AddingAndRemovingIsRebuilding) {
  std::mt19937 random(4);
  for (int round = 0; round < 400; ++round) {
    const Instance instance = RandomProblem(random, {.max_visits = 4, .max_days = 5});
    Picture picture(instance.clinic);
    std::vector<std::pair<int, Standing>> in;
    std::vector<Block> blocks;
    auto any = [&](size_t n) { return static_cast<size_t>(random() % n); };
    for (int step = 0; step < 40; ++step) {
      switch (random() % 4) {
        case 0: {
          const Course& course = instance.courses[any(instance.courses.size())];
          for (const Visit& visit : course.visits) {
            if (!visit.current) continue;
            in.emplace_back(visit.type, *visit.current);
            picture.AddStanding(visit.type, *visit.current, 3);
          }
          break;
        }
        case 1:
          if (in.empty()) break;
          std::swap(in[any(in.size())], in.back());
          picture.RemoveStanding(in.back().first, in.back().second, 3);
          in.pop_back();
          break;
        case 2: {
          const Minute from = static_cast<Minute>(random() % 9000) - 2000;
          blocks.push_back({static_cast<int>(any(instance.clinic.resources.size())),
                            {from, from + 1 + static_cast<Minute>(random() % 3000)},
                            1 + static_cast<int>(random() % 3)});
          picture.AddBlock(blocks.back());
          break;
        }
        case 3:
          if (blocks.empty()) break;
          std::swap(blocks[any(blocks.size())], blocks.back());
          picture.RemoveBlock(blocks.back());
          blocks.pop_back();
          break;
      }
    }
    Picture fresh(instance.clinic);
    for (const Block& block : blocks) fresh.AddBlock(block);
    for (const auto& [type, standing] : in) fresh.AddStanding(type, standing, 3);
    ASSERT_TRUE(picture.SameAs(fresh)) << "round " << round;
  }
}

}  // namespace
}  // namespace kat::optimizer
