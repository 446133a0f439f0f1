#include "absl/strings/str_cat.h"
#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/clients/summary_reader.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

namespace v1 = authorization::v1;
using Stub = v1::AuthorizationService::Stub;
constexpr char kService[] = "kat.authorization.v1.AuthorizationService";
constexpr char kSource[] = "authorization";

class AuthorizationSummary final : public SummarySource {
 public:
  explicit AuthorizationSummary(std::shared_ptr<grpc::Channel> channel) : stub_(v1::AuthorizationService::NewStub(channel)) {}

  absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call& caller, const PatientId& patient) override {
    const SourceRead call(caller);
    return std::vector<SummarySection>{Authorizations(call, patient), Forms(call, patient)};
  }

 private:
  SummarySection Authorizations(const SourceRead& call, const PatientId& patient) {
    v1::ListPriorAuthorizationsRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    return ReadSection(call, kService, "ListPriorAuthorizations", kSource, "prior authorizations", *stub_,
                       &Stub::ListPriorAuthorizations, request,
                       [](const v1::ListPriorAuthorizationsResponse& response, SummarySection& section) {
                         for (const v1::PriorAuthorization& a : response.prior_authorizations()) {
                           section.items.push_back({"PRIOR_AUTHORIZATION", a.name(),
                                                    absl::StrCat(a.program(), ", payer ", rpc::LastSegment(a.payer()), ", ",
                                                                 a.unmet_criteria(), " criteria unmet"),
                                                    v1::PriorAuthorization::State_Name(a.state()), rpc::FromProto(a.update_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  SummarySection Forms(const SourceRead& call, const PatientId& patient) {
    v1::ListMonitoringFormsRequest request;
    request.set_parent(names::Clinic(call.clinic()));
    request.set_patient(names::Of(call.clinic(), patient));
    return ReadSection(call, kService, "ListMonitoringForms", kSource, "REMS monitoring forms", *stub_, &Stub::ListMonitoringForms,
                       request, [](const v1::ListMonitoringFormsResponse& response, SummarySection& section) {
                         for (const v1::MonitoringForm& f : response.monitoring_forms()) {
                           section.items.push_back({"MONITORING_FORM", f.name(),
                                                    absl::StrCat(f.missing_fields_size(), " fields missing"),
                                                    v1::MonitoringForm::State_Name(f.state()), rpc::FromProto(f.due_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<SummarySource> MakeAuthorizationSummary(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<AuthorizationSummary>(std::move(channel));
}

}  // namespace kat::messaging
