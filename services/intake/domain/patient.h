#ifndef KAT_SERVICES_INTAKE_DOMAIN_PATIENT_H_
#define KAT_SERVICES_INTAKE_DOMAIN_PATIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"

namespace kat::intake {

// Numbers of all enums in this domain are those of the proto enums of the same name.
enum class Sex { kUnspecified = 0, kFemale = 1, kMale = 2, kOther = 3, kUndisclosed = 4 };

struct ExternalId {
  std::string system;
  std::string value;
  friend bool operator==(const ExternalId&, const ExternalId&) = default;
};

// As google.type.PostalAddress, but for what nobody here uses.
struct PostalAddress {
  std::string region_code;
  std::string postal_code;
  std::string administrative_area;
  std::string locality;
  std::vector<std::string> address_lines;
  friend bool operator==(const PostalAddress&, const PostalAddress&) = default;
};

struct EmergencyContact {
  std::string display_name;
  std::string relationship;
  std::string phone;
  friend bool operator==(const EmergencyContact&, const EmergencyContact&) = default;
};

// A clinician or organization outside the record.
struct Provider {
  std::string display_name;
  std::string organization;
  std::string npi;
  std::string phone;
  std::string fax;
  std::string email;
  friend bool operator==(const Provider&, const Provider&) = default;
};

struct Patient {
  PatientId id;
  std::string given_name;
  std::string family_name;
  std::string preferred_name;
  absl::CivilDay birth_date;
  Sex sex = Sex::kUnspecified;
  std::string phone;
  std::string email;
  std::optional<PostalAddress> address;
  std::string time_zone;
  std::optional<EmergencyContact> emergency_contact;
  std::vector<ExternalId> external_ids;
  std::string language_code;
  int64_t version = 1;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;
};

// INVALID_ARGUMENT with every field that is wrong: names missing, birth date in the future of `today` or too far back,
// a time zone that nobody knows, an external id twice. Paths start with `patient.`.
absl::Status ValidatePatient(const Patient& patient, absl::CivilDay today);

// Letters and digits of `name` in lower case, so that "O'Neil" and "ONEIL " compare equal. Other than ASCII letters
// stay as they are.
std::string MatchKey(absl::string_view name);

// Whether the ten digits end in their check digit: Luhn over `80840` and the NPI (45 CFR 162.406).
bool IsValidNpi(absl::string_view npi);

enum class DuplicateMatch { kNameAndBirthDate = 1, kPhone = 2, kExternalId = 3 };

struct DuplicateCandidate {
  PatientId patient;
  std::vector<DuplicateMatch> matches;  // the most certain first
  bool deleted = false;
};

// INVALID_ARGUMENT where `patient` has nothing by which duplicates are found: names, phone, external id. Who is
// searched for without a birth date has no names.
absl::Status ValidateSearch(const Patient& patient);

// Which of `others` may be the same person as `patient`, and why; those who share an external id first, then name and
// birth date, then the phone, and otherwise in the order of `others`. A deleted patient counts: restoring is better
// than a second record. Names that are empty match nobody.
std::vector<DuplicateCandidate> FindDuplicates(const Patient& patient, const std::vector<Patient>& others);

// Completed years from `birth` to `day`. A person born on 29 February is a year older on 1 March of other years.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_PATIENT_H_
