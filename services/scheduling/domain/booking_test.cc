#include "services/scheduling/domain/booking.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/scheduling/testing/sample.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);

class BookingTest : public ::testing::Test {
 protected:
  BookingFacts Facts() { return {clinic_, resources_, types_, protocol_, course_, appointments_, now_}; }

  // Books MakeIvPlan's block.
  void Book() {
    appointments_ = *CheckPlan(Facts(), sample::MakeIvPlan(course_, kMonday));
    Block block{.number = 1, .phases = {"induction"}};
    for (size_t i = 0; i < appointments_.size(); ++i) {
      appointments_[i].id = AppointmentId(absl::StrCat("a", i + 1));
      appointments_[i].block = 1;
      block.appointments.push_back(appointments_[i].id);
    }
    course_.blocks = {block};
  }

  Clinic clinic_ = sample::MakeClinic();
  ResourceMap resources_ = sample::AsMap(sample::MakeResources());
  VisitTypeMap types_ = sample::AsMap(sample::MakeVisitTypes());
  ProtocolVersion protocol_ = sample::MakeIvProtocol();
  Course course_ = sample::MakeCourse(protocol_, kMonday);
  std::vector<Appointment> appointments_;
  absl::Time now_ = sample::At(absl::CivilDay(2026, 11, 23), 12);
};

TEST_F(BookingTest, ASoundPlanBecomesAppointmentsWithSessionNumbersForDosingVisits) {
  const auto appointments = CheckPlan(Facts(), sample::MakeIvPlan(course_, kMonday));
  ASSERT_TRUE(appointments.ok()) << appointments.status();
  ASSERT_EQ(appointments->size(), 9u);
  EXPECT_EQ((*appointments)[5].session_number, 6);
  EXPECT_EQ((*appointments)[6].session_number, 0);
  EXPECT_EQ((*appointments)[0].time.end - (*appointments)[0].time.start, absl::Minutes(110));
}

TEST_F(BookingTest, APlanMadeOnAnOlderCourseIsStale) {
  const BlockPlan plan = sample::MakeIvPlan(course_, kMonday);
  ++course_.version;
  EXPECT_EQ(ErrorReason(CheckPlan(Facts(), plan).status()), "PLAN_STALE");
}

TEST_F(BookingTest, EveryFaultOfAPlanIsListed) {
  BlockPlan plan = sample::MakeIvPlan(course_, kMonday);
  plan.visits[0].start = sample::At(kMonday - 3, 9);                   // a Friday before the course may start
  plan.visits[1].start = sample::At(kMonday + 3, 17);                  // the room closes at 18:00
  plan.visits[2].assignments.pop_back();                               // no clinician
  plan.visits[3].assignments[2].resource = ResourceKey("staff/theo");  // no nurse
  const absl::Status status = CheckPlan(Facts(), plan).status();
  EXPECT_EQ(ErrorReason(status), "PLAN_INVALID");
  const ErrorDetail detail = *GetErrorDetail(status);
  std::vector<std::string> types;
  for (const PreconditionViolation& violation : detail.preconditions) types.push_back(violation.type);
  EXPECT_EQ(std::count(types.begin(), types.end(), "WINDOW"), 1);
  EXPECT_GE(std::count(types.begin(), types.end(), "RESOURCE"), 4);
  EXPECT_EQ(std::count(types.begin(), types.end(), "MAX_DAYS"), 2);  // infusion-2 and integration-1 would be too late
}

