#include "services/scheduling/planning/optimizer_improver.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/domain/absence.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);
const std::vector<Assignment> kServed = {{"room", ResourceKey("rooms/recliners")},
                                         {"nurse", ResourceKey("staff/nora")},
                                         {"clinician", ResourceKey("staff/carla")}};

class OptimizerImproverTest : public ::testing::Test {
 protected:
  // Weekly doses, 5 to 9 days apart and 7 at best, that stand on these days after Monday at 9.
  CourseToRepair Weekly(const char* patient, const std::vector<int>& days) {
    CourseToRepair course{.patient = PatientId(patient)};
    course.question.earliest_day = kMonday;
    for (size_t i = 0; i < days.size(); ++i) {
      const std::string id = absl::StrCat("dose-", i + 1);
      course.question.visits.push_back({.visit_id = id,
                                        .type = VisitTypeId("spravato"),
                                        .current = VisitToPlan::Standing{sample::At(kMonday + days[i], 9), kServed}});
      if (i == 0) continue;
      course.question.lags.push_back({.from_visit = absl::StrCat("dose-", i),
                                      .to_visit = id,
                                      .gap = {.min_days = 5, .max_days = 9, .ideal_days = 7}});
    }
    return course;
  }

  // Where a search before had the visits of a course, days after Monday at 9.
  static FoundPlan Found(int course, const std::vector<int>& days) {
    FoundPlan plan{.course = course};
    for (size_t i = 0; i < days.size(); ++i) {
      plan.visits.push_back({absl::StrCat("dose-", i + 1), sample::At(kMonday + days[i], 9), kServed});
    }
    return plan;
  }

  ImproveAnswer Improve(std::vector<CourseToRepair> courses, int64_t move_cost = 25,
                        std::vector<FoundPlan> begin = {}) {
    const PlanningPicture picture{.clinic = clinic_,
                                  .resources = resources_,
                                  .visit_types = types_,
                                  .now = sample::At(kMonday - 7, 12),
                                  .first_day = kMonday,
                                  .days = 42};
    int64_t asked = 0;
    const SearchControl control{.used = [&] { return stopped_ ? 1.0 : static_cast<double>(++asked) / 20'000; },
                                .report = [this](const SearchProgress& progress) { reports_.push_back(progress); },
                                .found = [this](FoundSoFar found) { asks_.push_back(std::move(found)); }};
    const ImproveQuestion question{.courses = std::move(courses), .move_cost = move_cost, .begin = std::move(begin)};
    asks_.clear();
    found_.clear();
    const auto answer = improver_.Improve(picture, question, control);
    for (const FoundSoFar& ask : asks_) found_.push_back(ask());
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(ImproveAnswer());
  }

  // Days after Monday.
  static std::vector<int> DaysOf(const CoursePlan& plan) {
    std::vector<int> days;
    for (const PlannedVisit& visit : plan.visits) {
      days.push_back(static_cast<int>(DayAt(visit.start, sample::MakeClinic().Zone()) - kMonday));
    }
    return days;
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  OptimizerImprover improver_;
  bool stopped_ = false;
  std::vector<SearchProgress> reports_;
  std::vector<FoundSoFar> asks_;
  std::vector<std::vector<FoundPlan>> found_;  // what each of them said
};

TEST_F(OptimizerImproverTest, ASearchBeginsWhereAnotherHasLeftOffAsFarAsThatCanStandAndCostsLess) {
  stopped_ = true;  // it finds nothing itself
  const std::vector<CourseToRepair> courses = {Weekly("ann", {0, 9, 14, 21}), Weekly("bob", {1, 10, 15, 22})};
  EXPECT_TRUE(Improve(courses).courses.empty());
  const FoundPlan ann = Found(0, {0, 7, 14, 21}), bob = Found(1, {1, 8, 15, 22});
  EXPECT_EQ(Improve(courses, 25, {ann, bob}).progress.cost, 50);
  const auto only_ann = [&](const FoundPlan& of_bob) {
    const ImproveAnswer answer = Improve(courses, 25, {of_bob, ann});
    ASSERT_EQ(answer.courses.size(), 1u);
    EXPECT_EQ(answer.courses[0].course, 0);
    EXPECT_EQ(DaysOf(answer.courses[0].after), (std::vector<int>{0, 7, 14, 21}));
    EXPECT_EQ(answer.progress.cost, 25 + 48);
  };
  only_ann(Found(1, {1, 6, 15, 22}));  // nobody is there on Sundays
  only_ann(Found(1, {1, 4, 15, 22}));  // too close
  FoundPlan gone = bob;
  gone.visits[1].assignments[1].resource = ResourceKey("staff/gone");
  only_ann(gone);
  gone = bob;
  gone.visits.pop_back();  // it was not asked about then
  only_ann(gone);
  EXPECT_TRUE(Improve(courses, 25, {Found(0, {0, 8, 14, 21})}).courses.empty()) << "it costs more than what stands";
}

TEST_F(OptimizerImproverTest, WhatItHasFoundSoFarCanBeBegunWithAndCostsLessEachTime) {
  const std::vector<CourseToRepair> courses = {Weekly("ann", {0, 9, 14, 21}), Weekly("bob", {1, 10, 15, 22})};
  const ImproveAnswer answer = Improve(courses);
  const std::vector<std::vector<FoundPlan>> found = found_;
  ASSERT_FALSE(found.empty());
  stopped_ = true;
  int64_t before = answer.progress.initial_cost;
  for (const std::vector<FoundPlan>& begin : found) {
    const int64_t cost = Improve(courses, 25, begin).progress.cost;
    EXPECT_LT(cost, before);
    before = cost;
    EXPECT_TRUE(found_.empty()) << "it has found nothing better than it began with";
    EXPECT_EQ(reports_.back().cost, cost);
  }
  EXPECT_EQ(before, answer.progress.cost);
}

TEST_F(OptimizerImproverTest, ItNeverTellsOfAScheduleThatCostsMoreThanTheOneItBeganWith) {
  Improve({Weekly("ann", {0, 9, 14, 21}), Weekly("bob", {1, 10, 15, 22})}, 25, {Found(0, {0, 7, 14, 21})});
  EXPECT_EQ(reports_.at(0).initial_cost, 2 * 48);
  EXPECT_EQ(reports_.at(0).cost, 25 + 48);
  for (size_t i = 1; i < reports_.size(); ++i) EXPECT_LE(reports_[i].cost, reports_[i - 1].cost);
}

TEST_F(OptimizerImproverTest, AVisitOffItsIdealGapsMovesWhereThatIsWorthMoreThanTheMove) {
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 9, 14, 21})});
  ASSERT_EQ(answer.courses.size(), 1u);
  const ImprovedCourse& ann = answer.courses[0];
  EXPECT_EQ(ann.before.cost, 4 * 12);
  EXPECT_EQ(ann.after.cost, 25);
  EXPECT_EQ(DaysOf(ann.after), (std::vector<int>{0, 7, 14, 21}));
  EXPECT_EQ(ann.after.terms.at(0).kind, CostKind::kMove);
  EXPECT_EQ(ann.after.terms.at(0).count, 1);
  EXPECT_TRUE(answer.proved);
  EXPECT_EQ(answer.progress.initial_cost, 48);
  EXPECT_EQ(answer.progress.cost, 25);
  ASSERT_GE(reports_.size(), 2u);
  EXPECT_EQ(reports_[0].initial_cost, 48);
}

