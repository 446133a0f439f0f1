#include "services/scheduling/domain/conditional.h"

#include <gtest/gtest.h>

namespace kat::scheduling {
namespace {

Appointment Visit(const std::string& id, int session, AppointmentState state = AppointmentState::kBooked) {
  return {.id = AppointmentId(id), .visit_id = id, .session_number = session, .state = state};
}

CoverageCondition PastTheDates(absl::CivilDay renewal) {
  return {.code = "AUTHORIZATION_DATES_EXCEEDED", .since_visit = "dose-2", .renewal_request_by = renewal};
}

TEST(Conditional, AMoveOrABookingOnlyMakesVisitsConditional) {
  std::vector<Appointment> visits = {Visit("dose-1", 1), Visit("dose-2", 2)};
  visits[0].condition = PastTheDates(absl::CivilDay(2026, 12, 1));
  NoteConditions({{"dose-2", PastTheDates(absl::CivilDay(2026, 12, 3))}}, visits);
  EXPECT_EQ(visits[0].condition, PastTheDates(absl::CivilDay(2026, 12, 1)));
  EXPECT_EQ(visits[1].condition, PastTheDates(absl::CivilDay(2026, 12, 3)));
}

TEST(Conditional, WhatAuthorizationSaysIsTakenWhetherItCoversOrNot) {
  Appointment visit = Visit("dose-2", 2);
  const VisitConditions uncovered = {{"dose-2", PastTheDates(absl::CivilDay(2026, 12, 3))}};
  EXPECT_TRUE(TakeCondition(uncovered, visit));
  EXPECT_FALSE(TakeCondition(uncovered, visit));
  EXPECT_TRUE(TakeCondition({}, visit));
  EXPECT_FALSE(visit.condition);
  EXPECT_FALSE(TakeCondition({}, visit));
}

TEST(Conditional, CoverageIsAskedOfDosesThatAreStillToCome) {
  const std::vector<Appointment> asked = AskedAboutCoverage(
      {Visit("dose-1", 1, AppointmentState::kCompleted), Visit("dose-2", 2), Visit("integration-1", 0),
       Visit("dose-3", 3, AppointmentState::kCancelled), Visit("dose-4", 4, AppointmentState::kConfirmed)});
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].visit_id, "dose-2");
  EXPECT_EQ(asked[1].visit_id, "dose-4");
}

TEST(Conditional, TheEarliestDayCountsAndOneThatNoRenewalHelpsHasNone) {
  EXPECT_FALSE(RenewalRequestBy({}));
  VisitConditions conditions = {{"dose-2", {.code = "AUTHORIZATION_DENIED", .since_visit = "dose-2"}}};
  EXPECT_FALSE(RenewalRequestBy(conditions));
  conditions["dose-3"] = PastTheDates(absl::CivilDay(2026, 12, 3));
  conditions["dose-4"] = PastTheDates(absl::CivilDay(2026, 12, 1));
  EXPECT_EQ(RenewalRequestBy(conditions), absl::CivilDay(2026, 12, 1));
}

}  // namespace
}  // namespace kat::scheduling
