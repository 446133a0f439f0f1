#include "services/scheduling/domain/outlook.h"

#include <gtest/gtest.h>

#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

TEST(Outlook, TheNextWeekBeginsOnTheMondayAfter) {
  EXPECT_EQ(NextMonday(kMonday), kMonday + 7);
  EXPECT_EQ(NextMonday(kMonday - 1), kMonday);
}

TEST(Outlook, AProspectIsExpectedInTheWeekInWhichIntakeWillBeDone) {
  const absl::TimeZone zone = sample::MakeClinic().Zone();
  const Weeks weeks{kMonday, 3};
  const auto week = [&](absl::CivilDay day, int hour) {
    return WeekOfStart({.ready_by = sample::At(day, hour)}, weeks, zone);
  };
  EXPECT_EQ(WeekOfStart({}, weeks, zone), 0);  // nothing is missing
  EXPECT_EQ(week(kMonday - 30, 17), 0);        // overdue
  EXPECT_EQ(week(kMonday + 6, 23), 0);
  EXPECT_EQ(week(kMonday + 7, 0), 1);
  EXPECT_EQ(week(kMonday + 20, 23), 2);
  EXPECT_EQ(week(kMonday + 21, 0), std::nullopt);  // after the last
}

TEST(OutlookLedger, CapacityIsWorkingTimeByTagOnDaysWhenItHolds) {
  const Clinic clinic = sample::MakeClinic();  // 10 hours on 5 days
  ResourceMap resources = sample::AsMap(sample::MakeResources());
  OutlookLedger ledger(clinic, resources, {kMonday, 2});
  EXPECT_EQ(ledger.Week(0).at("infusion-room").capacity, 2 * 5 * 600);
  EXPECT_EQ(ledger.Week(0).at("observation-recliner").capacity, 4 * 5 * 600);
  EXPECT_EQ(ledger.Week(0).at("rn").capacity, 2 * 5 * 600);  // two people, however many patients each watches
  EXPECT_EQ(ledger.Week(0).at("infusion-pump").capacity, 3 * 5 * 600);

  Resource& nora = resources.at(ResourceKey("staff/nora"));
  nora.tags = {{.tag = "rn", .valid_until = kMonday + 9}};
  nora.availability.exceptions = {{.from = kMonday + 1, .until = kMonday + 2}};
  resources.at(ResourceKey("staff/ned")).retired = true;
  OutlookLedger fewer(clinic, resources, {kMonday, 2});
  EXPECT_EQ(fewer.Week(0).at("rn").capacity, 4 * 600);
  EXPECT_EQ(fewer.Week(1).at("rn").capacity, 2 * 600);  // the licence ends on Wednesday
  OutlookLedger holiday(clinic, resources, {absl::CivilDay(2026, 11, 23), 1});
  EXPECT_EQ(holiday.Week(0).at("infusion-room").capacity, 2 * 4 * 600);  // Thanksgiving
}

TEST(OutlookLedger, WhatIsTakenCountsByItsShareOfAPersonAndByPlaceOfARoom) {
  const Clinic clinic = sample::MakeClinic();
  const ResourceMap resources = sample::AsMap(sample::MakeResources());
  OutlookLedger ledger(clinic, resources, {kMonday, 2});
  const TimeSpan hour{sample::At(kMonday + 7, 9), sample::At(kMonday + 7, 10)};
  ledger.Take({ResourceKey("staff/nora"), "nurse", hour, 3}, TakenFor::kBooked);  // a quarter of her
  ledger.Take({ResourceKey("rooms/recliners"), "room", hour, 1}, TakenFor::kExpected);
  ledger.Take({ResourceKey("staff/carla"), "clinician", hour, 12}, TakenFor::kPipeline);
  ledger.Take({ResourceKey("rooms/gone"), "room", hour, 1}, TakenFor::kBooked);
  EXPECT_EQ(ledger.Week(0).at("rn").booked, 0);
  EXPECT_EQ(ledger.Week(1).at("rn").booked, 15);
  EXPECT_EQ(ledger.Week(1).at("observation-recliner").expected, 60);
  EXPECT_EQ(ledger.Week(1).at("ketamine-provider").pipeline, 60);
  EXPECT_EQ(ledger.Week(1).at("rems-clinician").pipeline, 60);  // each of her tags
}

class PhasesExpectedTest : public ::testing::Test {
 protected:
  ExpectedPhases Expect(int days) const {
    return PhasesExpected(course_, protocol_, {}, sample::MakeClinic().Zone(), kMonday, kMonday + days);
  }
  ProtocolVersion protocol_ = sample::MakeSpravatoProtocol();
  Course course_ = sample::MakeCourse(protocol_, kMonday);
};

TEST_F(PhasesExpectedTest, PhasesFollowUntilTheyWouldBeginTooLate) {
  EXPECT_EQ(Expect(1).phases, std::vector<int>{0});
  // The 8th dose 23 days after the first, the next phase's first a week later.
  EXPECT_EQ(Expect(30).phases, std::vector<int>{0});
  EXPECT_EQ(Expect(31).phases, (std::vector<int>{0, 1}));
  const std::vector<int> long_after = Expect(200).phases;
  EXPECT_GT(std::count(long_after.begin(), long_after.end(), 2), 1);  // maintenance comes again
  EXPECT_FALSE(Expect(200).undecided);
}

TEST_F(PhasesExpectedTest, WhatIsBookedComesBefore) {
  course_.blocks = {{.number = 1, .phases = {"induction"}}};
  EXPECT_EQ(Expect(1).phases, std::vector<int>{1});
}

TEST_F(PhasesExpectedTest, ADecisionWithoutADefaultEndsWhatIsExpectedAndOneWithADefaultDoesNot) {
  DecisionPoint point{.roles = {4}, .options = {{"on", "Go on", "weekly"}, {"end", "End", ""}}};
  protocol_.phases[0].decision_point = point;
  EXPECT_EQ(Expect(200).phases, std::vector<int>{0});
  EXPECT_FALSE(Expect(200).undecided);  // nothing waits yet
  course_.blocks = {{.number = 1, .phases = {"induction"}}};
  EXPECT_TRUE(Expect(200).phases.empty());
  EXPECT_TRUE(Expect(200).undecided);
  protocol_.phases[0].decision_point->default_option = "on";
  EXPECT_EQ(Expect(1).phases, std::vector<int>{1});
  protocol_.phases[0].decision_point->default_option = "end";
  EXPECT_TRUE(Expect(200).phases.empty());
  EXPECT_FALSE(Expect(200).undecided);
}

}  // namespace
}  // namespace kat::scheduling
