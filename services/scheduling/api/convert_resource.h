#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_RESOURCE_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_RESOURCE_H_

#include "absl/status/statusor.h"
#include "kat/scheduling/v1/resource.pb.h"
#include "kat/scheduling/v1/visit_type.pb.h"
#include "services/scheduling/domain/resource.h"
#include "services/scheduling/domain/visit_type.h"

namespace kat::scheduling {

// All but key, version and times.
absl::StatusOr<Resource> FromProto(const v1::Staff& staff);
absl::StatusOr<Resource> FromProto(const v1::Room& room);
absl::StatusOr<Resource> FromProto(const v1::EquipmentPool& pool);

void ToProto(const ClinicId& clinic, const Resource& resource, v1::Staff* out);
void ToProto(const ClinicId& clinic, const Resource& resource, v1::Room* out);
void ToProto(const ClinicId& clinic, const Resource& resource, v1::EquipmentPool* out);

VisitType FromProto(const v1::VisitType& type);
v1::VisitType ToProto(const ClinicId& clinic, const VisitType& type);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_RESOURCE_H_
