#include "services/billing/domain/card.h"

#include "absl/strings/ascii.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/errors.h"
#include "services/billing/domain/limits.h"

namespace kat::billing {
namespace {

bool Expired(const CardOnFile& card, absl::CivilDay today) {
  return absl::CivilMonth(card.expiry_year, card.expiry_month) < absl::CivilMonth(today);
}

bool IsCardNumber(const std::string& run) {
  return run.size() >= limits::kMinCardDigits && run.size() <= limits::kMaxCardDigits && PassesLuhn(run);
}

}  // namespace

bool PassesLuhn(absl::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (size_t i = digits.size(); i > 0; --i) {
    if (!absl::ascii_isdigit(digits[i - 1])) return false;
    int digit = digits[i - 1] - '0';
    if (doubled) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
    doubled = !doubled;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool LooksLikeCardNumber(absl::string_view text) {
  std::string run;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : '\n';
    if (absl::ascii_isdigit(c)) {
      run += c;
      continue;
    }
    const bool joins =
        (c == ' ' || c == '-') && !run.empty() && i + 1 < text.size() && absl::ascii_isdigit(text[i + 1]);
    if (joins) continue;
    if (IsCardNumber(run)) return true;
    run.clear();
  }
  return false;
}

absl::Status RefuseCardNumber(absl::string_view text, absl::string_view field) {
  return LooksLikeCardNumber(text) ? errors::CardNumberRefused(field) : absl::OkStatus();
}

absl::Status CheckChargeable(const CardOnFile& card, const PatientId& patient, absl::CivilDay today) {
  if (card.patient != patient) return errors::CardOfAnotherPatient();
  if (card.state != CardOnFile::State::kActive) return errors::CardRevoked();
  if (Expired(card, today)) return errors::CardExpired();
  return absl::OkStatus();
}

absl::Status CheckNewCard(const CardOnFile& card, absl::CivilDay today, absl::Time now) {
  RETURN_IF_ERROR(RefuseCardNumber(card.token, "card_on_file.token"));
  RETURN_IF_ERROR(RefuseCardNumber(card.consent_reference, "card_on_file.consent_reference"));
  if (Expired(card, today)) return errors::CardExpired();
  if (card.consent_time > now) return InvalidField("card_on_file.consent_time", "must not be in the future");
  return absl::OkStatus();
}

}  // namespace kat::billing
