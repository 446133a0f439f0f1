#include "libs/testing/test_service.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"
#include "libs/app/event_codec.h"
#include "libs/base/business_time.h"
#include "libs/base/id.h"

namespace kat::testing {
namespace {

constexpr char kIssuer[] = "kat-test";
constexpr char kAudience[] = "kat";
constexpr char kPeerHeader[] =
    "kat-test-peer";  // in a test the transport is plaintext, so a header stands for the certificate

template <class T>
T Require(absl::StatusOr<T> value, const char* what) {
  if (!value.ok()) {
    std::fprintf(stderr, "TestService: %s: %s\n", what, value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

void Require(const absl::Status& status, const char* what) {
  if (!status.ok()) Require(absl::StatusOr<int>(status), what);
}

std::string PeerFromHeader(const grpc::ServerContextBase& context) {
  const auto it = context.client_metadata().find(kPeerHeader);
  return it == context.client_metadata().end() ? "" : std::string(it->second.data(), it->second.size());
}

}  // namespace

TestService::TestService(app::AppSpec spec, std::map<std::string, std::string> options)
    : shared_(new Shared{
          .clock = ManualClock(absl::FromCivil(absl::CivilSecond(2026, 11, 23, 15, 0, 0), absl::UTCTimeZone())),
          .key = Require(auth::MakeDevKey(), "key"),
          .database = std::make_unique<TestDatabase>(
              TestDatabaseSpec{.service = spec.service, .migrations = spec.migrations, .pool_size = 16})}) {
  const std::string jwks = absl::StrCat(::testing::TempDir(), "/kat-jwks-", NewId(), ".json");
  std::ofstream(jwks) << shared_->key.public_jwks;
  shared_->verifier =
      Require(auth::TokenVerifier::Open({.jwks = jwks, .issuer = kIssuer, .audience = kAudience}), "verifier");
  std::remove(jwks.c_str());
  Start(std::move(spec), std::move(options), shared_->database->service(), shared_->database->worker());
}

TestService::TestService(app::AppSpec spec, const TestService& first) : shared_(first.shared_) {
  const auto open = [&](absl::string_view role) {
    return Require(pg::Database::Open({.uri = shared_->database->Uri(role), .pool_size = 8}), "database");
  };
  service_ = open("");
  worker_ = open("_worker");
  Start(std::move(spec), {}, *service_, *worker_);
}

void TestService::Start(app::AppSpec spec, std::map<std::string, std::string> options, pg::Database& service,
                        pg::Database& worker) {
  for (const app::OptionSpec& option : spec.options) options.emplace(option.name, option.default_value);
  runtime_ = std::make_unique<app::Runtime>(app::RuntimeOptions{
      .service = spec.service,
      .listen_address = "127.0.0.1:0",
      .credentials = grpc::InsecureServerCredentials(),
      .clock = &shared_->clock,
      .database = &service,
      .worker_database = &worker,
      .verifier = shared_->verifier.get(),
      .identify_peer = PeerFromHeader,
      .peer = [](absl::string_view service) -> std::shared_ptr<grpc::Channel> {
        std::fprintf(stderr, "TestService: a test must fake its peer %s\n", std::string(service).c_str());
        std::abort();
      },
      .options = std::move(options),
      .max_threads = 128,
      .workers = false});
  Require(runtime_->Start(spec), "start");
  channel_ = grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
}

std::string TestService::address() const { return absl::StrCat("127.0.0.1:", runtime_->port()); }

TestService::~TestService() { runtime_->Stop(absl::Seconds(2)); }

std::string TestService::NewClinic(const std::string& time_zone) {
  tx::ClinicInfo info = TestDatabase::DefaultClinic();
  info.time_zone = time_zone;
  info.zone = Require(LoadZone(time_zone), "zone");
  return shared_->database->NewClinic(info).str();
}

void TestService::As(grpc::ClientContext& context, const std::string& clinic, std::vector<common::v1::Role> roles,
                     const std::string& subject, absl::Duration lifetime) const {
  auth::TokenSpec spec{.claims = {.subject = subject, .clinic = clinic},
                       .issuer = kIssuer,
                       .audience = kAudience,
                       .issued_at = absl::Now(),
                       .lifetime = lifetime};
  for (common::v1::Role role : roles) {
    spec.claims.roles.push_back(absl::AsciiStrToLower(absl::StripPrefix(common::v1::Role_Name(role), "ROLE_")));
  }
  // As a client does, one token serves many calls.
  const std::string key = absl::StrCat(clinic, " ", subject, " ", absl::StrJoin(spec.claims.roles, ","), " ",
                                       absl::FormatDuration(lifetime), " ", absl::ToUnixSeconds(spec.issued_at) / 60);
  std::shared_ptr<const std::string> token = shared_->tokens.Find(key);
  if (token == nullptr || lifetime < absl::Hours(1)) {
    token = std::make_shared<const std::string>(Require(auth::SignToken(shared_->key.private_jwk, spec), "token"));
    shared_->tokens.Put(key, token);
  }
  context.AddMetadata("authorization", absl::StrCat("Bearer ", *token));
}

void TestService::AsPeer(grpc::ClientContext& context, const std::string& clinic, const std::string& service) const {
  context.AddMetadata(kPeerHeader, service);
  context.AddMetadata("kat-clinic", clinic);
}

absl::Status TestService::Deliver(const std::string& feed, common::v1::Event event) {
  if (event.cursor().empty()) event.set_cursor(absl::StrCat("test:", NewId()));
  return runtime_->Deliver(feed, event);
}

std::vector<common::v1::Event> TestService::Events(const std::string& clinic) {
  std::vector<common::v1::Event> events;
  for (const tx::FeedEvent& event : shared_->database->FeedEvents(ClinicId(clinic)))
    events.push_back(app::ToProto(event));
  return events;
}

}  // namespace kat::testing
