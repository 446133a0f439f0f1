#include "services/billing/domain/plan.h"

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/billing/domain/cancellation.h"

namespace kat::billing {
namespace {

using S = Installment::State;

const absl::TimeZone kZone = *LoadZone("America/New_York");
absl::Time At(absl::CivilDay day, int minute) { return InstantOf(day, minute, kZone); }
const absl::Time kNow = At(absl::CivilDay(2026, 11, 23), 600);

Estimate Accepted() {
  Estimate estimate;
  estimate.patient = PatientId("ann");
  estimate.state = Estimate::State::kAccepted;
  estimate.accepted_scenario = PaymentScenario::Kind::kPaymentPlan;
  estimate.lines = {{"infusion", "", "96365", 6, 50'000, 30'000}};
  estimate.scenarios = {{PaymentScenario::Kind::kPaymentPlan, 60'000}};
  return estimate;
}

PaymentPlan Plan() {
  PaymentPlan plan;
  plan.patient = PatientId("ann");
  plan.installments = {{1, 70'000}, {3, 70'000}, {5, 70'000}};
  return plan;
}

Visit Session(int number, absl::CivilDay day) {
  Visit visit;
  visit.id = AppointmentId("a" + std::to_string(number));
  visit.session_number = number;
  visit.start_time = At(day, 840);
  return visit;
}

TEST(Plan, LeavesNothingOfTheEstimateOpen) {
  PaymentPlan plan = Plan();
  EXPECT_TRUE(CheckNewPlan(plan, 0, Accepted()).ok());
  plan.installments[0].amount -= 1;
  EXPECT_EQ(ErrorReason(CheckNewPlan(plan, 0, Accepted())), "PLAN_DOES_NOT_ADD_UP");
}

TEST(Plan, StaysOutsideRegulationZ) {
  PaymentPlan plan = Plan();
  EXPECT_EQ(ErrorReason(CheckNewPlan(plan, 1, Accepted())), "REGZ_FINANCE_CHARGE");
  plan.installments.resize(5);
  EXPECT_EQ(ErrorReason(CheckNewPlan(plan, 0, Accepted())), "REGZ_INSTALLMENT_LIMIT");
}

TEST(Plan, TakesItsDatesAtBookingAndMovesWithTheSession) {
  PaymentPlan plan = Plan();
  EXPECT_TRUE(BindVisit(plan, Session(3, absl::CivilDay(2026, 12, 1)), 480, kZone, kNow));
  EXPECT_EQ(plan.installments[1].due_time, At(absl::CivilDay(2026, 12, 1), 480));
  EXPECT_FALSE(BindVisit(plan, Session(3, absl::CivilDay(2026, 12, 1)), 480, kZone, kNow));
  EXPECT_TRUE(BindVisit(plan, Session(3, absl::CivilDay(2026, 12, 4)), 480, kZone, kNow));
  EXPECT_EQ(plan.installments[1].due_time, At(absl::CivilDay(2026, 12, 4), 480));
  EXPECT_FALSE(BindVisit(plan, Session(2, absl::CivilDay(2026, 12, 1)), 480, kZone, kNow));
  EXPECT_EQ(plan.installments[0].state, S::kUnscheduled);
}

TEST(Plan, PausesWhenTheClinicCancels) {
  PaymentPlan plan = Plan();
  Visit visit = Session(1, absl::CivilDay(2026, 12, 1));
  BindVisit(plan, visit, 480, kZone, kNow);
  visit.cancelled_by_clinic = true;
  EXPECT_TRUE(UnbindVisit(plan, visit));
  EXPECT_EQ(plan.installments[0].state, S::kPaused);
  EXPECT_FALSE(plan.installments[0].due_time);
  EXPECT_TRUE(BindVisit(plan, visit, 480, kZone, kNow));
  EXPECT_EQ(plan.installments[0].state, S::kScheduled);
}

TEST(Plan, TriesNoFurtherForASessionThatThePatientCancelled) {
  PaymentPlan plan = Plan();
  const Visit visit = Session(1, absl::CivilDay(2026, 11, 23));
  BindVisit(plan, visit, 480, kZone, kNow);
  RecordDecline(plan, plan.installments[0], "insufficient_funds", {1, 3}, kNow);
  EXPECT_TRUE(UnbindVisit(plan, visit));
  EXPECT_EQ(plan.installments[0].state, S::kUnscheduled);
  EXPECT_FALSE(plan.installments[0].due_time);
}

TEST(Plan, AChargeUnderWayIsPaidWhateverBecameOfItsSessionOrPlan) {
  for (const bool by_clinic : {false, true}) {
    PaymentPlan plan = Plan();
    Visit visit = Session(1, absl::CivilDay(2026, 11, 23));
    BindVisit(plan, visit, 480, kZone, kNow);
    visit.cancelled_by_clinic = by_clinic;
    ASSERT_TRUE(UnbindVisit(plan, visit));
    RecordPaid(plan, plan.installments[0], PaymentId("p"), kNow);
    EXPECT_EQ(plan.installments[0].state, S::kPaid);
    EXPECT_FALSE(BindVisit(plan, visit, 480, kZone, kNow));
  }
  PaymentPlan ended = Plan();
  ASSERT_TRUE(EndPlan(ended, kNow).ok());
  for (Installment& installment : ended.installments) RecordPaid(ended, installment, PaymentId("p"), kNow);
  EXPECT_EQ(ended.installments[0].state, S::kPaid);
  EXPECT_EQ(ended.state, PaymentPlan::State::kCancelled);
}

TEST(Plan, ClimbsTheRetryLadderAndThenAsksAPerson) {
  PaymentPlan plan = Plan();
  BindVisit(plan, Session(1, absl::CivilDay(2026, 11, 23)), 480, kZone, kNow);
  Installment& first = plan.installments[0];
  EXPECT_EQ(first.due_time, kNow);  // 8:00 is past
  RecordDecline(plan, first, "insufficient_funds", {1, 3}, kNow);
  EXPECT_EQ(first.due_time, kNow + absl::Hours(24));
  RecordDecline(plan, first, "insufficient_funds", {1, 3}, kNow);
  EXPECT_EQ(first.due_time, kNow + absl::Hours(72));
  RecordDecline(plan, first, "insufficient_funds", {1, 3}, kNow);
  EXPECT_EQ(first.state, S::kFailed);
  EXPECT_EQ(first.attempts, 3);
  EXPECT_TRUE(plan.HasFailed());
}

TEST(Plan, IsCompleteWhenEveryInstallmentIsPaid) {
  PaymentPlan plan = Plan();
  for (Installment& installment : plan.installments) {
    BindVisit(plan, Session(installment.session_number, absl::CivilDay(2026, 12, 1)), 480, kZone, kNow);
    RecordPaid(plan, installment, PaymentId("p"), kNow);
  }
  EXPECT_EQ(plan.state, PaymentPlan::State::kCompleted);
  EXPECT_EQ(ErrorReason(EndPlan(plan, kNow)), "STATE_FORBIDS");
}

TEST(Plan, KeepsPaidInstallmentsWhenItEnds) {
  PaymentPlan plan = Plan();
  BindVisit(plan, Session(1, absl::CivilDay(2026, 12, 1)), 480, kZone, kNow);
  RecordPaid(plan, plan.installments[0], PaymentId("p"), kNow);
  ASSERT_TRUE(EndPlan(plan, kNow).ok());
  EXPECT_EQ(plan.installments[0].state, S::kPaid);
  EXPECT_EQ(plan.installments[2].state, S::kCancelled);
}

TEST(Cancellation, CountsBusinessHoursOverAWeekendAndAHoliday) {
  CancellationPolicy policy;
  policy.notice_hours = 72;
  policy.business_hours = true;
  const BusinessCalendar calendar{{absl::CivilDay(2026, 11, 26)}};
  // Wednesday 10:00 to Monday 10:00: 14 hours of Wednesday, Friday whole, 10 hours of Monday.
  const absl::Time cancel = At(absl::CivilDay(2026, 11, 25), 600), start = At(absl::CivilDay(2026, 11, 30), 600);
  EXPECT_EQ(Notice(policy, cancel, start, kZone, calendar), absl::Hours(48));
  EXPECT_TRUE(IsLate(policy, cancel, start, kZone, calendar));
  policy.business_hours = false;
  EXPECT_EQ(Notice(policy, cancel, start, kZone, calendar), absl::Hours(120));
  EXPECT_FALSE(IsLate(policy, cancel, start, kZone, calendar));
}

TEST(Cancellation, SurvivesTheChangeOfClocks) {
  CancellationPolicy policy;
  policy.notice_hours = 24;
  // Clocks go back on November 1, 2026: noon to noon is 25 hours.
  EXPECT_EQ(Notice(policy, At(absl::CivilDay(2026, 10, 31), 720), At(absl::CivilDay(2026, 11, 1), 720), kZone, {}),
            absl::Hours(25));
}

TEST(Cancellation, ManyMissesInTheWindowAskForPrepayment) {
  CancellationPolicy policy;
  policy.repeat_count = 3;
  policy.repeat_window_days = 90;
  std::vector<Visit> visits(3, Session(1, absl::CivilDay(2026, 11, 1)));
  for (Visit& visit : visits) visit.late = true;
  EXPECT_TRUE(MustPrepay(policy, visits, absl::CivilDay(2026, 11, 23), kZone));
  EXPECT_FALSE(MustPrepay(policy, visits, absl::CivilDay(2027, 2, 1), kZone));
  visits[0].late = false;
  EXPECT_FALSE(MustPrepay(policy, visits, absl::CivilDay(2026, 11, 23), kZone));
}

}  // namespace
}  // namespace kat::billing