TEST_F(BookingTest, APlanLacksNoVisit) {
  BlockPlan plan = sample::MakeIvPlan(course_, kMonday);
  plan.visits.pop_back();
  EXPECT_EQ(CheckPlan(Facts(), plan).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BookingTest, AnExpiredLicenceCannotBePlanned) {
  resources_[ResourceKey("staff/carla")].tags[0].valid_until = kMonday + 10;
  const absl::Status status = CheckPlan(Facts(), sample::MakeIvPlan(course_, kMonday)).status();
  EXPECT_EQ(GetErrorDetail(status)->preconditions.size(), 3u);  // infusions 4, 5 and 6
  EXPECT_EQ(GetErrorDetail(status)->preconditions[0].description,
            "infusion-4: staff/carla is no ketamine-provider on 2026-12-10");
}

TEST_F(BookingTest, AMoveThatBreaksTheProtocolSaysWhichRuleAndByHowMuch) {
  Book();
  const auto reasons = BrokenByMove(Facts(), appointments_[2], sample::At(kMonday + 11, 9));
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons[0].description, "infusion-2 → infusion-3: at most 5 days, asked 8");
  EXPECT_EQ(reasons[0].allowed, 5);
  EXPECT_EQ(reasons[0].asked, 8);
  const auto moved =
      CheckMoves(Facts(), {{appointments_[2].id, sample::At(kMonday + 11, 9), appointments_[2].assignments}});
  EXPECT_EQ(ErrorReason(moved.status()), "PROTOCOL_VIOLATED");
  EXPECT_EQ(GetErrorDetail(moved.status())->metadata.at("rule"), "MAX_DAYS");
}

TEST_F(BookingTest, AMoveWithinTheProtocolKeepsTheNameAndTakesTheConfirmationBack) {
  Book();
  appointments_[2].state = AppointmentState::kConfirmed;
  const auto moved =
      CheckMoves(Facts(), {{appointments_[2].id, sample::At(kMonday + 8, 9), appointments_[2].assignments}});
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->front().id, appointments_[2].id);
  EXPECT_EQ(moved->front().state, AppointmentState::kBooked);
  EXPECT_EQ(moved->front().time.start, sample::At(kMonday + 8, 9));
}

TEST_F(BookingTest, ARuleThatWasBrokenBeforeDoesNotForbidAMoveThatLeavesItAsItIs) {
  Book();
  appointments_[0].time.start -= absl::Hours(24 * 4);  // 7 days before infusion-2; the limit is 5
  appointments_[0].time.end -= absl::Hours(24 * 4);
  appointments_[0].state = AppointmentState::kCompleted;
  const auto moved =
      CheckMoves(Facts(), {{appointments_[4].id, sample::At(kMonday + 14, 11), appointments_[4].assignments}});
  EXPECT_TRUE(moved.ok()) << moved.status();
}

TEST_F(BookingTest, NothingIsPlacedAcrossAClockChange) {
  clinic_.opening_hours.push_back({.weekday = absl::Weekday::sunday, .minutes = {0, 1440}});
  const VisitType& consult = types_.at(VisitTypeId("consult"));
  const std::vector<Assignment> carla = {{"clinician", ResourceKey("staff/carla")}};
  const absl::CivilDay change(2027, 3, 14);
  EXPECT_TRUE(CheckPlacement(clinic_, resources_, consult, "", sample::At(change, 3), carla).empty());
  const auto reasons = CheckPlacement(clinic_, resources_, consult, "", sample::At(change, 1, 45), carla);
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons[0].kind, ReasonKind::kClockChange);
}

TEST_F(BookingTest, AVisitStartsOnTheFives) {
  const VisitType& consult = types_.at(VisitTypeId("consult"));
  EXPECT_FALSE(CheckPlacement(clinic_, resources_, consult, "", sample::At(kMonday, 9, 3),
                              {{"clinician", ResourceKey("staff/carla")}})
                   .empty());
  EXPECT_FALSE(CheckPlacement(clinic_, resources_, consult, "", sample::At(kMonday, 9) + absl::Seconds(30),
                              {{"clinician", ResourceKey("staff/carla")}})
                   .empty());
}

TEST_F(BookingTest, ALostVisitIsBookedAnewInItsBlockAsAnotherAppointment) {
  Book();
  appointments_[2].state = AppointmentState::kNoShow;
  const Move there{appointments_[2].id, sample::At(kMonday + 8, 9), appointments_[2].assignments, /*rebooks=*/true};
  const auto booked = CheckMoves(Facts(), {there});
  ASSERT_TRUE(booked.ok()) << booked.status();
  EXPECT_TRUE(booked->at(0).id.empty());
  EXPECT_EQ(booked->at(0).rebooks, appointments_[2].id);
  EXPECT_EQ(booked->at(0).visit_id, "infusion-3");
  EXPECT_EQ(booked->at(0).session_number, 3);
  EXPECT_EQ(booked->at(0).block, 1);
  EXPECT_EQ(booked->at(0).state, AppointmentState::kBooked);
  // A move is not how that is done.
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), {{there.appointment, there.start, there.assignments}}).status()),
            "STATE_FORBIDS");
}

