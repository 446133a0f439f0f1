#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/store/pg_store.h"

// An entry of the wait list whose appointment is over, or whose course is stopped, waits for nothing.
namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using State = v1::WaitListEntry;

const absl::CivilDay kDay(2026, 12, 1);

class WaitListEndRpcTest : public ServiceTest {
 protected:
  google::protobuf::Timestamp At(int hour, int minute = 0) const {
    return rpc::ToProto(InstantOf(kDay, hour * 60 + minute, *LoadZone("America/New_York")));
  }
  v1::Appointment BookConsult(int hour, const std::string& patient) {
    v1::CreateAppointmentRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.mutable_appointment()->set_patient(Name(absl::StrCat("patients/", patient)));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *request.mutable_appointment()->mutable_start_time() = At(hour);
    request.set_request_id(NewId());
    const absl::StatusOr<v1::Appointment> booked = Call(&Stub::CreateAppointment, request);
    EXPECT_OK(booked);
    return booked.value_or(v1::Appointment());
  }
  absl::StatusOr<v1::WaitListEntry> Wait(const std::string& appointment, const std::string& course = "") {
    v1::CreateWaitListEntryRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    v1::WaitListEntry& entry = *request.mutable_wait_list_entry();
    entry.set_appointment(appointment);
    entry.set_course(course);
    *entry.mutable_earliest_date() = rpc::ToProto(kDay - 7);
    *entry.mutable_latest_date() = rpc::ToProto(kDay + 7);
    request.set_request_id(NewId());
    return Call(&Stub::CreateWaitListEntry, request);
  }
  v1::WaitListEntry Entry(const v1::WaitListEntry& entry) {
    v1::GetWaitListEntryRequest request;
    request.set_name(entry.name());
    return Call(&Stub::GetWaitListEntry, request).value_or(v1::WaitListEntry());
  }
  template <class Request>
  static Request Change(const v1::Appointment& appointment) {
    Request request;
    request.set_name(appointment.name());
    request.set_etag(appointment.etag());
    request.set_request_id(NewId());
    return request;
  }
  absl::Status Cancel(const v1::Appointment& appointment) {
    auto request = Change<v1::CancelAppointmentRequest>(appointment);
    request.set_reason("ill");
    return Call(&Stub::CancelAppointment, request).status();
  }
  std::vector<v1::WaitListOffer> Offers(v1::WaitListOffer::State state) {
    v1::ListWaitListOffersRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_state(state);
    const absl::StatusOr<v1::ListWaitListOffersResponse> offers = Call(&Stub::ListWaitListOffers, request);
    EXPECT_OK(offers);
    return {offers->wait_list_offers().begin(), offers->wait_list_offers().end()};
  }
  absl::Status Accept(const v1::WaitListOffer& offer) {
    v1::AcceptWaitListOfferRequest request;
    request.set_name(offer.name());
    request.set_request_id(NewId());
    return Call(&Stub::AcceptWaitListOffer, request).status();
  }
  // An appointment at 14 o'clock whose patient waits for an earlier time, and the offer of 10 o'clock that was made.
  struct Offered {
    v1::Appointment appointment;
    v1::WaitListEntry entry;
    v1::WaitListOffer offer;
  };
  Offered MakeOffered() {
    const v1::Appointment early = BookConsult(10, "ann");
    Offered made{.appointment = BookConsult(14, "bob")};
    const absl::StatusOr<v1::WaitListEntry> entry = Wait(made.appointment.name());
    EXPECT_OK(entry);
    made.entry = *entry;
    EXPECT_OK(Cancel(early));
    EXPECT_OK(Service().RunDueJobs());
    const std::vector<v1::WaitListOffer> open = Offers(v1::WaitListOffer::OPEN);
    EXPECT_EQ(open.size(), 1u);
    if (!open.empty()) made.offer = open[0];
    return made;
  }
  int CountEvents(const std::string& type, const std::string& subject) {
    int count = 0;
    for (const common::v1::Event& event : Service().Events(clinic_)) {
      count += event.type() == type && event.subject() == subject;
    }
    return count;
  }
};

