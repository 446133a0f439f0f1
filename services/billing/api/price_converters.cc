#include "services/billing/api/price_converters.h"

#include "libs/rpc/convert.h"

namespace kat::billing {
namespace {

template <class Message>
void SetEffective(const EffectiveDays& days, Message& message) {
  *message.mutable_effective_from() = rpc::ToProto(days.from);
  if (days.until) *message.mutable_effective_until() = rpc::ToProto(*days.until);
}

template <class Message>
absl::StatusOr<EffectiveDays> EffectiveOf(const Message& message, const std::string& prefix) {
  EffectiveDays days;
  ASSIGN_OR_RETURN(days.from, rpc::FromProto(message.effective_from(), prefix + ".effective_from"));
  ASSIGN_OR_RETURN(days.until,
                   DayOf(message.has_effective_until(), message.effective_until(), prefix + ".effective_until"));
  return days;
}

absl::StatusOr<CodeRule> FromProto(const View& view, const v1::CodeRule& rule, const std::string& field) {
  CodeRule out;
  out.code = rule.code();
  out.kind = static_cast<CodeRule::Kind>(rule.kind());
  out.unit_basis = static_cast<CodeRule::UnitBasis>(rule.unit_basis());
  out.above_dose_mg = rule.above_dose_mg();
  out.up_to_dose_mg = rule.up_to_dose_mg();
  ASSIGN_OR_RETURN(out.service_from, DayOf(rule.has_service_from(), rule.service_from(), field + ".service_from"));
  ASSIGN_OR_RETURN(out.service_until, DayOf(rule.has_service_until(), rule.service_until(), field + ".service_until"));
  out.modifiers.assign(rule.modifiers().begin(), rule.modifiers().end());
  ASSIGN_OR_RETURN(out.unit_charge, MinorOf(view, rule.unit_charge(), field + ".unit_charge"));
  out.max_units_per_week = rule.max_units_per_week();
  return out;
}

v1::CodeRule ToProto(const View& view, const CodeRule& rule) {
  v1::CodeRule out;
  out.set_code(rule.code);
  out.set_kind(static_cast<v1::CodeRule::Kind>(rule.kind));
  out.set_unit_basis(static_cast<v1::CodeRule::UnitBasis>(rule.unit_basis));
  out.set_above_dose_mg(rule.above_dose_mg);
  out.set_up_to_dose_mg(rule.up_to_dose_mg);
  if (rule.service_from) *out.mutable_service_from() = rpc::ToProto(*rule.service_from);
  if (rule.service_until) *out.mutable_service_until() = rpc::ToProto(*rule.service_until);
  for (const std::string& modifier : rule.modifiers) out.add_modifiers(modifier);
  *out.mutable_unit_charge() = view.Money(rule.unit_charge);
  out.set_max_units_per_week(rule.max_units_per_week);
  return out;
}

}  // namespace

v1::PriceList ToProto(const View& view, const PriceList& list) {
  v1::PriceList out;
  out.set_name(view.Name("priceLists", list.id));
  out.set_program(list.program);
  out.set_display_name(list.display_name);
  out.set_default_mode(static_cast<v1::BillingMode>(list.default_mode));
  SetEffective(list.effective, out);
  for (const PriceLine& line : list.lines) {
    v1::PriceLine& added = *out.add_lines();
    added.set_visit_type(line.visit_type);
    added.set_description(line.description);
    added.set_service_code(line.service_code);
    *added.mutable_price() = view.Money(line.price);
  }
  if (!list.package_visit_type.empty()) {
    out.mutable_package()->set_visit_type(list.package_visit_type);
    out.mutable_package()->set_sessions(list.package_sessions);
    *out.mutable_package()->mutable_price() = view.Money(list.package_price);
  }
  out.set_estimate_valid_days(list.estimate_valid_days);
  *out.mutable_create_time() = rpc::ToProto(list.create_time);
  return out;
}

absl::StatusOr<PriceList> FromProto(const View& view, const v1::PriceList& list) {
  PriceList out;
  out.program = list.program();
  out.display_name = list.display_name();
  out.default_mode = static_cast<BillingMode>(list.default_mode());
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(list, "price_list"));
  for (int i = 0; i < list.lines_size(); ++i) {
    const v1::PriceLine& line = list.lines(i);
    ASSIGN_OR_RETURN(const Minor price, MinorOf(view, line.price(), absl::StrCat("price_list.lines[", i, "].price")));
    out.lines.push_back({line.visit_type(), line.description(), line.service_code(), price});
  }
  if (list.has_package()) {
    out.package_visit_type = list.package().visit_type();
    out.package_sessions = list.package().sessions();
    ASSIGN_OR_RETURN(out.package_price, MinorOf(view, list.package().price(), "price_list.package.price"));
  }
  out.estimate_valid_days = list.estimate_valid_days();
  return out;
}

