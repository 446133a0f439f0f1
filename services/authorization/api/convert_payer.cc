#include "services/authorization/api/convert_payer.h"

namespace kat::authorization::api {

domain::Payer FromProto(const v1::Payer& proto) {
  return {.id = IdOf<domain::PayerId>(proto.name()),
          .display_name = proto.display_name(),
          .electronic_payer_id = proto.electronic_payer_id(),
          .portal_uri = proto.portal_uri(),
          .phone = proto.phone(),
          .fax = proto.fax()};
}

v1::Payer ToProto(const ClinicId& clinic, const domain::Payer& payer) {
  v1::Payer proto;
  proto.set_name(ResourceName(clinic, kPayers, payer.id));
  proto.set_display_name(payer.display_name);
  proto.set_electronic_payer_id(payer.electronic_payer_id);
  proto.set_portal_uri(payer.portal_uri);
  proto.set_phone(payer.phone);
  proto.set_fax(payer.fax);
  proto.set_etag(rpc::Etag(payer.version));
  *proto.mutable_create_time() = rpc::ToProto(payer.created_at);
  *proto.mutable_update_time() = rpc::ToProto(payer.updated_at);
  return proto;
}

domain::ProgramRule FromProto(const v1::ProgramRule& proto) {
  domain::ProgramRule rule{.program = rpc::LastSegment(proto.name()),
                           .payer_billed = proto.payer_billed(),
                           .rems_required = proto.rems_required(),
                           .drug = proto.drug(),
                           .mg_per_device = proto.mg_per_device(),
                           .concomitant_classes = Texts(proto.concomitant_classes())};
  for (const auto& dose : proto.planned_doses()) rule.planned_doses.push_back({dose.from_session(), dose.devices()});
  return rule;
}

v1::ProgramRule ToProto(const ClinicId& clinic, const domain::ProgramRule& rule) {
  v1::ProgramRule proto;
  proto.set_name("clinics/" + clinic.str() + "/programRules/" + rule.program);
  proto.set_payer_billed(rule.payer_billed);
  proto.set_rems_required(rule.rems_required);
  proto.set_drug(rule.drug);
  proto.set_mg_per_device(rule.mg_per_device);
  for (const domain::PlannedDose& dose : rule.planned_doses) {
    auto* to = proto.add_planned_doses();
    to->set_from_session(dose.from_session);
    to->set_devices(dose.devices);
  }
  for (const std::string& drug_class : rule.concomitant_classes) proto.add_concomitant_classes(drug_class);
  proto.set_etag(rpc::Etag(rule.version));
  *proto.mutable_update_time() = rpc::ToProto(rule.updated_at);
  return proto;
}

domain::Settings FromProto(const v1::AuthorizationSettings& proto) {
  return {.renewal_days = {proto.renewal_days().begin(), proto.renewal_days().end()},
          .renewal_visits_left = proto.renewal_visits_left(),
          .monitoring_form_days = {proto.monitoring_form_days().begin(), proto.monitoring_form_days().end()},
          .refuse_conditional_visits = proto.refuse_conditional_visits()};
}

v1::AuthorizationSettings ToProto(const ClinicId& clinic, const domain::Settings& settings) {
  v1::AuthorizationSettings proto;
  proto.set_name("clinics/" + clinic.str() + "/authorizationSettings");
  for (int days : settings.renewal_days) proto.add_renewal_days(days);
  proto.set_renewal_visits_left(settings.renewal_visits_left);
  for (int days : settings.monitoring_form_days) proto.add_monitoring_form_days(days);
  proto.set_refuse_conditional_visits(settings.refuse_conditional_visits);
  proto.set_etag(rpc::Etag(settings.version));
  return proto;
}

absl::StatusOr<domain::Insurance> FromProto(const v1::InsuranceCoverage& proto) {
  domain::Insurance insurance{.id = IdOf<domain::InsuranceId>(proto.name()),
                              .patient = IdOf<PatientId>(proto.patient()),
                              .payer = IdOf<domain::PayerId>(proto.payer()),
                              .member_id = proto.member_id(),
                              .group_number = proto.group_number(),
                              .plan = proto.plan(),
                              .benefit = static_cast<domain::Benefit>(proto.benefit()),
                              .line_of_business = static_cast<domain::LineOfBusiness>(proto.line_of_business()),
                              .rank = proto.rank()};
  ASSIGN_OR_RETURN(insurance.effective_from,
                   rpc::FromProto(proto.effective_from(), "insurance_coverage.effective_from"));
  ASSIGN_OR_RETURN(insurance.effective_until, OptionalDay(proto.has_effective_until(), proto.effective_until(),
                                                          "insurance_coverage.effective_until"));
  return insurance;
}

v1::InsuranceCoverage ToProto(const ClinicId& clinic, const domain::Insurance& insurance) {
  v1::InsuranceCoverage proto;
  proto.set_name(ResourceName(clinic, kInsurances, insurance.id));
  proto.set_patient(ResourceName(clinic, kPatients, insurance.patient));
  proto.set_payer(ResourceName(clinic, kPayers, insurance.payer));
  proto.set_member_id(insurance.member_id);
  proto.set_group_number(insurance.group_number);
  proto.set_plan(insurance.plan);
  proto.set_benefit(static_cast<v1::Benefit>(insurance.benefit));
  proto.set_line_of_business(static_cast<v1::LineOfBusiness>(insurance.line_of_business));
  proto.set_rank(insurance.rank);
  *proto.mutable_effective_from() = rpc::ToProto(insurance.effective_from);
  if (insurance.effective_until) *proto.mutable_effective_until() = rpc::ToProto(*insurance.effective_until);
  if (insurance.verified_at) *proto.mutable_verify_time() = rpc::ToProto(*insurance.verified_at);
  proto.set_verified_by(insurance.verified_by);
  proto.set_etag(rpc::Etag(insurance.version));
  *proto.mutable_create_time() = rpc::ToProto(insurance.created_at);
  *proto.mutable_update_time() = rpc::ToProto(insurance.updated_at);
  return proto;
}

absl::StatusOr<domain::SelfPay> FromProto(const v1::SelfPayElection& proto) {
  domain::SelfPay self_pay{.patient = IdOf<PatientId>(proto.patient()), .program = proto.program()};
  ASSIGN_OR_RETURN(self_pay.effective_from, rpc::FromProto(proto.effective_from(), "self_pay_election.effective_from"));
  ASSIGN_OR_RETURN(self_pay.effective_until, OptionalDay(proto.has_effective_until(), proto.effective_until(),
                                                         "self_pay_election.effective_until"));
  return self_pay;
}

v1::SelfPayElection ToProto(const ClinicId& clinic, const domain::SelfPay& self_pay) {
  v1::SelfPayElection proto;
  proto.set_name(ResourceName(clinic, kSelfPay, self_pay.id));
  proto.set_patient(ResourceName(clinic, kPatients, self_pay.patient));
  proto.set_program(self_pay.program);
  *proto.mutable_effective_from() = rpc::ToProto(self_pay.effective_from);
  if (self_pay.effective_until) *proto.mutable_effective_until() = rpc::ToProto(*self_pay.effective_until);
  *proto.mutable_create_time() = rpc::ToProto(self_pay.created_at);
  proto.set_etag(rpc::Etag(self_pay.version));
  return proto;
}

}  // namespace kat::authorization::api
