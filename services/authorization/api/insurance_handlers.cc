#include <utility>

#include "libs/base/error.h"
#include "services/authorization/api/convert_payer.h"
#include "services/authorization/api/payer_handlers.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/ops/authorizations.h"
#include "services/authorization/ops/publish.h"

namespace kat::authorization::api {
namespace {

using store::Lock;
using store::Tx;

absl::Status Tell(Tx& tx, const domain::Insurance& insurance, const char* type) {
  return tx.Publish({.type = type,
                     .subject = ResourceName(tx.clinic(), kInsurances, insurance.id),
                     .subject_version = insurance.version,
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, insurance.patient)},
                                 {"payer", ResourceName(tx.clinic(), kPayers, insurance.payer)}}});
}

absl::Status Tell(Tx& tx, const domain::SelfPay& self_pay, const char* type) {
  return tx.Publish({.type = type,
                     .subject = ResourceName(tx.clinic(), kSelfPay, self_pay.id),
                     .subject_version = self_pay.version,
                     .related = {{"patient", ResourceName(tx.clinic(), kPatients, self_pay.patient)}}});
}

// Opens work on running authorizations that the insurance, as it now stands, does not reach to the end of.
absl::Status CheckOutlived(Tx& tx, const domain::Insurance& insurance) {
  if (!insurance.effective_until) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<domain::PriorAuthorization> auths,
                   tx.ListAuthorizations({.patient = insurance.patient}, {.limit = 200}));
  for (const domain::PriorAuthorization& auth : auths) {
    if (auth.insurance != insurance.id || !Running(auth.state) || *auth.valid_until <= *insurance.effective_until)
      continue;
    tx::Event event{.type = "prior_authorization.work",
                    .subject = ResourceName(tx.clinic(), kAuthorizations, auth.id),
                    .subject_version = auth.version,
                    .state = std::string(Name(auth.state)),
                    .related = {{"patient", ResourceName(tx.clinic(), kPatients, auth.patient)}}};
    event.work =
        ToWork({"AUTHORIZATION_COVERAGE_CHANGED", domain::Role::kAssistant, std::nullopt, domain::Urgency::kSoon});
    RETURN_IF_ERROR(tx.Publish(event));
  }
  return absl::OkStatus();
}

}  // namespace

void InsuranceHandlers::Register(rpc::Service& service) {
  service.Unary("CreateInsuranceCoverage", this, &InsuranceHandlers::Create);
  service.Unary("GetInsuranceCoverage", this, &InsuranceHandlers::Get);
  service.Unary("ListInsuranceCoverages", this, &InsuranceHandlers::List);
  service.Unary("UpdateInsuranceCoverage", this, &InsuranceHandlers::Update);
  service.Unary("VerifyInsuranceCoverage", this, &InsuranceHandlers::Verify);
  service.Unary("ElectSelfPay", this, &InsuranceHandlers::Elect);
  service.Unary("EndSelfPay", this, &InsuranceHandlers::End);
  service.Unary("ListSelfPayElections", this, &InsuranceHandlers::ListSelfPay);
}

absl::StatusOr<v1::InsuranceCoverage> InsuranceHandlers::Create(rpc::Call& call,
                                                                const v1::CreateInsuranceCoverageRequest& request) {
  ASSIGN_OR_RETURN(const domain::Insurance draft, FromProto(request.insurance_coverage()));
  RETURN_IF_ERROR(ValidateInsurance(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::InsuranceCoverage> {
    RETURN_IF_ERROR(tx.FindPayer(draft.payer).status());
    domain::Insurance insurance = draft;
    insurance.id = domain::InsuranceId(NewId());
    insurance.version = 1;
    insurance.created_at = insurance.updated_at = tx.now();
    RETURN_IF_ERROR(tx.InsertInsurance(insurance));
    RETURN_IF_ERROR(Tell(tx, insurance, "insurance_coverage.created"));
    return ToProto(call.clinic(), insurance);
  });
}

absl::StatusOr<v1::InsuranceCoverage> InsuranceHandlers::Get(rpc::Call& call,
                                                             const v1::GetInsuranceCoverageRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::InsuranceCoverage> {
    ASSIGN_OR_RETURN(const domain::Insurance insurance, tx.FindInsurance(IdOf<domain::InsuranceId>(request.name())));
    return ToProto(call.clinic(), insurance);
  });
}

absl::StatusOr<v1::ListInsuranceCoveragesResponse> InsuranceHandlers::List(
    rpc::Call& call, const v1::ListInsuranceCoveragesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  ASSIGN_OR_RETURN(const auto as_of, OptionalDay(request.has_as_of_date(), request.as_of_date(), "as_of_date"));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListInsuranceCoveragesResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::Insurance> insurances,
                     tx.ListInsurances(IdOf<PatientId>(request.patient()), as_of, ToSlice(page)));
    v1::ListInsuranceCoveragesResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, insurances, [](const domain::Insurance& i) {
      return std::vector<std::string>{i.patient.str(), std::to_string(i.rank), i.id.str()};
    }));
    for (const domain::Insurance& i : insurances) *response.add_insurance_coverages() = ToProto(call.clinic(), i);
    return response;
  });
}

