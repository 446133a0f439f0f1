#include "services/messaging/domain/planning.h"

#include <map>

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/messaging/domain/sending.h"

namespace kat::messaging {
namespace {

class PlanningTest : public ::testing::Test {
 protected:
  PlanningTest() : zone_(*LoadZone("America/New_York")) {
    const auto step = [&](const char* id, Purpose purpose, int hours, bool asks = false) {
      cadence_.steps.push_back({id, purpose, hours * 60, {Channel::kSms}, asks});
    };
    step("booked", Purpose::kBookingConfirmation, 0);
    step("moved", Purpose::kRescheduleNotice, 0);
    step("cancelled", Purpose::kCancellationNotice, 0);
    step("7d", Purpose::kReminder, 168);
    step("72h", Purpose::kReminder, 72, true);
    step("24h", Purpose::kPreparation, 24);
    step("3h", Purpose::kReminder, 3);
    cadence_.confirm_by_minutes = 1440;
    cadence_.driver_required = true;
    cadence_.driver_by_minutes = 1440;
    cadence_.least_lead_minutes = 60;
    appointment_.id = AppointmentId("a1");
    appointment_.patient = PatientId("p1");
    appointment_.course = CourseId("c1");
    appointment_.version = 1;
    appointment_.start_at = InstantOf(absl::CivilDay(2026, 9, 30), 13 * 60, zone_);
    appointment_.end_at = appointment_.start_at + absl::Hours(2);
  }

  Plan Make(Change change, absl::Time now) {
    return PlanMessages({appointment_, cadence_, SendWindow{}, zones_, now, change, earlier_});
  }
  static std::map<std::string, PatientMessage> ByStep(const Plan& plan) {
    std::map<std::string, PatientMessage> out;
    for (const PatientMessage& m : plan.messages) out[m.step_id] = m;
    return out;
  }

