#include "services/intake/api/content_hash.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"

namespace kat::intake {

std::string Sha256Hex(absl::string_view content) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

}  // namespace kat::intake
