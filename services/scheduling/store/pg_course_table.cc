#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_booking_tables.h"
#include "services/scheduling/store/pg_external_ids.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

// With its blocks, decisions and changes of protocol: one round trip for what nearly every read of a course wants.
std::string Select() {
  return absl::StrCat(
      "select c.*, ", ExternalIdsOf("course", "c.id"),
      ", coalesce((select jsonb_agg(jsonb_build_object('number', b.number, 'phases', b.phases, 'cancelled', "
      "b.cancelled, 'financial_reservation', b.financial_reservation, 'coverage_reservation', b.coverage_reservation, "
      "'decision', b.decision, 'created_at', (extract(epoch from b.created_at) * 1000000)::bigint, 'appointments', "
      "array(select a.id from appointments a where a.clinic = b.clinic and a.course = b.course and a.block = b.number "
      "order by a.position, a.created_at, a.id)) order by b.number) from blocks b where b.clinic = c.clinic and "
      "b.course = c.id), '[]') as blocks, coalesce((select jsonb_agg(jsonb_build_object('number', d.number, 'phase', "
      "d.phase, 'occurrence', d.occurrence, 'option', d.option, 'role', d.role, 'decided_by', d.decided_by, "
      "'reason', d.reason, 'decided_at', (extract(epoch from d.decided_at) * 1000000)::bigint) "
      "order by d.number) from course_decisions d where d.clinic = c.clinic and d.course = c.id), '[]') "
      "as decisions, coalesce((select jsonb_agg(jsonb_build_object('number', p.number, 'from_protocol', "
      "p.from_protocol, 'from_version', p.from_version, 'to_protocol', p.to_protocol, 'to_version', "
      "p.to_version, 'reason', p.reason, 'changed_by', p.changed_by, 'changed_at', (extract(epoch from "
      "p.changed_at) * 1000000)::bigint) order by p.number) from protocol_changes p where p.clinic = "
      "c.clinic and p.course = c.id), '[]') as protocol_changes, "
      "(select min(a.renewal_request_day) from appointments a where a.clinic = c.clinic and a.course = c.id "
      "and a.condition_code <> '' and a.state in ('BOOKED', 'CONFIRMED')) as renewal_request_day from courses c ");
}

Block BlockOf(const Json& json) {
  Block block{.number = json.value("number", 1),
              .phases = json.at("phases").get<std::vector<std::string>>(),
              .state = json.value("cancelled", false) ? BlockState::kCancelled : BlockState::kBooked,
              .financial_reservation = json.value("financial_reservation", ""),
              .coverage_reservation = json.value("coverage_reservation", ""),
              .decision = DecisionId(json.value("decision", "")),
              .created_at = absl::FromUnixMicros(json.value("created_at", int64_t{0}))};
  for (const Json& id : json.at("appointments")) block.appointments.push_back(AppointmentId(id.get<std::string>()));
  return block;
}

Course CourseOf(const pg::Row& row) {
  Course course{.id = row.Get<CourseId>("id"),
                .patient = row.Get<PatientId>("patient"),
                .program = row.Get<std::string>("program"),
                .protocol = row.Get<ProtocolId>("protocol"),
                .protocol_version = row.Get<int>("protocol_version"),
                .earliest_day = row.Get<absl::CivilDay>("earliest_day"),
                .state = row.Get<bool>("stopped") ? CourseState::kStopped : CourseState::kActive,
                .stop_reason = row.Get<std::string>("stop_reason"),
                .renewal_request_by = row.Get<std::optional<absl::CivilDay>>("renewal_request_day"),
                .version = row.Get<int64_t>("version"),
                .created_at = row.Get<absl::Time>("created_at"),
                .updated_at = row.Get<absl::Time>("updated_at")};
  FromJson(ParseJson(row.Get<std::string>("preferences")), &course.preferences);
  FromJson(ParseJson(row.Get<std::string>("external_ids")), &course.external_ids);
  for (const Json& block : ParseJson(row.Get<std::string>("blocks"))) course.blocks.push_back(BlockOf(block));
  for (const Json& decision : ParseJson(row.Get<std::string>("decisions"))) {
    course.decisions.push_back({.number = decision.value("number", 1),
                                .phase = decision.value("phase", ""),
                                .occurrence = decision.value("occurrence", 1),
                                .option = decision.value("option", ""),
                                .role = decision.value("role", 0),
                                .decided_by = decision.value("decided_by", ""),
                                .reason = decision.value("reason", ""),
                                .decided_at = absl::FromUnixMicros(decision.value("decided_at", int64_t{0}))});
  }
  for (const Json& change : ParseJson(row.Get<std::string>("protocol_changes"))) {
    course.protocol_changes.push_back({.number = change.value("number", 1),
                                       .from_protocol = ProtocolId(change.value("from_protocol", "")),
                                       .from_version = change.value("from_version", 1),
                                       .to_protocol = ProtocolId(change.value("to_protocol", "")),
                                       .to_version = change.value("to_version", 1),
                                       .reason = change.value("reason", ""),
                                       .changed_by = change.value("changed_by", ""),
                                       .changed_at = absl::FromUnixMicros(change.value("changed_at", int64_t{0}))});
  }
  return course;
}

}  // namespace

