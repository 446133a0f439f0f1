#ifndef KAT_SERVICES_BILLING_DOMAIN_CARD_H_
#define KAT_SERVICES_BILLING_DOMAIN_CARD_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/billing/domain/types.h"

namespace kat::billing {

struct CardOnFile {
  enum class State { kUnspecified = 0, kActive = 1, kRevoked = 2 };

  CardId id;
  PatientId patient;
  std::string brand;
  std::string last4;
  int expiry_month = 0;
  int expiry_year = 0;
  std::string token;
  absl::Time consent_time;
  std::string consent_reference;
  State state = State::kActive;
  absl::Time create_time;
};

// Whether a string of digits has a right check digit (ISO/IEC 7812-1, annex B). False for anything but digits.
bool PassesLuhn(absl::string_view digits);

// Whether `text` holds a run of 13 to 19 digits, with single spaces or hyphens among them or not, that could be a card
// number.
bool LooksLikeCardNumber(absl::string_view text);

// INVALID_ARGUMENT, CARD_NUMBER_REFUSED on `field` where it does. The text itself is never repeated.
absl::Status RefuseCardNumber(absl::string_view text, absl::string_view field);

// Whether the card may be charged on `today`: FAILED_PRECONDITION where it is revoked, expired, or of another patient.
absl::Status CheckChargeable(const CardOnFile& card, const PatientId& patient, absl::CivilDay today);

// INVALID_ARGUMENT or FAILED_PRECONDITION where a card may not be kept: a card number, an expired card, consent in the
// future.
absl::Status CheckNewCard(const CardOnFile& card, absl::CivilDay today, absl::Time now);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_DOMAIN_CARD_H_
