#include "services/billing/api/plan_converters.h"

#include "libs/rpc/convert.h"

namespace kat::billing {
namespace {

// Who meets a condition: prices are the administrator's, everything else the front desk's or the biller's.
common::v1::Role ResponsibleFor(const std::string& code) {
  if (code == "PRICE_LIST_MISSING") return common::v1::ROLE_CLINIC_ADMIN;
  if (code == "GOOD_FAITH_ESTIMATE_DUE" || code == "INSTALLMENT_FAILED") return common::v1::ROLE_BILLER;
  return common::v1::ROLE_ASSISTANT;
}

}  // namespace

v1::PaymentPlan ToProto(const View& view, const PaymentPlan& plan) {
  v1::PaymentPlan out;
  out.set_name(view.Name("paymentPlans", plan.id));
  out.set_patient(view.Name("patients", plan.patient));
  out.set_estimate(view.Name("estimates", plan.estimate));
  out.set_card(view.Name("cardsOnFile", plan.card));
  for (const Installment& installment : plan.installments) {
    v1::Installment& added = *out.add_installments();
    added.set_session_number(installment.session_number);
    *added.mutable_amount() = view.Money(installment.amount);
    added.set_state(static_cast<v1::Installment::State>(installment.state));
    if (installment.due_time) *added.mutable_due_time() = rpc::ToProto(*installment.due_time);
    added.set_appointment(view.Name("appointments", installment.appointment));
    added.set_attempts(installment.attempts);
    added.set_last_decline_code(installment.last_decline_code);
    added.set_payment(view.Name("payments", installment.payment));
  }
  out.set_program(plan.program);
  out.set_course(view.Name("courses", plan.course));
  out.set_state(static_cast<v1::PaymentPlan::State>(plan.state));
  out.set_etag(rpc::Etag(plan.version));
  *out.mutable_create_time() = rpc::ToProto(plan.create_time);
  *out.mutable_update_time() = rpc::ToProto(plan.update_time);
  return out;
}

absl::StatusOr<PaymentPlan> FromProto(const View& view, const v1::PaymentPlan& plan) {
  PaymentPlan out;
  out.patient = IdOf<PatientId>(plan.patient());
  out.estimate = IdOf<EstimateId>(plan.estimate());
  out.card = IdOf<CardId>(plan.card());
  for (int i = 0; i < plan.installments_size(); ++i) {
    Installment installment{.session_number = plan.installments(i).session_number()};
    ASSIGN_OR_RETURN(installment.amount, MinorOf(view, plan.installments(i).amount(),
                                                 absl::StrCat("payment_plan.installments[", i, "].amount")));
    out.installments.push_back(std::move(installment));
  }
  return out;
}

v1::FinancingApplication ToProto(const View& view, const FinancingApplication& application) {
  v1::FinancingApplication out;
  out.set_name(view.Name("financingApplications", application.id));
  out.set_patient(view.Name("patients", application.patient));
  out.set_program(application.program);
  out.set_lender(static_cast<v1::Tender>(application.lender));
  out.set_estimate(view.Name("estimates", application.estimate));
  out.set_lender_reference(application.lender_reference);
  out.set_state(static_cast<v1::FinancingApplication::State>(application.state));
  *out.mutable_approved_limit() = view.Money(application.approved_limit);
  *out.mutable_sale_amount() = view.Money(application.sale_amount);
  out.set_promotion_months(application.promotion_months);
  *out.mutable_fee() = view.Money(application.fee);
  out.set_payment(view.Name("payments", application.payment));
  if (application.apply_time) *out.mutable_apply_time() = rpc::ToProto(*application.apply_time);
  for (const auto event : PossibleEvents(application.lender, application.state)) {
    out.add_possible_events(static_cast<v1::FinancingApplication::Event>(event));
  }
  out.set_etag(rpc::Etag(application.version));
  *out.mutable_create_time() = rpc::ToProto(application.create_time);
  *out.mutable_update_time() = rpc::ToProto(application.update_time);
  return out;
}

absl::StatusOr<FinancingFacts> FromProto(const View& view, const v1::RecordFinancingEventRequest& request) {
  FinancingFacts facts;
  facts.event = static_cast<FinancingApplication::Event>(request.event());
  if (request.has_approved_limit()) {
    ASSIGN_OR_RETURN(facts.approved_limit, MinorOf(view, request.approved_limit(), "approved_limit"));
  }
  if (request.has_sale_amount()) {
    ASSIGN_OR_RETURN(facts.sale_amount, MinorOf(view, request.sale_amount(), "sale_amount"));
  }
  if (request.has_fee()) {
    ASSIGN_OR_RETURN(facts.fee, MinorOf(view, request.fee(), "fee"));
  }
  facts.promotion_months = request.promotion_months();
  facts.lender_reference = request.lender_reference();
  return facts;
}

common::v1::Condition ToProto(const View& view, const PatientId& patient, const Condition& condition) {
  common::v1::Condition out;
  out.set_code(condition.code);
  out.set_state(static_cast<common::v1::Condition::State>(condition.state));
  out.set_owner("billing");
  out.set_subject(condition.subject.empty() ? view.Name("patients", patient)
                                            : absl::StrCat("clinics/", view.clinic.str(), "/", condition.subject));
  out.set_description(condition.description);
  out.set_responsible(ResponsibleFor(condition.code));
  if (condition.expire_time) *out.mutable_expire_time() = rpc::ToProto(*condition.expire_time);
  return out;
}

v1::FinancialReservation ToProto(const View& view, const FinancialReservation& reservation) {
  v1::FinancialReservation out;
  out.set_name(view.Name("financialReservations", reservation.id));
  out.set_patient(view.Name("patients", reservation.patient));
  out.set_course(view.Name("courses", reservation.course));
  out.set_program(reservation.program);
  out.set_state(static_cast<v1::FinancialReservation::State>(reservation.state));
  *out.mutable_amount() = view.Money(reservation.amount);
  for (const Condition& condition : reservation.conditions) {
    *out.add_conditions() = ToProto(view, reservation.patient, condition);
  }
  *out.mutable_expire_time() = rpc::ToProto(reservation.expire_time);
  out.set_etag(rpc::Etag(reservation.version));
  *out.mutable_create_time() = rpc::ToProto(reservation.create_time);
  *out.mutable_update_time() = rpc::ToProto(reservation.update_time);
  return out;
}

v1::ClaimLine ToProto(const View& view, const ClaimLine& line) {
  v1::ClaimLine out;
  out.set_code(line.code);
  for (const std::string& modifier : line.modifiers) out.add_modifiers(modifier);
  out.set_units(line.units);
  *out.mutable_charge() = view.Money(line.charge);
  out.set_drug_identification(line.drug_identification);
  return out;
}

v1::Claim ToProto(const View& view, const Claim& claim) {
  v1::Claim out;
  out.set_name(view.Name("claims", claim.id));
  out.set_patient(view.Name("patients", claim.patient));
  out.set_appointment(view.Name("appointments", claim.appointment));
  out.set_course(view.Name("courses", claim.course));
  out.set_payer(view.Name("payers", claim.payer));
  out.set_program(claim.program);
  *out.mutable_service_date() = rpc::ToProto(claim.service_date);
  out.set_state(static_cast<v1::Claim::State>(claim.state));
  for (const ClaimLine& line : claim.lines) *out.add_lines() = ToProto(view, line);
  *out.mutable_total_charge() = view.Money(claim.total_charge());
  for (const std::string& code : claim.diagnosis_codes) out.add_diagnosis_codes(code);
  out.set_place_of_service(claim.place_of_service);
  out.set_member_id(claim.member_id);
  out.set_authorization_number(claim.authorization_number);
  out.set_rendering_npi(claim.rendering_npi);
  out.set_billing_npi(claim.billing_npi);
  out.set_ndc(claim.ndc);
  out.set_eligibility_confirmed(claim.eligibility_confirmed);
  for (const ScrubFinding& finding : claim.findings) {
    v1::ScrubFinding& added = *out.add_findings();
    added.set_code(finding.code);
    added.set_severity(static_cast<v1::ScrubFinding::Severity>(finding.severity));
    added.set_message(finding.message);
  }
  *out.mutable_filing_deadline() = rpc::ToProto(claim.filing_deadline);
  out.set_submission_channel(claim.submission_channel);
  out.set_submission_reference(claim.submission_reference);
  if (claim.submit_time) *out.mutable_submit_time() = rpc::ToProto(*claim.submit_time);
  out.set_payer_control_number(claim.payer_control_number);
  *out.mutable_paid_amount() = view.Money(claim.paid_amount);
  for (const std::string& code : claim.adjustment_codes) out.add_adjustment_codes(code);
  for (const Claim::Event event : PossibleEvents(claim.state))
    out.add_possible_events(static_cast<v1::Claim::Event>(event));
  out.set_etag(rpc::Etag(claim.version));
  *out.mutable_create_time() = rpc::ToProto(claim.create_time);
  *out.mutable_update_time() = rpc::ToProto(claim.update_time);
  return out;
}

}  // namespace kat::billing