TEST_F(WaitListEndRpcTest, AnEntryEndsWithTheReasonOnceItsAppointmentIsCancelledMissedOrDone) {
  const v1::Appointment off = BookConsult(10, "ann");
  const v1::Appointment missed = BookConsult(11, "bob");
  const v1::Appointment done = BookConsult(13, "cy");
  const v1::Appointment to_come = BookConsult(15, "dee");
  std::map<std::string, v1::WaitListEntry> entries;
  for (const v1::Appointment& appointment : {off, missed, done, to_come}) {
    ASSERT_OK_AND_ASSIGN(entries[appointment.name()], Wait(appointment.name()));
  }
  ASSERT_OK(Cancel(off));
  Service().clock().Set(rpc::FromProto(At(14)));
  ASSERT_OK(Call(&Stub::MarkNoShow, Change<v1::MarkNoShowRequest>(missed)));
  ASSERT_OK(Call(&Stub::CompleteAppointment, Change<v1::CompleteAppointmentRequest>(done)));
  ASSERT_OK(Service().RunDueJobs());
  const auto expect = [&](const v1::Appointment& appointment, State::State state, State::EndReason reason) {
    const v1::WaitListEntry entry = Entry(entries[appointment.name()]);
    EXPECT_EQ(entry.state(), state);
    EXPECT_EQ(entry.end_reason(), reason);
    EXPECT_EQ(CountEvents("wait_list_entry.ended", entry.name()), state == State::ENDED);
    EXPECT_EQ(entry.version(), state == State::ENDED ? 2 : 1);
  };
  expect(off, State::ENDED, State::APPOINTMENT_CANCELLED);
  expect(missed, State::ENDED, State::APPOINTMENT_NO_SHOW);
  expect(done, State::ENDED, State::APPOINTMENT_COMPLETED);
  expect(to_come, State::WAITING, State::END_REASON_UNSPECIFIED);
  v1::RemoveWaitListEntryRequest remove;
  remove.set_name(entries[off.name()].name());
  remove.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::RemoveWaitListEntry, remove), Code::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(WaitListEndRpcTest, AnEntryEndsWhenThePatientHasCheckedIn) {
  const v1::BookBlockResponse booked = MakeBooking(Propose(MakeCourse("iv-ketamine"), 1).proposals(0).plan());
  const v1::Appointment& first = booked.appointments(0);
  ASSERT_OK_AND_ASSIGN(const v1::WaitListEntry entry, Wait(first.name()));
  Service().clock().Set(rpc::FromProto(first.start_time()));
  v1::CheckInRequest check_in = Change<v1::CheckInRequest>(first);
  check_in.mutable_transport()->set_driver_arranged(true);
  check_in.mutable_transport()->set_driver_name("Robin");
  ASSERT_OK(Call(&Stub::CheckIn, check_in, {common::v1::ROLE_NURSE}));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Entry(entry).end_reason(), State::APPOINTMENT_STARTED);
}

