#include "services/authorization/api/convert_authorization.h"

#include "absl/strings/str_cat.h"

namespace kat::authorization::api {
namespace {

v1::Submission SubmissionToProto(const domain::Submission& submission) {
  v1::Submission proto;
  proto.set_channel(static_cast<v1::SubmissionChannel>(submission.channel));
  proto.set_reference_number(submission.reference_number);
  proto.set_representative_name(submission.representative_name);
  *proto.mutable_submit_time() = rpc::ToProto(submission.submitted_at);
  proto.set_packet_version(submission.packet_version);
  return proto;
}

v1::Decision DecisionToProto(const domain::Decision& decision) {
  v1::Decision proto;
  proto.set_outcome(static_cast<v1::Decision::Outcome>(decision.outcome));
  proto.set_number(decision.number);
  proto.set_administrative_reference(decision.administrative_reference);
  if (decision.valid_from) *proto.mutable_valid() = RangeToProto(decision.valid_from, decision.valid_until);
  if (!decision.units.unlimited()) *proto.mutable_units() = ToProto(decision.units);
  for (int reason : decision.reasons) proto.add_reasons(static_cast<v1::Decision::Reason>(reason));
  proto.set_note(decision.note);
  *proto.mutable_decide_time() = rpc::ToProto(decision.decided_at);
  if (decision.answer_due_at) *proto.mutable_answer_due_time() = rpc::ToProto(*decision.answer_due_at);
  return proto;
}

std::string PacketName(const ClinicId& clinic, const domain::AuthorizationId& id, int version) {
  return absl::StrCat(ResourceName(clinic, kAuthorizations, id), "/packets/", version);
}

}  // namespace

absl::StatusOr<domain::PriorAuthorization> FromProto(const v1::PriorAuthorization& proto) {
  domain::PriorAuthorization auth{.patient = IdOf<PatientId>(proto.patient()),
                                  .program = proto.program(),
                                  .insurance = IdOf<domain::InsuranceId>(proto.insurance_coverage()),
                                  .kind = static_cast<domain::AuthorizationKind>(proto.kind()),
                                  .priority = static_cast<domain::Priority>(proto.priority()),
                                  .previous = IdOf<domain::AuthorizationId>(proto.previous()),
                                  .requested_units = FromProto(proto.requested_units())};
  ASSIGN_OR_RETURN(auth.requested_from, rpc::FromProto(proto.requested_from(), "prior_authorization.requested_from"));
  ASSIGN_OR_RETURN(auth.requested_until, OptionalDay(proto.has_requested_until(), proto.requested_until(),
                                                     "prior_authorization.requested_until"));
  return auth;
}

v1::PriorAuthorization ToProto(const ClinicId& clinic, const domain::PriorAuthorization& a) {
  v1::PriorAuthorization proto;
  proto.set_name(ResourceName(clinic, kAuthorizations, a.id));
  proto.set_patient(ResourceName(clinic, kPatients, a.patient));
  proto.set_program(a.program);
  proto.set_insurance_coverage(ResourceName(clinic, kInsurances, a.insurance));
  proto.set_payer(ResourceName(clinic, kPayers, a.payer));
  proto.set_payer_policy(PolicyName(clinic, a.payer, a.policy));
  proto.set_kind(static_cast<v1::AuthorizationKind>(a.kind));
  proto.set_priority(static_cast<v1::PriorAuthorization::Priority>(a.priority));
  proto.set_previous(ResourceName(clinic, kAuthorizations, a.previous));
  *proto.mutable_requested_from() = rpc::ToProto(a.requested_from);
  if (a.requested_until) *proto.mutable_requested_until() = rpc::ToProto(*a.requested_until);
  *proto.mutable_requested_units() = ToProto(a.requested_units);
  proto.set_state(static_cast<v1::PriorAuthorization::State>(a.state));
  if (a.packet_version > 0) proto.set_packet(PacketName(clinic, a.id, a.packet_version));
  proto.set_unmet_criteria(a.unmet_criteria);
  proto.set_unknown_criteria(a.unknown_criteria);
  if (a.submission) *proto.mutable_submission() = SubmissionToProto(*a.submission);
  if (a.decision_due_at) *proto.mutable_decision_due_time() = rpc::ToProto(*a.decision_due_at);
  if (a.decision) *proto.mutable_decision() = DecisionToProto(*a.decision);
  if (a.response_due_at) *proto.mutable_response_due_time() = rpc::ToProto(*a.response_due_at);
  proto.set_number(a.number);
  if (a.valid_from) {
    *proto.mutable_valid() = RangeToProto(a.valid_from, a.valid_until);
    *proto.mutable_authorized() = ToProto(a.authorized);
  }
  *proto.mutable_reserved() = ToProto(a.reserved);
  *proto.mutable_consumed() = ToProto(a.consumed);
  *proto.mutable_overrun() = ToProto(a.overrun);
  for (const domain::Contest& contest : a.contests) {
    v1::Contest* to = proto.add_contests();
    to->set_level(static_cast<v1::Contest::Level>(contest.level));
    *to->mutable_contest_time() = rpc::ToProto(contest.at);
    to->set_reference_number(contest.reference_number);
    if (contest.decision_due_at) *to->mutable_decision_due_time() = rpc::ToProto(*contest.decision_due_at);
    to->set_result(static_cast<v1::Contest::Result>(contest.result));
  }
  proto.set_etag(rpc::Etag(a.version));
  *proto.mutable_create_time() = rpc::ToProto(a.created_at);
  *proto.mutable_update_time() = rpc::ToProto(a.updated_at);
  return proto;
}

domain::Submission FromProto(const v1::Submission& proto) {
  return {.channel = static_cast<domain::Channel>(proto.channel()),
          .reference_number = proto.reference_number(),
          .representative_name = proto.representative_name(),
          .submitted_at = rpc::FromProto(proto.submit_time())};
}

absl::StatusOr<domain::Decision> FromProto(const v1::Decision& proto) {
  domain::Decision decision{.outcome = static_cast<domain::Decision::Outcome>(proto.outcome()),
                            .number = proto.number(),
                            .administrative_reference = proto.administrative_reference(),
                            .units = FromProto(proto.units()),
                            .reasons = {proto.reasons().begin(), proto.reasons().end()},
                            .note = proto.note(),
                            .decided_at = rpc::FromProto(proto.decide_time())};
  ASSIGN_OR_RETURN(decision.valid_from,
                   OptionalDay(proto.valid().has_from(), proto.valid().from(), "decision.valid.from"));
  ASSIGN_OR_RETURN(decision.valid_until,
                   OptionalDay(proto.valid().has_until(), proto.valid().until(), "decision.valid.until"));
  if (proto.has_answer_due_time()) decision.answer_due_at = rpc::FromProto(proto.answer_due_time());
  return decision;
}

v1::AuthorizationPacket ToProto(const ClinicId& clinic, const domain::Packet& packet) {
  v1::AuthorizationPacket proto;
  proto.set_name(PacketName(clinic, packet.authorization, packet.version));
  proto.set_version(packet.version);
  proto.set_payer_policy(PolicyName(clinic, packet.payer, packet.policy));
  *proto.mutable_as_of_date() = rpc::ToProto(packet.as_of);
  for (const domain::Finding& finding : packet.findings) {
    v1::CriterionFinding* to = proto.add_findings();
    to->set_criterion_id(finding.criterion_id);
    to->set_text(finding.text);
    to->set_result(static_cast<v1::CriterionFinding::Result>(finding.result));
    to->set_gap(finding.gap);
    for (int index : finding.evidence) to->add_evidence_indexes(index);
  }
  for (const domain::EvidenceItem& item : packet.evidence) {
    v1::Evidence* to = proto.add_evidence();
    to->set_kind(static_cast<v1::Evidence::Kind>(item.kind));
    to->set_summary(item.summary);
    if (item.day) *to->mutable_date() = rpc::ToProto(*item.day);
    if (item.age_days) to->set_age_days(*item.age_days);
    to->set_source(item.source);
  }
  proto.set_sessions_completed(packet.sessions_completed);
  if (packet.response_percent) proto.set_response_percent(*packet.response_percent);
  *proto.mutable_create_time() = rpc::ToProto(packet.created_at);
  proto.set_created_by(packet.created_by);
  return proto;
}

v1::UnitForecast ToProto(const ClinicId& clinic, const domain::Forecast& forecast) {
  v1::UnitForecast proto;
  for (const domain::ForecastVisit& visit : forecast.visits) {
    v1::UnitForecast::Visit* to = proto.add_visits();
    to->set_visit_id(visit.visit.visit_id);
    *to->mutable_date() = rpc::ToProto(visit.visit.day);
    *to->mutable_planned() = ToProto(visit.planned);
    if (visit.authorization) {
      to->set_prior_authorization(ResourceName(clinic, kAuthorizations, *visit.authorization));
      *to->mutable_remaining() = ToProto(visit.remaining);
    }
    to->set_condition(visit.code);
  }
  proto.set_first_uncovered_visit(forecast.first_uncovered);
  if (forecast.renewal_request_by) *proto.mutable_renewal_request_date() = rpc::ToProto(*forecast.renewal_request_by);
  return proto;
}

}  // namespace kat::authorization::api
