#ifndef KAT_LIBS_AUTH_TOKEN_H_
#define KAT_LIBS_AUTH_TOKEN_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Bearer tokens: JWT signed with EdDSA, ES256 or RS256, checked against a JSON Web Key Set (RFC 7515, 7517, 7519,
// 8037).
namespace kat::auth {

// What a token says of its holder.
struct Claims {
  std::string subject;                             // `sub`
  std::string clinic;                              // `clinic_id`; empty for a platform administrator
  std::vector<std::string> roles;                  // `roles`: lower-case names of kat.common.v1.Role
  absl::Time expires_at = absl::InfiniteFuture();  // `exp` with the leeway of Verify; SignToken ignores it
};

struct VerifierOptions {
  std::string jwks;      // path of a file, or an https URL
  std::string issuer;    // required `iss`
  std::string audience;  // required in `aud`
};

// Checks tokens. Thread-safe. A key id that it does not know makes it read the key set again, at most every 10 seconds,
// so that keys can be rotated under a running service. A signature is checked once for as long as the key set stays.
class TokenVerifier {
 public:
  // FAILED_PRECONDITION where the key set cannot be read or holds no key.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Open(VerifierOptions options);
  virtual ~TokenVerifier() = default;

  // UNAUTHENTICATED where the token is malformed, unsigned, of another algorithm, signed by an unknown key, for another
  // audience or from another issuer, or where `now`, which is real time, is outside [nbf, exp) (30 seconds of leeway).
  // `exp` is required.
  virtual absl::StatusOr<Claims> Verify(absl::string_view token, absl::Time now) = 0;

  // Whether every key is a development key (key id `dev-…`, as MakeDevKey makes them).
  virtual bool development_keys_only() = 0;
};

// A key pair for development and tests: Ed25519.
struct DevKey {
  std::string private_jwk;  // JSON
  std::string public_jwks;  // JSON key set that holds the public half
};
absl::StatusOr<DevKey> MakeDevKey();

struct TokenSpec {
  Claims claims;
  std::string issuer;
  std::string audience;
  absl::Time issued_at;
  absl::Duration lifetime = absl::Hours(12);
};
absl::StatusOr<std::string> SignToken(const std::string& private_jwk, const TokenSpec& spec);

}  // namespace kat::auth

#endif  // KAT_LIBS_AUTH_TOKEN_H_
