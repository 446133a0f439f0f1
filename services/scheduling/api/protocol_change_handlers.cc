#include "services/scheduling/api/protocol_change_handlers.h"

#include "absl/strings/numbers.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/domain/protocol_change.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {
namespace {

absl::StatusOr<ProtocolVersion> GetVersion(Tx& tx, const std::string& name) {
  int version = 0;
  if (!absl::SimpleAtoi(rpc::LastSegment(name), &version)) return ResourceNotFound("protocol version");
  return tx.protocols().Get(ProtocolId(rpc::SegmentAfter(name, "protocols")), version);
}

v1::ProtocolChange ToProto(const ClinicId& clinic, const Course& course, const ProtocolVersion& to,
                           const ProtocolChange& change) {
  v1::ProtocolChange out;
  out.set_protocol_version(ProtocolVersionName(clinic, to.protocol, to.version));
  out.set_course_etag(rpc::Etag(course.version));
  for (const VisitChange& visit : change.visits) {
    v1::VisitChange& out_visit = *out.add_visits();
    out_visit.set_kind(static_cast<v1::VisitChange::Kind>(visit.kind));
    out_visit.set_visit_id(visit.visit.visit_id);
    out_visit.set_phase(visit.visit.phase);
    out_visit.set_visit_type(visit.visit.visit_type.str());
    out_visit.set_appointment(NameOf(clinic, visit.appointment));
  }
  for (const Reason& reason : change.broken) *out.add_broken_rules() = ToProto(reason);
  for (const std::string& phase : change.blocking_phases) out.add_blocking_phases(phase);
  if (!change.blocking_phases.empty()) return out;
  const NextStep next = NextOf(course, to);
  if (next.phase >= 0) out.set_next_phase(to.phases[next.phase].id);
  if (next.undecided || next.provisional) out.set_pending_decision(to.phases[BookedPhases(course, to).back()].id);
  return out;
}

}  // namespace

void ProtocolChangeHandlers::Register(rpc::Service& service) {
  service.Unary("PreviewProtocolChange", this, &ProtocolChangeHandlers::PreviewProtocolChange);
  service.Unary("ChangeProtocol", this, &ProtocolChangeHandlers::ChangeProtocol);
}

absl::StatusOr<v1::ProtocolChange> ProtocolChangeHandlers::PreviewProtocolChange(
    rpc::Call& call, const v1::PreviewProtocolChangeRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ProtocolChange> {
    ASSIGN_OR_RETURN(const CourseFacts facts,
                     LoadCourseFacts(tx, CourseId(rpc::LastSegment(request.name())), Lock::kNo));
    ASSIGN_OR_RETURN(const ProtocolVersion to, GetVersion(tx, request.protocol_version()));
    ProtocolChange change = CompareProtocols(facts.View(), to);
    const absl::Status allowed = CheckProtocolChange(facts.course, to, change);
    // Blocking phases are an answer here; all else is no question to ask.
    if (!allowed.ok() && change.blocking_phases.empty()) return allowed;
    call.Touch(NameOf(tx.clinic(), facts.course.patient));
    return ToProto(tx.clinic(), facts.course, to, change);
  });
}

absl::StatusOr<v1::Course> ProtocolChangeHandlers::ChangeProtocol(rpc::Call& call,
                                                                  const v1::ChangeProtocolRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Course> {
    ASSIGN_OR_RETURN(CourseFacts facts,
                     LoadCourseFacts(tx, CourseId(rpc::LastSegment(request.name())), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), facts.course.version, "course"));
    ASSIGN_OR_RETURN(const ProtocolVersion to, GetVersion(tx, request.protocol_version()));
    RETURN_IF_ERROR(CheckProtocolChange(facts.course, to, CompareProtocols(facts.View(), to)));
    Course course = facts.course;
    const ProtocolVersionChange change{.number = static_cast<int>(course.protocol_changes.size()) + 1,
                                       .from_protocol = course.protocol,
                                       .from_version = course.protocol_version,
                                       .to_protocol = to.protocol,
                                       .to_version = to.version,
                                       .reason = request.reason(),
                                       .changed_by = call.identity().subject,
                                       .changed_at = tx.now()};
    RETURN_IF_ERROR(tx.courses().InsertProtocolChange(course.id, change));
    course.protocol_changes.push_back(change);
    course.protocol = to.protocol;
    course.protocol_version = to.version;
    ++course.version;
    course.updated_at = tx.now();
    RETURN_IF_ERROR(tx.courses().Update(course));
    RETURN_IF_ERROR(Publish(tx, course, "protocol_changed"));
    return ToProto(tx.clinic(), course, to);
  });
}

}  // namespace kat::scheduling
