#ifndef KAT_SERVICES_INTAKE_API_CLINICAL_CONVERTERS_H_
#define KAT_SERVICES_INTAKE_API_CLINICAL_CONVERTERS_H_

#include "kat/intake/v1/measure.pb.h"
#include "kat/intake/v1/screening.pb.h"
#include "services/intake/api/common_converters.h"
#include "services/intake/domain/evaluation.h"
#include "services/intake/domain/measure.h"
#include "services/intake/domain/screening.h"

namespace kat::intake {

v1::MedicationTrial ToProto(const MedicationTrial& trial);
v1::PsychiatricEvaluation ToProto(const PsychiatricEvaluation& evaluation, const ClinicId& clinic);
absl::StatusOr<PsychiatricEvaluation> FromProto(const v1::PsychiatricEvaluation& evaluation);

v1::ScreeningResult ToProto(const ScreeningResult& result, const ClinicId& clinic);
v1::MedicalScreening ToProto(const MedicalScreening& screening, const ClinicId& clinic);
absl::StatusOr<MedicalScreening> FromProto(const v1::MedicalScreening& screening);
v1::ScreeningRule ToProto(const ScreeningRule& rule);
ScreeningRule FromProto(const v1::ScreeningRule& rule);

v1::Measure ToProto(const Measure& measure, const ClinicId& clinic);
absl::StatusOr<Measure> FromProto(const v1::Measure& measure, absl::CivilDay today);
v1::Instrument ToProto(const Instrument& instrument);
v1::RiskReview ToProto(const RiskReview& review, const ClinicId& clinic);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_CLINICAL_CONVERTERS_H_