TEST_F(BookingTest, WhatStandsWasBookedAnewBeforeOrIsOfAnEndedCourseIsNotBookedAnew) {
  Book();
  Move there{appointments_[2].id, sample::At(kMonday + 8, 9), appointments_[2].assignments, /*rebooks=*/true};
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), {there}).status()), "STATE_FORBIDS");
  appointments_[2].state = AppointmentState::kCancelled;
  course_.state = CourseState::kStopped;
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), {there}).status()), "STATE_FORBIDS");
  course_.state = CourseState::kActive;
  Appointment again = appointments_[2];
  again.id = AppointmentId("again");
  again.state = AppointmentState::kBooked;
  appointments_.push_back(again);
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), {there}).status()), "VISIT_STANDS");
  appointments_.pop_back();
  course_.blocks[0].state = BlockState::kCancelled;
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), {there}).status()), "STATE_FORBIDS");
}

class OverrideTest : public BookingTest {
 protected:
  void SetUp() override {
    Book();
    resources_[ResourceKey("staff/carla")].roles = {5};
    resources_[ResourceKey("staff/nora")].roles = {6};
  }

  // Infusion 2 on the day after the first: one day less than the protocol asks for.
  std::vector<Move> TooSoon() {
    return {{appointments_[1].id, sample::At(kMonday + 1, 9), appointments_[1].assignments}};
  }
  ProtocolOverride Decision() {
    const std::vector<Reason> broken = BrokenByMoves(Facts(), TooSoon());
    EXPECT_EQ(broken.size(), 2u);  // and a day more than it allows before the third
    return {.rule = ReasonKind::kMinDays,
            .from_visit = "infusion-1",
            .to_visit = "infusion-2",
            .allowed = 2,
            .asked = 1,
            .decided_by = ResourceKey("staff/carla"),
            .reason = "tolerated well"};
  }
  ProtocolOverride Second() {
    ProtocolOverride second = Decision();
    second.rule = ReasonKind::kMaxDays;
    second.from_visit = "infusion-2";
    second.to_visit = "infusion-3";
    second.allowed = 5;
    second.asked = 6;
    return second;
  }
};

TEST_F(OverrideTest, ADepartureThatSomebodyAnswersForIsNotedWithWhoDecidedIt) {
  const auto moved = CheckMoves(Facts(), TooSoon(), {Decision(), Second()});
  ASSERT_TRUE(moved.ok()) << moved.status();
  ASSERT_EQ(moved->at(0).overrides.size(), 2u);
  EXPECT_EQ(moved->at(0).overrides[0].role, 5);
  EXPECT_EQ(moved->at(0).overrides[0].amount(), 1);
  EXPECT_EQ(moved->at(0).overrides[0].decided_at, now_);
}

TEST_F(OverrideTest, EveryBreachNeedsItsOwnAnswer) {
  const auto refused = CheckMoves(Facts(), TooSoon(), {Decision()});
  EXPECT_EQ(ErrorReason(refused.status()), "PROTOCOL_VIOLATED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.size(), 1u);
  ProtocolOverride other = Decision();
  other.asked = 0;  // of another amount than it is
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), TooSoon(), {other, Second()}).status()), "FIELD_INVALID");
}

TEST_F(OverrideTest, WhoMayDecideIsTheProtocolsToSay) {
  ProtocolOverride nurse = Decision();
  nurse.decided_by = ResourceKey("staff/nora");
  EXPECT_EQ(ErrorReason(CheckMoves(Facts(), TooSoon(), {nurse, Second()}).status()), "FIELD_INVALID");
  protocol_.override_roles = {6};
  ProtocolOverride second = Second();
  second.decided_by = nurse.decided_by;
  const auto moved = CheckMoves(Facts(), TooSoon(), {nurse, second});
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->at(0).overrides[0].role, 6);
}

}  // namespace
}  // namespace kat::scheduling
