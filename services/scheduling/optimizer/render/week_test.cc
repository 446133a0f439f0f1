#include "services/scheduling/optimizer/render/week.h"

#include <gtest/gtest.h>

#include <random>

#include "services/scheduling/optimizer/render/paint.h"
#include "services/scheduling/optimizer/render/svg.h"
#include "services/scheduling/optimizer/testing/whole_check.h"
#include "services/scheduling/optimizer/whole/solve.h"

namespace kat::optimizer {
namespace {

// A room of one and a nurse of twelve, from eight to four on ten days, and an hour's visit with a quarter of turnover.
Instance Clinic1() {
  Instance instance;
  instance.name = "one <clinic> & co";
  instance.clinic.slot_minutes = 5;
  instance.clinic.days = 10;
  instance.clinic.tag_names = {"room", "nurse"};
  instance.clinic.role_names = {"room", "nurse"};
  Resource room, nurse;
  room.id = "room-1";
  room.tags.push_back(HeldTag{0, std::nullopt});
  nurse.id = "nurse-1";
  nurse.tags.push_back(HeldTag{1, std::nullopt});
  nurse.capacity = 12;
  for (int day = 0; day < 10; ++day) {
    const Interval hours = {day * kMinutesPerDay + 480, day * kMinutesPerDay + 960};
    room.windows.push_back(hours);
    nurse.windows.push_back(hours);
  }
  instance.clinic.resources = {nurse, room};
  VisitType type;
  type.id = "infusion";
  type.duration = 60;
  type.roles = {Role{0, 0, {{0, 75, 1}}}, Role{1, 1, {{0, 15, 6}, {15, 45, 3}}}};
  instance.clinic.visit_types = {type};
  for (int c = 0; c < 2; ++c) {
    Course course;
    course.id = "course-" + std::to_string(c);
    course.visits = {Visit{.id = "v", .type = 0}};
    course.available = {{0, 10 * kMinutesPerDay}};
    instance.courses.push_back(course);
  }
  return instance;
}

TEST(Week, CutsAVisitWhereItsPeopleComeAndGo) {
  const Instance instance = Clinic1();
  Plans plans(2);
  plans[0] = std::vector<Placement>{Placement{8 * kMinutesPerDay + 600, {1, 0}}};
  const Week week = MakeWeek(instance, plans, 1);
  ASSERT_EQ(week.rows.size(), 2u);
  EXPECT_EQ(week.rows[0].kind, RowKind::kPlace);
  EXPECT_EQ(week.rows[1].kind, RowKind::kPerson);
  ASSERT_EQ(week.rows[0].uses.size(), 1u);
  const std::vector<PhasePart>& parts = week.rows[0].uses[0].parts;
  const Minute start = 8 * kMinutesPerDay + 600;
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].phase, Phase::kHandsOn);
  EXPECT_EQ(parts[0].to, start + 15);
  EXPECT_EQ(parts[1].phase, Phase::kMonitored);
  EXPECT_EQ(parts[1].to, start + 45);
  EXPECT_EQ(parts[2].phase, Phase::kQuiet);
  EXPECT_EQ(parts[2].to, start + 60);
  EXPECT_EQ(parts[3].phase, Phase::kTurnover);
  EXPECT_EQ(parts[3].to, start + 75);
  EXPECT_EQ(week.visits, 1);
  EXPECT_EQ(week.conflicts, 0);
  EXPECT_EQ(week.open_from, 480);
  EXPECT_EQ(week.open_to, 960);
  EXPECT_EQ(MakeWeek(instance, plans, 0).visits, 0);
}

TEST(Week, ShowsEveryMinuteAtWhichAResourceIsOverItsCapacity) {
  const Instance instance = Clinic1();
  Plans plans(2);
  plans[0] = std::vector<Placement>{Placement{600, {1, 0}}};
  plans[1] = std::vector<Placement>{Placement{630, {1, 0}}};
  const Week week = MakeWeek(instance, plans, 0);
  ASSERT_EQ(week.rows[0].overloaded.size(), 1u);
  EXPECT_EQ(week.rows[0].overloaded[0], (Interval{630, 675}));
  EXPECT_TRUE(week.rows[1].overloaded.empty());  // the nurse has hands for both
  EXPECT_EQ(week.conflicts, 1);
  plans[1] = std::vector<Placement>{Placement{930, {1, 0}}};  // past the end of the day
  const Week late = MakeWeek(instance, plans, 0);
  EXPECT_EQ(late.conflicts, 2);
}

TEST(Week, DrawsNoTwoUsesOverEachOtherWhereTheyFit) {
  std::mt19937 random(21);
  int shown = 0;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const Instance instance = RandomWhole(random);
    const SolveResult result = SolveWhole(instance, {.budget_ops = 20'000});
    const Week week = MakeWeek(instance, result.plans, 0);
    for (const WeekRow& row : week.rows) {
      if (row.kind != RowKind::kPlace) continue;
      for (size_t a = 0; a < row.uses.size(); ++a) {
        for (size_t b = 0; b < a; ++b) {
          const Use &x = row.uses[a], &y = row.uses[b];
          if (x.fixed || y.fixed) continue;  // these may stand over capacity
          ++shown;
          EXPECT_TRUE(x.from >= y.to || y.from >= x.to || x.low >= y.low + y.load || y.low >= x.low + x.load);
        }
      }
    }
    const std::string svg = WeekToSvg(instance, result.plans, week);
    EXPECT_EQ(svg.substr(0, 4), "<svg");
    EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
  }
  EXPECT_GT(shown, 20);
}

TEST(Week, WritesNamesAsXmlHasThem) {
  const Instance instance = Clinic1();
  const Plans plans(2);
  const std::string svg = WeekToSvg(instance, plans, MakeWeek(instance, plans, 0));
  EXPECT_NE(svg.find("one &lt;clinic&gt; &amp; co"), std::string::npos);
  EXPECT_EQ(svg.find("<clinic>"), std::string::npos);
  EXPECT_EQ(Escaped("a\x01\"b"), "a&quot;b");
}

}  // namespace
}  // namespace kat::optimizer
