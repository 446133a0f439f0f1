#include "services/scheduling/domain/appointment_state.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"

namespace kat::scheduling {
namespace {

using enum AppointmentState;

TEST(AppointmentStateTest, AMoveTakesTheConfirmationBack) {
  EXPECT_EQ(*Next(kConfirmed, AppointmentAction::kMove), kBooked);
}

TEST(AppointmentStateTest, ConfirmingTwiceIsOne) {
  EXPECT_EQ(*Next(kConfirmed, AppointmentAction::kConfirm), kConfirmed);
}

TEST(AppointmentStateTest, NothingLeavesAnEndState) {
  for (AppointmentState state : {kCompleted, kCancelled, kNoShow}) {
    for (AppointmentAction action :
         {AppointmentAction::kConfirm, AppointmentAction::kMove, AppointmentAction::kCancel, AppointmentAction::kNoShow,
          AppointmentAction::kCheckIn, AppointmentAction::kComplete, AppointmentAction::kEndUntreated,
          AppointmentAction::kTakePlace}) {
      EXPECT_EQ(ErrorReason(Next(state, action).status()), "STATE_FORBIDS");
    }
  }
}

TEST(AppointmentStateTest, OnlyACheckedInPatientIsCompleted) {
  EXPECT_FALSE(Next(kConfirmed, AppointmentAction::kComplete).ok());
  EXPECT_EQ(*Next(kCheckedIn, AppointmentAction::kComplete), kCompleted);
}

TEST(AppointmentStateTest, APatientWhoIsHereIsNotCancelled) {
  EXPECT_EQ(ErrorReason(Next(kCheckedIn, AppointmentAction::kCancel).status()), "STATE_FORBIDS");
  EXPECT_EQ(*Next(kCheckedIn, AppointmentAction::kEndUntreated), kCancelled);
  EXPECT_FALSE(Next(kConfirmed, AppointmentAction::kEndUntreated).ok());
}

TEST(AppointmentStateTest, AVisitWithoutADoseTakesPlaceFromWhereItWasBooked) {
  EXPECT_EQ(*Next(kBooked, AppointmentAction::kTakePlace), kCompleted);
  EXPECT_EQ(*Next(kConfirmed, AppointmentAction::kTakePlace), kCompleted);
  EXPECT_FALSE(Next(kCheckedIn, AppointmentAction::kTakePlace).ok());
}

TEST(AppointmentStateTest, NamesGoThereAndBack) {
  for (AppointmentState state : {kBooked, kConfirmed, kCheckedIn, kCompleted, kCancelled, kNoShow}) {
    EXPECT_EQ(StateFromName(StateName(state)), state);
  }
  EXPECT_EQ(StateFromName(""), std::nullopt);
}

}  // namespace
}  // namespace kat::scheduling
