#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class BookingRpcTest : public ServiceTest {
 protected:
  int CountEvents(const std::string& type) {
    int count = 0;
    for (const auto& event : Service().Events(clinic_)) count += event.type() == type;
    return count;
  }
};

TEST_F(BookingRpcTest, AWholeCourseIsProposedHeldAndBooked) {
  const v1::Course course = MakeCourse("iv-ketamine");
  EXPECT_EQ(course.next_phase(), "induction");
  const v1::ProposeBlockResponse proposed = Propose(course);
  ASSERT_EQ(proposed.proposals_size(), 3);
  EXPECT_LE(proposed.proposals(0).cost(), proposed.proposals(2).cost());
  ASSERT_EQ(proposed.proposals(0).plan().visits_size(), 9);
  EXPECT_EQ(proposed.proposals(0).plan().visits(5).session_number(), 6);
  EXPECT_FALSE(proposed.proposals(0).cost_terms(0).explanation().empty());

  const v1::Hold hold = MakeHold(proposed.proposals(0).plan());
  EXPECT_EQ(hold.state(), v1::Hold::ACTIVE);
  v1::BookBlockRequest book = BookRequest({});
  book.clear_plan();
  book.set_hold(hold.name());
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse booked, Call(&Stub::BookBlock, book));
  ASSERT_EQ(booked.appointments_size(), 9);
  EXPECT_EQ(booked.appointments(2).visit_id(), "infusion-3");
  EXPECT_EQ(booked.appointments(2).session_number(), 3);
  EXPECT_EQ(booked.appointments(0).assignments_size(), 4);
  EXPECT_FALSE(booked.block().financial_reservation().empty());
  EXPECT_EQ(Billing().last_question().visits.size(), 9u);
  EXPECT_EQ(CountEvents("block.booked"), 1);
  EXPECT_EQ(CountEvents("appointment.booked"), 9);

  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse again, Call(&Stub::BookBlock, book));
  EXPECT_EQ(again.block().name(), booked.block().name());
  book.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::BookBlock, book), Code::kFailedPrecondition, "HOLD_ENDED");

  v1::GetCourseRequest get;
  get.set_name(course.name());
  ASSERT_OK_AND_ASSIGN(const v1::Course after, Call(&Stub::GetCourse, get));
  EXPECT_EQ(after.blocks_size(), 1);
  EXPECT_EQ(after.next_phase(), "boosters");
}

TEST_F(BookingRpcTest, ARefusalListsEveryUnmetConditionOfAllThree) {
  const v1::BlockPlan plan = Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan();
  const int held = Billing().Held();
  Readiness().unmet = {{"CONSENT_MISSING", Name("patients/ann"), "sign it"}};
  Authorization().unmet = {{"AUTHORIZATION_UNITS_EXCEEDED", "", "ask for more"},
                           {"REMS_PATIENT_NOT_ENROLLED", "", "enroll"}};
  v1::BookBlockRequest book = BookRequest(plan);
  const auto refused = Call(&Stub::BookBlock, book);
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "BOOKING_REFUSED");
  EXPECT_EQ(GetErrorDetail(refused.status())->preconditions.size(), 3u);
  EXPECT_EQ(Billing().Held(), held);  // what billing had reserved was given back
  book.set_validate_only(true);
  EXPECT_ERROR(Call(&Stub::BookBlock, book), Code::kFailedPrecondition, "BOOKING_REFUSED");
  Billing().unmet = {{"DEPOSIT_MISSING", "", "pay"}};
  EXPECT_EQ(GetErrorDetail(Call(&Stub::BookBlock, book).status())->preconditions.size(), 4u);

  Readiness().unmet.clear();
  Authorization().unmet.clear();
  Billing().unmet.clear();
  EXPECT_OK(Call(&Stub::BookBlock, book));  // validated, not booked
  EXPECT_EQ(CountEvents("block.booked"), 0);
  book.set_validate_only(false);
  EXPECT_OK(Call(&Stub::BookBlock, book));  // the same request id, since nothing was done before
  EXPECT_EQ(Billing().Held(), held + 1);
}

