// The live view. Everything is changed through one server and watched through others on the same database.
#include <random>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"
#include "services/scheduling/api/watch_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_ASSISTANT;
using common::v1::ROLE_CLINIC_ADMIN;
using common::v1::ROLE_NURSE;

const absl::CivilDay kFirst(2026, 11, 30);
constexpr int kDays = 3;
constexpr WatchOptions kQuick{.heartbeat = absl::Milliseconds(100), .max_behind = 8, .max_missed = 20};

class WatchRpcTest : public ServiceTest {
 protected:
  // A second server beside Service(), on its database.
  static testing::TestService& Replica() {
    static auto* const replica = new testing::TestService(ReplicaSpec(kQuick), Service());
    return *replica;
  }
  v1::WatchScheduleRequest Request(const std::string& token = "") const {
    v1::WatchScheduleRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    *request.mutable_start_date() = rpc::ToProto(kFirst);
    request.set_days(kDays);
    request.set_resume_token(token);
    return request;
  }
  std::unique_ptr<ScheduleWatcher> Watch(const std::string& token = "", common::v1::Role role = ROLE_NURSE,
                                         const testing::TestService& server = Replica()) const {
    return std::make_unique<ScheduleWatcher>(server, clinic_, Request(token), role);
  }
  ScheduleWatcher::Picture Fresh() const {
    const auto watcher = Watch();
    EXPECT_TRUE(watcher->ReadSnapshot());
    return watcher->picture();
  }
  google::protobuf::Timestamp At(absl::CivilDay day, int minute) const {
    return rpc::ToProto(InstantOf(day, minute, *LoadZone("America/New_York")));
  }
  absl::StatusOr<v1::Appointment> BookConsult(absl::CivilDay day, int minute, const std::string& patient = "ann") {
    v1::CreateAppointmentRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.mutable_appointment()->set_patient(Name(absl::StrCat("patients/", patient)));
    request.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
    *request.mutable_appointment()->mutable_start_time() = At(day, minute);
    request.set_request_id(NewId());
    return Call(&Stub::CreateAppointment, request);
  }
  absl::StatusOr<v1::Appointment> Annotate(const v1::Appointment& appointment, const std::string& note) {
    v1::UpdateAppointmentRequest request;
    *request.mutable_appointment() = appointment;
    request.mutable_appointment()->set_note(note);
    request.mutable_update_mask()->add_paths("note");
    request.set_request_id(NewId());
    return Call(&Stub::UpdateAppointment, request);
  }
  absl::StatusOr<v1::Appointment> Cancel(const v1::Appointment& appointment) {
    v1::CancelAppointmentRequest request;
    request.set_name(appointment.name());
    request.set_etag(appointment.etag());
    request.set_reason("ill");
    request.set_request_id(NewId());
    return Call(&Stub::CancelAppointment, request);
  }
  absl::Status Move(const v1::Appointment& appointment, absl::CivilDay day, int minute) {
    v1::MoveAppointmentRequest request;
    request.set_name(appointment.name());
    v1::PlannedMove& to = *request.add_moves();
    to.set_appointment(appointment.name());
    to.set_etag(appointment.etag());
    *to.mutable_start_time() = At(day, minute);
    request.set_request_id(NewId());
    return Call(&Stub::MoveAppointment, request).status();
  }
  absl::Status TakeDayOff(const std::string& staff, absl::CivilDay day) {
    v1::GetStaffRequest get;
    get.set_name(Name(absl::StrCat("staff/", staff)));
    ASSIGN_OR_RETURN(v1::Staff person, Call(&Stub::GetStaff, get));
    v1::CalendarException& off = *person.mutable_availability()->add_exceptions();
    *off.mutable_start_date() = rpc::ToProto(day);
    v1::UpdateStaffRequest request;
    *request.mutable_staff() = person;
    request.mutable_update_mask()->add_paths("availability");
    request.set_request_id(NewId());
    return Call(&Stub::UpdateStaff, request, {ROLE_CLINIC_ADMIN}).status();
  }
  int CountAudited(const std::string& patient) {
    int count = 0;
    EXPECT_OK(Service().database().owner().Run({.clinic = clinic_, .read_only = true}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const pg::Row row,
                       tx.QueryOne("select count(*) from audit_log where actor = 'watcher' and subject = $1",
                                   {Name(absl::StrCat("patients/", patient))}));
      count = row.Get<int>("count");
      return absl::OkStatus();
    }));
    return count;
  }
};

