#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"
#include "services/scheduling/api/watch_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_NURSE;

const absl::CivilDay kDay(2026, 12, 1);

class WaitListRpcTest : public ServiceTest {
 protected:
  google::protobuf::Timestamp At(int hour, int minute = 0) const {
    return rpc::ToProto(InstantOf(kDay, hour * 60 + minute, *LoadZone("America/New_York")));
  }
  absl::StatusOr<v1::Appointment> BookConsult(int hour, const std::string& patient) {
    v1::CreateAppointmentRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.mutable_appointment()->set_patient(Name(absl::StrCat("patients/", patient)));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *request.mutable_appointment()->mutable_start_time() = At(hour);
    request.set_request_id(NewId());
    return Call(&Stub::CreateAppointment, request);
  }
  // A consult on the day before a visit.
  absl::StatusOr<v1::Appointment> BookTheDayBefore(const v1::Appointment& visit, int hour = 10) {
    v1::CreateAppointmentRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    request.mutable_appointment()->set_patient(Name("patients/zed"));
    *request.mutable_appointment()->mutable_start_time() =
        rpc::ToProto(InstantOf(DayOf(visit.start_time()) - 1, hour * 60, *LoadZone("America/New_York")));
    request.set_request_id(NewId());
    return Call(&Stub::CreateAppointment, request);
  }
  absl::Status Cancel(const v1::Appointment& appointment) {
    v1::CancelAppointmentRequest request;
    request.set_name(appointment.name());
    request.set_etag(appointment.etag());
    request.set_reason("ill");
    request.set_request_id(NewId());
    return Call(&Stub::CancelAppointment, request).status();
  }
  v1::CreateWaitListEntryRequest WishFor(const std::string& patient) const {
    v1::CreateWaitListEntryRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    v1::WaitListEntry& entry = *request.mutable_wait_list_entry();
    entry.set_patient(Name(absl::StrCat("patients/", patient)));
    entry.set_visit_type(Name("visitTypes/consult"));
    *entry.mutable_earliest_date() = rpc::ToProto(kDay - 7);
    *entry.mutable_latest_date() = rpc::ToProto(kDay + 7);
    request.set_request_id(NewId());
    return request;
  }
  v1::WaitListEntry Wait(const v1::CreateWaitListEntryRequest& request) {
    const absl::StatusOr<v1::WaitListEntry> entry = Call(&Stub::CreateWaitListEntry, request);
    EXPECT_OK(entry);
    Service().clock().Advance(absl::Minutes(1));  // so that they wait in order
    return entry.value_or(v1::WaitListEntry());
  }
  v1::WaitListEntry Entry(const std::string& name) {
    v1::GetWaitListEntryRequest request;
    request.set_name(name);
    return Call(&Stub::GetWaitListEntry, request).value_or(v1::WaitListEntry());
  }
  std::vector<v1::WaitListOffer> OpenOffers() {
    v1::ListWaitListOffersRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_state(v1::WaitListOffer::OPEN);
    const absl::StatusOr<v1::ListWaitListOffersResponse> offers = Call(&Stub::ListWaitListOffers, request);
    EXPECT_OK(offers);
    return {offers->wait_list_offers().begin(), offers->wait_list_offers().end()};
  }
  // The one offer that is open once all due jobs are done.
  v1::WaitListOffer TheOffer() {
    EXPECT_OK(Service().RunDueJobs());
    const std::vector<v1::WaitListOffer> offers = OpenOffers();
    EXPECT_EQ(offers.size(), 1u);
    return offers.empty() ? v1::WaitListOffer() : offers[0];
  }
  absl::StatusOr<v1::AcceptWaitListOfferResponse> Accept(const v1::WaitListOffer& offer,
                                                         const std::string& request_id = NewId()) {
    v1::AcceptWaitListOfferRequest request;
    request.set_name(offer.name());
    request.set_request_id(request_id);
    return Call(&Stub::AcceptWaitListOffer, request);
  }
  absl::StatusOr<v1::WaitListOffer> Decline(const v1::WaitListOffer& offer) {
    v1::DeclineWaitListOfferRequest request;
    request.set_name(offer.name());
    request.set_request_id(NewId());
    return Call(&Stub::DeclineWaitListOffer, request);
  }
  std::vector<std::string> EventTypes(const std::string& subject) {
    std::vector<std::string> types;
    for (const auto& event : Service().Events(clinic_)) {
      if (event.subject() == subject) types.push_back(event.type());
    }
    return types;
  }
};

