#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_booking_tables.h"
#include "services/scheduling/store/pg_external_ids.h"
#include "services/scheduling/store/pg_setup_tables.h"
#include "services/scheduling/store/repair_json.h"

namespace kat::scheduling {
namespace {

std::string Select() {
  return absl::StrCat("select a.*, ", ExternalIdsOf("appointment", "a.id"), " from appointments a ");
}

Appointment AppointmentOf(const pg::Row& row) {
  Appointment appointment{.id = row.Get<AppointmentId>("id"),
                          .course = CourseId(row.Get<std::optional<std::string>>("course").value_or("")),
                          .patient = PatientId(row.Get<std::optional<std::string>>("patient").value_or("")),
                          .block = row.Get<int>("block"),
                          .visit_id = row.Get<std::string>("visit_id"),
                          .visit_type = row.Get<VisitTypeId>("visit_type"),
                          .session_number = row.Get<int>("session_number"),
                          .time = {row.Get<absl::Time>("start_at"), row.Get<absl::Time>("end_at")},
                          .state = StateFromName(row.Get<std::string>("state")).value_or(AppointmentState::kCancelled),
                          .program = row.Get<std::string>("program"),
                          .note = row.Get<std::string>("note"),
                          .cancel_reason = row.Get<std::string>("cancel_reason"),
                          .cancelled_by_clinic = row.Get<bool>("cancelled_by_clinic"),
                          .cancelled_late = row.Get<bool>("cancelled_late"),
                          .pinned = row.Get<bool>("pinned"),
                          .rebooks = AppointmentId(row.Get<std::optional<std::string>>("rebooks").value_or("")),
                          .version = row.Get<int64_t>("version"),
                          .created_at = row.Get<absl::Time>("created_at"),
                          .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("assignments")), &appointment.assignments);
  FromJson(ParseJson(row.Get<std::string>("external_ids")), &appointment.external_ids);
  FromJson(ParseJson(row.Get<std::string>("overrides")), &appointment.overrides);
  if (const auto code = row.Get<std::string>("condition_code"); !code.empty()) {
    appointment.condition = {.code = code,
                             .since_visit = row.Get<std::string>("condition_since"),
                             .renewal_request_by = row.Get<std::optional<absl::CivilDay>>("renewal_request_day")};
  }
  return appointment;
}

std::vector<Appointment> AppointmentsOf(const pg::Rows& rows) {
  std::vector<Appointment> out;
  for (const pg::Row& row : rows) out.push_back(AppointmentOf(row));
  return out;
}

template <class T>
pg::Param NullIfEmpty(const Id<T>& id) {
  return id.empty() ? pg::Param(std::nullopt) : pg::Param(id);
}

// As Insert reads it; without its position.
Json RowOf(const Appointment& appointment) {
  const CoverageCondition condition = appointment.condition.value_or(CoverageCondition());
  const auto text = [](const auto& value) { return pg::Param(value).text(); };
  return {{"id", appointment.id.str()},
          {"course", appointment.course.str()},
          {"patient", appointment.patient.str()},
          {"block", appointment.block},
          {"visit_id", appointment.visit_id},
          {"visit_type", appointment.visit_type.str()},
          {"session_number", appointment.session_number},
          {"start_at", text(appointment.time.start)},
          {"end_at", text(appointment.time.end)},
          {"state", StateName(appointment.state)},
          {"assignments", ToJson(appointment.assignments)},
          {"program", appointment.program},
          {"note", appointment.note},
          {"cancel_reason", appointment.cancel_reason},
          {"cancelled_by_clinic", appointment.cancelled_by_clinic},
          {"version", appointment.version},
          {"created_at", text(appointment.created_at)},
          {"updated_at", text(appointment.updated_at)},
          {"rebooks", appointment.rebooks.str()},
          {"overrides", ToJson(appointment.overrides)},
          {"cancelled_late", appointment.cancelled_late},
          {"pinned", appointment.pinned},
          {"condition_code", condition.code},
          {"condition_since", condition.since_visit},
          {"renewal_request_day", condition.renewal_request_by ? Json(text(*condition.renewal_request_by)) : Json()}};
}

std::vector<std::string> StateNames(const std::vector<AppointmentState>& states) {
  std::vector<std::string> names;
  for (AppointmentState state : states) names.push_back(StateName(state));
  return names;
}

}  // namespace

absl::Status PgAppointmentTable::Insert(const Appointment& appointment, int position) {
  return Insert(absl::MakeConstSpan(&appointment, 1), position);
}

absl::Status PgAppointmentTable::InsertAll(const std::vector<Appointment>& appointments) {
  return Insert(appointments, 0);
}

