#include "services/billing/api/claim_handlers.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/billing/api/plan_converters.h"
#include "services/billing/books/claims.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

using ClaimId = Id<struct ClaimTag>;

constexpr char kOffice[] = "11";  // place of service of a clinic that has no code set

}  // namespace

void ClaimHandlers::Register(rpc::Service& service) {
  service.Unary("GetClaim", this, &ClaimHandlers::GetClaim);
  service.Unary("ListClaims", this, &ClaimHandlers::ListClaims);
  service.Unary("UpdateClaim", this, &ClaimHandlers::UpdateClaim);
  service.Unary("ScrubClaim", this, &ClaimHandlers::Scrub);
  service.Unary("MarkClaimSubmitted", this, &ClaimHandlers::MarkSubmitted);
  service.Unary("RecordClaimEvent", this, &ClaimHandlers::RecordEvent);
  service.Unary("GetSuperbill", this, &ClaimHandlers::GetSuperbill);
}

absl::StatusOr<v1::Claim> ClaimHandlers::GetClaim(rpc::Call& call, const v1::GetClaimRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Claim> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Claim claim, tx.GetClaim(IdOf<ClaimId>(request.name())));
    return ToProto(view, claim);
  });
}

absl::StatusOr<v1::ListClaimsResponse> ClaimHandlers::ListClaims(rpc::Call& call,
                                                                 const v1::ListClaimsRequest& request) {
  return ServePage<v1::ListClaimsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) {
        return tx.ListClaims(IdOf<PatientId>(request.patient()), static_cast<int>(request.state()),
                             IdOf<AppointmentId>(request.appointment()), run);
      },
      [](const View& view, const Claim& claim, v1::ListClaimsResponse& response) {
        *response.add_claims() = ToProto(view, claim);
      });
}

absl::StatusOr<v1::Claim> ClaimHandlers::UpdateClaim(rpc::Call& call, const v1::UpdateClaimRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Claim> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Claim claim, tx.GetClaim(IdOf<ClaimId>(request.claim().name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.claim().etag(), claim.version, "claim"));
    v1::Claim merged = ToProto(view, claim);
    RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.claim(), &merged));
    claim.diagnosis_codes.assign(merged.diagnosis_codes().begin(), merged.diagnosis_codes().end());
    claim.rendering_npi = merged.rendering_npi();
    claim.ndc = merged.ndc();
    claim.eligibility_confirmed = merged.eligibility_confirmed();
    RETURN_IF_ERROR(Move(claim, Claim::Event::kEdit, "update", tx.now()));
    RETURN_IF_ERROR(SaveClaim(tx, claim, "claim.updated"));
    return ToProto(view, claim);
  });
}

absl::StatusOr<v1::Claim> ClaimHandlers::Scrub(rpc::Call& call, const v1::ScrubClaimRequest& request) {
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::Claim>(store_));
  if (replayed) return *replayed;
  AppointmentId appointment;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(const Claim claim, tx.GetClaim(IdOf<ClaimId>(request.name())));
                               appointment = claim.appointment;
                               return absl::OkStatus();
                             }));
  ASSIGN_OR_RETURN(const SessionFacts session, ReadSession(peers_, call.clinic(), appointment));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Claim> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Claim claim, tx.GetClaim(IdOf<ClaimId>(request.name())));
    RETURN_IF_ERROR(ScrubClaim(tx, claim, session));
    return ToProto(view, claim);
  });
}

absl::StatusOr<v1::Claim> ClaimHandlers::MarkSubmitted(rpc::Call& call, const v1::MarkClaimSubmittedRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Claim> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Claim claim, tx.GetClaim(IdOf<ClaimId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), claim.version, "claim"));
    RETURN_IF_ERROR(Move(claim, Claim::Event::kSubmit, "submit", tx.now()));
    claim.submission_channel = request.channel();
    claim.submission_reference = request.reference();
    claim.submit_time = tx.now();
    RETURN_IF_ERROR(SaveClaim(tx, claim, "claim.submitted"));
    return ToProto(view, claim);
  });
}

absl::StatusOr<v1::Claim> ClaimHandlers::RecordEvent(rpc::Call& call, const v1::RecordClaimEventRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Claim> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Claim claim, tx.GetClaim(IdOf<ClaimId>(request.name())));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), claim.version, "claim"));
    const auto event = static_cast<Claim::Event>(request.event());
    if (event == Claim::Event::kPay || event == Claim::Event::kPayPart) {
      if (!request.has_paid_amount()) return InvalidField("paid_amount", "is required for a payment");
      ASSIGN_OR_RETURN(claim.paid_amount, MinorOf(view, request.paid_amount(), "paid_amount"));
      RETURN_IF_ERROR(CheckAmount(claim.paid_amount, 0, "paid_amount"));
    }
    RETURN_IF_ERROR(Move(claim, event, "record this event", tx.now()));
    if (!request.payer_control_number().empty()) claim.payer_control_number = request.payer_control_number();
    claim.adjustment_codes.assign(request.adjustment_codes().begin(), request.adjustment_codes().end());
    RETURN_IF_ERROR(SaveClaim(tx, claim, "claim.updated"));
    return ToProto(view, claim);
  });
}

absl::StatusOr<v1::Superbill> ClaimHandlers::GetSuperbill(rpc::Call& call, const v1::GetSuperbillRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Superbill> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const auto charge, tx.ChargeOf(IdOf<AppointmentId>(request.appointment())));
    if (!charge) return errors::NoSuperbill();
    ASSIGN_OR_RETURN(const BillingSettings settings, tx.Settings());
    ASSIGN_OR_RETURN(const auto arrangement, tx.FindArrangement(charge->patient, charge->program));
    ASSIGN_OR_RETURN(const auto set, tx.CodeSetInForce(PayerId(), charge->program, charge->service_date));
    ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, charge->patient));
    v1::Superbill bill;
    bill.set_patient(view.Name("patients", charge->patient));
    bill.set_appointment(request.appointment());
    bill.set_provider(ProviderBlock(settings));
    if (arrangement) {
      bill.set_referring_npi(arrangement->referring_npi);
      for (const std::string& code : arrangement->diagnosis_codes) bill.add_diagnosis_codes(code);
    }
    *bill.mutable_service_date() = rpc::ToProto(charge->service_date);
    bill.set_place_of_service(set ? set->place_of_service : kOffice);
    *bill.add_lines() = ToProto(view, ClaimLine{.code = charge->service_code, .units = 1, .charge = charge->amount});
    // What the patient owes in all is put on this visit first, so that it never says more than was paid.
    const Minor paid = std::max<Minor>(0, charge->amount - std::max<Minor>(0, owed));
    *bill.mutable_total() = view.Money(charge->amount);
    *bill.mutable_paid() = view.Money(paid);
    bill.set_paid_in_full(paid == charge->amount);
    bill.set_statement("This is a statement of services for the patient's records and is not a claim.");
    return bill;
  });
}

}  // namespace kat::billing