TEST_F(OptimizerImproverTest, AMoveThatCostsMoreThanItSavesIsNotMade) {
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 9, 14, 21})}, 50);
  EXPECT_TRUE(answer.courses.empty());
  EXPECT_EQ(answer.progress.cost, answer.progress.initial_cost);
}

TEST_F(OptimizerImproverTest, WhatIsFixedStaysAndTheOthersMoveAroundIt) {
  CourseToRepair ann = Weekly("ann", {0, 9, 14, 21});
  ann.question.visits[1].fixed = true;
  EXPECT_TRUE(Improve({ann}).courses.empty());  // to move two is no gain
}

TEST_F(OptimizerImproverTest, ADepartureFromTheProtocolMayShrinkButNotGrow) {
  // 11 days where at most 9 are allowed: to close it, the second moves; the third then stands too early, as it may not.
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 11, 16, 21})});
  ASSERT_EQ(answer.courses.size(), 1u);
  const std::vector<int> days = DaysOf(answer.courses[0].after);
  for (size_t i = 1; i < days.size(); ++i) {
    EXPECT_LE(days[i] - days[i - 1], i == 1 ? 11 : 9);
    EXPECT_GE(days[i] - days[i - 1], 5);
  }
  EXPECT_LT(days[1], 11);
}

TEST_F(OptimizerImproverTest, ACourseThatCannotStandAsItDoesIsLeftAsItIs) {
  const ResourceKey nora("staff/nora");
  resources_[nora] =
      WithAbsence(resources_[nora], clinic_, {nora, {sample::At(kMonday + 9, 0), sample::At(kMonday + 10, 0)}, ""});
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 9, 14, 21}), Weekly("bob", {0, 7, 16, 21})});
  ASSERT_EQ(answer.courses.size(), 1u);
  EXPECT_EQ(answer.courses[0].course, 1);
}

TEST_F(OptimizerImproverTest, AStoppedSearchAnswersWithWhatItHasAndNeverWithWorse) {
  stopped_ = true;
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 9, 14, 21})});
  EXPECT_LE(answer.progress.cost, answer.progress.initial_cost);
  for (const ImprovedCourse& course : answer.courses) EXPECT_LE(course.after.cost, course.before.cost);
}

TEST_F(OptimizerImproverTest, TwoCoursesOfOnePatientNeverMeet) {
  CourseToRepair other = Weekly("ann", {0, 7, 14, 21});
  for (VisitToPlan& visit : other.question.visits) {
    visit.current->start += absl::Hours(4);
    visit.fixed = true;
  }
  const ImproveAnswer answer = Improve({Weekly("ann", {0, 9, 14, 21}), other});
  ASSERT_EQ(answer.courses.size(), 1u);
  for (const PlannedVisit& visit : answer.courses[0].after.visits) {
    for (const VisitToPlan& fixed : other.question.visits) {
      const absl::Duration apart = visit.start - fixed.current->start;
      EXPECT_GE(std::max(apart, -apart), absl::Minutes(150));
    }
  }
}

TEST_F(OptimizerImproverTest, AClinicWithNothingToMoveIsProvedAtOnce) {
  const ImproveAnswer answer = Improve({});
  EXPECT_TRUE(answer.proved);
  EXPECT_TRUE(answer.courses.empty());
}

}  // namespace
}  // namespace kat::scheduling
