#include "services/scheduling/planning/optimizer_planner.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

class OptimizerPlannerTest : public ::testing::Test {
 protected:
  PlanningPicture Picture(int days = 56) {
    return {.clinic = clinic_,
            .resources = resources_,
            .visit_types = types_,
            .now = now_,
            .first_day = kMonday,
            .days = days};
  }
  BookingFacts Facts() { return {clinic_, resources_, types_, protocol_, course_, appointments_, now_}; }

  PlanningQuestion Question(int max_plans) {
    const Expansion block = ExpandPhases(protocol_, {0}, {});
    PlanningQuestion question{.lags = block.lags, .earliest_day = kMonday, .max_plans = max_plans};
    for (const VisitSpec& visit : block.visits)
      question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
    return question;
  }

  BlockPlan AsPlan(const CoursePlan& plan) {
    return {.course = course_.id, .course_version = course_.version, .phases = {"induction"}, .visits = plan.visits};
  }

  // Books MakeIvPlan's block and asks about moves in it; the visits of `movable` may move.
  PlanningQuestion MoveQuestion(const std::set<std::string>& movable) {
    appointments_ = *CheckPlan(Facts(), sample::MakeIvPlan(course_, kMonday));
    PlanningQuestion question{.lags = ExpandPhases(protocol_, {0}, {}).lags, .earliest_day = kMonday, .max_plans = 3};
    for (const Appointment& appointment : appointments_) {
      question.visits.push_back({.visit_id = appointment.visit_id,
                                 .type = appointment.visit_type,
                                 .current = VisitToPlan::Standing{appointment.time.start, appointment.assignments},
                                 .fixed = !movable.contains(appointment.visit_id)});
    }
    return question;
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  ProtocolVersion protocol_ = sample::MakeIvProtocol();
  Course course_ = sample::MakeCourse(protocol_, kMonday);
  std::vector<Appointment> appointments_;
  absl::Time now_ = sample::At(absl::CivilDay(2026, 11, 23), 12);
  OptimizerPlanner planner_;
};

TEST_F(OptimizerPlannerTest, EveryProposalPassesTheChecksOfABooking) {
  const auto answer = planner_.Plan(Picture(), Question(3));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->plans.size(), 3u);
  for (const CoursePlan& plan : answer->plans) {
    const auto appointments = CheckPlan(Facts(), AsPlan(plan));
    EXPECT_TRUE(appointments.ok()) << appointments.status();
  }
  EXPECT_LE(answer->plans[0].cost, answer->plans[1].cost);
  EXPECT_LT(DayAt(answer->plans[0].visits[0].start, clinic_.Zone()), kMonday + 4);
}

TEST_F(OptimizerPlannerTest, WhatIsTakenIsLeftAlone) {
  PlanningPicture picture = Picture();
  for (int day = 0; day < 56; ++day) {
    for (const char* room : {"rooms/infusion-1", "rooms/infusion-2"}) {
      picture.commitments.push_back(
          {"appointments/x",
           {ResourceKey(room), "room", {sample::At(kMonday + day, 8), sample::At(kMonday + day, 14)}, 1}});
    }
  }
  picture.patient_times.push_back({"appointments/y", {sample::At(kMonday, 8), sample::At(kMonday, 18)}});
  const auto answer = planner_.Plan(picture, Question(1));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->plans.size(), 1u);
  for (const PlannedVisit& visit : answer->plans[0].visits) {
    EXPECT_NE(DayAt(visit.start, clinic_.Zone()), kMonday);
    if (visit.visit_id.starts_with("infusion")) {
      EXPECT_GE(MinuteOfDay(visit.start, clinic_.Zone()), 14 * 60);
    }
  }
}

TEST_F(OptimizerPlannerTest, PlansStayRightAcrossAClockChange) {
  const absl::CivilDay first(2027, 3, 1);  // clocks change on the 14th
  course_.earliest_day = first;
  PlanningPicture picture = Picture();
  picture.first_day = first;
  PlanningQuestion question = Question(1);
  question.earliest_day = first;
  question.preferences.preferred = {};
  for (int day = 0; day < 7; ++day) {
    question.preferences.available.push_back(
        {.weekday = static_cast<absl::Weekday>(day), .minutes = {9 * 60, 12 * 60}});
  }
  const auto answer = planner_.Plan(picture, question);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->plans.size(), 1u);
  EXPECT_TRUE(CheckPlan(Facts(), AsPlan(answer->plans[0])).ok());
  for (const PlannedVisit& visit : answer->plans[0].visits) {
    EXPECT_GE(MinuteOfDay(visit.start, clinic_.Zone()), 9 * 60);
    EXPECT_LT(MinuteOfDay(visit.start, clinic_.Zone()), 12 * 60);
  }
}

