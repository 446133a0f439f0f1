#ifndef KAT_SERVICES_INTAKE_API_CONTENT_HASH_H_
#define KAT_SERVICES_INTAKE_API_CONTENT_HASH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kat::intake {

// SHA-256 of `content` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view content);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_CONTENT_HASH_H_