absl::Status PgAppointmentTable::Insert(absl::Span<const Appointment> appointments, int first_position) {
  Json rows = Json::array();
  for (const Appointment& appointment : appointments) {
    rows.push_back(RowOf(appointment));
    rows.back()["position"] = first_position++;
  }
  const absl::Status status =
      db_.Execute(
             "insert into appointments (clinic, id, course, patient, block, position, visit_id, visit_type, "
             "session_number, start_at, end_at, state, assignments, program, note, cancel_reason, cancelled_by_clinic, "
             "version, created_at, updated_at, rebooks, overrides, cancelled_late, pinned, "
             "condition_code, condition_since, renewal_request_day) select $1, id, nullif(course, ''), "
             "nullif(patient, ''), block, coalesce((select lost.position from appointments lost where lost.clinic = $1 "
             "and lost.id = a.rebooks), position), visit_id, visit_type, session_number, start_at, end_at, state, "
             "assignments, program, note, cancel_reason, cancelled_by_clinic, version, created_at, updated_at, "
             "nullif(rebooks, ''), overrides, cancelled_late, pinned, condition_code, condition_since, "
             "renewal_request_day from jsonb_to_recordset($2::jsonb) as a (id text, course text, patient text, "
             "block integer, position integer, visit_id text, visit_type text, session_number integer, "
             "start_at timestamptz, end_at timestamptz, state text, assignments jsonb, program text, note text, "
             "cancel_reason text, cancelled_by_clinic boolean, version bigint, created_at timestamptz, "
             "updated_at timestamptz, rebooks text, overrides jsonb, cancelled_late boolean, pinned boolean, "
             "condition_code text, condition_since text, renewal_request_day date)",
             {clinic_, rows.dump()})
          .status();
  if (absl::IsAlreadyExists(status)) {
    return pg::ViolatedConstraint(status) == "appointments_visit" ? PlanStale() : NameTaken("appointment");
  }
  RETURN_IF_ERROR(status);
  for (const Appointment& appointment : appointments) {
    if (appointment.external_ids.empty()) continue;  // there are none to replace
    RETURN_IF_ERROR(ReplaceExternalIds(db_, clinic_, "appointment", appointment.id.str(), appointment.external_ids));
  }
  return absl::OkStatus();
}

absl::Status PgAppointmentTable::Update(const Appointment& appointment) {
  const CoverageCondition condition = appointment.condition.value_or(CoverageCondition());
  RETURN_IF_ERROR(CheckUpdated(
      db_.Execute("update appointments set start_at = $3, end_at = $4, state = $5, assignments = $6, note = $7, "
                  "cancel_reason = $8, cancelled_by_clinic = $9, version = $10, updated_at = $11, "
                  "overrides = $12, cancelled_late = $13, pinned = $14, condition_code = $15, condition_since = $16, "
                  "renewal_request_day = $17 "
                  "where clinic = $1 and id = $2 and version = $10::bigint - 1",
                  {clinic_, appointment.id, appointment.time.start, appointment.time.end, StateName(appointment.state),
                   ToJson(appointment.assignments).dump(), appointment.note, appointment.cancel_reason,
                   appointment.cancelled_by_clinic, appointment.version, appointment.updated_at,
                   ToJson(appointment.overrides).dump(), appointment.cancelled_late, appointment.pinned, condition.code,
                   condition.since_visit, condition.renewal_request_by}),
      "appointment"));
  return ReplaceExternalIds(db_, clinic_, "appointment", appointment.id.str(), appointment.external_ids);
}

absl::StatusOr<Appointment> PgAppointmentTable::Get(const AppointmentId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat(Select(), "where a.clinic = $1 and a.id = $2",
                                                  lock == Lock::kForUpdate ? " for update of a" : ""),
                                     {clinic_, id}));
  if (!row) return ResourceNotFound("appointment");
  return AppointmentOf(*row);
}

absl::StatusOr<std::vector<Appointment>> PgAppointmentTable::OfCourse(const CourseId& course) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat(Select(),
                             "where a.clinic = $1 and a.course = $2 order by a.block, a.position, a.created_at, a.id"),
                {clinic_, course}));
  return AppointmentsOf(rows);
}

absl::StatusOr<std::vector<Appointment>> PgAppointmentTable::List(const AppointmentFilter& filter,
                                                                  const ListRange& range) {
  const std::string resource = Json::array({{{"resource", filter.resource.str()}}}).dump();
  const std::vector<std::string> states = StateNames(filter.states);
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat(
                    Select(),
                    "where a.clinic = $1 and ($2::text is null or a.course = $2::text) and ($3::text is null or "
                    "a.patient = $3::text) and ($4::jsonb is null or a.assignments @> $4::jsonb) and "
                    "($5::timestamptz is null or a.start_at >= $5::timestamptz) and ($6::timestamptz is null or "
                    "a.start_at < $6::timestamptz) and ($7::text[] is null or a.state = any ($7::text[])) and ",
                    HasExternalId("appointment", "a.id", 8),
                    " and ($10::bigint is null or (a.start_at, a.id) > (timestamptz 'epoch' + $10::bigint * interval "
                    "'1 microsecond', $11::text)) order by a.start_at, a.id limit $12"),
                {clinic_, NullIfEmpty(filter.course), NullIfEmpty(filter.patient),
                 filter.resource.empty() ? pg::Param(std::nullopt) : pg::Param(resource), filter.from, filter.until,
                 states.empty() ? pg::Param(std::nullopt) : pg::Param(states),
                 filter.external_id ? pg::Param(filter.external_id->system) : pg::Param(std::nullopt),
                 filter.external_id ? pg::Param(filter.external_id->value) : pg::Param(std::nullopt),
                 AfterKey(range, 0), AfterKey(range, 1), range.limit}));
  return AppointmentsOf(rows);
}

}  // namespace kat::scheduling
