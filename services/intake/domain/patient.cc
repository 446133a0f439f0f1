#include "services/intake/domain/patient.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/intake/domain/limits.h"

namespace kat::intake {
namespace {

bool HasNames(const Patient& patient) {
  return !MatchKey(patient.family_name).empty() && !MatchKey(patient.given_name).empty();
}

}  // namespace

absl::Status ValidatePatient(const Patient& patient, absl::CivilDay today) {
  std::vector<FieldViolation> wrong;
  if (absl::StripAsciiWhitespace(patient.given_name).empty()) wrong.push_back({"patient.given_name", "is required"});
  if (absl::StripAsciiWhitespace(patient.family_name).empty()) wrong.push_back({"patient.family_name", "is required"});
  if (patient.birth_date > today) wrong.push_back({"patient.birth_date", "lies in the future"});
  if (AgeOn(patient.birth_date, today) > kMaxAgeYears) wrong.push_back({"patient.birth_date", "lies too far back"});
  if (!patient.time_zone.empty() && !LoadZone(patient.time_zone).ok()) {
    wrong.push_back({"patient.time_zone", "is no IANA time zone"});
  }
  for (size_t i = 0; i < patient.external_ids.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (patient.external_ids[i] == patient.external_ids[j]) {
        wrong.push_back({absl::StrCat("patient.external_ids[", i, "]"), "is there twice"});
      }
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

std::string MatchKey(absl::string_view name) {
  std::string key;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || absl::ascii_isalnum(byte)) key.push_back(absl::ascii_tolower(byte));
  }
  return key;
}

bool IsValidNpi(absl::string_view npi) {
  if (npi.size() != 10 || !std::all_of(npi.begin(), npi.end(), absl::ascii_isdigit)) return false;
  int sum = 24;  // what the prefix 80840 adds
  for (int i = 0; i < 10; ++i) {
    int digit = npi[9 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

absl::Status ValidateSearch(const Patient& patient) {
  if (HasNames(patient) || !patient.phone.empty() || !patient.external_ids.empty()) return absl::OkStatus();
  return InvalidField("patient", "needs names with a birth_date, a phone, or an external id to look for");
}

std::vector<DuplicateCandidate> FindDuplicates(const Patient& patient, const std::vector<Patient>& others) {
  std::vector<DuplicateCandidate> found;
  for (const Patient& other : others) {
    if (other.id == patient.id) continue;
    DuplicateCandidate candidate{.patient = other.id, .deleted = other.delete_time.has_value()};
    const bool shares_id =
        std::any_of(patient.external_ids.begin(), patient.external_ids.end(), [&](const ExternalId& id) {
          return std::find(other.external_ids.begin(), other.external_ids.end(), id) != other.external_ids.end();
        });
    if (shares_id) candidate.matches.push_back(DuplicateMatch::kExternalId);
    if (HasNames(patient) && other.birth_date == patient.birth_date &&
        MatchKey(other.family_name) == MatchKey(patient.family_name) &&
        MatchKey(other.given_name) == MatchKey(patient.given_name)) {
      candidate.matches.push_back(DuplicateMatch::kNameAndBirthDate);
    }
    if (!patient.phone.empty() && other.phone == patient.phone) candidate.matches.push_back(DuplicateMatch::kPhone);
    if (!candidate.matches.empty()) found.push_back(std::move(candidate));
  }
  const auto certainty = [](const DuplicateCandidate& c) {
    switch (c.matches.front()) {
      case DuplicateMatch::kExternalId:
        return 0;
      case DuplicateMatch::kNameAndBirthDate:
        return 1;
      case DuplicateMatch::kPhone:
        break;
    }
    return 2;
  };
  std::stable_sort(found.begin(), found.end(), [&](const DuplicateCandidate& a, const DuplicateCandidate& b) {
    const int first = certainty(a), second = certainty(b);
    return first != second ? first < second : a.matches.size() > b.matches.size();
  });
  return found;
}

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  int years = static_cast<int>(day.year() - birth.year());
  if (day.month() < birth.month() || (day.month() == birth.month() && day.day() < birth.day())) --years;
  return years;
}

}  // namespace kat::intake
