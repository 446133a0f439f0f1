#ifndef KAT_LIBS_APP_CERTIFICATE_H_
#define KAT_LIBS_APP_CERTIFICATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// What an operator wants to know of PEM files before a peer refuses them.
namespace kat::app {

// When the first certificate of the file expires. INVALID_ARGUMENT where it holds none.
absl::StatusOr<absl::Time> CertificateExpiry(const std::string& path);

// Whether the private key in one file is that of the first certificate in the other.
bool BelongTogether(const std::string& certificate_path, const std::string& key_path);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_CERTIFICATE_H_
