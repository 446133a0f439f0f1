#include "services/scheduling/api/convert_booking.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {

ResourceKey KeyOf(const std::string& name) {
  const size_t last = name.rfind('/');
  if (last == std::string::npos || last == 0) return ResourceKey();
  return ResourceKey(name.substr(name.rfind('/', last - 1) + 1));
}

std::vector<Assignment> FromProto(const AssignmentList& assignments) {
  std::vector<Assignment> out;
  for (const v1::Assignment& assignment : assignments) out.push_back({assignment.role(), KeyOf(assignment.resource())});
  return out;
}

void ToProto(const ClinicId& clinic, const std::vector<Assignment>& assignments, AssignmentList* out) {
  for (const Assignment& assignment : assignments) {
    v1::Assignment& to = *out->Add();
    to.set_role(assignment.role);
    to.set_resource(NameOf(clinic, assignment.resource));
  }
}

v1::CoverageCondition ToProto(const CoverageCondition& condition) {
  v1::CoverageCondition out;
  out.set_code(condition.code);
  out.set_since_visit(condition.since_visit);
  if (condition.renewal_request_by) {
    *out.mutable_renewal_request_date() = rpc::ToProto(*condition.renewal_request_by);
  }
  return out;
}

v1::Appointment ToProto(const ClinicId& clinic, const Appointment& appointment) {
  v1::Appointment out;
  out.set_name(NameOf(clinic, appointment.id));
  out.set_course(NameOf(clinic, appointment.course));
  out.set_patient(NameOf(clinic, appointment.patient));
  out.set_visit_id(appointment.visit_id);
  out.set_visit_type(NameOf(clinic, appointment.visit_type));
  out.set_session_number(appointment.session_number);
  *out.mutable_start_time() = rpc::ToProto(appointment.time.start);
  *out.mutable_end_time() = rpc::ToProto(appointment.time.end);
  out.set_state(static_cast<v1::Appointment::State>(appointment.state));
  ToProto(clinic, appointment.assignments, out.mutable_assignments());
  out.set_program(appointment.program);
  if (appointment.block > 0) out.set_block(BlockName(clinic, appointment.course, appointment.block));
  ToProto(appointment.external_ids, out.mutable_external_ids());
  out.set_note(appointment.note);
  out.set_cancel_reason(appointment.cancel_reason);
  out.set_cancelled_by_clinic(appointment.cancelled_by_clinic);
  out.set_cancelled_late(appointment.cancelled_late);
  out.set_pinned(appointment.pinned);
  out.set_rebooks(NameOf(clinic, appointment.rebooks));
  for (const ProtocolOverride& decision : appointment.overrides) {
    v1::ProtocolOverride& to = *out.add_overrides();
    to.set_rule(ReasonName(decision.rule));
    to.set_from_visit(decision.from_visit);
    to.set_to_visit(decision.to_visit);
    to.set_allowed(decision.allowed);
    to.set_asked(decision.asked);
    to.set_amount(decision.amount());
    to.set_decided_by(NameOf(clinic, decision.decided_by));
    to.set_role(static_cast<common::v1::Role>(decision.role));
    to.set_reason(decision.reason);
    *to.mutable_decide_time() = rpc::ToProto(decision.decided_at);
  }
  if (appointment.condition) *out.mutable_condition() = ToProto(*appointment.condition);
  out.set_version(appointment.version);
  out.set_etag(rpc::Etag(appointment.version));
  *out.mutable_create_time() = rpc::ToProto(appointment.created_at);
  *out.mutable_update_time() = rpc::ToProto(appointment.updated_at);
  return out;
}

absl::StatusOr<Course> FromProto(const v1::Course& course) {
  Course out{.patient = PatientId(rpc::LastSegment(course.patient())), .program = course.program()};
  ASSIGN_OR_RETURN(out.earliest_day, rpc::FromProto(course.earliest_date(), "course.earliest_date"));
  const v1::Preferences& preferences = course.preferences();
  ASSIGN_OR_RETURN(out.preferences.available,
                   FromProto(preferences.available_hours(), "course.preferences.available_hours"));
  ASSIGN_OR_RETURN(out.preferences.preferred,
                   FromProto(preferences.preferred_hours(), "course.preferences.preferred_hours"));
  out.preferences.continuity_roles = {preferences.continuity_roles().begin(), preferences.continuity_roles().end()};
  out.external_ids = FromProto(course.external_ids());
  return out;
}

v1::Block ToProto(const ClinicId& clinic, const CourseId& course, const Block& block) {
  v1::Block out;
  out.set_name(BlockName(clinic, course, block.number));
  for (const std::string& phase : block.phases) out.add_phases(phase);
  for (const AppointmentId& id : block.appointments) out.add_appointments(NameOf(clinic, id));
  out.set_state(static_cast<v1::Block::State>(block.state));
  out.set_financial_reservation(block.financial_reservation);
  out.set_coverage_reservation(block.coverage_reservation);
  out.set_decision(NameOf(clinic, block.decision));
  *out.mutable_create_time() = rpc::ToProto(block.created_at);
  return out;
}

v1::CourseDecision ToProto(const CourseDecision& decision) {
  v1::CourseDecision out;
  out.set_phase(decision.phase);
  out.set_occurrence(decision.occurrence);
  out.set_option(decision.option);
  out.set_reason(decision.reason);
  out.set_decided_by(decision.decided_by);
  out.set_role(static_cast<common::v1::Role>(decision.role));
  *out.mutable_decide_time() = rpc::ToProto(decision.decided_at);
  return out;
}

