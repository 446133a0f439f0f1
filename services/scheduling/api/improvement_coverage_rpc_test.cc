#include "services/scheduling/api/improvement_fixture.h"

namespace kat::scheduling {
namespace {

// Where an improvement may carry doses that a payer has authorized.
class ImprovementCoverageTest : public ImprovementTest {
 protected:
  // A dose on kThatDay, a Thursday, whose patient would rather come on one of `days`.
  v1::Appointment Dose(std::vector<google::type::DayOfWeek> days) {
    const v1::Appointment dose = Book("dose", "ann", kThatDay, 10, 10, 11);
    v1::GetCourseRequest get;
    get.set_name(dose.course());
    absl::StatusOr<v1::Course> course = Call(&Stub::GetCourse, get);
    EXPECT_OK(course);
    v1::UpdateCourseRequest update;
    *update.mutable_course() = *course;
    update.mutable_update_mask()->add_paths("preferences");
    update.mutable_course()->mutable_preferences()->clear_preferred_hours();
    for (const google::type::DayOfWeek day : days) {
      v1::WeeklyHours& hours = *update.mutable_course()->mutable_preferences()->add_preferred_hours();
      hours.set_day_of_week(day);
      hours.mutable_start_time()->set_hours(9);
      hours.mutable_end_time()->set_hours(17);
    }
    update.set_request_id(NewId());
    EXPECT_OK(Call(&Stub::UpdateCourse, update));
    return dose;
  }
  absl::CivilDay Day(const v1::Appointment& appointment) { return DayOf(Get(appointment.name()).start_time()); }
};

TEST_F(ImprovementCoverageTest, ADoseGoesNowhereThatItsAuthorizationDoesNotReach) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  Authorization().covered = {{"dose-1", {.from = kThatDay - 30, .until = kThatDay + 1}}};
  const v1::Improvement ready = Run(Request(kThatDay - 3, 5));
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.parts_size(), 0);
  EXPECT_EQ(ready.progress().courses(), 1);
  EXPECT_EQ(Day(dose), kThatDay);
}

TEST_F(ImprovementCoverageTest, WhatIsFoundWithinTheAuthorizationIsAppliedAndMakesNothingConditional) {
  const v1::Appointment dose = Dose({google::type::WEDNESDAY, google::type::FRIDAY});
  Authorization().covered = {{"dose-1", {.from = kThatDay - 30, .until = kThatDay + 1}}};
  const v1::Improvement ready = Run(Request(kThatDay - 3, 5));
  ASSERT_EQ(ready.parts_size(), 1);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyImprovementResponse applied, Apply(ready));
  EXPECT_EQ(Day(dose), kThatDay - 1);
  EXPECT_FALSE(applied.appointments(0).has_condition());
}

TEST_F(ImprovementCoverageTest, ADoseThatNeedsNoAuthorizationGoesWhereItIsBest) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  ASSERT_OK(Apply(Run(Request(kThatDay - 3, 5))));
  EXPECT_EQ(Day(dose), kThatDay + 1);
}

TEST_F(ImprovementCoverageTest, WhereAuthorizationCannotBeAskedADoseKeepsItsDay) {
  const v1::Appointment dose = Dose({google::type::FRIDAY});
  const v1::Appointment talk = Talk("bob", 10, 14, 17);
  Authorization().error = PeerUnavailable("authorization");
  const v1::Improvement ready = Run(Request(kThatDay - 3, 5));
  ASSERT_EQ(ready.parts_size(), 1) << "what needs no authorization still moves";
  ASSERT_OK(Apply(ready));
  EXPECT_GE(Hour(talk), 14);
  EXPECT_EQ(Day(dose), kThatDay);
}

}  // namespace
}  // namespace kat::scheduling
