#include "libs/base/error.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

using domain::LineState;
using domain::Reservation;
using domain::UnitLine;

Columns LineColumns(const UnitLine& line) {
  Columns columns;
  columns.Set("reservation", line.reservation)
      .Set("patient", line.patient)
      .Set("course", line.course)
      .Set("program", line.program)
      .Set("visit_id", line.visit_id)
      .Set("session_number", line.session_number)
      .Set("day", line.day)
      .Set("prior_authorization", line.authorization)
      .Set("visits", line.units.visits)
      .Set("drug_mg", line.units.drug_mg)
      .Set("devices", line.units.devices)
      .Set("overrun_visits", line.overrun.visits)
      .Set("overrun_drug_mg", line.overrun.drug_mg)
      .Set("overrun_devices", line.overrun.devices)
      .Set("state", Name(line.state))
      .Set("appointment", line.appointment)
      .Set("appointment_version", line.appointment_version)
      .Set("code", line.code)
      .Set("renewal_request_day", line.renewal_request_by);
  return columns;
}

UnitLine ReadLine(const pg::Row& row) {
  return {.id = row.Get<int64_t>("line"),
          .reservation = row.Get<domain::ReservationId>("reservation"),
          .patient = row.Get<PatientId>("patient"),
          .course = row.Get<domain::CourseId>("course"),
          .program = row.Get<std::string>("program"),
          .visit_id = row.Get<std::string>("visit_id"),
          .session_number = row.Get<int>("session_number"),
          .day = row.Get<absl::CivilDay>("day"),
          .authorization = row.Get<std::optional<domain::AuthorizationId>>("prior_authorization"),
          .units = CountsAt(row, ""),
          .overrun = CountsAt(row, "overrun_"),
          .state = EnumOf<LineState>(row.Get<std::string>("state"), 7),
          .appointment = row.Get<domain::AppointmentId>("appointment"),
          .appointment_version = row.Get<int64_t>("appointment_version"),
          .code = row.Get<std::string>("code"),
          .renewal_request_by = row.Get<std::optional<absl::CivilDay>>("renewal_request_day")};
}

}  // namespace

absl::Status PgTx::InsertReservation(const Reservation& reservation) {
  Columns columns;
  columns.Set("reservation", reservation.id)
      .Set("patient", reservation.patient)
      .Set("course", reservation.course)
      .Set("program", reservation.program)
      .Set("requirement", static_cast<int>(reservation.requirement))
      .Set("state", Name(reservation.state))
      .Set("expires_at", reservation.expires_at)
      .Set("version", reservation.version);
  RETURN_IF_ERROR(columns.Insert(db(), "coverage_reservations"));
  for (size_t i = 0; i < reservation.conditions.size(); ++i) {
    const domain::Condition& condition = reservation.conditions[i];
    Columns row;
    row.Set("reservation", reservation.id)
        .Set("position", static_cast<int>(i))
        .Set("code", condition.code)
        .Set("state", static_cast<int>(condition.state))
        .Set("subject_kind", static_cast<int>(condition.subject))
        .Set("subject_id", condition.subject_id)
        .Set("description", condition.description)
        .Set("responsible", static_cast<int>(condition.responsible))
        .Set("expires_on", condition.expires_on);
    RETURN_IF_ERROR(row.Insert(db(), "reservation_conditions"));
  }
  return absl::OkStatus();
}

absl::Status PgTx::SaveReservationState(const Reservation& reservation) {
  return db()
      .Execute("update coverage_reservations set state = $2, version = $3 where reservation = $1",
               {reservation.id, Name(reservation.state), reservation.version})
      .status();
}

