#ifndef KAT_SERVICES_BILLING_API_API_TEST_H_
#define KAT_SERVICES_BILLING_API_API_TEST_H_

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "kat/billing/v1/billing_service.grpc.pb.h"
#include "libs/base/business_time.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"
#include "services/billing/clients/peers.h"
#include "services/billing/wire.h"

// The service under test: real server, real PostgreSQL, peers that the test fills. One process, a clinic for each test.
namespace kat::billing {

using Code = absl::StatusCode;
using Stub = v1::BillingService::Stub;

struct Outside {
  std::shared_ptr<FakeScheduling> scheduling = std::make_shared<FakeScheduling>();
  std::shared_ptr<FakeAuthorization> authorization = std::make_shared<FakeAuthorization>();
};

inline Outside& TheOutside() {
  static auto* const outside = new Outside();
  return *outside;
}

inline testing::TestService& TheService() {
  static auto* const service = new testing::TestService(Spec([](app::App&) {
    return Peers{TheOutside().scheduling, TheOutside().authorization};
  }));
  return *service;
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : clinic_(TheService().NewClinic()), stub_(v1::BillingService::NewStub(TheService().channel())) {
    TheOutside().scheduling->visits.clear();
    TheOutside().scheduling->treatments.clear();
    TheOutside().scheduling->down = false;
    TheOutside().authorization->fill = nullptr;
    TheOutside().authorization->down = false;
    At(absl::CivilSecond(2026, 11, 2, 10, 0, 0));  // a Monday
  }

  // Turns the clock to a wall-clock time in New York.
  void At(absl::CivilSecond time) { TheService().clock().Set(absl::FromCivil(time, zone_)); }
  // Runs what is due until nothing is.
  void RunJobs() {
    for (int runs = 0; runs < 20; ++runs) {
      const absl::StatusOr<int> ran = TheService().RunDueJobs();
      ASSERT_OK(ran);
      if (*ran == 0) return;
    }
  }

  // A message from JSON, in which `$C` is the clinic's name, `$R` a fresh request id.
  template <class Message>
  Message Json(const std::string& json) {
    Message message;
    const std::string text =
        absl::StrReplaceAll(json, {{"$C", "clinics/" + clinic_}, {"$R", absl::StrCat("r", ++requests_)}});
    const auto status = google::protobuf::util::JsonStringToMessage(text, &message);
    EXPECT_TRUE(status.ok()) << std::string(status.message()) << " in " << text;
    return message;
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Send(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, common::v1::Role role, const std::string& clinic) {
    grpc::ClientContext context;
    TheService().As(context, clinic, {role});
    Response response;
    const absl::Status status = rpc::FromGrpc((stub_.get()->*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const std::string& json, common::v1::Role role = common::v1::ROLE_BILLER) {
    return Send(method, Json<Request>(json), role, clinic_);
  }
  template <class Request, class Response>
  absl::StatusOr<Response> Configure(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                     const std::string& json) {
    return Call(method, json, common::v1::ROLE_CLINIC_ADMIN);
  }

  // Settings, code table, price list, policies: 6 infusions at $450 (package $2,400), integration $150, deposit $500.
  void SetUpClinic();
  // Accepts an estimate of 6 infusions with `scenario`; its name.
  std::string AcceptEstimate(const std::string& scenario);
  // A card with `token`; its name.
  std::string Card(const std::string& token);
  absl::StatusOr<v1::Payment> Pay(const std::string& card, int64_t amount, const std::string& request_id = "");
  std::string Plan(const std::string& estimate, const std::string& card);

  // A visit that scheduling knows; session n of the course `c1` at 14:00 of `day`.
  Visit& Book(int session, absl::CivilDay day, const std::string& program = "iv-ketamine");
  void Tell(const std::string& type, const std::string& subject, std::map<std::string, std::string> related = {});
  void TellVisit(const std::string& type, Visit& visit) {
    ++visit.version;
    Tell(type, absl::StrCat("$C/appointments/", visit.id.str()));
  }

  v1::PaymentPlan GetPlan(const std::string& name) {
    auto plan = Call(&Stub::GetPaymentPlan, R"({"name": ")" + name + R"("})");
    EXPECT_OK(plan);
    return plan.ok() ? *plan : v1::PaymentPlan();
  }
  v1::AccountSummary Summary() {
    auto summary = Call(&Stub::GetAccountSummary, R"({"parent": "$C", "patient": "$C/patients/ann"})");
    EXPECT_OK(summary);
    return summary.ok() ? *summary : v1::AccountSummary();
  }
  int64_t TrialTotal() {
    auto balance = Call(&Stub::GetTrialBalance, R"({"parent": "$C"})");
    EXPECT_OK(balance);
    return balance.ok() ? balance->total().minor_units() : -1;
  }
  // Work of `kind` that is open in this clinic, by what events say.
  int OpenWork(const std::string& kind);

  const absl::TimeZone zone_ = *LoadZone("America/New_York");
  const std::string clinic_;
  std::unique_ptr<Stub> stub_;
  int requests_ = 0;
};

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_API_API_TEST_H_
