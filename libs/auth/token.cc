#include "libs/auth/token.h"

#include <rhonabwy.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/id.h"
#include "libs/base/recently_used.h"
#include "libs/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace kat::auth {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kLeeway = absl::Seconds(30);
constexpr absl::Duration kReloadInterval = absl::Seconds(10);

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using JwkPtr = std::unique_ptr<jwk_t, Deleter<r_jwk_free>>;
using JwksPtr = std::unique_ptr<jwks_t, Deleter<r_jwks_free>>;
using JwtPtr = std::unique_ptr<jwt_t, Deleter<r_jwt_free>>;
using CString = std::unique_ptr<char, Deleter<r_free>>;

void InitLibrary() {
  static const int initialized = r_global_init();
  (void)initialized;
}

JwkPtr NewJwk() {
  jwk_t* jwk = nullptr;
  r_jwk_init(&jwk);
  return JwkPtr(jwk);
}

JwtPtr NewJwt() {
  jwt_t* jwt = nullptr;
  r_jwt_init(&jwt);
  return JwtPtr(jwt);
}

absl::Status Refuse(absl::string_view why) { return absl::UnauthenticatedError(absl::StrCat("the token ", why)); }

absl::StatusOr<JwksPtr> LoadKeys(const std::string& source) {
  jwks_t* raw = nullptr;
  r_jwks_init(&raw);
  JwksPtr keys(raw);
  int result;
  if (absl::StartsWith(source, "https://")) {
    result = r_jwks_import_from_uri(keys.get(), source.c_str(), 0);
  } else {
    std::ostringstream text;
    text << std::ifstream(source).rdbuf();
    result = r_jwks_import_from_json_str(keys.get(), text.str().c_str());
  }
  if (result != RHN_OK || r_jwks_size(keys.get()) == 0) {
    return absl::FailedPreconditionError(absl::StrCat("no JSON Web Key Set with a key at ", source));
  }
  return keys;
}

absl::StatusOr<Claims> ReadClaims(const Json& body, const VerifierOptions& options, absl::Time now) {
  if (!body.is_object()) return Refuse("has no claims");
  const auto text = [&](const char* name) -> std::string {
    const auto it = body.find(name);
    return it != body.end() && it->is_string() ? it->get<std::string>() : "";
  };
  const auto seconds = [&](const char* name) -> std::optional<absl::Time> {
    const auto it = body.find(name);
    if (it == body.end() || !it->is_number()) return std::nullopt;
    return absl::FromUnixSeconds(it->get<int64_t>());
  };
  if (text("iss") != options.issuer) return Refuse("comes from another issuer");
  const auto audience = body.find("aud");
  const bool for_us =
      audience != body.end() &&
      (*audience == options.audience ||
       (audience->is_array() && std::find(audience->begin(), audience->end(), options.audience) != audience->end()));
  if (!for_us) return Refuse("is for another audience");
  const auto expires = seconds("exp");
  if (!expires) return Refuse("has no expiry");
  if (now >= *expires + kLeeway) return Refuse("has expired");
  if (const auto not_before = seconds("nbf"); not_before && now + kLeeway < *not_before)
    return Refuse("is not valid yet");
  Claims claims{.subject = text("sub"), .clinic = text("clinic_id"), .expires_at = *expires + kLeeway};
  if (claims.subject.empty()) return Refuse("names no subject");
  if (!claims.clinic.empty() && !IsValidId(claims.clinic)) return Refuse("names no valid clinic");
  if (const auto roles = body.find("roles"); roles != body.end() && roles->is_array()) {
    for (const Json& role : *roles) {
      if (role.is_string()) claims.roles.push_back(role.get<std::string>());
    }
  }
  return claims;
}

class Verifier final : public TokenVerifier {
 public:
  Verifier(VerifierOptions options, JwksPtr keys) : options_(std::move(options)), keys_(std::move(keys)) {}

  absl::StatusOr<Claims> Verify(absl::string_view token, absl::Time now) override {
    const auto seen = verified_.Find({Generation(), std::string(token)});
    if (seen != nullptr) return ReadClaims(*seen, options_, now);
    JwtPtr jwt = NewJwt();
    // R_PARSE_NONE: keys that the token itself brings or points to are never read.
    if (r_jwt_advanced_parsen(jwt.get(), token.data(), token.size(), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) != RHN_OK) {
      return Refuse("is malformed");
    }
    const jwa_alg algorithm = r_jwt_get_sign_alg(jwt.get());
    if (algorithm != R_JWA_ALG_EDDSA && algorithm != R_JWA_ALG_ES256 && algorithm != R_JWA_ALG_RS256) {
      return Refuse("is not signed with EdDSA, ES256 or RS256");
    }
    const char* kid = r_jwt_get_header_str_value(jwt.get(), "kid");
    const auto [key, generation] = FindKey(kid == nullptr ? "" : kid, now);
    if (key == nullptr) return Refuse("is signed with an unknown key");
    if (r_jwt_verify_signature(jwt.get(), key.get(), R_FLAG_IGNORE_REMOTE) != RHN_OK)
      return Refuse("has a wrong signature");
    const CString body(r_jwt_get_full_claims_str(jwt.get()));
    const auto claims = std::make_shared<const Json>(
        Json::parse(body == nullptr ? "" : body.get(), nullptr, /*allow_exceptions=*/false));
    verified_.Put({generation, std::string(token)}, claims);
    return ReadClaims(*claims, options_, now);
  }

