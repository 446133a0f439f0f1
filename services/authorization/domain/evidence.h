#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_EVIDENCE_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_EVIDENCE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/authorization/domain/policy.h"

// What intake can show about a patient, held against a policy's criteria.
namespace kat::authorization::domain {

struct Trial {
  enum class Outcome { kUnknown, kInadequate, kPartial, kResponse, kIntolerance, kOngoing };
  std::string drug;
  std::string drug_class;
  std::string max_dose;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // absent while it is taken
  int weeks = 0;
  std::optional<bool> adherent;  // absent where not known
  Outcome outcome = Outcome::kUnknown;
};

struct Score {
  std::string tool;
  int total = 0;
  absl::CivilDay day;
  std::string source;
};

struct DiagnosisEvidence {
  std::string code;
  std::optional<absl::CivilDay> episode_start;
};

struct Medication {
  std::string drug;
  std::string drug_class;
  std::optional<absl::CivilDay> start;
};

enum class Presence { kUnknown, kAbsent, kPresent };

struct PatientEvidence {
  std::optional<absl::CivilDay> birth_date;
  std::optional<absl::CivilDay> evaluation_day;
  std::string evaluation;  // resource name
  std::vector<DiagnosisEvidence> diagnoses;
  std::map<std::string, Presence> statements;  // of the evaluation: psychosis, mania, substance-use-disorder
  std::string psychotherapy;
  std::vector<Trial> trials;
  std::vector<Score> scores;
  std::optional<absl::CivilDay> screening_day;
  std::string screening;  // resource name
  bool screening_complete = false;
  std::vector<std::string> screening_findings;  // codes of the screening's rules that fired
  std::vector<Medication> medications;
  // From this service, for renewals.
  std::optional<absl::CivilDay> treatment_start;  // day of the first session of the previous authorization
  int sessions_completed = 0;
};

// One piece of evidence as a packet holds it.
struct EvidenceItem {
  enum class Kind {
    kUnspecified,
    kDiagnosis,
    kTrial,
    kMeasure,
    kEvaluation,
    kScreening,
    kContraindication,
    kConsent,
    kAge,
    kTreatment,
    kPsychotherapy,
    kMedication
  };
  Kind kind = Kind::kUnspecified;
  std::string summary;
  std::optional<absl::CivilDay> day;
  std::optional<int> age_days;
  std::string source;
};

struct Finding {
  enum class Result { kUnspecified, kMet, kUnmet, kUnknown };
  std::string criterion_id;
  std::string text;
  Result result = Result::kUnknown;
  std::string gap;  // "" where met
  std::vector<int> evidence;
};

// A snapshot of the evidence against a policy.
struct Packet {
  AuthorizationId authorization;
  int version = 0;
  PayerId payer;
  PolicyId policy;
  absl::CivilDay as_of;
  std::vector<Finding> findings;
  std::vector<EvidenceItem> evidence;
  int sessions_completed = 0;
  std::optional<int> response_percent;
  absl::Time created_at;
  std::string created_by;

  int Count(Finding::Result result) const;
  bool complete() const { return Count(Finding::Result::kMet) == static_cast<int>(findings.size()); }
};

// Holds `evidence` against every criterion of `policy` that is for `kind`, as of `as_of`.
Packet Evaluate(const PayerPolicy& policy, AuthorizationKind kind, const PatientEvidence& evidence,
                absl::CivilDay as_of);

// Full years from `birth` to `day`.
int AgeYears(absl::CivilDay birth, absl::CivilDay day);

// Whether `code` is `pattern` or below it: F33.2 is below F33, F33. and F33.2.
bool CodeBelow(const std::string& code, const std::string& pattern);

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_EVIDENCE_H_