TEST_F(BookingRpcTest, APlanThatDepartsFromTheProtocolIsBookedWhereSomebodyAnswersForIt) {
  v1::BlockPlan plan = Propose(MakeCourse("spravato-trd"), 1).proposals(0).plan();
  // The last dose of the series a week later than the plan has it.
  v1::PlannedVisit& last = *plan.mutable_visits(plan.visits_size() - 1);
  last.mutable_start_time()->set_seconds(last.start_time().seconds() + 7 * 24 * 3600);
  v1::BookBlockRequest book = BookRequest(plan);
  const auto refused = Call(&Stub::BookBlock, book);
  ASSERT_ERROR(refused, Code::kFailedPrecondition, "PLAN_INVALID");
  const absl::CivilDay day = DayOf(last.start_time());
  for (int step = 1; step <= 2; ++step) {
    const v1::PlannedVisit& before = plan.visits(plan.visits_size() - 1 - step);
    v1::OverrideDecision& decision = *book.add_overrides();
    decision.set_rule(v1::Reason::MAX_DAYS);
    decision.set_from_visit(before.visit_id());
    decision.set_to_visit(last.visit_id());
    decision.set_allowed(step == 1 ? 5 : 8);
    decision.set_asked(day - DayOf(before.start_time()));
    decision.set_decided_by(Name("staff/priya-shah"));
    decision.set_reason("the patient is away");
  }
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse booked, Call(&Stub::BookBlock, book));
  EXPECT_EQ(booked.appointments(booked.appointments_size() - 1).overrides_size(), 2);
  EXPECT_EQ(CountEvents("appointment.overridden"), 4);  // of both visits of each rule
}

TEST_F(BookingRpcTest, WhatABlockWasDecidedOnCanBeReadLater) {
  const v1::ProposeBlockResponse proposed = Propose(MakeCourse("iv-ketamine"));
  const v1::BlockPlan plan = proposed.proposals(1).plan();
  EXPECT_EQ(plan.decision(), proposed.decision());
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse booked, Call(&Stub::BookBlock, BookRequest(plan)));
  v1::GetDecisionRequest get;
  get.set_name(booked.block().decision());
  ASSERT_OK_AND_ASSIGN(const v1::Decision decision, Call(&Stub::GetDecision, get));
  EXPECT_EQ(decision.name(), proposed.decision());
  ASSERT_EQ(decision.proposals_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(decision.proposals(i).cost(), proposed.proposals(i).cost());
    EXPECT_EQ(decision.proposals(i).plan().visits(0).start_time().seconds(),
              proposed.proposals(i).plan().visits(0).start_time().seconds());
  }
  EXPECT_TRUE(decision.basis().proved());
  EXPECT_EQ(decision.basis().lower_bound(), decision.proposals(0).cost());
  EXPECT_EQ(decision.basis().picture_digest().size(), 16u);
  EXPECT_FALSE(decision.proposed_by().empty());
  // A block says the truth about where it comes from.
  v1::BlockPlan other = Propose(MakeCourse("iv-ketamine", "bob"), 1).proposals(0).plan();
  other.set_decision(plan.decision());
  EXPECT_ERROR(Call(&Stub::BookBlock, BookRequest(other)), Code::kInvalidArgument, "FIELD_INVALID");
  other.clear_decision();
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse own, Call(&Stub::BookBlock, BookRequest(other)));
  EXPECT_TRUE(own.block().decision().empty());
}

TEST_F(BookingRpcTest, APeerThatCannotBeReachedFailsTheBookingClosed) {
  const v1::BlockPlan plan = Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan();
  const int held = Billing().Held();
  Authorization().error = PeerUnavailable("authorization");
  EXPECT_ERROR(Call(&Stub::BookBlock, BookRequest(plan)), Code::kUnavailable, "PEER_UNAVAILABLE");
  EXPECT_EQ(Billing().Held(), held);
  EXPECT_EQ(CountEvents("appointment.booked"), 0);
}

