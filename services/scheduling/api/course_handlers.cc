#include "services/scheduling/api/course_handlers.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/merge.h"
#include "services/scheduling/domain/course_decision.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/wait_list_end.h"

namespace kat::scheduling {
namespace {

constexpr char kEarliest[] = "course.earliest_date";

// The version that a course asks for, or the one in effect for its program.
absl::StatusOr<ProtocolVersion> ChooseProtocol(Tx& tx, const v1::Course& wanted, const Course& course) {
  if (wanted.protocol_version().empty()) return tx.protocols().InEffect(course.program, course.earliest_day);
  int version = 0;
  if (!absl::SimpleAtoi(rpc::LastSegment(wanted.protocol_version()), &version)) {
    return ResourceNotFound("protocol version");
  }
  ASSIGN_OR_RETURN(ProtocolVersion protocol,
                   tx.protocols().Get(ProtocolId(rpc::SegmentAfter(wanted.protocol_version(), "protocols")), version));
  if (protocol.program != course.program) {
    return InvalidField("course.protocol_version", "is of another program than the course");
  }
  return protocol;
}

absl::StatusOr<v1::Course> Save(Tx& tx, Course course, absl::string_view what) {
  ++course.version;
  course.updated_at = tx.now();
  RETURN_IF_ERROR(tx.courses().Update(course));
  RETURN_IF_ERROR(Publish(tx, course, what));
  ASSIGN_OR_RETURN(const ProtocolVersion protocol, tx.protocols().Get(course.protocol, course.protocol_version));
  return ToProto(tx.clinic(), course, protocol);
}

// The mask with `*`, or nothing, written out.
absl::StatusOr<google::protobuf::FieldMask> WholeMask(google::protobuf::FieldMask mask) {
  static const std::set<std::string> allowed = {"earliest_date", "preferences", "external_ids"};
  if (IsWhole(mask)) {
    mask.clear_paths();
    for (const std::string& path : allowed) mask.add_paths(path);
  }
  for (const std::string& path : mask.paths()) {
    if (!allowed.contains(path.substr(0, path.find('.')))) {
      return InvalidField("update_mask", absl::StrCat(path, " cannot be changed"));
    }
  }
  return mask;
}

}  // namespace

void CourseHandlers::Register(rpc::Service& service) {
  service.Unary("CreateCourse", this, &CourseHandlers::CreateCourse);
  service.Unary("GetCourse", this, &CourseHandlers::GetCourse);
  service.Unary("ListCourses", this, &CourseHandlers::ListCourses);
  service.Unary("UpdateCourse", this, &CourseHandlers::UpdateCourse);
  service.Unary("StopCourse", this, &CourseHandlers::StopCourse);
  service.Unary("RecordCourseDecision", this, &CourseHandlers::RecordCourseDecision);
}

absl::StatusOr<v1::Course> CourseHandlers::CreateCourse(rpc::Call& call, const v1::CreateCourseRequest& request) {
  ASSIGN_OR_RETURN(const Course draft, FromProto(request.course()));
  RETURN_IF_ERROR(ValidateCourse(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    RETURN_IF_ERROR(CheckDayInReach(draft.earliest_day, tx.now(), kEarliest));
    Course course = draft;
    ASSIGN_OR_RETURN(const ProtocolVersion protocol, ChooseProtocol(tx, request.course(), course));
    course.id = CourseId(request.course_id().empty() ? NewId() : request.course_id());
    course.protocol = protocol.protocol;
    course.protocol_version = protocol.version;
    course.created_at = course.updated_at = tx.now();
    RETURN_IF_ERROR(tx.courses().Insert(course));
    RETURN_IF_ERROR(Publish(tx, course, "created"));
    return ToProto(tx.clinic(), course, protocol);
  });
}

absl::StatusOr<v1::Course> CourseHandlers::GetCourse(rpc::Call& call, const v1::GetCourseRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    ASSIGN_OR_RETURN(const Course course, tx.courses().Get(CourseId(rpc::LastSegment(request.name()))));
    ASSIGN_OR_RETURN(const ProtocolVersion protocol, tx.protocols().Get(course.protocol, course.protocol_version));
    return ToProto(tx.clinic(), course, protocol);
  });
}

