// Every US zone, ten years of clock changes, through the optimizer and back: sessions keep their hour, gaps in minutes
// are real time, gaps in days are days of the calendar.
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/scheduling/planning/optimizer_planner.h"
#include "services/scheduling/testing/sample.h"
#include "services/scheduling/testing/us_zones.h"

namespace kat::scheduling {
namespace {

using sample::ZoneChange;

constexpr int kHorizonDays = 42;
const VisitTypeId kSession("session");
const ResourceKey kRoom("rooms/quiet");

// A clinic of one room, open every day from five to eleven at night, around one clock change.
class Around {
 public:
  explicit Around(const ZoneChange& change) : change_(change) {
    clinic_.time_zone = change.zone.name;
    clinic_.holidays.clear();
    clinic_.opening_hours = Daily({5 * 60, 23 * 60});
    resources_[kRoom] = {.key = kRoom, .kind = ResourceKind::kRoom, .tags = {{.tag = "room"}}};
    VisitType session{.id = kSession, .duration_minutes = 60, .dosing = true};
    session.roles = {{"room", "room", {{0, 75, 1}}}};
    types_[kSession] = session;
    protocol_ = {.protocol = ProtocolId("p"), .program = "p", .phases = {{.id = "all"}}};
    now_ = absl::FromCivil(change.day - 30, change.zone.zone);
  }

  static std::vector<WeeklySpan> Daily(Span minutes) {
    std::vector<WeeklySpan> out;
    for (int day = 0; day < 7; ++day) {
      out.push_back({.weekday = static_cast<absl::Weekday>(day), .minutes = minutes});
    }
    return out;
  }

  // Somebody else has the room at those hours, every day.
  void TakeDaily(Span minutes) {
    for (int day = -20; day < kHorizonDays; ++day) {
      commitments_.push_back({"appointments/other",
                              {kRoom,
                               "room",
                               {InstantOf(change_.day + day, minutes.from, change_.zone.zone),
                                InstantOf(change_.day + day, minutes.to, change_.zone.zone)},
                               1}});
    }
  }

  // Plans `visits` sessions with that gap from one to the next, the first no earlier than `earliest`; checked as a
  // booking would be. Their starts, none where there is no plan.
  std::vector<absl::Time> Plan(int visits, const Gap& gap, absl::CivilDay earliest, std::vector<WeeklySpan> available) {
    protocol_.phases[0].visits = {{"session", kSession, visits}};
    protocol_.phases[0].spacings = {{"session", 1, gap}};
    const Expansion block = ExpandPhases(protocol_, {0}, {});
    PlanningQuestion question{.lags = block.lags, .earliest_day = earliest};
    question.preferences.available = std::move(available);
    for (const VisitSpec& visit : block.visits) {
      question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
    }
    const CoursePlan plan = Ask(question, earliest);
    if (plan.visits.empty()) return {};
    course_ = sample::MakeCourse(protocol_, earliest);
    const auto checked =
        CheckPlan({clinic_, resources_, types_, protocol_, course_, {}, now_},
                  {.course = course_.id, .course_version = course_.version, .phases = {"all"}, .visits = plan.visits});
    EXPECT_TRUE(checked.ok()) << checked.status();
    return StartsOf(plan);
  }

  // Plans the one of two sessions beside the other, which stands at `fixed`; nullopt where it fits nowhere.
  std::optional<absl::Time> PlanBeside(const Gap& gap, bool fixed_is_first, absl::Time fixed) {
    PlanningQuestion question{.lags = {{"a", "b", gap}}, .earliest_day = change_.day - 10};
    for (const char* id : {"a", "b"}) {
      VisitToPlan visit{.visit_id = id, .type = kSession};
      if ((visit.visit_id == "a") == fixed_is_first) {
        visit.current = VisitToPlan::Standing{fixed, {{"room", kRoom}}};
        visit.fixed = true;
      }
      question.visits.push_back(visit);
    }
    const CoursePlan plan = Ask(question, change_.day - 10);
    return plan.visits.empty() ? std::nullopt : std::optional(plan.visits[0].start);
  }

  const absl::CivilDay& day() const { return change_.day; }
  absl::Time At(int day, int hour) const { return InstantOf(change_.day + day, hour * 60, change_.zone.zone); }
  int MinuteOf(absl::Time time) const { return MinuteOfDay(time, change_.zone.zone); }
  absl::CivilDay DayOf(absl::Time time) const { return DayAt(time, change_.zone.zone); }

