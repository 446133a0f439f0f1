// The clinical summary: what each reader sees of whom, what changed, and what is missing.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/error.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;

class Summary : public MessagingTest {
 protected:
  Summary() {
    world().intake_summary.sections = {
        {"intake", "patient", Availability::kAvailable, {{"PATIENT", "p1", "Avery Quill", "ACTIVE"}}}};
    world().billing_summary.sections = {{"billing", "account", Availability::kAvailable, {{"ACCOUNT", "a1", "$0.00"}}}};
  }
  ~Summary() override { world().intake_summary = world().billing_summary = FakeSummary(); }

  std::string SummaryName() const { return Name("patients", "p1") + "/clinicalSummary"; }
  absl::StatusOr<v1::ClinicalSummary> Read(common::v1::Role role = common::v1::ROLE_NURSE) {
    v1::GetClinicalSummaryRequest request;
    request.set_name(SummaryName());
    return Call(&Stub::GetClinicalSummary, request, role);
  }
  absl::StatusOr<v1::MarkClinicalSummaryReadResponse> MarkRead(int64_t version) {
    v1::MarkClinicalSummaryReadRequest request;
    request.set_name(SummaryName());
    request.set_version(version);
    request.set_request_id(NewId());
    return Call(&Stub::MarkClinicalSummaryRead, request, common::v1::ROLE_NURSE);
  }
  static v1::SummarySection Section(const v1::ClinicalSummary& summary, const std::string& title) {
    for (const v1::SummarySection& section : summary.sections()) {
      if (section.title() == title) return section;
    }
    ADD_FAILURE() << "no section " << title;
    return {};
  }
  void OpenThread(const std::string& topic) {
    v1::CreateCareThreadRequest request;
    request.set_parent(Clinic());
    request.set_request_id(NewId());
    request.mutable_care_thread()->set_patient(Name("patients", "p1"));
    request.mutable_care_thread()->set_topic(topic);
    ASSERT_OK(Call(&Stub::CreateCareThread, request));
  }
};

TEST_F(Summary, ChangesCountFromTheVersionThatTheReaderMarked) {
  const auto first = Read();
  ASSERT_OK(first);
  EXPECT_EQ(first->version(), 1);
  EXPECT_EQ(first->changes_size(), 2);
  EXPECT_ERROR(MarkRead(7), absl::StatusCode::kFailedPrecondition, "VERSION_NOT_SHOWN");
  ASSERT_OK(MarkRead(1));
  EXPECT_EQ(Read()->changes_size(), 0);
  world().billing_summary.sections[0].items[0].text = "$40.00";
  OpenThread("Sleep");
  const auto second = Read();
  EXPECT_EQ(second->version(), 2);
  ASSERT_EQ(second->changes_size(), 2);
  EXPECT_EQ(second->changes(0).kind(), v1::SummaryChange::CHANGED);
  EXPECT_EQ(second->changes(0).source(), "billing");
  EXPECT_EQ(second->changes(1).kind(), v1::SummaryChange::ADDED);
  EXPECT_EQ(second->read_version(), 1);
}

TEST_F(Summary, AServiceThatIsAwayIsNamedAndTheRestIsThere) {
  ASSERT_OK(Read());
  ASSERT_OK(MarkRead(1));
  world().billing_summary.sections = {{"billing", "account", Availability::kUnavailable}};
  const auto summary = Read();
  ASSERT_OK(summary);
  EXPECT_EQ(Section(*summary, "account").availability(), v1::SummarySection::UNAVAILABLE);
  EXPECT_EQ(Section(*summary, "account").items_size(), 0);
  EXPECT_EQ(Section(*summary, "patient").items_size(), 1);
  EXPECT_EQ(summary->changes_size(), 0) << "what cannot be read is not gone";
  EXPECT_EQ(summary->version(), 1);
}