TEST_F(WaitListRpcTest, WhatIsCancelledIsHeldForTheFirstWhoWaitsAndBookedWhenAccepted) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  const v1::WaitListEntry first = Wait(WishFor("bob"));
  const v1::WaitListEntry second = Wait(WishFor("cy"));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_TRUE(OpenOffers().empty());
  ASSERT_OK(Cancel(booked));
  const v1::WaitListOffer offer = TheOffer();
  EXPECT_EQ(offer.entry(), first.name());
  EXPECT_EQ(offer.start_time().seconds(), booked.start_time().seconds());
  EXPECT_EQ(Entry(first.name()).state(), v1::WaitListEntry::OFFERED);
  EXPECT_EQ(Entry(second.name()).state(), v1::WaitListEntry::WAITING);
  // Consults have one room: it is held.
  EXPECT_ERROR(BookConsult(10, "dee"), Code::kFailedPrecondition, "PLAN_INVALID");

  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(offer, "yes"));
  ASSERT_EQ(accepted.appointments_size(), 1);
  const v1::Appointment made = Get(accepted.appointments(0).name());
  EXPECT_EQ(made.patient(), first.patient());
  EXPECT_EQ(made.start_time().seconds(), booked.start_time().seconds());
  EXPECT_EQ(accepted.wait_list_offer().appointment(), made.name());
  EXPECT_EQ(Entry(first.name()).state(), v1::WaitListEntry::BOOKED);
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse again, Accept(offer, "yes"));
  EXPECT_EQ(again.SerializeAsString(), accepted.SerializeAsString());
  EXPECT_EQ(EventTypes(offer.name()), (std::vector<std::string>{"wait_list_offer.made", "wait_list_offer.accepted"}));
  // Nothing is left to expire.
  Service().clock().Advance(absl::Hours(2));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Get(made.name()).state(), v1::Appointment::BOOKED);
}

TEST_F(WaitListRpcTest, OfSixteenWhoAcceptAtOnceOneWins) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  Wait(WishFor("bob"));
  ASSERT_OK(Cancel(booked));
  const v1::WaitListOffer offer = TheOffer();
  std::atomic<int> won = 0;
  std::atomic<int> taken = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const absl::Status status = Accept(offer).status();
      won += status.ok();
      taken += ErrorReason(status) == "OFFER_TAKEN";
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(taken, 15);
}

TEST_F(WaitListRpcTest, WhatIsDeclinedOrExpiresGoesToTheNextAndNotToTheSameAgain) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  const v1::WaitListEntry first = Wait(WishFor("bob"));
  const v1::WaitListEntry second = Wait(WishFor("cy"));
  const v1::WaitListEntry third = Wait(WishFor("dee"));
  ASSERT_OK(Cancel(booked));
  const v1::WaitListOffer declined = TheOffer();
  EXPECT_EQ(declined.entry(), first.name());
  ASSERT_OK(Decline(declined));
  EXPECT_EQ(Entry(first.name()).state(), v1::WaitListEntry::WAITING);
  EXPECT_ERROR(Accept(declined), Code::kFailedPrecondition, "OFFER_DECLINED");

  const v1::WaitListOffer expired = TheOffer();
  EXPECT_EQ(expired.entry(), second.name());
  Service().clock().Set(rpc::FromProto(expired.expire_time()));
  EXPECT_ERROR(Accept(expired), Code::kFailedPrecondition, "OFFER_EXPIRED") << "before its job has run";
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_ERROR(Accept(expired), Code::kFailedPrecondition, "OFFER_EXPIRED");

  const v1::WaitListOffer last = TheOffer();
  EXPECT_EQ(last.entry(), third.name());
  ASSERT_OK(Decline(last));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_TRUE(OpenOffers().empty());
  EXPECT_OK(BookConsult(10, "eve"));
}