TEST_F(OptimizerPlannerTest, APinnedResourceIsTheOneThatIsTaken) {
  PlanningQuestion question{.earliest_day = kMonday, .max_plans = 1};
  question.visits = {{.visit_id = "infusion-1",
                      .type = VisitTypeId("iv-infusion"),
                      .starts = sample::At(kMonday, 9),
                      .pinned = {{"nurse", ResourceKey("staff/ned")}, {"room", ResourceKey("rooms/infusion-2")}}}};
  const auto answer = planner_.Plan(Picture(1), question);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->plans.size(), 1u);
  const PlannedVisit& visit = answer->plans[0].visits[0];
  EXPECT_EQ(visit.start, sample::At(kMonday, 9));
  EXPECT_EQ(
      std::count(visit.assignments.begin(), visit.assignments.end(), Assignment{"nurse", ResourceKey("staff/ned")}), 1);
  EXPECT_EQ(std::count(visit.assignments.begin(), visit.assignments.end(),
                       Assignment{"room", ResourceKey("rooms/infusion-2")}),
            1);
}

TEST_F(OptimizerPlannerTest, AKindOfResourceThatIsMissingIsNamed) {
  resources_.erase(ResourceKey("staff/theo"));
  const auto answer = planner_.Plan(Picture(), Question(1));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->plans.empty());
  ASSERT_FALSE(answer->reasons.empty());
  EXPECT_EQ(answer->reasons[0].kind, ReasonKind::kResource);
  EXPECT_EQ(answer->reasons[0].resource_tag, "therapist");
  EXPECT_NE(answer->reasons[0].description.find("would be enough"), std::string::npos);
}

TEST_F(OptimizerPlannerTest, RulesThatStandInTheWayAreNamed) {
  for (auto& [key, resource] : resources_) {
    if (resource.kind != ResourceKind::kRoom) continue;
    for (int week = 0; week < 8; ++week) {  // open on Mondays alone
      resource.availability.exceptions.push_back(
          {kMonday + 7 * week + 1, kMonday + 7 * week + 7, {0, 1440}, false, ""});
    }
  }
  const auto answer = planner_.Plan(Picture(), Question(1));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->plans.empty());
  ASSERT_FALSE(answer->reasons.empty());
  const bool rule = std::any_of(answer->reasons.begin(), answer->reasons.end(),
                                [](const Reason& reason) { return reason.kind == ReasonKind::kMaxDays; });
  EXPECT_TRUE(rule);
}

TEST_F(OptimizerPlannerTest, AMoveAloneLeavesTheOthersWhereTheyAre) {
  const PlanningQuestion question = MoveQuestion({"infusion-3"});
  const auto answer = planner_.PlanMove(Picture(), question, {.visit_id = "infusion-3"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_FALSE(answer->plans.empty());
  for (const CoursePlan& plan : answer->plans) {
    ASSERT_EQ(plan.visits.size(), 1u);
    EXPECT_NE(plan.visits[0].start, sample::At(kMonday + 7, 9));
    EXPECT_TRUE(BrokenByMove(Facts(), appointments_[2], plan.visits[0].start).empty());
  }
}

TEST_F(OptimizerPlannerTest, OthersMoveWhereTheDayWantedNeedsIt) {
  const PlanningQuestion question =
      MoveQuestion({"infusion-3", "infusion-4", "infusion-5", "infusion-6", "integration-2", "integration-3"});
  const absl::CivilDay wanted = kMonday + 8;
  const auto answer = planner_.PlanMove(Picture(), question, {.visit_id = "infusion-3", .day = wanted});
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_FALSE(answer->plans.empty());
  EXPECT_EQ(DayAt(answer->plans[0].visits[0].start, clinic_.Zone()), wanted);
}

TEST_F(OptimizerPlannerTest, ADayThatBreaksTheProtocolIsAnsweredWithTheNearestThatDoesNot) {
  const PlanningQuestion question = MoveQuestion({"infusion-3"});
  const auto answer = planner_.PlanMove(Picture(), question, {.visit_id = "infusion-3", .day = kMonday + 11});
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_FALSE(answer->plans.empty());
  EXPECT_EQ(DayAt(answer->plans[0].visits[0].start, clinic_.Zone()), kMonday + 8);
}

}  // namespace
}  // namespace kat::scheduling
