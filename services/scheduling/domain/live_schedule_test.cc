#include "services/scheduling/domain/live_schedule.h"

#include <gtest/gtest.h>

#include "services/scheduling/domain/names.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);
const ResourceKey kRoom("rooms/infusion-1");

class LiveScheduleTest : public ::testing::Test {
 protected:
  static LiveSetup MakeSetup() {
    LiveSetup setup{.clinic = sample::MakeClinic("lake")};
    for (const Resource& resource : sample::MakeResources()) setup.resources[resource.key] = resource;
    return setup;
  }
  static LiveAppointment Visit(absl::CivilDay day, int hour, int64_t version = 1) {
    Appointment appointment{.id = AppointmentId("a"), .visit_type = VisitTypeId("infusion"), .version = version};
    appointment.time = {sample::At(day, hour), sample::At(day, hour + 2)};
    return {appointment, std::nullopt};
  }
  static std::vector<Usage> Uses(absl::CivilDay day, int hour, int load = 1) {
    return {{kRoom, "room", {sample::At(day, hour), sample::At(day, hour + 2)}, load}};
  }
  static LiveUpdate Update(LiveAppointment appointment, std::vector<Usage> uses) {
    LiveUpdate update;
    update.usages[OwnerOf(appointment.appointment.id)] = std::move(uses);
    update.appointments.push_back(std::move(appointment));
    return update;
  }

  LiveSchedule schedule_{{kMonday, 2}, MakeSetup(), {}};
};

TEST_F(LiveScheduleTest, TimeOnCallIsThatOfTheDaysWatched) {
  LiveSetup setup = MakeSetup();
  setup.resources.at(ResourceKey("staff/nora")).availability.on_call = {
      {.weekday = absl::Weekday::monday, .minutes = {1200, 1440}}};
  const LiveSchedule schedule({kMonday, 2}, setup, {});
  EXPECT_EQ(schedule.OnCallTime(ResourceKey("staff/nora")),
            (std::vector<TimeSpan>{{sample::At(kMonday, 20), sample::At(kMonday + 1, 0)}}));
  EXPECT_EQ(schedule.OnCallTime(ResourceKey("staff/ned")), std::vector<TimeSpan>());
}

TEST_F(LiveScheduleTest, AnUntouchedDayIsFreeWhileTheClinicIsOpen) {
  const std::vector<FreeSpan> free = schedule_.FreeOn({kRoom, kMonday});
  ASSERT_EQ(free.size(), 1u);
  EXPECT_EQ(free[0].free, schedule_.setup().resources.at(kRoom).capacity);
  EXPECT_TRUE(schedule_.FreeOn({kRoom, absl::CivilDay(2026, 11, 29)}).empty()) << "closed on Sunday";
}

TEST_F(LiveScheduleTest, WhatIsTakenIsNotFreeAndTheRestIs) {
  const TimeSpan open = schedule_.FreeOn({kRoom, kMonday})[0].time;
  const LiveChange change = schedule_.Apply(Update(Visit(kMonday, 10), Uses(kMonday, 10)));
  EXPECT_EQ(change.appointments.size(), 1u);
  EXPECT_EQ(change.free, (std::set<ResourceDay>{{kRoom, kMonday}}));
  EXPECT_EQ(schedule_.FreeOn({kRoom, kMonday}), (std::vector<FreeSpan>{{{open.start, sample::At(kMonday, 10)}, 1},
                                                                       {{sample::At(kMonday, 12), open.end}, 1}}));
}

TEST_F(LiveScheduleTest, TheSameUpdateTwiceChangesNothing) {
  const LiveUpdate update = Update(Visit(kMonday, 10), Uses(kMonday, 10));
  schedule_.Apply(update);
  EXPECT_TRUE(schedule_.Apply(update).empty());
}

