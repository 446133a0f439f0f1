#ifndef KAT_SERVICES_INTAKE_DOMAIN_SIGNATURE_H_
#define KAT_SERVICES_INTAKE_DOMAIN_SIGNATURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"

namespace kat::intake {

enum class Capacity { kSelf = 1, kGuardian = 2, kPowerOfAttorney = 3 };
enum class SignatureMethod { kElectronic = 1, kPaper = 2, kVerbal = 3 };

struct Signature {
  std::string signer_name;
  Capacity capacity = Capacity::kSelf;
  std::string authority;
  SignatureMethod method = SignatureMethod::kElectronic;
  absl::Time sign_time;
  std::string ip_address;
  std::string witness;
  DocumentId document;
};

// INVALID_ARGUMENT with every field that is wrong, under `path`: a representative without authority, a verbal signature
// without witness, a time in the future of `now` or too far back.
absl::Status ValidateSignature(const Signature& signature, absl::string_view path, absl::Time now);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_SIGNATURE_H_
