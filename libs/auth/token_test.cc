#include "libs/auth/token.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace kat::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class TokenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/jwks-", ::testing::UnitTest::GetInstance()->random_seed(), ".json");
    key_ = MakeDevKey().value();
    std::ofstream(path_) << key_.public_jwks;
    verifier_ = TokenVerifier::Open({.jwks = path_, .issuer = "kat-dev", .audience = "kat"}).value();
  }
  TokenSpec Spec() const {
    return {.claims = {.subject = "staff-1", .clinic = "riverside", .roles = {"assistant"}},
            .issuer = "kat-dev",
            .audience = "kat",
            .issued_at = kNow};
  }
  std::string Sign(const TokenSpec& spec) { return SignToken(key_.private_jwk, spec).value(); }
  absl::Status Verify(const std::string& token, absl::Time now = kNow) {
    return verifier_->Verify(token, now).status();
  }

  std::string path_;
  DevKey key_;
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(TokenTest, GivesTheClaimsOfAValidToken) {
  const Claims claims = verifier_->Verify(Sign(Spec()), kNow).value();
  EXPECT_EQ(claims.subject, "staff-1");
  EXPECT_EQ(claims.clinic, "riverside");
  EXPECT_EQ(claims.roles, std::vector<std::string>{"assistant"});
  EXPECT_TRUE(verifier_->development_keys_only());
}

TEST_F(TokenTest, RefusesAnExpiredToken) {
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(Sign(Spec()), kNow + absl::Hours(13))));
}

TEST_F(TokenTest, RefusesAnotherAudienceAndAnotherIssuer) {
  TokenSpec spec = Spec();
  spec.audience = "other";
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(Sign(spec))));
  spec = Spec();
  spec.issuer = "other";
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(Sign(spec))));
}

TEST_F(TokenTest, RefusesATokenSignedByAKeyOutsideTheSet) {
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(SignToken(MakeDevKey().value().private_jwk, Spec()).value())));
}

TEST_F(TokenTest, RefusesATokenWhoseClaimsWereChanged) {
  const std::string token = Sign(Spec());
  std::vector<std::string> parts = absl::StrSplit(token, '.');
  std::string body;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[1], &body));
  body.replace(body.find("riverside"), 9, "lakeshore");
  absl::WebSafeBase64Escape(body, &parts[1]);
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(absl::StrCat(parts[0], ".", parts[1], ".", parts[2]))));
}

TEST_F(TokenTest, ATokenThatWasGoodIsRefusedOnceItHasExpiredOrItsKeyIsGone) {
  const std::string token = Sign(Spec());
  EXPECT_TRUE(Verify(token).ok());
  EXPECT_TRUE(Verify(token, kNow + absl::Hours(1)).ok());
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(token, kNow + absl::Hours(13))));
  EXPECT_TRUE(Verify(token).ok());
  const DevKey other = MakeDevKey().value();
  std::ofstream(path_) << other.public_jwks;
  EXPECT_TRUE(Verify(SignToken(other.private_jwk, Spec()).value()).ok());  // unknown: the keys are read again
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(token)));
}

TEST_F(TokenTest, RefusesAnUnsignedToken) {
  const std::string header = absl::WebSafeBase64Escape(R"({"alg":"none"})");
  const std::string body =
      absl::WebSafeBase64Escape(R"({"iss":"kat-dev","aud":"kat","sub":"x","clinic_id":"riverside","exp":1900000000})");
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(absl::StrCat(header, ".", body, "."))));
}

TEST_F(TokenTest, RefusesASymmetricSignatureMadeWithThePublicKey) {
  const std::string header = absl::WebSafeBase64Escape(R"({"alg":"HS256","typ":"JWT"})");
  EXPECT_TRUE(absl::IsUnauthenticated(Verify(absl::StrCat(header, ".", absl::WebSafeBase64Escape("{}"), ".AAAA"))));
}

TEST_F(TokenTest, RefusesGarbage) {
  for (const char* token : {"", ".", "..", "a.b.c", "Bearer x", "\xff\xff.\xff.\xff"}) {
    EXPECT_TRUE(absl::IsUnauthenticated(Verify(token))) << token;
  }
}

}  // namespace
}  // namespace kat::auth