  bool development_keys_only() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = 0; i < r_jwks_size(keys_.get()); ++i) {
      const JwkPtr key(r_jwks_get_at(keys_.get(), i));
      const char* kid = r_jwk_get_property_str(key.get(), "kid");
      if (kid == nullptr || !absl::StartsWith(kid, "dev-")) return false;
    }
    return true;
  }

 private:
  int Generation() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return generation_;
  }

  // The key, and the generation of the key set that it is of.
  std::pair<JwkPtr, int> FindKey(const std::string& kid, absl::Time now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    JwkPtr key(r_jwks_get_by_kid(keys_.get(), kid.c_str()));
    if (key != nullptr || now - loaded_at_ < kReloadInterval) return {std::move(key), generation_};
    loaded_at_ = now;
    if (absl::StatusOr<JwksPtr> fresh = LoadKeys(options_.jwks); fresh.ok()) {
      keys_ = *std::move(fresh);
      ++generation_;
    }
    return {JwkPtr(r_jwks_get_by_kid(keys_.get(), kid.c_str())), generation_};
  }

  const VerifierOptions options_;
  std::mutex mutex_;
  JwksPtr keys_;
  int generation_ = 0;                           // of keys_: what an earlier one verified counts no more
  absl::Time loaded_at_ = absl::InfinitePast();  // since the first was loaded
  // Claims of tokens whose signatures were found right. Whether they hold now is asked each time.
  RecentlyUsed<std::pair<int, std::string>, Json> verified_{1024};
};

}  // namespace

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Open(VerifierOptions options) {
  InitLibrary();
  ASSIGN_OR_RETURN(JwksPtr keys, LoadKeys(options.jwks));
  return std::make_unique<Verifier>(std::move(options), std::move(keys));
}

absl::StatusOr<DevKey> MakeDevKey() {
  InitLibrary();
  const JwkPtr private_key = NewJwk();
  const JwkPtr public_key = NewJwk();
  const std::string kid = absl::StrCat("dev-", NewId());
  if (r_jwk_generate_key_pair(private_key.get(), public_key.get(), R_KEY_TYPE_EDDSA, 256, kid.c_str()) != RHN_OK) {
    return absl::InternalError("cannot generate a key");
  }
  const CString private_json(r_jwk_export_to_json_str(private_key.get(), 0));
  const CString public_json(r_jwk_export_to_json_str(public_key.get(), 0));
  return DevKey{private_json.get(), absl::StrCat("{\"keys\":[", public_json.get(), "]}")};
}

absl::StatusOr<std::string> SignToken(const std::string& private_jwk, const TokenSpec& spec) {
  InitLibrary();
  const JwkPtr key = NewJwk();
  if (r_jwk_import_from_json_str(key.get(), private_jwk.c_str()) != RHN_OK) {
    return absl::InvalidArgumentError("the signing key is no JSON Web Key");
  }
  Json body = {{"iss", spec.issuer},
               {"aud", spec.audience},
               {"sub", spec.claims.subject},
               {"roles", spec.claims.roles},
               {"iat", absl::ToUnixSeconds(spec.issued_at)},
               {"exp", absl::ToUnixSeconds(spec.issued_at + spec.lifetime)}};
  if (!spec.claims.clinic.empty()) body["clinic_id"] = spec.claims.clinic;
  const JwtPtr jwt = NewJwt();
  const char* kid = r_jwk_get_property_str(key.get(), "kid");
  r_jwt_set_header_str_value(jwt.get(), "kid", kid == nullptr ? "" : kid);
  r_jwt_set_sign_alg(jwt.get(), R_JWA_ALG_EDDSA);
  r_jwt_set_full_claims_json_str(jwt.get(), body.dump().c_str());
  const CString token(r_jwt_serialize_signed(jwt.get(), key.get(), 0));
  if (token == nullptr) return absl::InvalidArgumentError("the signing key cannot sign with EdDSA");
  return std::string(token.get());
}

}  // namespace kat::auth
