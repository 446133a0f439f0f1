#include "services/scheduling/optimizer/bound/bundle.h"

#include <gtest/gtest.h>

namespace kat::optimizer {
namespace {

constexpr double kReach = 1000;

// One row of capacity 1; leaving a course out costs 50.
TEST(Bundle, PricesARowAsHighAsThoseWhoShareItCanPay) {
  Bundle bundle({1}, {0}, {}, {50, 50});
  bundle.AddPlan(0, 0, {{0, 1, 1}});
  bundle.AddPlan(1, 20, {{0, 1, 1}});
  bundle.SetCenter({0});
  bundle.Look(kReach, 1000, 1e-6);
  // Both want in below 30; above it the dearer one stays out.
  EXPECT_NEAR(bundle.Price(0), 30, 1);
  EXPECT_NEAR(bundle.ModelValue(), 50, 1);
}

TEST(Bundle, GivesRowsThatAreAlikeOnePriceForAllThatTheyHold) {
  Bundle bundle({1, 1}, {0, 0}, {}, {50, 50, 50});
  for (int course = 0; course < 3; ++course) bundle.AddPlan(course, 10 * course, {{0, 1, 1}});
  bundle.SetCenter({0, 0});
  bundle.Look(kReach, 1000, 1e-6);
  // Two have room, though all plans are in the first: from 30 on the dearest stays out.
  EXPECT_NEAR(bundle.Price(0), 30, 1);
  EXPECT_EQ(bundle.Price(0), bundle.Price(1));
  EXPECT_NEAR(bundle.ModelValue(), 0 + 10 + 50, 1);
}

TEST(Bundle, GivesACourseThatIsFixedNoChoiceAndOthersWhatItLeaves) {
  Bundle bundle({1}, {0}, {}, {50, 50});
  bundle.AddPlan(0, 0, {{0, 1, 1}});
  bundle.AddPlan(1, 20, {{0, 1, 1}});
  bundle.FixPlan(1, 20, {{0, 1, 1}});
  bundle.SetCenter({0});
  bundle.Look(kReach, 1000, 1e-6);
  // The cheaper one stays out now.
  EXPECT_NEAR(bundle.Price(0), 50, 1);
  EXPECT_NEAR(bundle.ModelValue(), 50 + 20, 1);
}

TEST(Bundle, NeverForgetsThatACourseCanBeLeftOut) {
  Bundle bundle({1}, {0}, {}, {50, 50});
  bundle.AddPlan(0, 0, {{0, 1, 1}});
  bundle.AddPlan(1, 0, {{0, 1, 1}});
  // Long in free minutes, where nobody is left out.
  bundle.SetCenter({0});
  for (int look = 0; look < 100; ++look) bundle.Look(1e-6, 10, 1e-9);
  bundle.SetCenter({500});
  bundle.Look(1e-6, 10, 1e-9);
  EXPECT_NEAR(bundle.ModelValue(), 2 * 50 - 500, 1);
}

}  // namespace
}  // namespace kat::optimizer