bool IsHeartbeat(const v1::WatchScheduleResponse& response) { return response.has_heartbeat(); }

TEST_F(WatchRpcTest, ASnapshotShowsResourcesWithHoursAppointmentsWithPhasesHoldsAndWhatIsFree) {
  ASSERT_OK_AND_ASSIGN(const v1::Appointment appointment, BookConsult(kFirst, 10 * 60));
  MakeHold(Propose(MakeCourse("iv-ketamine", "bob"), 1).proposals(0).plan());
  const auto watcher = Watch();
  v1::ScheduleItems all;
  ASSERT_TRUE(watcher->ReadUntil([&](const v1::WatchScheduleResponse& response) {
    all.MergeFrom(response.snapshot().items());
    return response.snapshot().complete();
  }));
  EXPECT_EQ(all.resources_size(), 11);
  EXPECT_EQ(all.free_capacity_size(), 11 * kDays);
  EXPECT_EQ(all.resources(0).working_size(), kDays);
  EXPECT_EQ(all.holds_size(), 1);
  ASSERT_EQ(all.appointments_size(), 1);
  EXPECT_EQ(all.appointments(0).appointment().SerializeAsString(), Get(appointment.name()).SerializeAsString());
  EXPECT_EQ(all.appointments(0).uses_size(), 2);
  EXPECT_FALSE(watcher->token().empty());
}

TEST_F(WatchRpcTest, WhatAnyServerCommitsReachesTheSubscribersOfEach) {
  const auto here = Watch("", ROLE_NURSE, Service());
  const auto there = Watch();
  for (ScheduleWatcher* watcher : {here.get(), there.get()}) ASSERT_TRUE(watcher->ReadSnapshot());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment appointment, BookConsult(kFirst, 10 * 60));
  for (ScheduleWatcher* watcher : {here.get(), there.get()}) {
    ASSERT_TRUE(watcher->ReadUntil([](const auto& response) { return response.has_change(); }));
    EXPECT_TRUE(watcher->picture().contains(appointment.name()));
  }
}

// The property: whatever happens, snapshot and changes together are what a new snapshot shows.
TEST_F(WatchRpcTest, SnapshotAndChangesAreWhatANewSnapshotShows) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    const auto day = [&] { return kFirst + pick(kDays + 2); };  // off the days watched, too
    const auto minute = [&] { return 8 * 60 + 5 * pick(114); };
    const auto watcher = Watch();
    ASSERT_TRUE(watcher->ReadSnapshot());
    std::vector<std::string> booked;
    std::optional<v1::Hold> hold;
    for (int step = 0; step < 40; ++step) {
      const int what = pick(8);
      const std::string patient = absl::StrCat("p", seed, "-", step);
      if (what < 3 || booked.empty()) {
        const absl::StatusOr<v1::Appointment> made = BookConsult(day(), minute(), patient);
        if (made.ok()) booked.push_back(made->name());
      } else if (what == 3) {
        Cancel(Get(booked[pick(booked.size())])).IgnoreError();
      } else if (what == 4) {
        Move(Get(booked[pick(booked.size())]), day(), minute()).IgnoreError();
      } else if (what == 5) {
        EXPECT_OK(Annotate(Get(booked[pick(booked.size())]), absl::StrCat("note ", step)));
      } else if (what == 6 && !hold) {
        hold = MakeHold(Propose(MakeCourse("iv-ketamine", patient), 1).proposals(0).plan());
      } else if (what == 6) {
        v1::ReleaseHoldRequest release;
        release.set_name(hold->name());
        release.set_request_id(NewId());
        EXPECT_OK(Call(&Stub::ReleaseHold, release));
        hold.reset();
      } else {
        EXPECT_OK(TakeDayOff(pick(2) == 0 ? "sam-ortiz" : "nora-kim", day()));
      }
    }
    if (hold) {
      v1::BookBlockRequest book = BookRequest({});
      book.clear_plan();
      book.set_hold(hold->name());
      EXPECT_OK(Call(&Stub::BookBlock, book));
    }
    const ScheduleWatcher::Picture fresh = Fresh();
    EXPECT_TRUE(watcher->ReadUntil([&](const auto&) { return watcher->picture() == fresh; }));
  }
}