v1::Course ToProto(const ClinicId& clinic, const Course& course, const ProtocolVersion& protocol) {
  v1::Course out;
  out.set_name(NameOf(clinic, course.id));
  out.set_patient(NameOf(clinic, course.patient));
  out.set_program(course.program);
  out.set_protocol_version(ProtocolVersionName(clinic, course.protocol, course.protocol_version));
  *out.mutable_earliest_date() = rpc::ToProto(course.earliest_day);
  v1::Preferences& preferences = *out.mutable_preferences();
  ToProto(course.preferences.available, preferences.mutable_available_hours());
  ToProto(course.preferences.preferred, preferences.mutable_preferred_hours());
  for (const std::string& role : course.preferences.continuity_roles) preferences.add_continuity_roles(role);
  ToProto(course.external_ids, out.mutable_external_ids());
  out.set_state(static_cast<v1::Course::State>(course.state));
  for (const Block& block : course.blocks) *out.add_blocks() = ToProto(clinic, course.id, block);
  const NextStep next = NextOf(course, protocol);
  if (next.phase >= 0) out.set_next_phase(protocol.phases[next.phase].id);
  if (next.undecided || next.provisional) {
    out.set_pending_decision(protocol.phases[BookedPhases(course, protocol).back()].id);
  }
  for (int number : ProvisionalBlocks(course, protocol)) {
    out.add_provisional_blocks(BlockName(clinic, course.id, number));
  }
  for (const CourseDecision& decision : course.decisions) *out.add_decisions() = ToProto(decision);
  for (const ProtocolVersionChange& change : course.protocol_changes) {
    v1::ProtocolVersionChange& to = *out.add_protocol_changes();
    to.set_from_version(ProtocolVersionName(clinic, change.from_protocol, change.from_version));
    to.set_to_version(ProtocolVersionName(clinic, change.to_protocol, change.to_version));
    to.set_reason(change.reason);
    to.set_changed_by(change.changed_by);
    *to.mutable_change_time() = rpc::ToProto(change.changed_at);
  }
  if (course.renewal_request_by) {
    *out.mutable_renewal_request_date() = rpc::ToProto(*course.renewal_request_by);
  }
  out.set_etag(rpc::Etag(course.version));
  *out.mutable_create_time() = rpc::ToProto(course.created_at);
  *out.mutable_update_time() = rpc::ToProto(course.updated_at);
  return out;
}

absl::StatusOr<BlockPlan> FromProto(const v1::BlockPlan& plan) {
  BlockPlan out{.course = CourseId(rpc::LastSegment(plan.course())),
                .phases = {plan.phases().begin(), plan.phases().end()},
                .decision = DecisionId(rpc::LastSegment(plan.decision()))};
  absl::string_view etag = plan.course_etag();
  if (!absl::ConsumePrefix(&etag, "v") || !absl::SimpleAtoi(etag, &out.course_version)) {
    return InvalidField("plan.course_etag", "is no etag of a course");
  }
  for (const v1::PlannedVisit& visit : plan.visits()) {
    out.visits.push_back({visit.visit_id(), rpc::FromProto(visit.start_time()), FromProto(visit.assignments())});
  }
  return out;
}

v1::BlockPlan ToProto(const ClinicId& clinic, const BlockPlan& plan) {
  v1::BlockPlan out;
  out.set_course(NameOf(clinic, plan.course));
  out.set_course_etag(rpc::Etag(plan.course_version));
  for (const std::string& phase : plan.phases) out.add_phases(phase);
  out.set_decision(NameOf(clinic, plan.decision));
  for (const PlannedVisit& visit : plan.visits) {
    v1::PlannedVisit& to = *out.add_visits();
    to.set_visit_id(visit.visit_id);
    *to.mutable_start_time() = rpc::ToProto(visit.start);
    ToProto(clinic, visit.assignments, to.mutable_assignments());
  }
  return out;
}

v1::Hold ToProto(const ClinicId& clinic, const Hold& hold) {
  v1::Hold out;
  out.set_name(NameOf(clinic, hold.id));
  *out.mutable_plan() = ToProto(clinic, hold.plan);
  out.set_patient(NameOf(clinic, hold.patient));
  out.set_state(static_cast<v1::Hold::State>(hold.state));
  *out.mutable_expire_time() = rpc::ToProto(hold.expires_at);
  *out.mutable_create_time() = rpc::ToProto(hold.created_at);
  return out;
}

std::vector<ProtocolOverride> OverridesOf(const google::protobuf::RepeatedPtrField<v1::OverrideDecision>& decisions) {
  std::vector<ProtocolOverride> out;
  for (const v1::OverrideDecision& decision : decisions) {
    out.push_back({.rule = static_cast<ReasonKind>(decision.rule()),
                   .from_visit = decision.from_visit(),
                   .to_visit = decision.to_visit(),
                   .allowed = decision.allowed(),
                   .asked = decision.asked(),
                   .decided_by = KeyOf(decision.decided_by()),
                   .reason = decision.reason()});
  }
  return out;
}

v1::Reason ToProto(const Reason& reason) {
  v1::Reason out;
  out.set_kind(static_cast<v1::Reason::Kind>(reason.kind));
  out.set_from_visit(reason.from_visit);
  out.set_to_visit(reason.to_visit);
  out.set_allowed(reason.allowed);
  out.set_asked(reason.asked);
  out.set_resource_tag(reason.resource_tag);
  out.set_description(reason.description);
  return out;
}

v1::CostTerm ToProto(const CostTerm& term) {
  v1::CostTerm out;
  out.set_kind(static_cast<v1::CostTerm::Kind>(term.kind));
  out.set_count(term.count);
  out.set_cost(term.cost);
  out.set_explanation(term.explanation);
  return out;
}

}  // namespace kat::scheduling