absl::StatusOr<v1::InsuranceCoverage> InsuranceHandlers::Update(rpc::Call& call,
                                                                const v1::UpdateInsuranceCoverageRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::InsuranceCoverage> {
    ASSIGN_OR_RETURN(const domain::Insurance stored,
                     tx.FindInsurance(IdOf<domain::InsuranceId>(request.insurance_coverage().name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.insurance_coverage().etag(), stored.version, "insurance coverage"));
    v1::InsuranceCoverage merged = ToProto(call.clinic(), stored);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.insurance_coverage(), &merged));
    ASSIGN_OR_RETURN(domain::Insurance insurance, FromProto(merged));
    RETURN_IF_ERROR(ValidateInsurance(insurance));
    if (insurance.patient != stored.patient) {
      return InvalidField("insurance_coverage.patient", "cannot be changed; add an insurance for the other patient");
    }
    if (insurance.member_id.empty()) return InvalidField("insurance_coverage.member_id", "is required");
    RETURN_IF_ERROR(tx.FindPayer(insurance.payer).status());
    if (insurance.payer == stored.payer && insurance.member_id == stored.member_id && insurance.plan == stored.plan) {
      insurance.verified_at = stored.verified_at;
      insurance.verified_by = stored.verified_by;
    }
    insurance.version = stored.version + 1;
    insurance.created_at = stored.created_at;
    insurance.updated_at = tx.now();
    RETURN_IF_ERROR(tx.UpdateInsurance(insurance));
    RETURN_IF_ERROR(Tell(tx, insurance, "insurance_coverage.updated"));
    if (insurance.effective_until != stored.effective_until) RETURN_IF_ERROR(CheckOutlived(tx, insurance));
    return ToProto(call.clinic(), insurance);
  });
}

absl::StatusOr<v1::InsuranceCoverage> InsuranceHandlers::Verify(rpc::Call& call,
                                                                const v1::VerifyInsuranceCoverageRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::InsuranceCoverage> {
    ASSIGN_OR_RETURN(domain::Insurance insurance,
                     tx.FindInsurance(IdOf<domain::InsuranceId>(request.name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), insurance.version, "insurance coverage"));
    const absl::Time at = request.has_verify_time() ? rpc::FromProto(request.verify_time()) : tx.now();
    RETURN_IF_ERROR(domain::NotInFuture(at, tx.now(), "verify_time"));
    insurance.verified_at = at;
    insurance.verified_by = call.identity().subject;
    insurance.updated_at = tx.now();
    ++insurance.version;
    RETURN_IF_ERROR(tx.UpdateInsurance(insurance));
    RETURN_IF_ERROR(Tell(tx, insurance, "insurance_coverage.verified"));
    return ToProto(call.clinic(), insurance);
  });
}

absl::StatusOr<v1::SelfPayElection> InsuranceHandlers::Elect(rpc::Call& call, const v1::ElectSelfPayRequest& request) {
  ASSIGN_OR_RETURN(const domain::SelfPay draft, FromProto(request.self_pay_election()));
  RETURN_IF_ERROR(ValidateSelfPay(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::SelfPayElection> {
    domain::SelfPay self_pay = draft;
    self_pay.id = domain::SelfPayId(NewId());
    self_pay.version = 1;
    self_pay.created_at = tx.now();
    RETURN_IF_ERROR(tx.InsertSelfPay(self_pay));
    RETURN_IF_ERROR(Tell(tx, self_pay, "self_pay.elected"));
    return ToProto(call.clinic(), self_pay);
  });
}

absl::StatusOr<v1::SelfPayElection> InsuranceHandlers::End(rpc::Call& call, const v1::EndSelfPayRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay until, rpc::FromProto(request.effective_until(), "effective_until"));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::SelfPayElection> {
    ASSIGN_OR_RETURN(domain::SelfPay self_pay, tx.FindSelfPay(IdOf<domain::SelfPayId>(request.name()), Lock::kWrite));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), self_pay.version, "self-pay election"));
    self_pay.effective_until = until;
    RETURN_IF_ERROR(ValidateSelfPay(self_pay));
    ++self_pay.version;
    RETURN_IF_ERROR(tx.UpdateSelfPay(self_pay));
    RETURN_IF_ERROR(Tell(tx, self_pay, "self_pay.ended"));
    return ToProto(call.clinic(), self_pay);
  });
}

absl::StatusOr<v1::ListSelfPayElectionsResponse> InsuranceHandlers::ListSelfPay(
    rpc::Call& call, const v1::ListSelfPayElectionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListSelfPayElectionsResponse> {
    ASSIGN_OR_RETURN(std::vector<domain::SelfPay> elections,
                     tx.ListSelfPay(IdOf<PatientId>(request.patient()), ToSlice(page)));
    v1::ListSelfPayElectionsResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, elections, [](const domain::SelfPay& s) { return std::vector<std::string>{s.id.str()}; }));
    for (const domain::SelfPay& s : elections) *response.add_self_pay_elections() = ToProto(call.clinic(), s);
    return response;
  });
}

}  // namespace kat::authorization::api