// Tries to book while the service can do nothing about its failure, as where it is killed after it has reserved. What
// stands then is what a restarted service finds.
class KilledBookingRpcTest : public BookingRpcTest {
 protected:
  absl::Status BookAndDie(const v1::BookBlockRequest& book) {
    Billing().on_reserve = [] {
      Service().database().AsSuperuser("revoke delete on gate_attempts from kat_scheduling");
    };
    const absl::Status status = Call(&Stub::BookBlock, book).status();
    Service().database().AsSuperuser("grant delete on gate_attempts to kat_scheduling");
    return status;
  }
};

TEST_F(KilledBookingRpcTest, TheSameRequestFindsWhatItReservedAndBooksWithIt) {
  const v1::BookBlockRequest book = BookRequest(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const int held = Billing().Held();
  EXPECT_FALSE(BookAndDie(book).ok());
  EXPECT_EQ(Billing().Held(), held + 1);
  EXPECT_EQ(CountEvents("block.booked"), 0);
  Service().clock().Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse booked, Call(&Stub::BookBlock, book));
  EXPECT_EQ(Billing().Held(), held + 1);
  EXPECT_TRUE(Billing().Holds(booked.block().financial_reservation()));
  EXPECT_TRUE(Authorization().Holds(booked.block().coverage_reservation()));
  EXPECT_EQ(CountEvents("block.booked"), 1);
}

