#include "services/intake/domain/document.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/intake/domain/limits.h"

namespace kat::intake {
namespace {

// What a browser can show without running anything.
constexpr std::array<absl::string_view, 7> kMediaTypes = {
    "application/pdf", "image/jpeg", "image/png", "image/tiff", "text/plain", "application/xml", "application/json"};

// LOINC codes end in a Luhn check digit.
bool IsValidLoinc(absl::string_view code) {
  const size_t dash = code.find('-');
  if (dash == absl::string_view::npos || dash == 0 || dash + 2 != code.size()) return false;
  int sum = code.back() - '0';
  for (size_t i = 0; i < dash; ++i) {
    int digit = code[dash - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

}  // namespace

absl::Status ValidateDocument(const Document& document, absl::CivilDay today) {
  std::vector<FieldViolation> wrong;
  if (std::find(kMediaTypes.begin(), kMediaTypes.end(), document.media_type) == kMediaTypes.end()) {
    wrong.push_back({"document.media_type", "is not one of those that the field's comment lists"});
  }
  if (document.size_bytes < 1 || document.size_bytes > kMaxDocumentBytes) {
    wrong.push_back({"content", absl::StrCat("must be 1 to ", kMaxDocumentBytes, " bytes")});
  }
  if (document.document_date > today) wrong.push_back({"document.document_date", "lies in the future"});
  if (!document.loinc_code.empty() && !IsValidLoinc(document.loinc_code)) {
    wrong.push_back({"document.loinc_code", "has a wrong check digit"});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

absl::Status CheckCurrent(const Document& document) {
  if (document.state == DocumentState::kCurrent) return absl::OkStatus();
  return WrongState("document", "ENTERED_IN_ERROR", "be used; name another one");
}

absl::Status RetractDocument(Document& document, absl::string_view reason) {
  if (document.state != DocumentState::kCurrent) return WrongState("document", "ENTERED_IN_ERROR", "be retracted");
  document.state = DocumentState::kEnteredInError;
  document.retract_reason = std::string(reason);
  return absl::OkStatus();
}

}  // namespace kat::intake
