#include "absl/strings/str_cat.h"
#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"
#include "services/billing/clients/grpc_peers.h"

namespace kat::billing {
namespace {

namespace v1 = authorization::v1;

constexpr char kPeer[] = "authorization";

bool IsGovernment(v1::LineOfBusiness line) {
  switch (line) {
    case v1::LINE_OF_BUSINESS_MEDICARE_ADVANTAGE:
    case v1::LINE_OF_BUSINESS_MEDICARE_PART_D:
    case v1::LINE_OF_BUSINESS_MEDICARE_FFS:
    case v1::LINE_OF_BUSINESS_MEDICAID_FFS:
    case v1::LINE_OF_BUSINESS_MEDICAID_MANAGED_CARE:
      return true;
    default:
      return false;
  }
}

absl::Status Read(const v1::ClaimAuthorization& claim, SessionFacts& facts) {
  facts.drug = claim.drug();
  facts.self_pay = claim.self_pay();
  facts.authorization_needed = claim.requirement() == v1::REQUIREMENT_REQUIRED;
  facts.authorization_settled = claim.consumed();
  facts.authorization_number = claim.number();
  if (claim.valid().has_from()) {
    ASSIGN_OR_RETURN(facts.authorized_from, rpc::FromProto(claim.valid().from(), "valid.from"));
  }
  if (claim.valid().has_until()) {
    ASSIGN_OR_RETURN(facts.authorized_until, rpc::FromProto(claim.valid().until(), "valid.until"));
  }
  facts.units_overrun = claim.overrun().visits() > 0 || claim.overrun().drug_mg() > 0 || claim.overrun().devices() > 0;
  facts.rems_required = claim.rems_required();
  facts.rems_setting_active = claim.rems_setting_certified();
  facts.rems_patient_active = claim.rems_patient_enrolled();
  facts.monitoring_form_submitted = claim.monitoring_form_submitted();
  if (claim.has_monitoring_form_due_time())
    facts.monitoring_form_due = rpc::FromProto(claim.monitoring_form_due_time());
  facts.drug_supplied_by_clinic = claim.drug_supplied_by_clinic();
  facts.government_payer = IsGovernment(claim.line_of_business());
  facts.payer = PayerId(rpc::LastSegment(claim.payer()));
  facts.member_id = claim.member_id();
  return absl::OkStatus();
}

class GrpcAuthorization final : public AuthorizationClient {
 public:
  explicit GrpcAuthorization(std::shared_ptr<grpc::Channel> channel)
      : stub_(v1::AuthorizationService::NewStub(std::move(channel))) {}

  absl::Status ReadClaimAuthorization(const ClinicId& clinic, const AppointmentId& appointment,
                                      SessionFacts& facts) override {
    grpc::ClientContext context;
    rpc::PreparePeerCall(context, clinic);
    v1::GetClaimAuthorizationRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic.str()));
    request.set_appointment(absl::StrCat(request.parent(), "/appointments/", appointment.str()));
    v1::ClaimAuthorization response;
    RETURN_IF_ERROR(rpc::FromPeer(kPeer, stub_->GetClaimAuthorization(&context, request, &response)));
    return Read(response, facts);
  }

 private:
  std::unique_ptr<v1::AuthorizationService::Stub> stub_;
};

}  // namespace

std::shared_ptr<AuthorizationClient> MakeAuthorizationClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_shared<GrpcAuthorization>(std::move(channel));
}

}  // namespace kat::billing
