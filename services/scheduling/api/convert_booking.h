#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_BOOKING_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_BOOKING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/appointment.pb.h"
#include "kat/scheduling/v1/booking.pb.h"
#include "kat/scheduling/v1/course.pb.h"
#include "kat/scheduling/v1/plan.pb.h"
#include "services/scheduling/domain/booking.h"

namespace kat::scheduling {

// The key in a checked resource name: `clinics/a/rooms/b` is rooms/b.
ResourceKey KeyOf(const std::string& name);

using AssignmentList = google::protobuf::RepeatedPtrField<v1::Assignment>;
std::vector<Assignment> FromProto(const AssignmentList& assignments);
void ToProto(const ClinicId& clinic, const std::vector<Assignment>& assignments, AssignmentList* out);

v1::CoverageCondition ToProto(const CoverageCondition& condition);
v1::Appointment ToProto(const ClinicId& clinic, const Appointment& appointment);

// All but id, protocol, state, blocks, version and times.
absl::StatusOr<Course> FromProto(const v1::Course& course);
v1::Block ToProto(const ClinicId& clinic, const CourseId& course, const Block& block);
v1::CourseDecision ToProto(const CourseDecision& decision);
v1::Course ToProto(const ClinicId& clinic, const Course& course, const ProtocolVersion& protocol);

// INVALID_ARGUMENT on `plan.course_etag`.
absl::StatusOr<BlockPlan> FromProto(const v1::BlockPlan& plan);
v1::BlockPlan ToProto(const ClinicId& clinic, const BlockPlan& plan);
v1::Hold ToProto(const ClinicId& clinic, const Hold& hold);

// Decisions as they are asked for: without the role and the time.
std::vector<ProtocolOverride> OverridesOf(const google::protobuf::RepeatedPtrField<v1::OverrideDecision>& decisions);

v1::Reason ToProto(const Reason& reason);
v1::CostTerm ToProto(const CostTerm& term);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_BOOKING_H_
