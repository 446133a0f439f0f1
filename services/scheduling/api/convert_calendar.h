#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_CALENDAR_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_CALENDAR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/type/date.pb.h"
#include "kat/common/v1/types.pb.h"
#include "kat/scheduling/v1/calendar.pb.h"
#include "kat/scheduling/v1/clinic.pb.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/ids.h"

// Conversions; `field` is the path that an error names.
namespace kat::scheduling {

// A date that may be absent.
absl::StatusOr<std::optional<absl::CivilDay>> DayFromProto(bool present, const google::type::Date& date,
                                                           absl::string_view field);

using WeeklyHoursList = google::protobuf::RepeatedPtrField<v1::WeeklyHours>;
absl::StatusOr<std::vector<WeeklySpan>> FromProto(const WeeklyHoursList& hours, const std::string& field);
void ToProto(const std::vector<WeeklySpan>& weekly, WeeklyHoursList* out);

absl::StatusOr<Availability> FromProto(const v1::Availability& availability, const std::string& field);
v1::Availability ToProto(const Availability& availability);

absl::StatusOr<Clinic> FromProto(const v1::Clinic& clinic);
v1::Clinic ToProto(const Clinic& clinic);

using ExternalIdList = google::protobuf::RepeatedPtrField<common::v1::ExternalId>;
std::vector<ExternalId> FromProto(const ExternalIdList& ids);
void ToProto(const std::vector<ExternalId>& ids, ExternalIdList* out);
// The external id of a filter.
std::optional<ExternalId> FilterId(bool present, const common::v1::ExternalId& id);

v1::TimeSpan ToProto(const TimeSpan& span);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_CALENDAR_H_
