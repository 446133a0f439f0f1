#ifndef KAT_SERVICES_INTAKE_DOMAIN_MEDICATION_H_
#define KAT_SERVICES_INTAKE_DOMAIN_MEDICATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"

namespace kat::intake {

enum class Handling { kCaution = 1, kSignOff = 2, kContraindicated = 3 };

// A rule about drugs of a class, or named drugs, beside a treatment.
struct InteractionRule {
  std::string code;
  std::vector<std::string> drug_classes;
  std::vector<std::string> drugs;
  Handling handling = Handling::kCaution;
  std::string reason;
  std::string instruction;
  std::string source;
};

struct Medication {
  MedicationId id;
  PatientId patient;
  std::string drug;
  std::string drug_class;
  std::string dose;
  std::string route;
  std::optional<absl::CivilDay> start_date;
  std::optional<absl::CivilDay> end_date;  // last day taken
  std::string stop_reason;
  std::string prescriber;
  absl::Time create_time;

  bool TakenOn(absl::CivilDay day) const {
    return (!start_date || *start_date <= day) && (!end_date || *end_date >= day);
  }
};

struct MedicationVerification {
  VerificationId id;
  PatientId patient;
  absl::CivilDay verified_date;
  std::string verified_by;
  std::string source;
  std::string changes;
  int64_t list_version = 0;
  std::vector<std::string> signed_off_codes;
  absl::Time create_time;
};

struct InteractionFlag {
  std::string code;
  MedicationId medication;
  Handling handling = Handling::kCaution;
  std::string reason;
  std::string instruction;
  bool signed_off = false;
};

// INVALID_ARGUMENT with every rule that names neither class nor drug, or has another's code.
absl::Status ValidateInteractionRules(const std::vector<InteractionRule>& rules);

// FAILED_PRECONDITION, MEDICATION_LIST_FULL where so many of `medications` are not stopped that none may be added.
absl::Status CheckRoom(const std::vector<Medication>& medications);

// Ends a medication on `end_date`. FAILED_PRECONDITION where it has ended; INVALID_ARGUMENT for a day before its start
// or after `today`.
absl::Status StopMedication(Medication& medication, absl::CivilDay end_date, absl::string_view reason,
                            absl::CivilDay today);

// Rules that what is taken on `day` meets: by class exactly, by drug without case. A SIGN_OFF flag is signed off by a
// verification that names its code and was made after the medication came onto the list.
std::vector<InteractionFlag> FindInteractions(const std::vector<Medication>& medications,
                                              const std::vector<MedicationVerification>& verifications,
                                              const std::vector<InteractionRule>& rules, absl::CivilDay day);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_MEDICATION_H_