TEST_F(WaitListRpcTest, AMoveANoShowAndTheEndOfAHoldFreeCapacityToo) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment moved, BookConsult(10, "ann"));
  Wait(WishFor("bob"));
  v1::MoveAppointmentRequest move;
  move.set_name(moved.name());
  v1::PlannedMove& to = *move.add_moves();
  to.set_appointment(moved.name());
  to.set_etag(moved.etag());
  *to.mutable_start_time() = At(15);
  move.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::MoveAppointment, move));
  EXPECT_EQ(TheOffer().start_time().seconds(), At(10).seconds());

  const v1::WaitListEntry late = Wait(WishFor("cy"));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment missed, BookConsult(12, "dee"));
  Service().clock().Set(rpc::FromProto(At(12, 10)));
  v1::MarkNoShowRequest no_show;
  no_show.set_name(missed.name());
  no_show.set_etag(missed.etag());
  no_show.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::MarkNoShow, no_show));
  ASSERT_OK(Service().RunDueJobs());
  const std::vector<v1::WaitListOffer> offers = OpenOffers();
  ASSERT_EQ(offers.size(), 1u) << "the first offer has expired by now";
  EXPECT_EQ(offers[0].start_time().seconds(), At(12, 15).seconds());
}

TEST_F(WaitListRpcTest, ACoursesBlockIsOfferedAsAHoldAndBookedBehindItsGates) {
  const v1::Course course = MakeCourse("iv-ketamine", "ann");
  const v1::BlockPlan plan = Propose(course, 1).proposals(0).plan();
  const v1::Hold hold = MakeHold(plan);
  const v1::Course waiting = MakeCourse("iv-ketamine", "bob");
  v1::CreateWaitListEntryRequest wish = WishFor("bob");
  wish.mutable_wait_list_entry()->clear_visit_type();
  wish.mutable_wait_list_entry()->set_course(waiting.name());
  const v1::WaitListEntry entry = Wait(wish);
  wish.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateWaitListEntry, wish), Code::kAlreadyExists, "ALREADY_WAITING");

  v1::ReleaseHoldRequest release;
  release.set_name(hold.name());
  release.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ReleaseHold, release));
  const v1::WaitListOffer offer = TheOffer();
  EXPECT_EQ(offer.entry(), entry.name());
  ASSERT_FALSE(offer.hold().empty());
  v1::GetHoldRequest get;
  get.set_name(offer.hold());
  ASSERT_OK_AND_ASSIGN(const v1::Hold held, Call(&Stub::GetHold, get));
  EXPECT_EQ(held.plan().course(), waiting.name());
  EXPECT_EQ(held.plan().visits(0).start_time().seconds(), offer.start_time().seconds());

  Readiness().unmet = {{"CONSENT_MISSING", Name("patients/bob"), "sign it"}};
  EXPECT_ERROR(Accept(offer), Code::kFailedPrecondition, "BOOKING_REFUSED");
  EXPECT_EQ(OpenOffers().size(), 1u) << "it stands until it expires";
  Readiness().unmet.clear();

  std::atomic<int> won = 0;
  std::atomic<int> taken = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      const absl::Status status = Accept(offer).status();
      won += status.ok();
      taken += ErrorReason(status) == "OFFER_TAKEN";
      EXPECT_TRUE(status.ok() || ErrorReason(status) == "OFFER_TAKEN" || ErrorReason(status) == "PLAN_STALE") << status;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  EXPECT_GE(taken, 1);
  EXPECT_ERROR(Accept(offer), Code::kFailedPrecondition, "OFFER_TAKEN");
  EXPECT_EQ(Entry(entry.name()).state(), v1::WaitListEntry::BOOKED);
  EXPECT_EQ(Billing().Held(), Authorization().Held()) << "losers gave back what they had reserved";
}

TEST_F(WaitListRpcTest, WhoseAuthorizationEndsComesBeforeTheUrgent) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  v1::CreateWaitListEntryRequest urgent = WishFor("bob");
  urgent.mutable_wait_list_entry()->set_priority(v1::WaitListEntry::URGENT);
  Wait(urgent);
  v1::CreateWaitListEntryRequest ending = WishFor("cy");
  *ending.mutable_wait_list_entry()->mutable_authorization_end_date() = rpc::ToProto(kDay + 2);
  const v1::WaitListEntry repaired = Wait(ending);
  ASSERT_OK(Cancel(booked));
  const v1::WaitListOffer offer = TheOffer();
  EXPECT_EQ(offer.entry(), repaired.name());
  EXPECT_EQ(offer.repair(), v1::WaitListOffer::ENDING_AUTHORIZATION);
}