absl::StatusOr<v1::ListCoursesResponse> CourseHandlers::ListCourses(rpc::Call& call,
                                                                    const v1::ListCoursesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  CourseFilter filter{.patient = PatientId(rpc::LastSegment(request.patient())),
                      .program = request.program(),
                      .external_id = FilterId(request.has_external_id(), request.external_id())};
  if (request.state() != v1::Course::STATE_UNSPECIFIED) filter.state = static_cast<CourseState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListCoursesResponse> {
    ASSIGN_OR_RETURN(std::vector<Course> rows,
                     tx.courses().List(filter, {.after = page.after, .limit = page.size + 1}));
    v1::ListCoursesResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const Course& last) {
      return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.created_at)), last.id.str()};
    }));
    std::map<std::pair<ProtocolId, int>, ProtocolVersion> protocols;
    for (const Course& row : rows) {
      const auto key = std::pair(row.protocol, row.protocol_version);
      if (!protocols.contains(key)) {
        ASSIGN_OR_RETURN(protocols[key], tx.protocols().Get(row.protocol, row.protocol_version));
      }
      *response.add_courses() = ToProto(tx.clinic(), row, protocols[key]);
    }
    return response;
  });
}

absl::StatusOr<v1::Course> CourseHandlers::UpdateCourse(rpc::Call& call, const v1::UpdateCourseRequest& request) {
  ASSIGN_OR_RETURN(const google::protobuf::FieldMask mask, WholeMask(request.update_mask()));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    ASSIGN_OR_RETURN(Course course,
                     tx.courses().Get(CourseId(rpc::LastSegment(request.course().name())), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.course().etag(), course.version, "course"));
    ASSIGN_OR_RETURN(const ProtocolVersion protocol, tx.protocols().Get(course.protocol, course.protocol_version));
    ASSIGN_OR_RETURN(const v1::Course merged,
                     Merge(mask, request.course(), ToProto(tx.clinic(), course, protocol), "course"));
    ASSIGN_OR_RETURN(const Course after, FromProto(merged));
    RETURN_IF_ERROR(ValidateCourse(after));
    if (after.earliest_day != course.earliest_day) {
      RETURN_IF_ERROR(CheckDayInReach(after.earliest_day, tx.now(), kEarliest));
    }
    course.earliest_day = after.earliest_day;
    course.preferences = after.preferences;
    course.external_ids = after.external_ids;
    return Save(tx, std::move(course), "updated");
  });
}

absl::StatusOr<v1::Course> CourseHandlers::StopCourse(rpc::Call& call, const v1::StopCourseRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    ASSIGN_OR_RETURN(Course course, tx.courses().Get(CourseId(rpc::LastSegment(request.name())), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), course.version, "course"));
    if (course.state == CourseState::kStopped) return WrongState("course", "STOPPED", "stopped");
    ASSIGN_OR_RETURN(const std::vector<Appointment> appointments, tx.appointments().OfCourse(course.id));
    const bool stand = std::any_of(appointments.begin(), appointments.end(), [&](const Appointment& appointment) {
      // One that is over and was no dosing visit has no more to come.
      return appointment.state == AppointmentState::kCheckedIn ||
             (IsOpen(appointment.state) && appointment.time.end > tx.now());
    });
    if (stand) return AppointmentsStand();
    course.state = CourseState::kStopped;
    course.stop_reason = request.reason();
    RETURN_IF_ERROR(TellOver(tx, course));
    return Save(tx, std::move(course), "stopped");
  });
}

absl::StatusOr<v1::Course> CourseHandlers::RecordCourseDecision(rpc::Call& call,
                                                                const v1::RecordCourseDecisionRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    ASSIGN_OR_RETURN(Course course, tx.courses().Get(CourseId(rpc::LastSegment(request.name())), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), course.version, "course"));
    ASSIGN_OR_RETURN(const ProtocolVersion protocol, tx.protocols().Get(course.protocol, course.protocol_version));
    ASSIGN_OR_RETURN(const std::vector<Appointment> appointments, tx.appointments().OfCourse(course.id));
    const std::set<common::v1::Role>& roles = call.identity().roles;
    ASSIGN_OR_RETURN(const CourseDecision decision, Decide(course, protocol, appointments,
                                                           {.phase = request.phase(),
                                                            .option = request.option(),
                                                            .reason = request.reason(),
                                                            .decided_by = call.identity().subject,
                                                            .roles = {roles.begin(), roles.end()},
                                                            .now = tx.now()}));
    RETURN_IF_ERROR(tx.courses().InsertDecision(course.id, decision));
    course.decisions.push_back(decision);
    return Save(tx, std::move(course), "decided");
  });
}

}  // namespace kat::scheduling