TEST_F(LiveScheduleTest, AMoveWithinTheDaysFreesTheOldDayAndTakesTheNew) {
  schedule_.Apply(Update(Visit(kMonday, 10), Uses(kMonday, 10)));
  const LiveChange change = schedule_.Apply(Update(Visit(kMonday + 1, 10, 2), Uses(kMonday + 1, 10)));
  EXPECT_EQ(change.free, (std::set<ResourceDay>{{kRoom, kMonday}, {kRoom, kMonday + 1}}));
  EXPECT_EQ(schedule_.FreeOn({kRoom, kMonday}).size(), 1u);
  EXPECT_EQ(schedule_.FreeOn({kRoom, kMonday + 1}).size(), 2u);
}

TEST_F(LiveScheduleTest, AMoveOffTheDaysTakesTheAppointmentAway) {
  schedule_.Apply(Update(Visit(kMonday, 10), Uses(kMonday, 10)));
  const LiveChange change = schedule_.Apply(Update(Visit(kMonday + 7, 10, 2), Uses(kMonday + 7, 10)));
  EXPECT_EQ(change.appointments.size(), 1u);
  EXPECT_TRUE(schedule_.appointments().empty());
  EXPECT_EQ(change.free, (std::set<ResourceDay>{{kRoom, kMonday}}));
  EXPECT_EQ(schedule_.FreeOn({kRoom, kMonday}).size(), 1u);
}

TEST_F(LiveScheduleTest, WhatWasNeverOnTheDaysChangesNothing) {
  EXPECT_TRUE(schedule_.Apply(Update(Visit(kMonday + 7, 10), Uses(kMonday + 7, 10))).empty());
}

TEST_F(LiveScheduleTest, ATreatmentThatGoesOnIsAChangeOfItsAppointment) {
  LiveAppointment visit = Visit(kMonday, 10);
  visit.treatment = TreatmentState::kTreating;
  schedule_.Apply(Update(visit, Uses(kMonday, 10)));
  visit.treatment = TreatmentState::kObserving;
  EXPECT_EQ(schedule_.Apply(Update(visit, Uses(kMonday, 10))).appointments.size(), 1u);
}

TEST_F(LiveScheduleTest, ASharedResourceShowsWhatIsLeft) {
  LiveSetup setup = MakeSetup();
  setup.resources[kRoom].capacity = 3;
  setup.resources[kRoom].version = 2;
  LiveUpdate update;
  update.setup = setup;
  const LiveChange change = schedule_.Apply(update);
  EXPECT_EQ(change.resources, (std::set<ResourceKey>{kRoom}));
  EXPECT_EQ(change.free.size(), 2u);
  schedule_.Apply(Update(Visit(kMonday, 10), Uses(kMonday, 10, 2)));
  const std::vector<FreeSpan> free = schedule_.FreeOn({kRoom, kMonday});
  ASSERT_EQ(free.size(), 3u);
  EXPECT_EQ(free[0].free, 3);
  EXPECT_EQ(free[1].free, 1);
}

TEST_F(LiveScheduleTest, ARetiredResourceHasNothingFree) {
  LiveSetup setup = MakeSetup();
  setup.resources[kRoom].retired = true;
  setup.resources[kRoom].version = 2;
  LiveUpdate update;
  update.setup = setup;
  schedule_.Apply(update);
  EXPECT_TRUE(schedule_.FreeOn({kRoom, kMonday}).empty());
}

TEST_F(LiveScheduleTest, AHoldIsShownUntilItEnds) {
  Hold hold{.id = HoldId("h"), .plan = {.visits = {{"infusion-1", sample::At(kMonday, 10), {}}}}};
  LiveUpdate update;
  update.holds = {hold};
  update.usages[OwnerOf(hold.id)] = Uses(kMonday, 10);
  EXPECT_EQ(schedule_.Apply(update).holds.size(), 1u);
  EXPECT_EQ(schedule_.holds().size(), 1u);
  update.holds[0].state = HoldState::kExpired;
  update.usages[OwnerOf(hold.id)].clear();
  const LiveChange change = schedule_.Apply(update);
  EXPECT_EQ(change.holds.size(), 1u);
  EXPECT_EQ(change.free.size(), 1u);
  EXPECT_TRUE(schedule_.holds().empty());
}

}  // namespace
}  // namespace kat::scheduling
