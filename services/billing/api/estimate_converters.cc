#include "services/billing/api/estimate_converters.h"

#include "libs/rpc/convert.h"

namespace kat::billing {
namespace {

v1::EstimateLine ToProto(const View& view, const EstimateLine& line) {
  v1::EstimateLine out;
  out.set_visit_type(line.visit_type);
  out.set_description(line.description);
  out.set_service_code(line.service_code);
  out.set_quantity(line.quantity);
  *out.mutable_unit_price() = view.Money(line.unit_price);
  *out.mutable_amount() = view.Money(line.amount());
  *out.mutable_discount() = view.Money(line.discount);
  return out;
}

v1::PaymentScenario ToProto(const View& view, const PaymentScenario& scenario) {
  v1::PaymentScenario out;
  out.set_kind(static_cast<v1::PaymentScenario::Kind>(scenario.kind));
  *out.mutable_due_before_booking() = view.Money(scenario.due_before_booking);
  for (const PlannedInstallment& installment : scenario.installments) {
    v1::PlannedInstallment& added = *out.add_installments();
    added.set_session_number(installment.session_number);
    *added.mutable_amount() = view.Money(installment.amount);
  }
  return out;
}

}  // namespace

v1::BillingArrangement ToProto(const View& view, const BillingArrangement& arrangement) {
  v1::BillingArrangement out;
  out.set_name(view.Name("billingArrangements", arrangement.id));
  out.set_patient(view.Name("patients", arrangement.patient));
  out.set_program(arrangement.program);
  out.set_mode(static_cast<v1::BillingMode>(arrangement.mode));
  out.set_payer(view.Name("payers", arrangement.payer));
  out.set_member_id(arrangement.member_id);
  if (arrangement.billing_consent_date) SetDay(arrangement.billing_consent_date, out.mutable_billing_consent_date());
  for (const std::string& code : arrangement.diagnosis_codes) out.add_diagnosis_codes(code);
  out.set_established_patient(arrangement.established_patient);
  out.set_referring_npi(arrangement.referring_npi);
  out.set_manufacturer_savings(arrangement.manufacturer_savings);
  out.set_etag(rpc::Etag(arrangement.version));
  *out.mutable_create_time() = rpc::ToProto(arrangement.create_time);
  *out.mutable_update_time() = rpc::ToProto(arrangement.update_time);
  return out;
}

absl::StatusOr<BillingArrangement> FromProto(const v1::BillingArrangement& arrangement) {
  BillingArrangement out;
  out.patient = IdOf<PatientId>(arrangement.patient());
  out.program = arrangement.program();
  out.mode = static_cast<BillingMode>(arrangement.mode());
  out.payer = IdOf<PayerId>(arrangement.payer());
  out.member_id = arrangement.member_id();
  ASSIGN_OR_RETURN(out.billing_consent_date,
                   DayOf(arrangement.has_billing_consent_date(), arrangement.billing_consent_date(),
                         "billing_arrangement.billing_consent_date"));
  out.diagnosis_codes.assign(arrangement.diagnosis_codes().begin(), arrangement.diagnosis_codes().end());
  out.established_patient = arrangement.established_patient();
  out.referring_npi = arrangement.referring_npi();
  out.manufacturer_savings = arrangement.manufacturer_savings();
  return out;
}

v1::Estimate ToProto(const View& view, const Estimate& estimate) {
  v1::Estimate out;
  out.set_name(view.Name("estimates", estimate.id));
  out.set_patient(view.Name("patients", estimate.patient));
  out.set_program(estimate.program);
  out.set_state(static_cast<v1::Estimate::State>(estimate.state));
  out.set_price_list(view.Name("priceLists", estimate.price_list));
  for (const EstimateLine& line : estimate.lines) *out.add_lines() = ToProto(view, line);
  *out.mutable_subtotal() = view.Money(estimate.subtotal());
  *out.mutable_discount() = view.Money(estimate.discount());
  *out.mutable_total() = view.Money(estimate.total());
  for (const PaymentScenario& scenario : estimate.scenarios) *out.add_scenarios() = ToProto(view, scenario);
  out.set_accepted_scenario(static_cast<v1::PaymentScenario::Kind>(estimate.accepted_scenario));
  *out.mutable_expire_time() = rpc::ToProto(estimate.expire_time);
  if (estimate.accept_time) *out.mutable_accept_time() = rpc::ToProto(*estimate.accept_time);
  out.set_etag(rpc::Etag(estimate.version));
  *out.mutable_create_time() = rpc::ToProto(estimate.create_time);
  *out.mutable_update_time() = rpc::ToProto(estimate.update_time);
  return out;
}

absl::StatusOr<EstimateRequest> FromProto(const View& view, const v1::CreateEstimateRequest& request) {
  EstimateRequest out;
  out.patient = IdOf<PatientId>(request.patient());
  out.program = request.program();
  for (const v1::EstimateItem& item : request.items()) out.items.push_back({item.visit_type(), item.quantity()});
  if (request.has_discount()) {
    ASSIGN_OR_RETURN(out.discount, MinorOf(view, request.discount(), "discount"));
  }
  out.discount_reason = request.discount_reason();
  out.plan_sessions.assign(request.plan_sessions().begin(), request.plan_sessions().end());
  out.offer_financing = request.offer_financing();
  return out;
}

v1::GoodFaithEstimate ToProto(const View& view, const GoodFaithEstimate& estimate) {
  v1::GoodFaithEstimate out;
  out.set_name(view.Name("goodFaithEstimates", estimate.id));
  out.set_patient(view.Name("patients", estimate.patient));
  out.set_program(estimate.program);
  out.set_estimate(view.Name("estimates", estimate.estimate));
  out.set_state(static_cast<v1::GoodFaithEstimate::State>(estimate.state));
  out.set_trigger(static_cast<v1::GoodFaithEstimate::Trigger>(estimate.trigger));
  *out.mutable_trigger_time() = rpc::ToProto(estimate.trigger_time);
  *out.mutable_due_date() = rpc::ToProto(estimate.due_date);
  out.set_patient_display_name(estimate.patient_display_name);
  if (estimate.birth_date) SetDay(estimate.birth_date, out.mutable_birth_date());
  out.set_primary_description(estimate.primary_description);
  if (estimate.service_date) SetDay(estimate.service_date, out.mutable_service_date());
  for (const std::string& code : estimate.diagnosis_codes) out.add_diagnosis_codes(code);
  out.set_recurrence(estimate.recurrence);
  if (estimate.period_start) SetDay(estimate.period_start, out.mutable_period_start());
  if (estimate.period_end) SetDay(estimate.period_end, out.mutable_period_end());
  for (const std::string& item : estimate.separately_scheduled_items) out.add_separately_scheduled_items(item);
  for (const EstimateLine& line : estimate.lines) *out.add_lines() = ToProto(view, line);
  *out.mutable_total() = view.Money(estimate.total());
  out.set_provider(estimate.provider);
  for (const std::string& disclaimer : Disclaimers()) out.add_disclaimers(disclaimer);
  for (const std::string& element : MissingElements(estimate)) out.add_missing_elements(element);
  if (estimate.deliver_time) *out.mutable_deliver_time() = rpc::ToProto(*estimate.deliver_time);
  out.set_method(static_cast<v1::GoodFaithEstimate::Method>(estimate.method));
  out.set_supersedes(view.Name("goodFaithEstimates", estimate.supersedes));
  out.set_etag(rpc::Etag(estimate.version));
  *out.mutable_create_time() = rpc::ToProto(estimate.create_time);
  *out.mutable_update_time() = rpc::ToProto(estimate.update_time);
  return out;
}

absl::Status Merge(const v1::GoodFaithEstimate& from, GoodFaithEstimate& estimate) {
  estimate.patient_display_name = from.patient_display_name();
  ASSIGN_OR_RETURN(estimate.birth_date,
                   DayOf(from.has_birth_date(), from.birth_date(), "good_faith_estimate.birth_date"));
  estimate.primary_description = from.primary_description();
  ASSIGN_OR_RETURN(estimate.service_date,
                   DayOf(from.has_service_date(), from.service_date(), "good_faith_estimate.service_date"));
  estimate.diagnosis_codes.assign(from.diagnosis_codes().begin(), from.diagnosis_codes().end());
  estimate.recurrence = from.recurrence();
  ASSIGN_OR_RETURN(estimate.period_start,
                   DayOf(from.has_period_start(), from.period_start(), "good_faith_estimate.period_start"));
  ASSIGN_OR_RETURN(estimate.period_end,
                   DayOf(from.has_period_end(), from.period_end(), "good_faith_estimate.period_end"));
  estimate.separately_scheduled_items.assign(from.separately_scheduled_items().begin(),
                                             from.separately_scheduled_items().end());
  return CheckGoodFaith(estimate);
}

}  // namespace kat::billing