v1::CancellationPolicy ToProto(const View& view, const CancellationPolicy& policy) {
  v1::CancellationPolicy out;
  out.set_name(view.Name("cancellationPolicies", policy.id));
  out.set_program(policy.program);
  SetEffective(policy.effective, out);
  out.set_notice_hours(policy.notice_hours);
  out.set_business_hours(policy.business_hours);
  *out.mutable_late_cancel_fee() = view.Money(policy.late_cancel_fee);
  *out.mutable_no_show_fee() = view.Money(policy.no_show_fee);
  out.set_repeat_count(policy.repeat_count);
  out.set_repeat_window_days(policy.repeat_window_days);
  *out.mutable_create_time() = rpc::ToProto(policy.create_time);
  return out;
}

absl::StatusOr<CancellationPolicy> FromProto(const View& view, const v1::CancellationPolicy& policy) {
  CancellationPolicy out;
  out.program = policy.program();
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(policy, "cancellation_policy"));
  out.notice_hours = policy.notice_hours();
  out.business_hours = policy.business_hours();
  ASSIGN_OR_RETURN(out.late_cancel_fee, MinorOf(view, policy.late_cancel_fee(), "cancellation_policy.late_cancel_fee"));
  ASSIGN_OR_RETURN(out.no_show_fee, MinorOf(view, policy.no_show_fee(), "cancellation_policy.no_show_fee"));
  out.repeat_count = policy.repeat_count();
  out.repeat_window_days = policy.repeat_window_days();
  return out;
}

v1::DepositPolicy ToProto(const View& view, const DepositPolicy& policy) {
  v1::DepositPolicy out;
  out.set_name(view.Name("depositPolicies", policy.id));
  out.set_program(policy.program);
  SetEffective(policy.effective, out);
  if (policy.amount) *out.mutable_amount() = view.Money(*policy.amount);
  if (policy.basis_points) out.set_basis_points(*policy.basis_points);
  out.set_required_before_booking(policy.required_before_booking);
  *out.mutable_early_stop_fee() = view.Money(policy.early_stop_fee);
  out.set_unwind_package_discount(policy.unwind_package_discount);
  *out.mutable_create_time() = rpc::ToProto(policy.create_time);
  return out;
}

absl::StatusOr<DepositPolicy> FromProto(const View& view, const v1::DepositPolicy& policy) {
  DepositPolicy out;
  out.program = policy.program();
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(policy, "deposit_policy"));
  if (policy.has_amount()) {
    ASSIGN_OR_RETURN(out.amount, MinorOf(view, policy.amount(), "deposit_policy.amount"));
  }
  if (policy.size_case() == v1::DepositPolicy::kBasisPoints) out.basis_points = policy.basis_points();
  out.required_before_booking = policy.required_before_booking();
  if (policy.has_early_stop_fee()) {
    ASSIGN_OR_RETURN(out.early_stop_fee, MinorOf(view, policy.early_stop_fee(), "deposit_policy.early_stop_fee"));
  }
  out.unwind_package_discount = policy.unwind_package_discount();
  return out;
}

v1::ServiceCode ToProto(const View& view, const ServiceCode& code) {
  v1::ServiceCode out;
  out.set_name(view.Name("serviceCodes", code.id));
  out.set_code(code.code);
  out.set_system(static_cast<v1::ServiceCode::System>(code.system));
  out.set_description(code.description);
  out.set_unit(code.unit);
  SetEffective(code.effective, out);
  *out.mutable_create_time() = rpc::ToProto(code.create_time);
  return out;
}

absl::StatusOr<ServiceCode> FromProto(const View&, const v1::ServiceCode& code) {
  ServiceCode out;
  out.code = code.code();
  out.system = static_cast<ServiceCode::System>(code.system());
  out.description = code.description();
  out.unit = code.unit();
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(code, "service_code"));
  return out;
}

v1::PayerCodeSet ToProto(const View& view, const PayerCodeSet& set) {
  v1::PayerCodeSet out;
  out.set_name(view.Name("payerCodeSets", set.id));
  out.set_payer(view.Name("payers", set.payer));
  out.set_program(set.program);
  SetEffective(set.effective, out);
  out.set_structure(static_cast<v1::PayerCodeSet::Structure>(set.structure));
  for (const CodeRule& rule : set.rules) *out.add_rules() = ToProto(view, rule);
  out.set_place_of_service(set.place_of_service);
  for (const std::string& prefix : set.diagnosis_prefixes) out.add_diagnosis_prefixes(prefix);
  out.set_timely_filing_days(set.timely_filing_days);
  out.set_min_observation_minutes(set.min_observation_minutes);
  out.set_min_blood_pressures(set.min_blood_pressures);
  out.set_ndc_unit(set.ndc_unit);
  out.set_authorization_required(set.authorization_required);
  out.set_rems_required(set.rems_required);
  out.set_government(set.government);
  *out.mutable_create_time() = rpc::ToProto(set.create_time);
  return out;
}

