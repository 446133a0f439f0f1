#ifndef KAT_SERVICES_INTAKE_API_REQUEST_CONVERTERS_H_
#define KAT_SERVICES_INTAKE_API_REQUEST_CONVERTERS_H_

#include "kat/intake/v1/clearance.pb.h"
#include "kat/intake/v1/medication.pb.h"
#include "services/intake/api/common_converters.h"
#include "services/intake/domain/clearance.h"
#include "services/intake/domain/consent.h"
#include "services/intake/domain/document.h"
#include "services/intake/domain/medication.h"
#include "services/intake/domain/records_request.h"

namespace kat::intake {

v1::Medication ToProto(const Medication& medication, const ClinicId& clinic);
absl::StatusOr<Medication> FromProto(const v1::Medication& medication);
v1::MedicationVerification ToProto(const MedicationVerification& verification, const ClinicId& clinic);
v1::InteractionFlag ToProto(const InteractionFlag& flag, const ClinicId& clinic, const PatientId& patient);
v1::InteractionRule ToProto(const InteractionRule& rule);
InteractionRule FromProto(const v1::InteractionRule& rule);

// `day` is the clinic's today: the release is judged by it.
v1::RecordsRequest ToProto(const RecordsRequest& request, const ClinicId& clinic, absl::CivilDay day);
absl::StatusOr<RecordsRequest> FromProto(const v1::RecordsRequest& request);

v1::Clearance ToProto(const Clearance& clearance, const ClinicId& clinic);
v1::Consent ToProto(const Consent& consent, const ClinicId& clinic, ConsentState state);
v1::Document ToProto(const Document& document, const ClinicId& clinic);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_REQUEST_CONVERTERS_H_