TEST_F(KilledBookingRpcTest, OnceTheReservationsHaveExpiredTheSameRequestReservesAnew) {
  const v1::BookBlockRequest book = BookRequest(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const int held = Billing().Held();
  EXPECT_FALSE(BookAndDie(book).ok());
  Service().clock().Advance(absl::Minutes(10));
  ASSERT_OK(Call(&Stub::BookBlock, book));
  EXPECT_EQ(Billing().Held(), held + 2);  // the first has expired at billing, which the fake does not know
}

TEST_F(KilledBookingRpcTest, ARefusalGivesNothingBackWhileItsTryCanBeFoundAgain) {
  const v1::BookBlockRequest book = BookRequest(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const int held = Billing().Held();
  Authorization().unmet = {{"AUTHORIZATION_UNITS_EXCEEDED", "", "ask for more"}};
  EXPECT_FALSE(BookAndDie(book).ok());
  EXPECT_EQ(Billing().Held(), held + 1);
  Authorization().unmet.clear();
  ASSERT_OK_AND_ASSIGN(const v1::BookBlockResponse booked, Call(&Stub::BookBlock, book));
  EXPECT_TRUE(Billing().Holds(booked.block().financial_reservation()));
}

TEST_F(KilledBookingRpcTest, AnIdThatComesWithAnotherBodyAfterTheCrashReservesForThatBody) {
  const v1::Course course = MakeCourse("iv-ketamine");
  const v1::ProposeBlockResponse proposed = Propose(course, 2);
  ASSERT_EQ(proposed.proposals_size(), 2);
  v1::BookBlockRequest book = BookRequest(proposed.proposals(0).plan());
  EXPECT_FALSE(BookAndDie(book).ok());
  const int held = Billing().Held();
  *book.mutable_plan() = proposed.proposals(1).plan();
  ASSERT_OK(Call(&Stub::BookBlock, book));
  EXPECT_EQ(Billing().Held(), held + 1);
}

TEST_F(BookingRpcTest, AHoldIsBookedOnceHoweverManyTry) {
  const v1::Hold hold = MakeHold(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const int held = Billing().Held();
  std::atomic<int> won = 0, ended = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      v1::BookBlockRequest book = BookRequest({});
      book.clear_plan();
      book.set_hold(hold.name());
      const absl::Status status = Call(&Stub::BookBlock, book).status();
      won += status.ok();
      ended += ErrorReason(status) == "HOLD_ENDED";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(ended, 7);
  EXPECT_EQ(Billing().Held(), held + 1);
  EXPECT_EQ(CountEvents("block.booked"), 1);
}

TEST_F(BookingRpcTest, AHoldThatExpiresWhileItIsBookedIsEitherBookedOrGone) {
  const v1::Hold hold = MakeHold(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const int held = Billing().Held();
  v1::BookBlockRequest book = BookRequest({});
  book.clear_plan();
  book.set_hold(hold.name());
  // It expires between the check of the order and its booking: as soon as billing has been asked.
  Billing().on_reserve = [] {
    Service().clock().Advance(absl::Minutes(16));
    ASSERT_OK(Service().RunDueJobs());
  };
  EXPECT_ERROR(Call(&Stub::BookBlock, book), Code::kFailedPrecondition, "HOLD_ENDED");
  EXPECT_EQ(Billing().Held(), held);
  EXPECT_EQ(CountEvents("hold.expired"), 1);
  EXPECT_EQ(CountEvents("block.booked"), 0);
}

TEST_F(BookingRpcTest, ACompetingBookingLosesCleanlyAndKeepsNothing) {
  const v1::BlockPlan first = Propose(MakeCourse("iv-ketamine", "ann"), 1).proposals(0).plan();
  const v1::BlockPlan second = Propose(MakeCourse("iv-ketamine", "bob"), 1).proposals(0).plan();
  ASSERT_EQ(first.visits(0).start_time().seconds(), second.visits(0).start_time().seconds());
  MakeBooking(first);
  const int held = Billing().Held();
  EXPECT_ERROR(Call(&Stub::BookBlock, BookRequest(second)), Code::kAborted, "SLOT_TAKEN");
  EXPECT_EQ(Billing().Held(), held);
  v1::ListAppointmentsRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  list.set_patient(Name("patients/bob"));
  ASSERT_OK_AND_ASSIGN(const v1::ListAppointmentsResponse none, Call(&Stub::ListAppointments, list));
  EXPECT_EQ(none.appointments_size(), 0);
  EXPECT_EQ(Propose(MakeCourse("iv-ketamine", "bob"), 1).proposals_size(), 1);
}

TEST_F(BookingRpcTest, AHoldKeepsItsCapacityUntilItExpires) {
  const v1::Course course = MakeCourse("iv-ketamine", "ann");
  const v1::BlockPlan plan = Propose(course, 1).proposals(0).plan();
  const v1::Hold hold = MakeHold(plan);
  v1::BlockPlan rival = Propose(MakeCourse("iv-ketamine", "bob"), 1).proposals(0).plan();
  v1::HoldProposalRequest second;
  second.set_parent(absl::StrCat("clinics/", clinic_));
  *second.mutable_plan() = plan;
  second.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::HoldProposal, second), Code::kFailedPrecondition, "COURSE_ALREADY_HELD");

  Service().clock().Advance(absl::Minutes(16));
  ASSERT_OK(Service().RunDueJobs());
  v1::GetHoldRequest get;
  get.set_name(hold.name());
  ASSERT_OK_AND_ASSIGN(const v1::Hold expired, Call(&Stub::GetHold, get));
  EXPECT_EQ(expired.state(), v1::Hold::EXPIRED);
  EXPECT_EQ(CountEvents("hold.expired"), 1);
  second.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Hold renewed, Call(&Stub::HoldProposal, second));
  v1::ReleaseHoldRequest release;
  release.set_name(renewed.name());
  release.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ReleaseHold, release));
  release.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::ReleaseHold, release), Code::kFailedPrecondition, "HOLD_ENDED");
  v1::ListHoldsRequest list;
  list.set_parent(second.parent());
  list.set_course(course.name());
  ASSERT_OK_AND_ASSIGN(const v1::ListHoldsResponse holds, Call(&Stub::ListHolds, list));
  EXPECT_EQ(holds.holds_size(), 2);
  MakeBooking(rival);
}

