#ifndef KAT_SERVICES_INTAKE_API_RPC_FIXTURE_H_
#define KAT_SERVICES_INTAKE_API_RPC_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"
#include "services/intake/wire.h"

// A clinic with the policies of an IV ketamine program, and short ways to call the service as this or that role.
namespace kat::intake {

namespace v1 = ::kat::intake::v1;
using common::v1::Role;
using Stub = v1::IntakeService::Stub;

inline testing::TestService& Service() {
  static auto* const service = new testing::TestService(Spec());
  return *service;
}

inline google::type::Date Date(int year, int month, int day) { return rpc::ToProto(absl::CivilDay(year, month, day)); }

class IntakeRpc : public ::testing::Test {
 protected:
  // Monday, 10:00 in New York.
  static constexpr absl::CivilSecond kStart{2026, 11, 23, 15, 0, 0};

  IntakeRpc() : clinic_(Service().NewClinic()), stub_(v1::IntakeService::NewStub(Service().channel())) {
    Service().clock().Set(absl::FromCivil(kStart, absl::UTCTimeZone()));
  }

  std::string ClinicPath() const { return "clinics/" + clinic_; }

  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, Role role = common::v1::ROLE_ASSISTANT,
                                const std::string& clinic = "") {
    grpc::ClientContext context;
    Service().As(context, clinic.empty() ? clinic_ : clinic, {role}, "tester");
    Response response;
    const absl::Status status = rpc::FromGrpc(((*stub_).*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  // The same for a mutation, with a fresh request id.
  template <class Request, class Response>
  absl::StatusOr<Response> Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              Request request, Role role = common::v1::ROLE_ASSISTANT) {
    request.set_request_id(NewId());
    return Call(method, request, role);
  }

  // Makes rules, policy, consent and a template with every kind of step.
  void Configure();
  v1::Patient NewPatient(const std::string& family = "Ruiz") const;
  // Refers a new patient to the program; EXPECTs success.
  v1::ReceiveReferralResponse Refer(const std::string& family = "Ruiz");
  absl::StatusOr<v1::Readiness> Readiness(const std::string& patient, int days_ahead = 0);
  // Codes of unmet conditions, sorted.
  std::vector<std::string> Unmet(const std::string& patient, int days_ahead = 0);

  v1::MedicalScreening Screening(v1::ScreeningAnswer::Answer hemorrhage, int systolic = 120) const;
  absl::StatusOr<v1::Measure> Phq9(const std::string& patient, int item9);
  absl::StatusOr<v1::Document> File(const std::string& patient, const std::string& type);
  v1::RecordsRequest RecordsDraft() const;
  absl::StatusOr<v1::Consent> Sign(const std::string& patient);
  absl::StatusOr<v1::Clearance> Clear(const std::string& patient);
  absl::StatusOr<v1::RecordsRequest> ReceiveAll(const std::string& patient);
  // Everything that the template asks for.
  void Complete(const std::string& patient);

  // How many open works of `kind` the clinic's events leave: opened less closed, by subject.
  int OpenWork(const std::string& kind);
  int CountEvents(const std::string& type);

  std::string clinic_;
  std::unique_ptr<Stub> stub_;
  v1::ConsentTemplate consent_template_;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_RPC_FIXTURE_H_
