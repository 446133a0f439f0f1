#include "services/scheduling/api/day_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/convert_treatment.h"
#include "services/scheduling/domain/day.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

// Every appointment of the day, with its record where there is one.
absl::StatusOr<std::vector<DayVisit>> LoadDay(Tx& tx, absl::CivilDay day, absl::TimeZone zone) {
  ASSIGN_OR_RETURN(std::vector<Appointment> appointments,
                   ListAll(tx, {.from = absl::FromCivil(day, zone), .until = absl::FromCivil(day + 1, zone)}));
  std::vector<AppointmentId> ids;
  for (const Appointment& appointment : appointments) ids.push_back(appointment.id);
  ASSIGN_OR_RETURN(const auto records, tx.treatments().Of(ids));
  std::vector<DayVisit> visits;
  for (Appointment& appointment : appointments) {
    const auto record = records.find(appointment.id);
    visits.push_back({.appointment = std::move(appointment)});
    if (record != records.end()) visits.back().record = record->second;
  }
  return visits;
}

v1::ProjectedVisit ToProto(const ClinicId& clinic, const ProjectedVisit& visit) {
  v1::ProjectedVisit out;
  out.set_appointment(NameOf(clinic, visit.appointment));
  out.set_state(static_cast<v1::Appointment::State>(visit.state));
  *out.mutable_planned_start_time() = rpc::ToProto(visit.planned.start);
  *out.mutable_planned_end_time() = rpc::ToProto(visit.planned.end);
  *out.mutable_expected_start_time() = rpc::ToProto(visit.expected.start);
  *out.mutable_expected_end_time() = rpc::ToProto(visit.expected.end);
  for (const VisitPhase& phase : visit.phases) *out.add_phases() = ToProto(phase);
  for (const ResourceKey& key : visit.waits_for) out.add_waits_for(NameOf(clinic, key));
  return out;
}

v1::DayWarning ToProto(const ClinicId& clinic, const DayWarning& warning) {
  v1::DayWarning out;
  out.set_kind(static_cast<v1::DayWarning::Kind>(warning.kind));
  out.set_appointment(NameOf(clinic, warning.appointment));
  if (!warning.resource.empty()) out.set_resource(NameOf(clinic, warning.resource));
  *out.mutable_limit_time() = rpc::ToProto(warning.limit);
  *out.mutable_expected_time() = rpc::ToProto(warning.expected);
  return out;
}

v1::DayConflict ToProto(const ClinicId& clinic, const DayConflict& conflict) {
  v1::DayConflict out;
  out.set_resource(NameOf(clinic, conflict.resource));
  *out.mutable_start_time() = rpc::ToProto(conflict.time.start);
  *out.mutable_end_time() = rpc::ToProto(conflict.time.end);
  for (const AppointmentId& id : conflict.appointments) out.add_appointments(NameOf(clinic, id));
  return out;
}

}  // namespace

void DayHandlers::Register(rpc::Service& service) { service.Unary("ProjectDay", this, &DayHandlers::ProjectDay); }

absl::StatusOr<v1::DayProjection> DayHandlers::ProjectDay(rpc::Call& call, const v1::ProjectDayRequest& request) {
  ASSIGN_OR_RETURN(const auto asked, DayFromProto(request.has_date(), request.date(), "date"));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::DayProjection> {
    ASSIGN_OR_RETURN(const ClinicFacts setup, LoadClinicFacts(tx));
    const absl::TimeZone zone = setup.clinic.Zone();
    if (asked) RETURN_IF_ERROR(CheckDayInReach(*asked, tx.now(), "date"));
    const absl::CivilDay day = asked.value_or(DayAt(tx.now(), zone));
    ASSIGN_OR_RETURN(const std::vector<DayVisit> visits, LoadDay(tx, day, zone));
    const DayProjection projection =
        scheduling::ProjectDay({setup.clinic, setup.resources, setup.visit_types, visits, day, tx.now()});
    v1::DayProjection out;
    *out.mutable_date() = rpc::ToProto(day);
    *out.mutable_as_of_time() = rpc::ToProto(tx.now());
    if (projection.closes_at) *out.mutable_close_time() = rpc::ToProto(*projection.closes_at);
    for (const ProjectedVisit& visit : projection.visits) *out.add_visits() = ToProto(tx.clinic(), visit);
    for (const DayWarning& warning : projection.warnings) *out.add_warnings() = ToProto(tx.clinic(), warning);
    for (const DayConflict& conflict : projection.conflicts) *out.add_conflicts() = ToProto(tx.clinic(), conflict);
    return out;
  });
}

}  // namespace kat::scheduling
