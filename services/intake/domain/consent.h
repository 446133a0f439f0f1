#ifndef KAT_SERVICES_INTAKE_DOMAIN_CONSENT_H_
#define KAT_SERVICES_INTAKE_DOMAIN_CONSENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"
#include "services/intake/domain/policy.h"
#include "services/intake/domain/signature.h"

namespace kat::intake {

enum class ConsentState { kActive = 1, kExpired = 2, kRevoked = 3, kSuperseded = 4 };

struct Consent {
  ConsentId id;
  PatientId patient;
  ConsentTemplateId consent_template;
  std::string consent_key;
  std::string content_hash;
  absl::CivilDay template_from;  // first day of the version signed
  std::vector<std::string> accepted_statements;
  Signature signature;
  absl::CivilDay signed_date;  // the clinic's day of signature.sign_time
  std::optional<absl::CivilDay> valid_through;
  std::optional<absl::Time> revoke_time;
  std::string revoke_reason;
  std::string recorded_by;
  absl::Time create_time;
};

// First day of each version that must be signed anew, by template key; what is known of consent templates where
// consents are judged.
struct ResignDay {
  std::string consent_key;
  absl::CivilDay effective_from;
};

// Checks a signature against the version signed and fills what follows from it. FAILED_PRECONDITION: not in force on
// the day of signing, another content, statements not accepted. INVALID_ARGUMENT: the signature.
absl::Status SignConsent(Consent& consent, const ConsentTemplate& version, absl::TimeZone zone, absl::Time now);

// FAILED_PRECONDITION, STATE_FORBIDS where it is revoked.
absl::Status RevokeConsent(Consent& consent, absl::string_view reason, absl::Time now);

// How it stands on `day`, which is not before the day of signing.
ConsentState ConsentStateOn(const Consent& consent, const std::vector<ResignDay>& resign_days, absl::CivilDay day);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_CONSENT_H_
