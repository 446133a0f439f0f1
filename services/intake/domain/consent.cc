#include "services/intake/domain/consent.h"

#include <algorithm>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"

namespace kat::intake {

absl::Status SignConsent(Consent& consent, const ConsentTemplate& version, absl::TimeZone zone, absl::Time now) {
  RETURN_IF_ERROR(ValidateSignature(consent.signature, "consent.signature", now));
  consent.signed_date = DayAt(consent.signature.sign_time, zone);
  if (!version.effective.Contains(consent.signed_date)) return ConsentTemplateNotInForce();
  if (consent.content_hash != version.content_hash) return ConsentContentChanged();
  std::vector<std::string> missing;
  for (const ConsentStatement& statement : version.required_statements) {
    const auto& accepted = consent.accepted_statements;
    if (std::find(accepted.begin(), accepted.end(), statement.code) == accepted.end())
      missing.push_back(statement.code);
  }
  if (!missing.empty()) return StatementsNotAccepted(missing);
  consent.consent_template = version.id;
  consent.consent_key = version.key;
  consent.template_from = version.effective.from;
  if (version.validity_days > 0) consent.valid_through = consent.signed_date + version.validity_days;
  return absl::OkStatus();
}

absl::Status RevokeConsent(Consent& consent, absl::string_view reason, absl::Time now) {
  if (consent.revoke_time) return WrongState("consent", "REVOKED", "be revoked");
  consent.revoke_time = now;
  consent.revoke_reason = std::string(reason);
  return absl::OkStatus();
}

ConsentState ConsentStateOn(const Consent& consent, const std::vector<ResignDay>& resign_days, absl::CivilDay day) {
  if (consent.revoke_time) return ConsentState::kRevoked;
  const bool superseded = std::any_of(resign_days.begin(), resign_days.end(), [&](const ResignDay& resign) {
    return resign.consent_key == consent.consent_key && resign.effective_from > consent.template_from &&
           resign.effective_from <= day;
  });
  if (superseded) return ConsentState::kSuperseded;
  if (consent.valid_through && day > *consent.valid_through) return ConsentState::kExpired;
  return ConsentState::kActive;
}

}  // namespace kat::intake