TEST_F(WatchRpcTest, ATreatmentIsSeenToGoOnByThoseWhoMayReadIt) {
  const v1::Appointment visit = MakeBooking(Propose(MakeCourse("spravato-trd"), 1).proposals(0).plan()).appointments(0);
  const std::string record = absl::StrCat(visit.name(), "/treatmentRecord");
  Service().clock().Set(rpc::FromProto(visit.start_time()));
  v1::CheckInRequest check_in;
  check_in.set_name(visit.name());
  check_in.mutable_transport()->set_driver_arranged(true);
  check_in.mutable_transport()->set_driver_name("Robin");
  check_in.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CheckIn, check_in, {ROLE_NURSE}));
  v1::WatchScheduleRequest request = Request();
  *request.mutable_start_date() = rpc::ToProto(DayOf(visit.start_time()));
  ScheduleWatcher nurse(Replica(), clinic_, request, ROLE_NURSE);
  ScheduleWatcher admin(Replica(), clinic_, request, ROLE_CLINIC_ADMIN);
  for (ScheduleWatcher* watcher : {&nurse, &admin}) ASSERT_TRUE(watcher->ReadSnapshot());
  const auto state = [&](const ScheduleWatcher& watcher) {
    v1::ScheduledAppointment shown;
    EXPECT_TRUE(shown.ParseFromString(watcher.picture().at(visit.name())));
    EXPECT_EQ(shown.appointment().state(), v1::Appointment::CHECKED_IN);
    return shown.treatment_state();
  };
  EXPECT_EQ(state(nurse), v1::TreatmentRecord::CHECKED_IN);
  EXPECT_EQ(state(admin), v1::TreatmentRecord::STATE_UNSPECIFIED);

  v1::RecordVitalSignsRequest vitals;
  vitals.set_name(record);
  vitals.mutable_vital_signs()->set_point(v1::VitalSigns::BASELINE);
  vitals.mutable_vital_signs()->set_systolic(120);
  vitals.mutable_vital_signs()->set_diastolic(80);
  *vitals.mutable_vital_signs()->mutable_measure_time() = visit.start_time();
  vitals.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::RecordVitalSigns, vitals, {ROLE_NURSE}));
  v1::RecordDoseRequest dose;
  dose.set_name(record);
  dose.mutable_dose()->set_drug("esketamine");
  dose.mutable_dose()->set_amount_micrograms(56000);
  dose.mutable_dose()->set_route("nasal");
  dose.mutable_dose()->set_lot_number("L1");
  *dose.mutable_dose()->mutable_give_time() = visit.start_time();
  dose.mutable_dose()->set_given_by(Name("staff/sam-ortiz"));
  dose.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::RecordDose, dose, {ROLE_NURSE}));
  EXPECT_TRUE(nurse.ReadUntil([&](const auto&) { return state(nurse) == v1::TreatmentRecord::TREATING; }));
  EXPECT_EQ(state(admin), v1::TreatmentRecord::STATE_UNSPECIFIED);
}

