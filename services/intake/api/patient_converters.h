#ifndef KAT_SERVICES_INTAKE_API_PATIENT_CONVERTERS_H_
#define KAT_SERVICES_INTAKE_API_PATIENT_CONVERTERS_H_

#include "kat/intake/v1/intake_case.pb.h"
#include "services/intake/api/common_converters.h"
#include "services/intake/domain/intake_case.h"

namespace kat::intake {

v1::Patient ToProto(const Patient& patient, const ClinicId& clinic);
// Everything that a caller may set. INVALID_ARGUMENT where the birth date is missing or none.
absl::StatusOr<Patient> FromProto(const v1::Patient& patient);
v1::DuplicateCandidate ToProto(const DuplicateCandidate& candidate, const ClinicId& clinic);

v1::StepSpec ToProto(const StepSpec& spec);
StepSpec FromProto(const v1::StepSpec& spec);
v1::IntakeCase ToProto(const IntakeCase& intake_case, const ClinicId& clinic, absl::Time now);
absl::StatusOr<Referral> FromProto(const v1::Referral& referral, absl::CivilDay today);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_PATIENT_CONVERTERS_H_