absl::StatusOr<Reservation> PgTx::FindReservation(const domain::ReservationId& id, Lock lock) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db().QueryOptional(
                       absl::StrCat("select * from coverage_reservations where reservation = $1", Suffix(lock)), {id}));
  if (!row) return ResourceNotFound("coverage reservation");
  Reservation reservation{.id = id,
                          .patient = row->Get<PatientId>("patient"),
                          .course = row->Get<domain::CourseId>("course"),
                          .program = row->Get<std::string>("program"),
                          .requirement = static_cast<domain::Requirement>(row->Get<int>("requirement")),
                          .expires_at = row->Get<absl::Time>("expires_at"),
                          .state = EnumOf<Reservation::State>(row->Get<std::string>("state"), 5),
                          .version = row->Get<int64_t>("version")};
  ASSIGN_OR_RETURN(const pg::Rows conditions,
                   db().Query("select * from reservation_conditions where reservation = $1 order by position", {id}));
  for (const pg::Row& c : conditions) {
    reservation.conditions.push_back({.code = c.Get<std::string>("code"),
                                      .state = static_cast<domain::ConditionState>(c.Get<int>("state")),
                                      .subject = static_cast<domain::Condition::Subject>(c.Get<int>("subject_kind")),
                                      .subject_id = c.Get<std::string>("subject_id"),
                                      .description = c.Get<std::string>("description"),
                                      .responsible = static_cast<domain::Role>(c.Get<int>("responsible")),
                                      .expires_on = c.Get<std::optional<absl::CivilDay>>("expires_on")});
  }
  return reservation;
}

absl::Status PgTx::InsertLine(const UnitLine& line) { return LineColumns(line).Insert(db(), "unit_lines"); }

absl::Status PgTx::UpdateLine(const UnitLine& line) {
  return LineColumns(line).Update(db(), "unit_lines", "line", line.id);
}

absl::StatusOr<std::vector<UnitLine>> PgTx::ReadLines(absl::string_view where, const std::vector<pg::Param>& params) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query(absl::StrCat("select * from unit_lines where ", where, " order by day, line"), params));
  std::vector<UnitLine> lines;
  for (const pg::Row& row : rows) lines.push_back(ReadLine(row));
  return lines;
}

absl::StatusOr<std::optional<UnitLine>> PgTx::FindLine(int64_t id) {
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines, ReadLines("line = $1", {id}));
  return lines.empty() ? std::optional<UnitLine>() : lines[0];
}

absl::StatusOr<std::vector<UnitLine>> PgTx::LinesOfReservation(const domain::ReservationId& id) {
  return ReadLines("reservation = $1", {id});
}

absl::StatusOr<std::vector<UnitLine>> PgTx::LinesOf(const PatientId& patient, const std::string& program) {
  return ReadLines("patient = $1 and program = $2 and state in ('HELD', 'CONFIRMED', 'CONSUMED', 'UNCOVERED')",
                   {patient, program});
}

absl::StatusOr<std::vector<UnitLine>> PgTx::LinesOfAuthorization(const domain::AuthorizationId& id) {
  return ReadLines("prior_authorization = $1 and state in ('HELD', 'CONFIRMED', 'CONSUMED')", {id});
}

absl::StatusOr<std::optional<UnitLine>> PgTx::LineOfVisit(const domain::CourseId& course, const std::string& visit_id) {
  ASSIGN_OR_RETURN(const std::vector<UnitLine> lines,
                   ReadLines("course = $1 and visit_id = $2 and state in ('CONFIRMED', 'CONSUMED', 'UNCOVERED')",
                             {course, visit_id}));
  return lines.empty() ? std::optional<UnitLine>() : lines[0];
}

absl::StatusOr<std::optional<UnitLine>> PgTx::LineOfAppointment(const domain::AppointmentId& id) {
  ASSIGN_OR_RETURN(
      const std::vector<UnitLine> lines,
      ReadLines("appointment = $1 and appointment <> '' and state in ('CONFIRMED', 'CONSUMED', 'UNCOVERED')", {id}));
  return lines.empty() ? std::optional<UnitLine>() : lines[0];
}

absl::StatusOr<bool> PgTx::NoteTreated(const domain::AppointmentId& id, absl::Time at) {
  ASSIGN_OR_RETURN(
      const int64_t added,
      db().Execute("insert into treated_sessions values (kat_clinic(), $1, $2) on conflict do nothing", {id, at}));
  return added > 0;
}

}  // namespace kat::authorization::store
