#ifndef KAT_SERVICES_AUTHORIZATION_API_FIXTURE_H_
#define KAT_SERVICES_AUTHORIZATION_API_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "libs/base/business_time.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"
#include "services/authorization/clients/fake_peers.h"
#include "services/authorization/wire.h"

namespace kat::authorization::api {

// The service over a real server and database, with fake peers. Every test has a clinic of its own, with a payer, a
// policy, a program rule, a certified setting, an enrolled and insured patient `pat`, and drug in the cabinet, once
// SetUpProgram has run.
class Fixture : public ::testing::Test {
 protected:
  using Role = common::v1::Role;
  template <class Request, class Response>
  using Method = grpc::Status (v1::AuthorizationService::Stub::*)(grpc::ClientContext*, const Request&, Response*);

  Fixture();

  // One call with a token of `clinic_` and a role; mutations get a new request id where they have none.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method, Request request,
                                Role role = common::v1::ROLE_ASSISTANT) {
    grpc::ClientContext context;
    service_->As(context, clinic_, {role});
    return Finish(method, context, std::move(request));
  }
  template <class Request, class Response>
  absl::StatusOr<Response> CallAsPeer(Method<Request, Response> method, Request request, const std::string& peer) {
    grpc::ClientContext context;
    service_->AsPeer(context, clinic_, peer);
    return Finish(method, context, std::move(request));
  }

  std::string Name(const std::string& rest) const { return "clinics/" + clinic_ + "/" + rest; }
  std::string Clinic() const { return "clinics/" + clinic_; }
  static absl::CivilDay Day(const char* text) { return *ParseDay(text); }
  // An hour of a day in the clinic's zone.
  static absl::Time At(absl::CivilDay day, int hour) {
    return InstantOf(day, hour * 60, *LoadZone("America/New_York"));
  }
  void TurnTo(absl::CivilDay day, int hour = 9) { service_->clock().Set(At(day, hour)); }
  int RunJobs() { return *service_->RunDueJobs(); }

  void SetUpProgram();
  // An approved authorization from `today` for 90 days; its name.
  std::string Approve(std::optional<int> visits, std::optional<int> devices);
  v1::ReserveCoverageRequest Booking(int sessions, int first = 1);
  // Books `sessions` visits as appointments `appt-<n>`, one every third day from tomorrow; those without coverage
  // conditionally, where that is allowed.
  void Book(int sessions, bool allow_conditional = false);
  // Completes the treatment of `appt-<n>` with `devices` of lot L1.
  void Treat(int session, int devices);
  absl::Status Deliver(const std::string& type, const std::string& subject,
                       std::map<std::string, std::string> related = {}, int64_t version = 1);
  // Work now open, as `KIND@last segment of the subject`.
  std::set<std::string> OpenWork();
  v1::PriorAuthorization Read(const std::string& name);

  const absl::CivilDay today_{2026, 11, 23};
  std::shared_ptr<FakeIntake> intake_ = std::make_shared<FakeIntake>();
  std::shared_ptr<FakeScheduling> scheduling_ = std::make_shared<FakeScheduling>();
  std::unique_ptr<testing::TestService> service_;
  std::unique_ptr<v1::AuthorizationService::Stub> stub_;
  std::string clinic_;

 private:
  template <class Request, class Response>
  absl::StatusOr<Response> Finish(Method<Request, Response> method, grpc::ClientContext& context, Request request) {
    if (const auto* field = Request::descriptor()->FindFieldByName("request_id");
        field != nullptr && request.GetReflection()->GetString(request, field).empty()) {
      request.GetReflection()->SetString(&request, field, NewId());
    }
    Response response;
    const grpc::Status status = (*stub_.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }
};

using Stub = v1::AuthorizationService::Stub;

}  // namespace kat::authorization::api

#endif  // KAT_SERVICES_AUTHORIZATION_API_FIXTURE_H_
