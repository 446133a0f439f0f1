#include "services/scheduling/api/service_fixture.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/json_util.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "nlohmann/json.hpp"
#include "services/scheduling/wire.h"

namespace kat::scheduling {
namespace {

// Never destroyed, as the service is not: they live as long as the process.
struct Fakes {
  std::shared_ptr<FakeReadinessGate> readiness = std::make_shared<FakeReadinessGate>();
  std::shared_ptr<FakeReservingGate> billing = std::make_shared<FakeReservingGate>("financialReservations");
  std::shared_ptr<FakeReservingGate> authorization = std::make_shared<FakeReservingGate>("coverageReservations");
  std::shared_ptr<HoldingImprover> improver = std::make_shared<HoldingImprover>();
};

Fakes& TheFakes() {
  static auto* const fakes = new Fakes();
  return *fakes;
}

Peers FakePeers() { return {TheFakes().readiness, TheFakes().billing, TheFakes().authorization}; }

common::v1::Role RoleOf(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(c));
  common::v1::Role role = common::v1::ROLE_UNSPECIFIED;
  common::v1::Role_Parse(absl::StrCat("ROLE_", name), &role);
  return role;
}

}  // namespace

testing::TestService& ServiceTest::Service() {
  static auto* const service = new testing::TestService(
      Spec([](app::App&) { return FakePeers(); }, {}, {.renew_every = absl::Milliseconds(10)}, TheFakes().improver),
      {{"improvement-runs", "4"}});
  return *service;
}

app::AppSpec ServiceTest::ReplicaSpec(const WatchOptions& watch, const ImprovementOptions& improvements) {
  return Spec([](app::App&) { return FakePeers(); }, watch, improvements, TheFakes().improver);
}

FakeReadinessGate& ServiceTest::Readiness() { return *TheFakes().readiness; }
FakeReservingGate& ServiceTest::Billing() { return *TheFakes().billing; }
FakeReservingGate& ServiceTest::Authorization() { return *TheFakes().authorization; }
HoldingImprover& ServiceTest::Improver() { return *TheFakes().improver; }

ServiceTest::ServiceTest()
    : clinic_(absl::StrCat("c", NewId().substr(0, 20))), stub_(v1::SchedulingService::NewStub(Service().channel())) {}

void ServiceTest::SetUp() {
  Service().clock().Set(InstantOf(absl::CivilDay(2026, 11, 23), 12 * 60, *LoadZone("America/New_York")));
  Readiness().unmet.clear();
  Readiness().error = absl::OkStatus();
  Readiness().prospects.clear();
  Readiness().ready.reset();
  Improver().hold = false;
  Improver().hurry = false;
  Improver().error = absl::OkStatus();
  for (FakeReservingGate* gate : {&Billing(), &Authorization()}) {
    gate->unmet.clear();
    gate->error = absl::OkStatus();
    gate->uncovered.clear();
    gate->covered.clear();
    gate->paid.clear();
    gate->spacings.clear();
    gate->standing.clear();
    gate->tells_spacings = true;
  }
  LoadSample("scheduling");
}

void ServiceTest::SetUpAnotherClinic() {
  clinic_ = absl::StrCat("c", NewId().substr(0, 20));
  LoadSample("scheduling");
}

// One JSON text, by method name: the sample is what an integrator would send.
void ServiceTest::LoadSample(const std::string& name) {
  std::ifstream file(absl::StrCat(KAT_SAMPLE_DIR, "/", name, ".json"));
  std::stringstream text;
  text << file.rdbuf();
  const nlohmann::json calls = nlohmann::json::parse(absl::StrReplaceAll(text.str(), {{"{clinic}", clinic_}}));
  const auto send = [&](const nlohmann::json& call, auto method, auto request) {
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(call["request"].dump(), &request).ok()) << call.dump();
    const common::v1::Role role = RoleOf(call["role"]);
    ASSERT_OK(Call(method, request, {role}, role == common::v1::ROLE_PLATFORM_ADMIN ? "" : clinic_)) << call.dump();
  };
  for (const nlohmann::json& call : calls) {
    const std::string method = rpc::LastSegment(call["method"].get<std::string>());
    if (method == "CreateClinic") send(call, &Stub::CreateClinic, v1::CreateClinicRequest());
    if (method == "CreateRoom") send(call, &Stub::CreateRoom, v1::CreateRoomRequest());
    if (method == "CreateStaff") send(call, &Stub::CreateStaff, v1::CreateStaffRequest());
    if (method == "CreateEquipmentPool") {
      send(call, &Stub::CreateEquipmentPool, v1::CreateEquipmentPoolRequest());
    }
    if (method == "CreateVisitType") send(call, &Stub::CreateVisitType, v1::CreateVisitTypeRequest());
    if (method == "CreateProtocolVersion") {
      send(call, &Stub::CreateProtocolVersion, v1::CreateProtocolVersionRequest());
    }
  }
}

v1::Course ServiceTest::MakeCourse(const std::string& program, const std::string& patient) {
  v1::CreateCourseRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  request.mutable_course()->set_patient(Name(absl::StrCat("patients/", patient)));
  request.mutable_course()->set_program(program);
  *request.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 11, 30));
  request.mutable_course()->mutable_preferences()->add_continuity_roles("clinician");
  request.set_request_id(NewId());
  const absl::StatusOr<v1::Course> course = Call(&Stub::CreateCourse, request);
  EXPECT_OK(course);
  return course.value_or(v1::Course());
}

v1::ProposeBlockResponse ServiceTest::Propose(const v1::Course& course, int max_proposals) {
  v1::ProposeBlockRequest request;
  request.set_name(course.name());
  request.set_max_proposals(max_proposals);
  const absl::StatusOr<v1::ProposeBlockResponse> response = Call(&Stub::ProposeBlock, request);
  EXPECT_OK(response);
  return response.value_or(v1::ProposeBlockResponse());
}

v1::Hold ServiceTest::MakeHold(const v1::BlockPlan& plan) {
  v1::HoldProposalRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  *request.mutable_plan() = plan;
  request.set_request_id(NewId());
  const absl::StatusOr<v1::Hold> hold = Call(&Stub::HoldProposal, request);
  EXPECT_OK(hold);
  return hold.value_or(v1::Hold());
}

v1::BookBlockRequest ServiceTest::BookRequest(const v1::BlockPlan& plan) const {
  v1::BookBlockRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  *request.mutable_plan() = plan;
  request.set_request_id(NewId());
  return request;
}

v1::BookBlockResponse ServiceTest::MakeBooking(const v1::BlockPlan& plan) {
  const absl::StatusOr<v1::BookBlockResponse> booked = Call(&Stub::BookBlock, BookRequest(plan));
  EXPECT_OK(booked);
  return booked.value_or(v1::BookBlockResponse());
}

v1::Appointment ServiceTest::Get(const std::string& name) {
  v1::GetAppointmentRequest request;
  request.set_name(name);
  const absl::StatusOr<v1::Appointment> appointment = Call(&Stub::GetAppointment, request);
  EXPECT_OK(appointment);
  return appointment.value_or(v1::Appointment());
}

absl::CivilDay ServiceTest::DayOf(const google::protobuf::Timestamp& time) const {
  return DayAt(rpc::FromProto(time), *LoadZone("America/New_York"));
}

}  // namespace kat::scheduling
