#ifndef KAT_SERVICES_SCHEDULING_API_CONVERT_TREATMENT_H_
#define KAT_SERVICES_SCHEDULING_API_CONVERT_TREATMENT_H_

#include "absl/strings/string_view.h"
#include "kat/scheduling/v1/treatment.pb.h"
#include "services/scheduling/domain/day.h"
#include "services/scheduling/domain/treatment.h"

namespace kat::scheduling {

v1::TreatmentRecord ToProto(const ClinicId& clinic, const TreatmentRecord& record);
v1::VisitPhase ToProto(const VisitPhase& phase);
Dose FromProto(const v1::Dose& dose);
VitalSigns FromProto(const v1::VitalSigns& vital_signs);
AdverseEvent FromProto(const v1::AdverseEvent& event);
Discharge FromProto(const v1::Discharge& discharge);
Transport FromProto(const v1::Transport& transport);

// The key in a checked resource name, `staff/b` of `clinics/a/staff/b`; none for "".
ResourceKey ResourceKeyOf(absl::string_view name);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_CONVERT_TREATMENT_H_
