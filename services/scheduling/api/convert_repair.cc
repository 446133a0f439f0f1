#include "services/scheduling/api/convert_repair.h"

#include <cstdlib>
#include <set>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

v1::RepairTrigger ToProto(const ClinicId& clinic, const RepairTrigger& trigger) {
  v1::RepairTrigger out;
  if (const auto* absence = std::get_if<Absence>(&trigger)) {
    out.mutable_absence()->set_resource(NameOf(clinic, absence->resource));
    *out.mutable_absence()->mutable_start_time() = rpc::ToProto(absence->time.start);
    *out.mutable_absence()->mutable_end_time() = rpc::ToProto(absence->time.end);
    out.mutable_absence()->set_reason(absence->reason);
  }
  if (const auto* shift = std::get_if<CourseShift>(&trigger)) {
    out.mutable_shift()->set_course(NameOf(clinic, shift->course));
    out.mutable_shift()->set_from_visit(shift->from_visit);
    *out.mutable_shift()->mutable_start_date() = rpc::ToProto(shift->from);
    *out.mutable_shift()->mutable_end_date() = rpc::ToProto(shift->until);
  }
  if (const auto* lost = std::get_if<LostVisit>(&trigger)) {
    out.mutable_lost_visit()->set_appointment(NameOf(clinic, lost->appointment));
    if (lost->day) *out.mutable_lost_visit()->mutable_date() = rpc::ToProto(*lost->day);
  }
  return out;
}

v1::RepairOption ToProto(const ClinicId& clinic, const RepairOption& option, const std::vector<int>& override_roles) {
  v1::RepairOption out;
  for (const RepairMove& move : option.moves) *out.add_moves() = ToProto(clinic, move);
  out.set_cost(option.cost);
  for (const CostTerm& term : option.terms) *out.add_cost_terms() = ToProto(term);
  for (const Reason& breach : option.deviations) {
    v1::Deviation& deviation = *out.add_deviations();
    *deviation.mutable_rule() = ToProto(breach);
    deviation.set_amount(std::abs(breach.asked - breach.allowed));
    for (int role : override_roles) deviation.add_override_roles(static_cast<common::v1::Role>(role));
  }
  out.set_disruption(option.Disruption());
  for (const ResourceKey& staff : StaffToTell(option)) out.add_notify_staff(NameOf(clinic, staff));
  return out;
}

v1::RepairPart ToProto(const ClinicId& clinic, const RepairPart& part) {
  v1::RepairPart out;
  out.set_part_id(part.Id());
  out.set_course(NameOf(clinic, part.course));
  out.set_patient(NameOf(clinic, part.patient));
  out.set_makes_way(part.makes_way);
  for (const RepairOption& option : part.options) *out.add_options() = ToProto(clinic, option, part.override_roles);
  if (part.applied_option) out.set_applied_option(*part.applied_option);
  if (part.applied_at) *out.mutable_apply_time() = rpc::ToProto(*part.applied_at);
  return out;
}

}  // namespace

v1::PlannedMove ToProto(const ClinicId& clinic, const RepairMove& move) {
  v1::PlannedMove out;
  out.set_appointment(NameOf(clinic, move.appointment));
  out.set_etag(rpc::Etag(move.version));
  *out.mutable_start_time() = rpc::ToProto(move.start);
  ToProto(clinic, move.assignments, out.mutable_assignments());
  out.set_visit_id(move.visit_id);
  *out.mutable_current_start_time() = rpc::ToProto(move.current_start);
  out.set_rebooks(move.rebooks);
  ToProto(clinic, move.current_assignments, out.mutable_current_assignments());
  return out;
}