TEST_F(BookingRpcTest, AChangedCourseMakesItsPlansStale) {
  const v1::Course course = MakeCourse("iv-ketamine");
  const v1::BlockPlan plan = Propose(course, 1).proposals(0).plan();
  v1::UpdateCourseRequest update;
  *update.mutable_course() = course;
  update.mutable_course()->mutable_preferences()->clear_continuity_roles();
  update.mutable_update_mask()->add_paths("preferences");
  update.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::UpdateCourse, update));
  EXPECT_ERROR(Call(&Stub::BookBlock, BookRequest(plan)), Code::kAborted, "PLAN_STALE");
}

TEST_F(BookingRpcTest, SixtyFourClientsRaceForOneRoomAndOneWins) {
  v1::CreateAppointmentRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  request.mutable_appointment()->set_visit_type(Name("visitTypes/psych-eval"));
  *request.mutable_appointment()->mutable_start_time() =
      rpc::ToProto(InstantOf(absl::CivilDay(2026, 12, 1), 10 * 60, *LoadZone("America/New_York")));
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&, i] {
      v1::CreateAppointmentRequest mine = request;
      mine.mutable_appointment()->set_patient(Name(absl::StrCat("patients/p", i)));
      mine.set_request_id(NewId());
      won += Call(&Stub::CreateAppointment, mine).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_F(BookingRpcTest, ABlockIsCancelledAndBookedAgain) {
  const v1::Course course = MakeCourse("spravato-trd");
  const v1::BookBlockResponse booked = MakeBooking(Propose(course, 1).proposals(0).plan());
  ASSERT_EQ(booked.appointments_size(), 8);
  v1::GetCourseRequest get;
  get.set_name(course.name());
  ASSERT_OK_AND_ASSIGN(v1::Course now, Call(&Stub::GetCourse, get));
  v1::CancelBlockRequest cancel;
  cancel.set_name(booked.block().name());
  cancel.set_course_etag(course.etag());
  cancel.set_reason("insurance");
  cancel.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CancelBlock, cancel), Code::kAborted, "ETAG_MISMATCH");
  cancel.set_course_etag(now.etag());
  ASSERT_OK_AND_ASSIGN(const v1::CancelBlockResponse cancelled, Call(&Stub::CancelBlock, cancel));
  EXPECT_EQ(cancelled.appointments_size(), 8);
  EXPECT_EQ(cancelled.block().state(), v1::Block::CANCELLED);
  EXPECT_EQ(CountEvents("appointment.cancelled"), 8);
  ASSERT_OK_AND_ASSIGN(now, Call(&Stub::GetCourse, get));
  EXPECT_EQ(now.next_phase(), "induction");
  EXPECT_EQ(MakeBooking(Propose(now, 1).proposals(0).plan()).appointments(7).session_number(), 8);
}

TEST_F(BookingRpcTest, MaintenanceIsBookedBlockByBlockAfterTheRest) {
  const v1::Course course = MakeCourse("spravato-trd");
  v1::ProposeBlockRequest request;
  request.set_name(course.name());
  request.set_max_proposals(1);
  request.add_phases("induction");
  request.add_phases("weekly");
  ASSERT_OK_AND_ASSIGN(const v1::ProposeBlockResponse twelve, Call(&Stub::ProposeBlock, request));
  ASSERT_EQ(twelve.proposals_size(), 1);
  EXPECT_EQ(MakeBooking(twelve.proposals(0).plan()).appointments_size(), 12);
  const v1::BookBlockResponse maintenance = MakeBooking(Propose(course, 1).proposals(0).plan());
  ASSERT_EQ(maintenance.appointments_size(), 4);
  EXPECT_EQ(maintenance.appointments(0).visit_id(), "dose-13");
  EXPECT_EQ(maintenance.appointments(0).session_number(), 13);
  EXPECT_GT(DayOf(maintenance.appointments(0).start_time()),
            DayOf(twelve.proposals(0).plan().visits(11).start_time()) + 4);
}

}  // namespace
}  // namespace kat::scheduling