TEST_F(WaitListRpcTest, WhoseLongestGapWouldBreakComesBeforeAllOthers) {
  const v1::Course course = MakeCourse("spravato-trd", "ann");
  const v1::BookBlockResponse induction = MakeBooking(Propose(course, 1).proposals(0).plan());
  const absl::CivilDay last = DayOf(induction.appointments(7).start_time());
  // Bob would begin when Ann's next dose is due: five to nine days after her last.
  v1::ProposeBlockRequest propose;
  propose.set_name(MakeCourse("spravato-trd", "bob").name());
  *propose.mutable_earliest_date() = rpc::ToProto(last + 5);
  propose.set_max_proposals(1);
  ASSERT_OK_AND_ASSIGN(const v1::ProposeBlockResponse proposed, Call(&Stub::ProposeBlock, propose));
  const v1::Hold hold = MakeHold(proposed.proposals(0).plan());

  v1::CreateWaitListEntryRequest urgent = WishFor("cy");
  urgent.mutable_wait_list_entry()->set_priority(v1::WaitListEntry::URGENT);
  *urgent.mutable_wait_list_entry()->mutable_latest_date() = rpc::ToProto(last + 60);
  Wait(urgent);
  v1::CreateWaitListEntryRequest wish = urgent;
  wish.set_request_id(NewId());
  wish.mutable_wait_list_entry()->set_patient(Name("patients/ann"));
  wish.mutable_wait_list_entry()->clear_visit_type();
  wish.mutable_wait_list_entry()->set_course(course.name());
  wish.mutable_wait_list_entry()->set_priority(v1::WaitListEntry::ROUTINE);
  const v1::WaitListEntry entry = Wait(wish);

  v1::ReleaseHoldRequest release;
  release.set_name(hold.name());
  release.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ReleaseHold, release));
  ASSERT_OK(Service().RunDueJobs());
  v1::WaitListOffer to_ann;
  for (const v1::WaitListOffer& offer : OpenOffers()) {
    if (offer.entry() == entry.name()) to_ann = offer;
  }
  EXPECT_EQ(to_ann.repair(), v1::WaitListOffer::BROKEN_GAP);
  EXPECT_EQ(to_ann.start_time().seconds(), proposed.proposals(0).plan().visits(0).start_time().seconds())
      << "the first of what came free";
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(to_ann));
  EXPECT_EQ(accepted.appointments(0).visit_id(), "dose-9");
}

TEST_F(WaitListRpcTest, OffersAreOnlyMadeForWhatThePatientCanTake) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  v1::CreateWaitListEntryRequest afternoons = WishFor("bob");
  v1::WeeklyHours& hours = *afternoons.mutable_wait_list_entry()->add_available_hours();
  hours.set_day_of_week(google::type::TUESDAY);
  hours.mutable_start_time()->set_hours(13);
  hours.mutable_end_time()->set_hours(18);
  Wait(afternoons);
  v1::CreateWaitListEntryRequest notice = WishFor("cy");
  notice.mutable_wait_list_entry()->set_notice_minutes(10080);
  Service().clock().Set(rpc::FromProto(At(8)));
  Wait(notice);
  ASSERT_OK(Cancel(booked));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_TRUE(OpenOffers().empty());
}

TEST_F(WaitListRpcTest, AnOfferIsSeenInTheLiveScheduleAsCapacityThatIsNotFree) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  Wait(WishFor("bob"));
  v1::WatchScheduleRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  *request.mutable_start_date() = rpc::ToProto(kDay);
  ScheduleWatcher watcher(Service(), clinic_, request, ROLE_NURSE);
  ASSERT_TRUE(watcher.ReadSnapshot());
  const std::string room = absl::StrCat(Name("rooms/consult"), "@2026-12-1");
  const std::string taken = watcher.picture().at(room);
  ASSERT_OK(Cancel(booked));
  ASSERT_TRUE(watcher.ReadUntil([&](const auto&) { return watcher.picture().at(room) != taken; }));
  const v1::WaitListOffer offer = TheOffer();
  ASSERT_TRUE(watcher.ReadUntil([&](const auto&) { return watcher.picture().at(room) == taken; }));
  ASSERT_OK(Decline(offer));
  EXPECT_TRUE(watcher.ReadUntil([&](const auto&) { return watcher.picture().at(room) != taken; }));
}