void ToProto(const DecisionBasis& basis, v1::DecisionBasis* out) {
  *out->mutable_picture_time() = rpc::ToProto(basis.picture_time);
  out->set_commitments(basis.commitments);
  out->set_picture_digest(basis.picture_digest);
  for (const CostWeight& weight : basis.weights) {
    v1::CostWeight& to = *out->add_weights();
    to.set_kind(static_cast<v1::CostTerm::Kind>(weight.kind));
    to.set_weight(weight.weight);
  }
  out->set_lower_bound(basis.lower_bound);
  out->set_proved(basis.proved);
  out->set_search_steps(basis.search_steps);
}

absl::StatusOr<RepairTrigger> FromProto(const v1::RepairTrigger& trigger) {
  switch (trigger.trigger_case()) {
    case v1::RepairTrigger::kAbsence:
      return Absence{KeyOf(trigger.absence().resource()),
                     {rpc::FromProto(trigger.absence().start_time()), rpc::FromProto(trigger.absence().end_time())},
                     trigger.absence().reason()};
    case v1::RepairTrigger::kShift: {
      CourseShift shift{.course = CourseId(rpc::LastSegment(trigger.shift().course())),
                        .from_visit = trigger.shift().from_visit()};
      ASSIGN_OR_RETURN(shift.from, rpc::FromProto(trigger.shift().start_date(), "trigger.shift.start_date"));
      ASSIGN_OR_RETURN(shift.until, rpc::FromProto(trigger.shift().end_date(), "trigger.shift.end_date"));
      return shift;
    }
    case v1::RepairTrigger::kLostVisit: {
      LostVisit lost{.appointment = AppointmentId(rpc::LastSegment(trigger.lost_visit().appointment()))};
      ASSIGN_OR_RETURN(lost.day, DayFromProto(trigger.lost_visit().has_date(), trigger.lost_visit().date(),
                                              "trigger.lost_visit.date"));
      return lost;
    }
    case v1::RepairTrigger::TRIGGER_NOT_SET:
      break;
  }
  return InvalidField("trigger", "give absence, shift or lost_visit");
}

v1::Repair ToProto(const ClinicId& clinic, const Repair& repair) {
  v1::Repair out;
  out.set_name(NameOf(clinic, repair.id));
  *out.mutable_trigger() = ToProto(clinic, repair.trigger);
  out.set_allow_others(repair.allow_others);
  out.set_allow_deviations(repair.allow_deviations);
  out.set_state(static_cast<v1::Repair::State>(repair.state));
  std::set<PatientId> patients;
  std::set<ResourceKey> staff;
  int64_t cost = 0;
  for (const RepairPart& part : repair.parts) {
    *out.add_parts() = ToProto(clinic, part);
    if (!part.patient.empty()) patients.insert(part.patient);
    staff.merge(StaffToTell(part.options[0]));
    cost += part.options[0].cost;
  }
  for (const UnplacedVisit& visit : repair.unplaced) {
    v1::UnplacedVisit& to = *out.add_unplaced();
    to.set_appointment(NameOf(clinic, visit.appointment));
    to.set_patient(NameOf(clinic, visit.patient));
    to.set_visit_id(visit.visit_id);
    for (const Reason& reason : visit.reasons) *to.add_reasons() = ToProto(reason);
    for (const ResourceKey& key : visit.on_call) to.add_on_call(NameOf(clinic, key));
  }
  out.set_cost(cost);
  for (const CostTerm& term : SumTerms(repair.parts)) *out.add_cost_terms() = ToProto(term);
  for (const PatientId& patient : patients) out.add_notify_patients(NameOf(clinic, patient));
  for (const ResourceKey& key : staff) out.add_notify_staff(NameOf(clinic, key));
  ToProto(repair.basis, out.mutable_basis());
  out.set_proposed_by(repair.proposed_by);
  out.set_applied_by(repair.applied_by);
  out.set_etag(rpc::Etag(repair.version));
  *out.mutable_create_time() = rpc::ToProto(repair.created_at);
  *out.mutable_update_time() = rpc::ToProto(repair.updated_at);
  return out;
}

}  // namespace kat::scheduling