 private:
  CoursePlan Ask(const PlanningQuestion& question, absl::CivilDay first_day) {
    const PlanningPicture picture{.clinic = clinic_,
                                  .resources = resources_,
                                  .visit_types = types_,
                                  .commitments = commitments_,
                                  .now = now_,
                                  .first_day = first_day,
                                  .days = kHorizonDays};
    const absl::StatusOr<PlanningAnswer> answer = OptimizerPlanner().Plan(picture, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() && !answer->plans.empty() ? answer->plans[0] : CoursePlan();
  }
  static std::vector<absl::Time> StartsOf(const CoursePlan& plan) {
    std::vector<absl::Time> out;
    for (const PlannedVisit& visit : plan.visits) out.push_back(visit.start);
    return out;
  }

  const ZoneChange change_;
  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_;
  VisitTypeMap types_;
  ProtocolVersion protocol_;
  Course course_;
  std::vector<Commitment> commitments_;
  absl::Time now_;
};

// Runs `body` around every change; ends at the first that fails.
template <class Body>
void AroundEveryChange(Body body) {
  for (const ZoneChange& change : sample::ZoneChanges()) {
    SCOPED_TRACE(change.zone.name + " " + FormatDay(change.day));
    Around around(change);
    body(around);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(ClockChangePlanningTest, WeeklySessionsAtNineStayAtNine) {
  AroundEveryChange([](Around& around) {
    const std::vector<absl::Time> starts =
        around.Plan(5, {.min_days = 7, .max_days = 7}, around.day() - 14, Around::Daily({9 * 60, 10 * 60}));
    ASSERT_EQ(starts.size(), 5u);
    for (size_t i = 0; i < starts.size(); ++i) {
      EXPECT_EQ(around.MinuteOf(starts[i]), 9 * 60);
      EXPECT_EQ(around.DayOf(starts[i]), around.day() - 14 + 7 * static_cast<int>(i));
    }
  });
}

TEST(ClockChangePlanningTest, WhatStandsIsFoundAtItsHourOnBothSidesOfAChange) {
  AroundEveryChange([](Around& around) {
    around.TakeDaily({5 * 60, 10 * 60 + 5});
    around.TakeDaily({11 * 60 + 20, 23 * 60});
    const std::vector<absl::Time> starts =
        around.Plan(4, {.min_days = 2, .max_days = 2}, around.day() - 3, Around::Daily({0, 1440}));
    ASSERT_EQ(starts.size(), 4u);
    for (absl::Time start : starts) EXPECT_EQ(around.MinuteOf(start), 10 * 60 + 5);
  });
}

TEST(ClockChangePlanningTest, NoEarlierThanFortyEightHoursIsFortyEightRealHours) {
  const Gap gap{.min_minutes = 48 * 60};
  AroundEveryChange([&](Around& around) {
    const absl::Time first = around.At(-1, 9);
    EXPECT_EQ(around.PlanBeside(gap, /*fixed_is_first=*/true, first), first + absl::Hours(48));
    const std::vector<absl::Time> starts = around.Plan(2, gap, around.day() - 1, {});
    ASSERT_EQ(starts.size(), 2u);
    EXPECT_GE(starts[1] - starts[0], absl::Hours(48));
  });
}

TEST(ClockChangePlanningTest, NoLaterThanFortyEightHoursIsFortyEightRealHours) {
  const Gap gap{.min_minutes = 48 * 60, .max_minutes = 48 * 60};
  AroundEveryChange([&](Around& around) {
    const absl::Time nine = around.At(-1, 9);
    EXPECT_EQ(around.PlanBeside(gap, /*fixed_is_first=*/true, nine), nine + absl::Hours(48));
    const absl::Time after = around.At(1, 9);
    EXPECT_EQ(around.PlanBeside(gap, /*fixed_is_first=*/false, after), after - absl::Hours(48));
    // Both to be placed, and nothing else that decides when.
    const std::vector<absl::Time> starts = around.Plan(3, gap, around.day() - 3, {});
    ASSERT_EQ(starts.size(), 3u);
    for (size_t i = 1; i < starts.size(); ++i) EXPECT_EQ(starts[i] - starts[i - 1], absl::Hours(48));
    // From nine to nine across the change it is an hour more or less: a day or two later it is not.
    const std::vector<absl::Time> at_nine = around.Plan(2, gap, around.day() - 1, Around::Daily({9 * 60, 10 * 60}));
    ASSERT_EQ(at_nine.size(), 2u);
    EXPECT_EQ(at_nine[0], around.At(0, 9));
  });
}

TEST(ClockChangePlanningTest, TwoDaysLaterIsTwoDaysOfTheCalendar) {
  AroundEveryChange([](Around& around) {
    const std::vector<absl::Time> starts =
        around.Plan(2, {.min_days = 2, .max_days = 2}, around.day() - 1, Around::Daily({9 * 60, 10 * 60}));
    ASSERT_EQ(starts.size(), 2u);
    EXPECT_EQ(starts[0], around.At(-1, 9));
    EXPECT_EQ(starts[1], around.At(1, 9));
    EXPECT_EQ(absl::AbsDuration(starts[1] - starts[0] - absl::Hours(48)), absl::Hours(1));
  });
}

TEST(ClockChangePlanningTest, AGapThatBeganBeforeTheFirstDayPlannedCountsTheChangeToo) {
  const Gap gap{.min_minutes = 15 * 24 * 60, .max_minutes = 15 * 24 * 60};
  AroundEveryChange([&](Around& around) {
    const absl::Time first = around.At(-12, 9);  // the line begins two days later
    EXPECT_EQ(around.PlanBeside(gap, /*fixed_is_first=*/true, first), first + absl::Hours(15 * 24));
  });
}

}  // namespace
}  // namespace kat::scheduling