TEST_F(WatchRpcTest, AStreamResumesAfterARestartWithWhatWasMissed) {
  auto server = std::make_unique<testing::TestService>(ReplicaSpec(kQuick), Service());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment kept, BookConsult(kFirst, 9 * 60));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment moved, BookConsult(kFirst, 10 * 60, "bob"));
  auto watcher = Watch("", ROLE_NURSE, *server);
  ASSERT_TRUE(watcher->ReadSnapshot());
  ScheduleWatcher::Picture picture = watcher->picture();
  server.reset();
  EXPECT_EQ(watcher->Finish().code(), Code::kUnavailable);
  ASSERT_OK(Move(moved, kFirst + 9, 10 * 60));
  ASSERT_OK_AND_ASSIGN(const v1::Appointment added, BookConsult(kFirst + 1, 11 * 60, "cy"));
  ASSERT_OK(TakeDayOff("nora-kim", kFirst));

  server = std::make_unique<testing::TestService>(ReplicaSpec(kQuick), Service());
  watcher = Watch(watcher->token(), ROLE_NURSE, *server);
  const v1::WatchScheduleResponse* missed = watcher->Next();
  ASSERT_TRUE(missed != nullptr && missed->has_change());
  ASSERT_EQ(missed->change().removed_size(), 1);
  EXPECT_EQ(missed->change().removed(0), moved.name());
  EXPECT_EQ(missed->change().items().appointments_size(), 1);
  EXPECT_EQ(missed->change().items().resources_size(), 11);
  picture.erase(moved.name());
  for (const auto& [name, item] : watcher->picture()) picture[name] = item;
  EXPECT_EQ(picture, Fresh());
  EXPECT_TRUE(picture.contains(kept.name()) && picture.contains(added.name()));
}

TEST_F(WatchRpcTest, ATokenThatIsTooOldOrOfAnotherPastIsAnsweredWithResyncAndASnapshot) {
  auto watcher = Watch();
  ASSERT_TRUE(watcher->ReadSnapshot());
  const std::string old = watcher->token();
  ASSERT_OK_AND_ASSIGN(v1::Appointment appointment, BookConsult(kFirst, 10 * 60));
  for (int i = 0; i < kQuick.max_missed; ++i) {
    ASSERT_OK_AND_ASSIGN(appointment, Annotate(appointment, absl::StrCat("note ", i)));
  }
  ASSERT_TRUE(
      watcher->ReadUntil([&](const auto&) { return !watcher->picture().empty() && watcher->picture() == Fresh(); }));
  watcher = Watch(old);
  const v1::WatchScheduleResponse* first = watcher->Next();
  ASSERT_TRUE(first != nullptr && first->has_resync());
  EXPECT_EQ(first->resync().reason(), v1::ScheduleResync::TOKEN_TOO_OLD);
  ASSERT_TRUE(watcher->ReadSnapshot());
  EXPECT_EQ(watcher->picture(), Fresh());

  const std::string ahead =
      absl::WebSafeBase64Escape(absl::StrCat("1|", clinic_, "|2026-11-30|", kDays, "|999999999999.1"));
  watcher = Watch(ahead);
  first = watcher->Next();
  ASSERT_TRUE(first != nullptr && first->has_resync());
  EXPECT_EQ(first->resync().reason(), v1::ScheduleResync::TOKEN_UNKNOWN);
  ASSERT_TRUE(watcher->ReadSnapshot());
}

TEST_F(WatchRpcTest, ASubscriberThatReadsTooSlowlyIsToldToBeginAnew) {
  ASSERT_OK_AND_ASSIGN(v1::Appointment appointment, BookConsult(kFirst, 10 * 60));
  const auto slow = Watch();
  const auto quick = Watch();
  ASSERT_TRUE(slow->ReadSnapshot());
  ASSERT_TRUE(quick->ReadSnapshot());
  // Far more than the connection holds (64 KiB) and the view remembers (8 changes) while `slow` does not read.
  for (int i = 0; i < 200; ++i) {
    ASSERT_OK_AND_ASSIGN(appointment, Annotate(appointment, std::string(900, 'a' + i % 26)));
    ASSERT_TRUE(quick->ReadUntil([&](const auto&) {
      v1::ScheduledAppointment shown;
      return shown.ParseFromString(quick->picture().at(appointment.name())) &&
             shown.appointment().etag() == appointment.etag();
    }));
  }
  bool told = false;
  ASSERT_TRUE(slow->ReadUntil([&](const v1::WatchScheduleResponse& response) {
    told = told || response.resync().reason() == v1::ScheduleResync::FELL_BEHIND;
    return told && slow->picture() == quick->picture();
  }));
}