TEST_F(WaitListRpcTest, AnEntryIsRemovedUnlessItHasAnOffer) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  const v1::WaitListEntry entry = Wait(WishFor("bob"));
  ASSERT_OK(Cancel(booked));
  const v1::WaitListOffer offer = TheOffer();
  v1::RemoveWaitListEntryRequest remove;
  remove.set_name(entry.name());
  remove.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::RemoveWaitListEntry, remove), Code::kFailedPrecondition, "STATE_FORBIDS");
  ASSERT_OK(Decline(offer));
  remove.set_etag(entry.etag());
  remove.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::RemoveWaitListEntry, remove), Code::kAborted, "ETAG_MISMATCH");
  remove.clear_etag();
  ASSERT_OK(Call(&Stub::RemoveWaitListEntry, remove));
  EXPECT_EQ(Entry(entry.name()).state(), v1::WaitListEntry::REMOVED);
  v1::CreateWaitListEntryRequest dosing = WishFor("bob");
  dosing.mutable_wait_list_entry()->set_visit_type(Name("visitTypes/iv-infusion"));
  EXPECT_ERROR(Call(&Stub::CreateWaitListEntry, dosing), Code::kFailedPrecondition, "BELONGS_TO_COURSE");
  v1::ListWaitListEntriesRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  list.set_state(v1::WaitListEntry::REMOVED);
  ASSERT_OK_AND_ASSIGN(const v1::ListWaitListEntriesResponse removed, Call(&Stub::ListWaitListEntries, list));
  EXPECT_EQ(removed.wait_list_entries_size(), 1);
}

TEST_F(WaitListRpcTest, ABookedVisitIsOfferedAnEarlierTimeAndMovesThereWhenThatIsAccepted) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment early, BookConsult(10, "ann"));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment late, BookConsult(14, "bob"));
  v1::CreateWaitListEntryRequest wish = WishFor("bob");
  wish.mutable_wait_list_entry()->clear_visit_type();
  wish.mutable_wait_list_entry()->clear_patient();
  wish.mutable_wait_list_entry()->set_appointment(late.name());
  const v1::WaitListEntry entry = Wait(wish);
  EXPECT_EQ(entry.patient(), late.patient());
  wish.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateWaitListEntry, wish), Code::kAlreadyExists, "ALREADY_WAITING");
  const v1::WaitListEntry next = Wait(WishFor("cy"));
  ASSERT_OK(Cancel(early));
  const v1::WaitListOffer offer = TheOffer();
  EXPECT_EQ(offer.entry(), entry.name());
  EXPECT_EQ(offer.moves(), late.name());
  EXPECT_EQ(offer.start_time().seconds(), early.start_time().seconds());
  EXPECT_EQ(Get(late.name()).start_time().seconds(), late.start_time().seconds());  // it stands until then

  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(offer, "yes"));
  EXPECT_EQ(accepted.appointments(0).name(), late.name());
  EXPECT_EQ(Get(late.name()).start_time().seconds(), early.start_time().seconds());
  EXPECT_EQ(Entry(entry.name()).state(), v1::WaitListEntry::BOOKED);
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse again, Accept(offer, "yes"));
  EXPECT_EQ(again.SerializeAsString(), accepted.SerializeAsString());
  EXPECT_EQ(TheOffer().entry(), next.name());  // of the time that it left
}