TEST_F(Summary, APatientThatIntakeDoesNotKnowIsNotFound) {
  world().intake_summary.status = ResourceNotFound("patient");
  EXPECT_ERROR(Read(), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

TEST_F(Summary, AReaderSeesOfTheTeamsOwnWhatTheirRoleMayRead) {
  OpenThread("Sleep");
  const auto nurse = Read();
  ASSERT_OK(nurse);
  EXPECT_EQ(Section(*nurse, "threads").items_size(), 1);
  const auto biller = Read(common::v1::ROLE_BILLER);
  ASSERT_OK(biller);
  EXPECT_EQ(Section(*biller, "threads").availability(), v1::SummarySection::NOT_PERMITTED);
  EXPECT_EQ(Section(*biller, "threads").items_size(), 0);
  EXPECT_EQ(Section(*biller, "routed documents").availability(), v1::SummarySection::NOT_PERMITTED);
  EXPECT_EQ(Section(*biller, "work").availability(), v1::SummarySection::AVAILABLE);
}

TEST_F(Summary, ASectionThatShowsNotAllSaysSo) {
  for (int i = 0; i < 100; ++i) OpenThread(absl::StrCat("topic ", i));
  EXPECT_FALSE(Section(*Read(), "threads").truncated());
  OpenThread("one more");
  const auto summary = Read();
  EXPECT_TRUE(Section(*summary, "threads").truncated());
  EXPECT_EQ(Section(*summary, "threads").items_size(), 100);
}

// Scheduling with one appointment that departs from its protocol.
class OverriddenSchedule final : public scheduling::v1::SchedulingService::Service {
  grpc::Status ListAppointments(grpc::ServerContext*, const scheduling::v1::ListAppointmentsRequest*,
                                scheduling::v1::ListAppointmentsResponse* response) override {
    scheduling::v1::Appointment& appointment = *response->add_appointments();
    appointment.set_name("clinics/c/appointments/a");
    appointment.set_visit_id("infusion-2");
    appointment.set_visit_type("clinics/c/visitTypes/iv-infusion");
    appointment.set_state(scheduling::v1::Appointment::BOOKED);
    scheduling::v1::ProtocolOverride& decision = *appointment.add_overrides();
    decision.set_rule("MIN_DAYS");
    decision.set_from_visit("infusion-1");
    decision.set_to_visit("infusion-2");
    decision.set_allowed(2);
    decision.set_asked(1);
    decision.set_decided_by("clinics/c/staff/sam-ortiz");
    decision.set_reason("tolerated well");
    return grpc::Status::OK;
  }
};

TEST_F(Summary, ADepartureFromTheProtocolIsShownWithWhoAnswersForIt) {
  OverriddenSchedule schedule;
  grpc::ServerBuilder builder;
  builder.RegisterService(&schedule);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  rpc::Identity identity;
  identity.clinic = ClinicId(clinic_);
  identity.roles = {common::v1::ROLE_NURSE};
  const rpc::Call call("GetClinicalSummary", identity, absl::Now() + absl::Seconds(10), v1::GetClinicalSummaryRequest());
  const auto sections = MakeSchedulingSummary(server->InProcessChannel({}))->Read(call, PatientId("p1"));
  ASSERT_OK(sections);
  const auto appointments = std::find_if(sections->begin(), sections->end(),
                                         [](const SummarySection& section) { return section.title == "appointments"; });
  ASSERT_NE(appointments, sections->end());
  ASSERT_EQ(appointments->items.size(), 2u);
  EXPECT_EQ(appointments->items[1].kind, "PROTOCOL_OVERRIDE");
  EXPECT_EQ(appointments->items[1].text, "infusion-1 to infusion-2: MIN_DAYS 2, was put at 1 by sam-ortiz: tolerated well");
}

TEST_F(Summary, AServiceThatHangsCostsTheReaderTwoSecondsForAllOfItsSections) {
  // Takes connections and never says a word.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 16), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", ntohs(address.sin_port)), grpc::InsecureChannelCredentials());
  rpc::Identity identity;
  identity.clinic = ClinicId(clinic_);
  identity.roles = {common::v1::ROLE_NURSE};
  const absl::Time begin = absl::Now();
  const rpc::Call call("GetClinicalSummary", identity, begin + absl::Seconds(10), v1::GetClinicalSummaryRequest());
  const auto sections = MakeIntakeSummary(channel)->Read(call, PatientId("p1"));
  ::close(listener);
  ASSERT_OK(sections);
  EXPECT_EQ(sections->size(), 6u);
  for (const SummarySection& section : *sections) {
    EXPECT_EQ(section.availability, Availability::kUnavailable) << section.title;
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

}  // namespace
}  // namespace kat::messaging
