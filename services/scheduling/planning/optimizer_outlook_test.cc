#include "services/scheduling/planning/optimizer_outlook.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

// A clinic that can be worked out by hand: open on Mondays from 8 to 16, one room, one nurse. A session takes the room
// for two hours, and the nurse whole for the first of them.
class OptimizerOutlookTest : public ::testing::Test {
 protected:
  OptimizerOutlookTest() {
    clinic_.opening_hours = {{.weekday = absl::Weekday::monday, .minutes = {8 * 60, 16 * 60}}};
    clinic_.holidays.clear();
    Add(ResourceKind::kRoom, "one", "room", 1);
    Add(ResourceKind::kStaff, "nora", "rn", 12);
    VisitType session{.id = VisitTypeId("session"), .duration_minutes = 120, .dosing = true};
    session.roles = {{"room", "room", {{0, 120, 1}}}, {"nurse", "rn", {{0, 60, 12}}}};
    types_[session.id] = session;
  }
  Resource& Add(ResourceKind kind, const std::string& id, const std::string& tag, int capacity) {
    Resource resource = Make(kind, id, tag, capacity);
    return resources_[resource.key] = resource;
  }
  static Resource Make(ResourceKind kind, const std::string& id, const std::string& tag, int capacity) {
    Resource resource{.key = MakeKey(kind, id), .kind = kind, .capacity = capacity};
    resource.tags = {{.tag = tag}};
    return resource;
  }
  // `sessions` of them, a week apart.
  static PlanningQuestion CourseOf(int sessions) {
    PlanningQuestion question{.earliest_day = kMonday};
    for (int n = 1; n <= sessions; ++n) {
      question.visits.push_back({.visit_id = absl::StrCat("dose-", n), .type = VisitTypeId("session")});
      if (n == 1) continue;
      question.lags.push_back(
          {absl::StrCat("dose-", n - 1), absl::StrCat("dose-", n), {.min_days = 7, .max_days = 7, .ideal_days = 7}});
    }
    return question;
  }
  OutlookAnswer Project(const OutlookQuestion& question) {
    const PlanningPicture picture{.clinic = clinic_,
                                  .resources = resources_,
                                  .visit_types = types_,
                                  .commitments = commitments_,
                                  .now = sample::At(kMonday - 1, 12),
                                  .first_day = kMonday,
                                  .days = 140};
    const absl::StatusOr<OutlookAnswer> answer = planner_.Project(picture, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(OutlookAnswer());
  }
  static int Sum(const std::vector<int>& starts) { return std::accumulate(starts.begin(), starts.end(), 0); }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_;
  VisitTypeMap types_;
  std::vector<Commitment> commitments_;
  OptimizerOutlook planner_;
};

TEST_F(OptimizerOutlookTest, OneRoomForEightHoursTakesFourSessionsOfTwo) {
  const OutlookAnswer answer = Project({.weeks = {kMonday, 2}, .starts = {CourseOf(1)}});
  EXPECT_EQ(answer.starts, (std::vector<int>{4, 4}));
  ASSERT_FALSE(answer.limits[0].empty());
  EXPECT_EQ(answer.limits[0][0].kind, ReasonKind::kResource);
  EXPECT_EQ(answer.limits[0][0].resource_tag, "room");
}

TEST_F(OptimizerOutlookTest, PhasesOfCoursesThatBeganBeforeTakeTheirPlaces) {
  // Of two sessions each, four start in the first week and stand in the second too; in the third it is the next four.
  // In turns that is two and two: what starts in the second week needs the third.
  const OutlookAnswer answer = Project({.weeks = {kMonday, 3}, .starts = {CourseOf(2)}});
  EXPECT_EQ(answer.starts[0] + answer.starts[1], 4);
  EXPECT_EQ(answer.starts[1] + answer.starts[2], 4);
  EXPECT_EQ(answer.starts[0], 2);
}

TEST_F(OptimizerOutlookTest, ASecondRoomIsOfUseUntilTheNurseIsTheLimit) {
  Add(ResourceKind::kRoom, "two", "room", 1);
  const OutlookAnswer answer = Project({.weeks = {kMonday, 1}, .starts = {CourseOf(1)}});
  EXPECT_EQ(answer.starts[0], 7);  // every hour from 8 on; the last that ends by 16 begins at 14
  Add(ResourceKind::kRoom, "three", "room", 1);
  EXPECT_EQ(Project({.weeks = {kMonday, 1}, .starts = {CourseOf(1)}}).starts[0], 7);
}

TEST_F(OptimizerOutlookTest, AWhatIfSaysHowManyMoreCanStart) {
  Resource room = Make(ResourceKind::kRoom, "-0-0", "room", 1);
  room.availability.weekly = {{.weekday = absl::Weekday::monday, .minutes = {8 * 60, 12 * 60}}};
  Resource nurse = Make(ResourceKind::kStaff, "-1-0", "rn", 12);
  nurse.availability.weekly = clinic_.opening_hours;
  const OutlookAnswer answer = Project({.weeks = {kMonday, 2},
                                        .starts = {CourseOf(1)},
                                        .what_ifs = {{"room-mornings", {room}}, {"nurse-day", {nurse}}}});
  EXPECT_EQ(answer.starts, (std::vector<int>{4, 4}));
  EXPECT_EQ(answer.what_ifs[0], (std::vector<int>{5, 5}));  // at 9, between the sessions of the other room
  EXPECT_EQ(answer.what_ifs[1], (std::vector<int>{4, 4}));  // a nurse is not what is missing
}

TEST_F(OptimizerOutlookTest, WhereTwoThingsAreShortBothAreNamedAndOneAloneIsOfNoUse) {
  types_.at(VisitTypeId("session")).roles[1].segments = {{0, 120, 12}};
  Resource room = Make(ResourceKind::kRoom, "-0-0", "room", 1);
  Resource nurse = Make(ResourceKind::kStaff, "-1-0", "rn", 12);
  room.availability.weekly = nurse.availability.weekly = clinic_.opening_hours;
  Resource room_too = room, nurse_too = nurse;
  room_too.key = MakeKey(ResourceKind::kRoom, "-2-0");
  nurse_too.key = MakeKey(ResourceKind::kStaff, "-2-1");
  const OutlookAnswer answer =
      Project({.weeks = {kMonday, 1},
               .starts = {CourseOf(1)},
               .what_ifs = {{"room", {room}}, {"nurse", {nurse}}, {"both", {room_too, nurse_too}}}});
  EXPECT_EQ(answer.starts, std::vector<int>{4});
  std::set<std::string> short_of;
  for (const Reason& limit : answer.limits[0]) short_of.insert(limit.resource_tag);
  EXPECT_EQ(short_of, (std::set<std::string>{"rn", "room"}));
  EXPECT_EQ(answer.what_ifs, (std::vector<std::vector<int>>{{4}, {4}, {8}}));
}

TEST_F(OptimizerOutlookTest, WhatIsBookedAndExpectedComesBeforeNewCourses) {
  commitments_ = {
      {"appointments/a", {ResourceKey("rooms/one"), "room", {sample::At(kMonday, 8), sample::At(kMonday, 10)}, 1}}};
  const OutlookAnswer answer = Project(
      {.weeks = {kMonday, 2}, .expected = {CourseOf(2)}, .pipeline = {{1, CourseOf(1)}}, .starts = {CourseOf(1)}});
  EXPECT_EQ(answer.starts, (std::vector<int>{2, 2}));
  EXPECT_EQ(answer.unplaced_courses, 0);
  EXPECT_EQ(answer.expected.size(), 4u);  // a room and a nurse, twice
  EXPECT_EQ(answer.pipeline.size(), 2u);
}

TEST_F(OptimizerOutlookTest, RunningCoursesAndAPipelineThatFindNoPlaceAreCounted) {
  const OutlookAnswer answer = Project({.weeks = {kMonday, 1},
                                        .expected = std::vector<PlanningQuestion>(3, CourseOf(19)),
                                        .pipeline = std::vector<ExpectedStart>(3, {0, CourseOf(1)}),
                                        .starts = {CourseOf(1)}});
  EXPECT_EQ(answer.unplaced_courses, 0);
  EXPECT_EQ(answer.unplaced_pipeline, std::vector<int>{2});
  EXPECT_EQ(answer.starts, std::vector<int>{0});
  const OutlookAnswer short_of = Project(
      {.weeks = {kMonday, 1}, .expected = std::vector<PlanningQuestion>(6, CourseOf(20)), .starts = {CourseOf(1)}});
  EXPECT_EQ(short_of.unplaced_courses, 2);
}

TEST_F(OptimizerOutlookTest, CoursesOfAMixTakeTurns) {
  PlanningQuestion other = CourseOf(1);
  VisitType talk{.id = VisitTypeId("talk"), .duration_minutes = 60};
  talk.roles = {{"room", "room", {{0, 60, 1}}}};
  types_[talk.id] = talk;
  other.visits[0].type = talk.id;
  EXPECT_EQ(Project({.weeks = {kMonday, 1}, .starts = {other}}).starts[0], 8);
  EXPECT_EQ(Project({.weeks = {kMonday, 1}, .starts = {CourseOf(1), other}}).starts[0], 5);  // 2+1+2+1+2 hours
}

TEST_F(OptimizerOutlookTest, ALimitThatIsNoCapacityIsNamedToo) {
  PlanningQuestion late = CourseOf(1);
  late.earliest_day = kMonday + 7;  // the protocol's lead
  const OutlookAnswer answer = Project({.weeks = {kMonday, 1}, .starts = {late}});
  EXPECT_EQ(answer.starts[0], 0);
  EXPECT_FALSE(answer.limits[0].empty());
}

// Whatever is added, no week has fewer starts than before, and the same question gets the same answer.
TEST_F(OptimizerOutlookTest, AddingAResourceNeverLowersStarts) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    clinic_.opening_hours.clear();
    for (absl::Weekday day : {absl::Weekday::monday, absl::Weekday::wednesday, absl::Weekday::friday}) {
      const int open = 7 * 60 + 60 * pick(3);
      clinic_.opening_hours.push_back({.weekday = day, .minutes = {open, open + 240 + 60 * pick(4)}});
    }
    commitments_.clear();
    for (int i = 0; i < pick(12); ++i) {
      const absl::Time start = sample::At(kMonday + pick(21), 8 + pick(5));
      commitments_.push_back(
          {"appointments/a", {ResourceKey("rooms/one"), "room", {start, start + absl::Minutes(60)}, 1}});
    }
    PlanningQuestion course = CourseOf(1 + pick(4));
    for (VisitLag& lag : course.lags) lag.gap = {.min_days = 1 + pick(3), .max_days = 5 + pick(5), .ideal_days = 4};
    const bool staff = pick(2) == 0;
    Resource added =
        Make(staff ? ResourceKind::kStaff : ResourceKind::kRoom, "-0-0", staff ? "rn" : "room", staff ? 12 : 1);
    added.availability.weekly = {{.weekday = absl::Weekday::wednesday, .minutes = {8 * 60, 14 * 60}}};
    const OutlookQuestion question{.weeks = {kMonday, 3},
                                   .expected = std::vector<PlanningQuestion>(pick(3), CourseOf(2)),
                                   .starts = {course},
                                   .what_ifs = {{"more", {added}}}};
    const OutlookAnswer answer = Project(question);
    for (int week = 0; week < 3; ++week) ASSERT_GE(answer.what_ifs[0][week], answer.starts[week]) << seed;
    const OutlookAnswer again = Project(question);
    ASSERT_EQ(again.starts, answer.starts) << seed;
    ASSERT_EQ(again.what_ifs, answer.what_ifs) << seed;
  }
}

}  // namespace
}  // namespace kat::scheduling