TEST_F(WaitListRpcTest, NothingLaterIsOfferedAndNothingOnceTheVisitIsOff) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment own, BookConsult(10, "bob"));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment later, BookConsult(14, "ann"));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment earlier, BookConsult(9, "dee"));
  v1::CreateWaitListEntryRequest wish = WishFor("bob");
  wish.mutable_wait_list_entry()->clear_visit_type();
  wish.mutable_wait_list_entry()->set_appointment(own.name());
  Wait(wish);
  ASSERT_OK(Cancel(later));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_TRUE(OpenOffers().empty());
  ASSERT_OK(Cancel(own));
  ASSERT_OK(Cancel(earlier));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_TRUE(OpenOffers().empty());
  wish.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateWaitListEntry, wish), Code::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(WaitListRpcTest, AnOfferedMoveThatIsDeclinedLeavesTheVisitWhereItIsAndOneOfACoursePassesTheGatesOfAMove) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine", "ann"), 1).proposals(0).plan());
  v1::Appointment second;
  for (const v1::Appointment& appointment : booked.appointments()) {
    if (appointment.visit_id() == "infusion-2") second = appointment;
  }
  v1::CreateWaitListEntryRequest wish = WishFor("ann");
  wish.mutable_wait_list_entry()->clear_visit_type();
  wish.mutable_wait_list_entry()->set_appointment(second.name());
  Wait(wish);
  ASSERT_OK_AND_ASSIGN(const v1::Appointment consult, BookTheDayBefore(second));
  ASSERT_OK(Cancel(consult));
  v1::WaitListOffer offer = TheOffer();
  ASSERT_EQ(offer.moves(), second.name());
  EXPECT_EQ(DayOf(offer.start_time()), DayOf(second.start_time()) - 1);
  Readiness().unmet = {{"CLEARANCE_EXPIRED", "", "examine"}};
  EXPECT_ERROR(Accept(offer), Code::kFailedPrecondition, "MOVE_REFUSED");
  Readiness().unmet.clear();
  ASSERT_OK(Decline(offer));
  EXPECT_EQ(Get(second.name()).start_time().seconds(), second.start_time().seconds());

  ASSERT_OK_AND_ASSIGN(const v1::Appointment another, BookTheDayBefore(second, 13));
  ASSERT_OK(Cancel(another));
  offer = TheOffer();
  Authorization().uncovered = {{"infusion-2", {.code = "AUTHORIZATION_UNITS_EXCEEDED", .since_visit = "infusion-2"}}};
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(offer));
  EXPECT_EQ(accepted.appointments(0).name(), second.name());
  EXPECT_EQ(accepted.appointments(0).condition().code(), "AUTHORIZATION_UNITS_EXCEEDED");
}

// What a process keeps of an offer until it is told is in the transaction that makes it: whoever takes its place tells
// it, holds it, and ends it.
TEST_F(WaitListRpcTest, AnOfferWhoseServerDiedBeforeItWasToldIsToldAndEndedByTheNext) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, BookConsult(10, "ann"));
  const v1::WaitListEntry entry = Wait(WishFor("bob"));
  ASSERT_OK(Cancel(booked));
  auto server = std::make_unique<testing::TestService>(ReplicaSpec({}), Service());
  ASSERT_OK(server->RunDueJobs());
  server.reset();  // nobody has read its feed

  server = std::make_unique<testing::TestService>(ReplicaSpec({}), Service());
  grpc::ClientContext context;
  server->As(context, clinic_, {common::v1::ROLE_INTEGRATION});
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  common::v1::SubscribeRequest subscribe;
  subscribe.set_parent(absl::StrCat("clinics/", clinic_));
  const auto feed = common::v1::EventFeedService::NewStub(server->channel());
  const auto stream = feed->Subscribe(&context, subscribe);
  std::string told;
  for (common::v1::SubscribeResponse response; told.empty() && stream->Read(&response);) {
    for (const common::v1::Event& event : response.events()) {
      if (event.type() == "wait_list_offer.made") told = event.subject();
    }
  }
  context.TryCancel();
  ASSERT_EQ(OpenOffers().size(), 1u);
  EXPECT_EQ(told, OpenOffers()[0].name());
  EXPECT_ERROR(BookConsult(10, "dee"), Code::kFailedPrecondition, "PLAN_INVALID");  // it is held
  Service().clock().Advance(absl::Minutes(31));
  ASSERT_OK(server->RunDueJobs());
  EXPECT_EQ(EventTypes(told), (std::vector<std::string>{"wait_list_offer.made", "wait_list_offer.expired"}));
  EXPECT_EQ(Entry(entry.name()).state(), v1::WaitListEntry::WAITING);
}

}  // namespace
}  // namespace kat::scheduling