absl::Status PgCourseTable::Insert(const Course& course) {
  const absl::Status status =
      db_.Execute(
             "insert into courses (clinic, id, patient, program, protocol, protocol_version, earliest_day, "
             "preferences, stopped, stop_reason, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, "
             "$8, $9, $10, $11, $12, $13)",
             {clinic_, course.id, course.patient, course.program, course.protocol, course.protocol_version,
              course.earliest_day, ToJson(course.preferences).dump(), course.state == CourseState::kStopped,
              course.stop_reason, course.version, course.created_at, course.updated_at})
          .status();
  if (absl::IsAlreadyExists(status)) return NameTaken("course");
  RETURN_IF_ERROR(status);
  return ReplaceExternalIds(db_, clinic_, "course", course.id.str(), course.external_ids);
}

absl::Status PgCourseTable::Update(const Course& course) {
  RETURN_IF_ERROR(CheckUpdated(
      db_.Execute(
          "update courses set earliest_day = $3, preferences = $4, stopped = $5, stop_reason = $6, version = $7, "
          "updated_at = $8, protocol = $9, protocol_version = $10 where clinic = $1 and id = $2 and version = "
          "$7::bigint - 1",
          {clinic_, course.id, course.earliest_day, ToJson(course.preferences).dump(),
           course.state == CourseState::kStopped, course.stop_reason, course.version, course.updated_at,
           course.protocol, course.protocol_version}),
      "course"));
  return ReplaceExternalIds(db_, clinic_, "course", course.id.str(), course.external_ids);
}

absl::StatusOr<Course> PgCourseTable::Get(const CourseId& id, Lock lock) {
  if (lock == Lock::kForUpdate) {
    // By itself: a statement that waits for a row sees it as it is then, and all else as it was before.
    RETURN_IF_ERROR(
        db_.Execute("select from courses where clinic = $1 and id = $2 for update", {clinic_, id}).status());
  }
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(absl::StrCat(Select(), "where c.clinic = $1 and c.id = $2"), {clinic_, id}));
  if (!row) return ResourceNotFound("course");
  return CourseOf(*row);
}

absl::StatusOr<int64_t> PgCourseTable::Version(const CourseId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select version from courses where clinic = $1 and id = $2", {clinic_, id}));
  if (!row) return ResourceNotFound("course");
  return row->Get<int64_t>("version");
}

absl::StatusOr<std::vector<Course>> PgCourseTable::List(const CourseFilter& filter, const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query(absl::StrCat(
                    Select(),
                    "where c.clinic = $1 and ($2::text = '' or c.patient = $2::text) and ($3::text = '' or "
                    "c.program = $3::text) and ($4::boolean is null or c.stopped = $4::boolean) and ",
                    HasExternalId("course", "c.id", 5),
                    " and ($7::bigint is null or (c.created_at, c.id) < (timestamptz 'epoch' + $7::bigint * interval "
                    "'1 microsecond', $8::text)) order by c.created_at desc, c.id desc limit $9"),
                {clinic_, filter.patient, filter.program,
                 filter.state ? pg::Param(*filter.state == CourseState::kStopped) : pg::Param(std::nullopt),
                 filter.external_id ? pg::Param(filter.external_id->system) : pg::Param(std::nullopt),
                 filter.external_id ? pg::Param(filter.external_id->value) : pg::Param(std::nullopt),
                 AfterKey(range, 0), AfterKey(range, 1), range.limit}));
  std::vector<Course> courses;
  for (const pg::Row& row : rows) courses.push_back(CourseOf(row));
  return courses;
}

absl::StatusOr<std::map<PatientId, absl::Time>> PgCourseTable::LastOfPatients(const std::string& program,
                                                                              const std::vector<PatientId>& patients) {
  std::vector<std::string> ids;
  for (const PatientId& patient : patients) ids.push_back(patient.str());
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db_.Query("select c.patient, max(c.created_at) as created_at from unnest($3::text[]) as t (id) join "
                             "courses c on c.clinic = $1 and c.patient = t.id and c.program = $2 group by c.patient",
                             {clinic_, program, ids}));
  std::map<PatientId, absl::Time> out;
  for (const pg::Row& row : rows) out.emplace(row.Get<PatientId>("patient"), row.Get<absl::Time>("created_at"));
  return out;
}

absl::Status PgCourseTable::InsertBlock(const CourseId& course, const Block& block) {
  return db_
      .Execute(
          "insert into blocks (clinic, course, number, phases, cancelled, financial_reservation, coverage_reservation, "
          "created_at, decision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {clinic_, course, block.number, Json(block.phases).dump(), block.state == BlockState::kCancelled,
           block.financial_reservation, block.coverage_reservation, block.created_at, block.decision})
      .status();
}

absl::Status PgCourseTable::CancelBlock(const CourseId& course, int number) {
  return db_
      .Execute("update blocks set cancelled = true where clinic = $1 and course = $2 and number = $3",
               {clinic_, course, number})
      .status();
}

absl::Status PgCourseTable::InsertDecision(const CourseId& course, const CourseDecision& decision) {
  return db_
      .Execute(
          "insert into course_decisions (clinic, course, number, phase, occurrence, option, role, decided_by, reason, "
          "decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          {clinic_, course, decision.number, decision.phase, decision.occurrence, decision.option, decision.role,
           decision.decided_by, decision.reason, decision.decided_at})
      .status();
}

absl::Status PgCourseTable::InsertProtocolChange(const CourseId& course, const ProtocolVersionChange& change) {
  return db_
      .Execute(
          "insert into protocol_changes (clinic, course, number, from_protocol, from_version, to_protocol, to_version, "
          "reason, changed_by, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          {clinic_, course, change.number, change.from_protocol, change.from_version, change.to_protocol,
           change.to_version, change.reason, change.changed_by, change.changed_at})
      .status();
}

}  // namespace kat::scheduling