absl::StatusOr<PayerCodeSet> FromProto(const View& view, const v1::PayerCodeSet& set) {
  PayerCodeSet out;
  out.payer = IdOf<PayerId>(set.payer());
  out.program = set.program();
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(set, "payer_code_set"));
  out.structure = static_cast<PayerCodeSet::Structure>(set.structure());
  for (int i = 0; i < set.rules_size(); ++i) {
    ASSIGN_OR_RETURN(CodeRule rule, FromProto(view, set.rules(i), absl::StrCat("payer_code_set.rules[", i, "]")));
    out.rules.push_back(std::move(rule));
  }
  out.place_of_service = set.place_of_service();
  out.diagnosis_prefixes.assign(set.diagnosis_prefixes().begin(), set.diagnosis_prefixes().end());
  out.timely_filing_days = set.timely_filing_days();
  out.min_observation_minutes = set.min_observation_minutes();
  out.min_blood_pressures = set.min_blood_pressures();
  out.ndc_unit = set.ndc_unit();
  out.authorization_required = set.authorization_required();
  out.rems_required = set.rems_required();
  out.government = set.government();
  return out;
}

v1::LenderPolicy ToProto(const View& view, const LenderPolicy& policy) {
  v1::LenderPolicy out;
  out.set_name(view.Name("lenderPolicies", policy.id));
  out.set_lender(static_cast<v1::Tender>(policy.lender));
  SetEffective(policy.effective, out);
  out.set_max_future_service_days(policy.max_future_service_days);
  if (policy.large_sale_above) *out.mutable_large_sale_above() = view.Money(*policy.large_sale_above);
  out.set_large_sale_wait_days(policy.large_sale_wait_days);
  for (const LenderPolicy::Promotion& promotion : policy.promotions) {
    v1::LenderPolicy::Promotion& added = *out.add_promotions();
    added.set_months(promotion.months);
    added.set_fee_basis_points(promotion.fee_basis_points);
    *added.mutable_minimum() = view.Money(promotion.minimum);
  }
  *out.mutable_create_time() = rpc::ToProto(policy.create_time);
  return out;
}

absl::StatusOr<LenderPolicy> FromProto(const View& view, const v1::LenderPolicy& policy) {
  LenderPolicy out;
  out.lender = static_cast<Tender>(policy.lender());
  ASSIGN_OR_RETURN(out.effective, EffectiveOf(policy, "lender_policy"));
  out.max_future_service_days = policy.max_future_service_days();
  if (policy.has_large_sale_above()) {
    ASSIGN_OR_RETURN(out.large_sale_above, MinorOf(view, policy.large_sale_above(), "lender_policy.large_sale_above"));
  }
  out.large_sale_wait_days = policy.large_sale_wait_days();
  for (int i = 0; i < policy.promotions_size(); ++i) {
    const v1::LenderPolicy::Promotion& promotion = policy.promotions(i);
    Minor minimum = 0;
    if (promotion.has_minimum()) {
      ASSIGN_OR_RETURN(minimum,
                       MinorOf(view, promotion.minimum(), absl::StrCat("lender_policy.promotions[", i, "].minimum")));
    }
    out.promotions.push_back({promotion.months(), promotion.fee_basis_points(), minimum});
  }
  return out;
}

v1::BillingSettings ToProto(const View& view, const BillingSettings& settings) {
  v1::BillingSettings out;
  out.set_name(absl::StrCat("clinics/", view.clinic.str(), "/billingSettings"));
  out.set_currency_code(settings.currency_code);
  out.set_provider_name(settings.provider_name);
  out.set_npi(settings.npi);
  out.set_tin(settings.tin);
  out.set_taxonomy_code(settings.taxonomy_code);
  out.set_address(settings.address);
  out.set_state_code(settings.state_code);
  out.set_gfe_alert_minor_units(settings.gfe_alert);
  for (const int days : settings.retry_days) out.add_retry_days(days);
  out.set_charge_minute(settings.charge_minute);
  out.set_etag(rpc::Etag(settings.version));
  *out.mutable_update_time() = rpc::ToProto(settings.update_time);
  return out;
}

BillingSettings FromProto(const v1::BillingSettings& settings) {
  BillingSettings out;
  out.currency_code = settings.currency_code();
  out.provider_name = settings.provider_name();
  out.npi = settings.npi();
  out.tin = settings.tin();
  out.taxonomy_code = settings.taxonomy_code();
  out.address = settings.address();
  out.state_code = settings.state_code();
  out.gfe_alert =
      settings.gfe_alert_minor_units() == 0 ? limits::kDefaultGoodFaithAlert : settings.gfe_alert_minor_units();
  out.retry_days.assign(settings.retry_days().begin(), settings.retry_days().end());
  out.charge_minute = settings.charge_minute();
  return out;
}

}  // namespace kat::billing
