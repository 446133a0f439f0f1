#ifndef KAT_SERVICES_MESSAGING_TESTING_MESSAGING_TEST_H_
#define KAT_SERVICES_MESSAGING_TESTING_MESSAGING_TEST_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kat/messaging/v1/messaging_service.grpc.pb.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"
#include "services/messaging/clients/fakes.h"
#include "services/messaging/clients/simulated_carrier.h"
#include "services/messaging/wire.h"

// A real messaging service on a real database with fake peers; each test in a clinic of its own.
namespace kat::messaging {

// The simulated carrier, watched: `on_send` is called with what is about to be taken for the first time.
class WatchedCarrier final : public Carrier {
 public:
  explicit WatchedCarrier(Carrier& carrier) : carrier_(carrier) {}
  absl::StatusOr<CarrierRecord> Send(const OutgoingMessage& message) override;
  absl::StatusOr<std::optional<CarrierRecord>> Find(const ClinicId& clinic, const MessageId& message) override {
    return carrier_.Find(clinic, message);
  }
  std::function<void(const OutgoingMessage&)> on_send;
  std::function<absl::Status()> after_send;  // an error here is an answer lost

 private:
  Carrier& carrier_;
};

// What stands outside the service in tests.
struct World {
  FakeScheduling scheduling;
  FakeIntake intake;
  FakeSummary intake_summary, billing_summary;
  std::unique_ptr<SimulatedCarrierLog> log;
  std::unique_ptr<SimulatedCarrier> simulated;
  std::unique_ptr<WatchedCarrier> carrier;
};

class MessagingTest : public ::testing::Test {
 protected:
  MessagingTest();
  ~MessagingTest() override;

  static World& world();
  static kat::testing::TestService& service();

  std::string Clinic() const { return "clinics/" + clinic_; }
  std::string Name(const std::string& collection, const std::string& id) const { return Clinic() + "/" + collection + "/" + id; }

  // Calls a method with one role as one person.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (v1::MessagingService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, common::v1::Role role = common::v1::ROLE_ASSISTANT,
                                const std::string& subject = "tester", const std::string& clinic = "") {
    grpc::ClientContext context;
    service().As(context, clinic.empty() ? clinic_ : clinic, {role}, subject);
    Response response;
    const absl::Status status = rpc::FromGrpc((stub_.get()->*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // Policy, cadence (booked, moved, cancelled, 72 h asking, 24 h preparation, 3 h) and templates of a clinic.
  void Configure();
  v1::MessageTemplate Words(v1::Purpose purpose, const std::string& body, v1::Channel channel = v1::CHANNEL_SMS) const;
  absl::StatusOr<v1::MessageTemplate> MakeTemplate(const v1::MessageTemplate& draft);

  void AddPatient(const std::string& id, const std::string& phone, const std::string& zone = "");
  // An appointment known to scheduling; its event is not delivered yet.
  Appointment Book(const std::string& id, const std::string& patient, absl::Time start, const std::string& course = "");
  Appointment Change(const std::string& id, const std::string& type, const std::function<void(Appointment&)>& change);
  // Delivers every event that waits.
  void DeliverAll();
  void RunJobs();
  // Lets time pass hour by hour, with jobs run in each.
  void Pass(absl::Duration time);

  std::vector<v1::PatientMessage> Messages(const std::string& appointment = "");
  // Steps of an appointment's messages in a state, in order of plan time.
  std::vector<std::string> Steps(const std::string& appointment, v1::PatientMessage::State state);
  std::vector<v1::WorkItem> Work(const std::string& kind = "");
  absl::StatusOr<v1::MessageReply> Reply(const std::string& phone, const std::string& body, const std::string& carrier_id = "");

  absl::Time now() const { return service().clock().Now(); }

  std::string clinic_;
  std::unique_ptr<v1::MessagingService::Stub> stub_;
  // What the carrier took from this clinic: address and words.
  std::vector<OutgoingMessage> sent_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_TESTING_MESSAGING_TEST_H_