  absl::TimeZone zone_;
  Zones zones_{zone_};
  CadencePolicy cadence_;
  Appointment appointment_;
  std::vector<PatientMessage> earlier_;
};

TEST_F(PlanningTest, ABookingFarAheadGetsTheWholeCadence) {
  const absl::Time now = appointment_.start_at - absl::Hours(24 * 20);
  const Plan plan = Make(Change::kBooked, now);
  const auto steps = ByStep(plan);
  EXPECT_EQ(plan.messages.size(), 5u);
  EXPECT_EQ(steps.at("booked").plan_at, now + absl::Minutes(2));
  EXPECT_EQ(steps.at("72h").plan_at, appointment_.start_at - absl::Hours(72));
  EXPECT_TRUE(steps.at("72h").asks_confirmation);
  EXPECT_EQ(plan.confirm_by, appointment_.start_at - absl::Hours(24));
  EXPECT_EQ(plan.driver_by, appointment_.start_at - absl::Hours(24));
}

TEST_F(PlanningTest, ABookingForTomorrowStillPreparesAndAsks) {
  const absl::Time now = appointment_.start_at - absl::Hours(20);
  const Plan plan = Make(Change::kBooked, now);
  const auto steps = ByStep(plan);
  EXPECT_EQ(steps.count("7d"), 0u);
  EXPECT_EQ(steps.at("24h").plan_at, now);
  EXPECT_EQ(steps.at("72h").plan_at, now);
  EXPECT_FALSE(plan.confirm_by.has_value());
  EXPECT_EQ(plan.driver_by, now);
}

TEST_F(PlanningTest, AMoveIsToldOnlyToWhomTheBookingWasTold) {
  const absl::Time now = appointment_.start_at - absl::Hours(24 * 5);
  EXPECT_EQ(ByStep(Make(Change::kMoved, now)).count("booked"), 1u);
  PatientMessage told;
  told.state = MessageState::kSent;
  told.step_id = "booked";
  told.appointment_start = appointment_.start_at - absl::Hours(24);
  earlier_ = {told};
  const auto steps = ByStep(Make(Change::kMoved, now));
  EXPECT_EQ(steps.count("moved"), 1u);
  EXPECT_EQ(steps.count("booked"), 0u);
}

TEST_F(PlanningTest, NoticesOfACourseWaitForTheOthersOfTheCourse) {
  const absl::Time now = appointment_.start_at - absl::Hours(24 * 5);
  PatientMessage told;
  told.state = MessageState::kSent;
  earlier_ = {told};
  EXPECT_EQ(ByStep(Make(Change::kMoved, now)).at("moved").plan_at, now + absl::Minutes(2));
  appointment_.standing = Standing::kCancelled;
  EXPECT_EQ(ByStep(Make(Change::kCancelled, now)).at("cancelled").plan_at, now + absl::Minutes(2));
  appointment_.course = CourseId();
  EXPECT_EQ(ByStep(Make(Change::kCancelled, now)).at("cancelled").plan_at, now);
}

TEST_F(PlanningTest, ACancellationIsToldOnlyToWhomTheBookingWasTold) {
  const absl::Time now = appointment_.start_at - absl::Hours(24 * 5);
  appointment_.standing = Standing::kCancelled;
  EXPECT_TRUE(Make(Change::kCancelled, now).messages.empty());
  PatientMessage told;
  told.state = MessageState::kSuppressed;
  told.suppression = Suppression::kBundled;
  earlier_ = {told};
  EXPECT_EQ(ByStep(Make(Change::kCancelled, now)).count("cancelled"), 1u);
}

TEST_F(PlanningTest, MovedAwayAndBackAStepAlreadyToldIsNotRepeated) {
  PatientMessage told;
  told.state = MessageState::kDelivered;
  told.step_id = "7d";
  told.appointment_start = appointment_.start_at;
  earlier_ = {told};
  appointment_.version = 3;
  const auto steps = ByStep(Make(Change::kMoved, appointment_.start_at - absl::Hours(24 * 6)));
  EXPECT_EQ(steps.at("7d").suppression, Suppression::kAlreadyTold);
  EXPECT_EQ(steps.at("24h").state, MessageState::kPlanned);
}

TEST_F(PlanningTest, InstructionsThatCannotBeSentInTimeLeaveACallToMake) {
  appointment_.start_at = InstantOf(absl::CivilDay(2026, 9, 30), 8 * 60 + 30, zone_);
  const Plan plan = Make(Change::kBooked, InstantOf(absl::CivilDay(2026, 9, 29), 22 * 60, zone_));
  const PatientMessage& preparation = ByStep(plan).at("24h");
  EXPECT_EQ(preparation.suppression, Suppression::kTooLate);
  EXPECT_TRUE(NeedsCall(preparation));
}

TEST_F(PlanningTest, OnlyTheFirstDoseIsFollowedUpByACallAfterADay) {
  cadence_.steps = {{"call", Purpose::kFollowUp, 1440, {Channel::kVoiceTask}, false, true}};
  appointment_.standing = Standing::kCompleted;
  appointment_.session_number = 2;
  EXPECT_TRUE(Make(Change::kCompleted, appointment_.end_at).messages.empty());
  appointment_.session_number = 1;
  const Plan plan = Make(Change::kCompleted, appointment_.end_at);
  ASSERT_EQ(plan.messages.size(), 1u);
  EXPECT_EQ(plan.messages[0].category, Category::kClinical);
  EXPECT_EQ(plan.messages[0].plan_at, appointment_.end_at + absl::Hours(24));
}

TEST_F(PlanningTest, WhatIsNoLongerTrueIsStale) {
  const absl::Time now = appointment_.start_at - absl::Hours(30);
  const PatientMessage reminder = ByStep(Make(Change::kBooked, now)).at("3h");
  Appointment present = appointment_;
  present.version = 2;
  present.confirmed = true;
  EXPECT_EQ(Stale(reminder, present, now), Suppression::kNone);
  present.start_at += absl::Minutes(15);
  EXPECT_EQ(Stale(reminder, present, now), Suppression::kAppointmentChanged);
  present = appointment_;
  for (const Standing standing : {Standing::kBegun, Standing::kCompleted, Standing::kCancelled, Standing::kNoShow}) {
    present.standing = standing;
    EXPECT_EQ(Stale(reminder, present, now), Suppression::kAppointmentOver);
  }
  EXPECT_EQ(Stale(reminder, appointment_, appointment_.start_at), Suppression::kAppointmentOver);
}

}  // namespace
}  // namespace kat::messaging