TEST_F(WatchRpcTest, SilenceIsBrokenByHeartbeatsFromWhichAStreamResumes) {
  auto watcher = Watch();
  ASSERT_TRUE(watcher->ReadSnapshot());
  ASSERT_TRUE(watcher->ReadUntil(IsHeartbeat));
  watcher = Watch(watcher->token());
  const v1::WatchScheduleResponse* first = watcher->Next();
  ASSERT_TRUE(first != nullptr && first->has_change());
  EXPECT_EQ(first->change().items().appointments_size(), 0);
}

TEST_F(WatchRpcTest, AnotherClinicsChangesAreNeverSeen) {
  const std::string mine = clinic_;
  const auto watcher = Watch();
  ASSERT_TRUE(watcher->ReadSnapshot());
  SetUpAnotherClinic();
  ASSERT_NE(clinic_, mine);
  ASSERT_OK_AND_ASSIGN(const v1::Appointment theirs, BookConsult(kFirst, 10 * 60, "eve"));
  const auto their_watcher = Watch();
  ASSERT_TRUE(their_watcher->ReadSnapshot());
  EXPECT_TRUE(their_watcher->picture().contains(theirs.name()));
  clinic_ = mine;
  ASSERT_OK_AND_ASSIGN(const v1::Appointment ours, BookConsult(kFirst, 10 * 60));
  ASSERT_TRUE(watcher->ReadUntil([&](const auto&) { return watcher->picture().contains(ours.name()); }));
  for (const auto& [name, item] : watcher->picture()) {
    EXPECT_EQ(name.rfind(absl::StrCat("clinics/", mine, "/"), 0), 0u) << name;
  }
}

TEST_F(WatchRpcTest, WhoMayNotReadIsRefusedAndWhoMayIsAudited) {
  ASSERT_OK(BookConsult(kFirst, 10 * 60, "pat").status());
  const auto refuse = [&](const v1::WatchScheduleRequest& request, const std::string& clinic, common::v1::Role role) {
    ScheduleWatcher watcher(Replica(), clinic, request, role);
    EXPECT_EQ(watcher.Next(), nullptr);
    return watcher.Finish();
  };
  EXPECT_ERROR(refuse(Request(), clinic_, common::v1::ROLE_PLATFORM_ADMIN), Code::kPermissionDenied, "ROLE_FORBIDS");
  EXPECT_ERROR(refuse(Request(), "elsewhere", ROLE_NURSE), Code::kPermissionDenied, "OTHER_CLINIC");
  v1::WatchScheduleRequest request = Request();
  request.set_days(32);
  EXPECT_ERROR(refuse(request, clinic_, ROLE_NURSE), Code::kInvalidArgument, "FIELD_INVALID");
  request = Request();
  request.mutable_start_date()->set_year(2036);
  EXPECT_ERROR(refuse(request, clinic_, ROLE_NURSE), Code::kInvalidArgument, "FIELD_INVALID");
  request = Request("bm9uc2Vuc2U");
  EXPECT_ERROR(refuse(request, clinic_, ROLE_NURSE), Code::kInvalidArgument, "RESUME_TOKEN_INVALID");
  EXPECT_EQ(CountAudited("pat"), 0);
  const auto watcher = Watch();
  ASSERT_TRUE(watcher->ReadSnapshot());
  EXPECT_EQ(CountAudited("pat"), 1);
  ASSERT_OK(BookConsult(kFirst, 12 * 60, "pat").status());
  ASSERT_TRUE(watcher->ReadUntil([](const auto& response) { return response.has_change(); }));
  EXPECT_EQ(CountAudited("pat"), 1) << "once a stream";
}

TEST_F(WatchRpcTest, AStreamEndsWhenItsCallersTokenExpires) {
  // The verifier grants half a minute of leeway.
  ScheduleWatcher watcher(Replica(), clinic_, Request(), ROLE_NURSE, absl::Seconds(-28));
  ASSERT_TRUE(watcher.ReadSnapshot());
  EXPECT_ERROR(watcher.Finish(), Code::kUnauthenticated, "TOKEN_INVALID");
}

}  // namespace
}  // namespace kat::scheduling
