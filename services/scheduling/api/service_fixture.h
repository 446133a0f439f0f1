#ifndef KAT_SERVICES_SCHEDULING_API_SERVICE_FIXTURE_H_
#define KAT_SERVICES_SCHEDULING_API_SERVICE_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "kat/scheduling/v1/scheduling_service.grpc.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/id.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"
#include "services/scheduling/api/watch_server.h"
#include "services/scheduling/clients/fake_gates.h"
#include "services/scheduling/testing/holding_improver.h"
#include "services/scheduling/worker/improvement_runner.h"

namespace kat::scheduling {

// The service on loopback with fake peers, and a clinic set up from deploy/sample/scheduling.json for each test. It is
// Monday, 23 November 2026, noon in New York.
class ServiceTest : public ::testing::Test {
 protected:
  using Stub = v1::SchedulingService::Stub;
  using Roles = std::vector<common::v1::Role>;

  ServiceTest();
  void SetUp() override;

  static testing::TestService& Service();
  // What Service() serves, on the same fake peers: for one more server beside it.
  static app::AppSpec ReplicaSpec(const WatchOptions& watch, const ImprovementOptions& improvements = {});
  static FakeReadinessGate& Readiness();
  static FakeReservingGate& Billing();
  static FakeReservingGate& Authorization();
  static HoldingImprover& Improver();

  // A name in this test's clinic: Name("rooms/infusion-1").
  std::string Name(const std::string& path) const { return absl::StrCat("clinics/", clinic_, "/", path); }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, Roles roles = {common::v1::ROLE_ASSISTANT},
                                const std::string& clinic = "") {
    grpc::ClientContext context;
    Service().As(context, clinic.empty() ? clinic_ : clinic, std::move(roles));
    Response response;
    const absl::Status status = rpc::FromGrpc((stub_.get()->*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // Makes another clinic like the first, which is this test's from then on.
  void SetUpAnotherClinic();
  // Makes the calls of deploy/sample/{name}.json for this test's clinic.
  void LoadSample(const std::string& name);

  // Starts a course of an own patient from 30 November on.
  v1::Course MakeCourse(const std::string& program, const std::string& patient = "ann");
  v1::ProposeBlockResponse Propose(const v1::Course& course, int max_proposals = 3);
  v1::Hold MakeHold(const v1::BlockPlan& plan);
  v1::BookBlockRequest BookRequest(const v1::BlockPlan& plan) const;
  v1::BookBlockResponse MakeBooking(const v1::BlockPlan& plan);
  v1::Appointment Get(const std::string& name);
  absl::CivilDay DayOf(const google::protobuf::Timestamp& time) const;

  std::string clinic_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_SERVICE_FIXTURE_H_