TEST_F(WaitListEndRpcTest, AnEntryEndsBeforeCapacityIsOfferedHoweverMuchOfThatIsDueLonger) {
  const v1::Appointment early = BookConsult(10, "ann");
  const v1::Appointment moot = BookConsult(14, "bob");
  ASSERT_OK_AND_ASSIGN(const v1::WaitListEntry ends, Wait(moot.name()));
  ASSERT_OK_AND_ASSIGN(const v1::WaitListEntry waits, Wait(BookConsult(16, "cy").name()));
  ASSERT_OK(Cancel(early));
  // More than are taken at once, of times at which nobody can come.
  const absl::Time now = Service().clock().Now();
  const absl::Time night = InstantOf(kDay, 60, *LoadZone("America/New_York"));
  ASSERT_OK(MakePgStore(Service().database().service(), Service().clock())
                ->Run({.clinic = ClinicId(clinic_)}, [&](Tx& tx) -> absl::Status {
                  for (int i = 0; i < 150; ++i) {
                    const int64_t from = absl::ToUnixMicros(night + absl::Minutes(i % 60));
                    RETURN_IF_ERROR(tx.Schedule({.kind = kBackfillJob,
                                                 .key = absl::StrCat(from, "-", from + i + 1),
                                                 .due_at = now - absl::Hours(1),
                                                 .payload = "{}"}));
                  }
                  return absl::OkStatus();
                }));
  Service().clock().Advance(absl::Minutes(1));
  ASSERT_OK(Cancel(moot));
  ASSERT_OK_AND_ASSIGN(const int done, Service().RunDueJobs());
  EXPECT_GE(done, 152);
  std::vector<std::string> told;
  for (const common::v1::Event& event : Service().Events(clinic_)) {
    if (event.type() == "wait_list_entry.ended" || event.type() == "wait_list_offer.made") told.push_back(event.type());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"wait_list_entry.ended", "wait_list_offer.made"}));
  EXPECT_EQ(Entry(ends).state(), State::ENDED);
  EXPECT_EQ(Entry(waits).state(), State::OFFERED);
}

TEST_F(WaitListEndRpcTest, ItsOpenOfferIsWithdrawnAndGoesToTheNext) {
  const Offered made = MakeOffered();
  v1::CreateWaitListEntryRequest next;
  next.set_parent(absl::StrCat("clinics/", clinic_));
  next.mutable_wait_list_entry()->set_patient(Name("patients/eve"));
  next.mutable_wait_list_entry()->set_visit_type(Name("visitTypes/consult"));
  *next.mutable_wait_list_entry()->mutable_earliest_date() = rpc::ToProto(kDay);
  *next.mutable_wait_list_entry()->mutable_latest_date() = rpc::ToProto(kDay);
  next.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::WaitListEntry waiting, Call(&Stub::CreateWaitListEntry, next));

  ASSERT_OK(Cancel(made.appointment));
  EXPECT_ERROR(Accept(made.offer), Code::kFailedPrecondition, "STATE_FORBIDS") << "before its job has run";
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_ERROR(Accept(made.offer), Code::kFailedPrecondition, "OFFER_WITHDRAWN");
  EXPECT_EQ(Entry(made.entry).state(), State::ENDED);
  EXPECT_EQ(CountEvents("wait_list_offer.withdrawn", made.offer.name()), 1);
  const std::vector<v1::WaitListOffer> open = Offers(v1::WaitListOffer::OPEN);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].entry(), waiting.name());
  // The work that the offer was is closed, and nothing is left to expire.
  for (const common::v1::Event& event : Service().Events(clinic_)) {
    EXPECT_TRUE(event.type() != "wait_list_offer.withdrawn" || event.work().closed());
  }
  Service().clock().Set(rpc::FromProto(made.offer.expire_time()));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Entry(made.entry).state(), State::ENDED);
}

