#include "services/intake/domain/signature.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "services/intake/domain/limits.h"

namespace kat::intake {

absl::Status ValidateSignature(const Signature& signature, absl::string_view path, absl::Time now) {
  std::vector<FieldViolation> wrong;
  if (absl::StripAsciiWhitespace(signature.signer_name).empty()) {
    wrong.push_back({absl::StrCat(path, ".signer_name"), "is required"});
  }
  if (signature.capacity != Capacity::kSelf && signature.authority.empty()) {
    wrong.push_back({absl::StrCat(path, ".authority"), "is required where a representative signs"});
  }
  if (signature.method == SignatureMethod::kVerbal && signature.witness.empty()) {
    wrong.push_back({absl::StrCat(path, ".witness"), "is required for a verbal signature"});
  }
  if (signature.sign_time > now) wrong.push_back({absl::StrCat(path, ".sign_time"), "lies in the future"});
  if (signature.sign_time < now - absl::Hours(24) * kMaxSignatureAgeDays) {
    wrong.push_back({absl::StrCat(path, ".sign_time"), "lies too far back"});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

}  // namespace kat::intake
