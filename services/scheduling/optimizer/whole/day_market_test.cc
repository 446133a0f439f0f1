#include "services/scheduling/optimizer/whole/day_market.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "services/scheduling/optimizer/testing/whole_check.h"
#include "services/scheduling/optimizer/whole/beginning.h"

namespace kat::optimizer {
namespace {

const std::function<bool()> kNeverStop = [] { return false; };

// `courses` of two visits three to five days apart, best four; each day of the room holds one visit.
Instance TwoVisits(int courses, int days) {
  Instance instance;
  Clinic& clinic = instance.clinic;
  clinic.days = days;
  clinic.weights.unscheduled = 1000;
  clinic.weights.start_delay = 1;
  clinic.weights.gap = 2;
  clinic.tag_names = clinic.role_names = {"room"};
  Resource& room = clinic.resources.emplace_back();
  room.capacity = 1;
  room.tags = {{.tag = 0}};
  for (int day = 0; day < days; ++day) room.windows.push_back({day * 1440 + 480, day * 1440 + 580});
  clinic.visit_types.push_back(
      {.id = "visit", .duration = 60, .roles = {{.name = 0, .tag = 0, .usage = {{0, 60, 1}}}}});
  for (int i = 0; i < courses; ++i) {
    Course& course = instance.courses.emplace_back();
    course.visits.resize(2);
    course.lags = {{.from = 0, .to = 1, .min_days = 3, .max_days = 5, .ideal_days = 4}};
    course.available = {{0, days * 1440}};
  }
  return instance;
}

TEST(Trips, TakeTheDaysThatCostLeastWithWhatTheyPay) {
  std::mt19937 random(41);
  const Instance instance = TwoVisits(1, 12);
  const AloneResult alone = PlanAlone(instance, 10'000);
  Trips trips(instance, alone.courses);
  ASSERT_EQ(trips.size(), 1u);
  for (int i = 0; i < 200; ++i) {
    std::vector<float> paid;
    for (int day = 0; day < 12; ++day) paid.push_back(static_cast<float>(random() % 10));
    float least = Trips::kNever;
    for (int first = 0; first < 12; ++first) {
      for (int apart = 3; apart <= 5 && first + apart < 12; ++apart) {
        least =
            std::min(least, static_cast<float>(first + 2 * std::abs(apart - 4)) + paid[first] + paid[first + apart]);
      }
    }
    std::vector<int> days;
    ASSERT_EQ(trips.Choose(0, paid, days), least);
    ASSERT_EQ(days.size(), 2u);
    ASSERT_EQ(static_cast<float>(days[0] + 2 * std::abs(days[1] - days[0] - 4)) + paid[days[0]] + paid[days[1]], least);
  }
}

TEST(Trips, CostNoMoreThanAnyPlanOfTheirCourse) {
  std::mt19937 random(42);
  int compared = 0;
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const AloneResult alone = PlanAlone(instance, 100'000);
    Trips trips(instance, alone.courses);
    const std::vector<float> nothing(instance.clinic.visit_types.size() * instance.clinic.days);
    std::vector<int> days;
    for (size_t t = 0; t < trips.size(); ++t) {
      const Alone& course = alone.courses[trips.CourseOf(t)];
      if (course.visits.empty()) continue;
      ASSERT_LE(trips.Choose(t, nothing, days), static_cast<float>(course.floor));
      ++compared;
    }
  }
  EXPECT_GT(compared, 300);
}

TEST(DayMarket, PricesDaysOfWhichMoreIsAskedThanTheyHoldAndNoOthers) {
  const Instance instance = TwoVisits(8, 40);
  const AloneResult alone = PlanAlone(instance, 10'000);
  Beginning first(instance, 1'000'000);
  first.Construct({0, 1, 2, 3, 4, 5, 6, 7}, kNeverStop);
  DayMarket market(instance, alone.courses);
  market.Learn(first.schedule(), first.starts(), kNeverStop);
  const Guide guide = market.MakeGuide();
  EXPECT_GT(guide.prices.Of(0, 0), 0);
  EXPECT_GE(guide.prices.Of(0, 0), guide.prices.Of(0, 8));
  EXPECT_EQ(guide.prices.Of(0, 35), 0);
  EXPECT_EQ(guide.prices.Of(0, 40), 0);
}

TEST(DayMarket, PricesNothingWhereThereIsRoomForAll) {
  const Instance instance = TwoVisits(1, 40);
  const AloneResult alone = PlanAlone(instance, 10'000);
  Beginning first(instance, 1'000'000);
  first.Construct({0}, kNeverStop);
  DayMarket market(instance, alone.courses);
  market.Learn(first.schedule(), first.starts(), kNeverStop);
  for (int day = 0; day < 40; ++day) EXPECT_EQ(market.MakeGuide().prices.Of(0, day), 0);
}

}  // namespace
}  // namespace kat::optimizer