// Whoever comes first: the appointment is moved and the entry booked, then cancelled; or it is cancelled, the offer is
// withdrawn, and the entry has ended.
TEST_F(WaitListEndRpcTest, AnOfferThatIsAcceptedWhileItsAppointmentIsCancelledEndsOneWayOrTheOther) {
  int accepted = 0;
  for (int round = 0; round < 20; ++round) {
    if (round > 0) SetUpAnotherClinic();
    const Offered made = MakeOffered();
    std::atomic<int> ready = 0;
    absl::Status accept;
    absl::Status cancel;
    const auto together = [&] {
      ++ready;
      while (ready < 3) std::this_thread::yield();
    };
    std::thread accepts([&] {
      together();
      accept = Accept(made.offer);
    });
    std::thread cancels([&] {
      together();
      cancel = Cancel(made.appointment);
    });
    std::thread works([&] {
      together();
      EXPECT_OK(Service().RunDueJobs());
    });
    accepts.join();
    cancels.join();
    works.join();
    EXPECT_OK(Service().RunDueJobs());
    const v1::WaitListEntry entry = Entry(made.entry);
    EXPECT_TRUE(Offers(v1::WaitListOffer::OPEN).empty());
    if (accept.ok()) {
      ++accepted;
      EXPECT_EQ(entry.state(), State::BOOKED);
      EXPECT_ERROR(cancel, Code::kAborted, "ETAG_MISMATCH");
    } else {
      EXPECT_OK(cancel);
      EXPECT_TRUE(ErrorReason(accept) == "STATE_FORBIDS" || ErrorReason(accept) == "OFFER_WITHDRAWN") << accept;
      EXPECT_EQ(entry.state(), State::ENDED);
      EXPECT_EQ(CountEvents("wait_list_entry.ended", entry.name()), 1);
    }
    BookConsult(accept.ok() ? 14 : 10, "zed");  // what is free is free
  }
  RecordProperty("accepted", accepted);
}

TEST_F(WaitListEndRpcTest, AnEntryThatIsMadeWhileItsAppointmentIsCancelledIsRefusedOrEnds) {
  for (int round = 0; round < 20; ++round) {
    const v1::Appointment appointment = BookConsult(10, "ann");
    std::atomic<int> ready = 0;
    absl::StatusOr<v1::WaitListEntry> entry;
    std::thread waits([&] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
      entry = Wait(appointment.name());
    });
    ++ready;
    while (ready < 2) std::this_thread::yield();
    EXPECT_OK(Cancel(appointment));
    waits.join();
    ASSERT_OK(Service().RunDueJobs());
    if (entry.ok()) {
      EXPECT_EQ(Entry(*entry).state(), State::ENDED);
    } else {
      EXPECT_ERROR(entry, Code::kFailedPrecondition, "STATE_FORBIDS");
    }
  }
}

TEST_F(WaitListEndRpcTest, ACourseThatIsStoppedWaitsNoMoreAndItsHeldOfferIsGivenBack) {
  const v1::Hold hold = MakeHold(Propose(MakeCourse("iv-ketamine", "ann"), 1).proposals(0).plan());
  const v1::Course course = MakeCourse("iv-ketamine", "bob");
  ASSERT_OK_AND_ASSIGN(const v1::WaitListEntry entry, Wait("", course.name()));
  v1::ReleaseHoldRequest release;
  release.set_name(hold.name());
  release.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ReleaseHold, release));
  ASSERT_OK(Service().RunDueJobs());
  const std::vector<v1::WaitListOffer> open = Offers(v1::WaitListOffer::OPEN);
  ASSERT_EQ(open.size(), 1u);

  v1::GetCourseRequest get;
  get.set_name(course.name());
  ASSERT_OK_AND_ASSIGN(const v1::Course now, Call(&Stub::GetCourse, get));
  v1::StopCourseRequest stop;
  stop.set_name(now.name());
  stop.set_etag(now.etag());
  stop.set_reason("moved away");
  stop.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::StopCourse, stop));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Entry(entry).end_reason(), State::COURSE_STOPPED);
  EXPECT_EQ(Offers(v1::WaitListOffer::WITHDRAWN).size(), 1u);
  v1::GetHoldRequest held;
  held.set_name(open[0].hold());
  ASSERT_OK_AND_ASSIGN(const v1::Hold ended, Call(&Stub::GetHold, held));
  EXPECT_EQ(ended.state(), v1::Hold::RELEASED);
  EXPECT_ERROR(Wait("", course.name()), Code::kFailedPrecondition, "STATE_FORBIDS");
}

}  // namespace
}  // namespace kat::scheduling
