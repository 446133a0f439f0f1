#ifndef KAT_SERVICES_INTAKE_FLOW_NAMES_H_
#define KAT_SERVICES_INTAKE_FLOW_NAMES_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/intake/domain/evidence.h"
#include "services/intake/domain/intake_case.h"

// Resource names (AIP-122) of what intake owns.
namespace kat::intake {

inline std::string ClinicName(const ClinicId& clinic) { return absl::StrCat("clinics/", clinic.str()); }

inline std::string PatientName(const ClinicId& clinic, const PatientId& patient) {
  return absl::StrCat("clinics/", clinic.str(), "/patients/", patient.str());
}

// A resource under a patient: `measures`, id.
inline std::string NameUnder(const ClinicId& clinic, const PatientId& patient, absl::string_view collection,
                             absl::string_view id) {
  return absl::StrCat(PatientName(clinic, patient), "/", collection, "/", id);
}

inline std::string NameOf(const ClinicId& clinic, const PatientId& patient, const EvidenceRef& ref) {
  return ref.empty() ? "" : NameUnder(clinic, patient, ref.collection, ref.id);
}

inline std::string StepName(const ClinicId& clinic, const IntakeCase& intake_case, absl::string_view key) {
  return absl::StrCat(NameUnder(clinic, intake_case.patient, "cases", intake_case.id.str()), "/steps/", key);
}

inline std::string MedicationListName(const ClinicId& clinic, const PatientId& patient) {
  return absl::StrCat(PatientName(clinic, patient), "/medicationList");
}

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_FLOW_NAMES_H_
