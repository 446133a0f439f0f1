// What an operator gives a service, and what it says of that.
#include "libs/app/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/app/certificate.h"
#include "libs/base/id.h"

namespace kat::app {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::filesystem::create_directories(folder_);
    Sign("tls", 1);
    Sign("other", 2);
    std::ofstream(Path("jwks.json")) << "{}";
  }
  ~ConfigTest() override {
    for (const std::string& name : environment_) unsetenv(name.c_str());
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) const { return absl::StrCat(folder_, "/", name); }
  void Sign(const std::string& name, int days) const {
    const std::string command =
        absl::StrCat("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -days ", days,
                     " -keyout ", Path(name + ".key"), " -out ", Path(name + ".pem"), " 2>/dev/null");
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void SetEnvironment(const std::string& name, const std::string& value) {
    environment_.push_back(name);
    setenv(name.c_str(), value.c_str(), 1);
  }

  // All that a service needs to serve, with `changes` after it; an empty value takes an option away.
  std::vector<std::string> Serving(std::map<std::string, std::string> changes = {}) const {
    std::map<std::string, std::string> options = {{"database-uri", "host=/s dbname=kat_billing user=kat_billing"},
                                                  {"worker-database-uri", "host=/s user=kat_billing_worker"},
                                                  {"jwks", Path("jwks.json")},
                                                  {"token-issuer", "issuer"},
                                                  {"tls-certificate", Path("tls.pem")},
                                                  {"tls-key", Path("tls.key")},
                                                  {"tls-ca", Path("tls.pem")}};
    for (const char* peer : {"intake", "scheduling", "authorization", "messaging"})
      options[absl::StrCat("peer-", peer)] = "localhost:7001";
    for (const auto& [name, value] : changes) options[name] = value;
    std::vector<std::string> arguments;
    for (const auto& [name, value] : options) {
      if (!value.empty()) arguments.push_back(absl::StrCat("--", name, "=", value));
    }
    return arguments;
  }

  static std::variant<Config, Exit> Parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "kat-billing");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    const AppSpec spec{.service = "billing",
                       .default_port = 7003,
                       .default_metrics_port = 7103,
                       .options = {{"currency", "Currency of new clinics", "USD"}}};
    return ParseConfig(static_cast<int>(argv.size()), argv.data(), spec);
  }
  static Config Accepted(std::vector<std::string> arguments) {
    const auto parsed = Parse(std::move(arguments));
    if (const Exit* exit = std::get_if<Exit>(&parsed)) ADD_FAILURE() << exit->text;
    return std::holds_alternative<Config>(parsed) ? std::get<Config>(parsed) : Config();
  }
  // The text of a refusal, which must be for wrong options.
  static std::string Refused(std::vector<std::string> arguments) {
    const auto parsed = Parse(std::move(arguments));
    const Exit* exit = std::get_if<Exit>(&parsed);
    EXPECT_NE(exit, nullptr);
    if (exit == nullptr) return "";
    EXPECT_EQ(exit->code, 2);
    return exit->text;
  }

  const std::string folder_ = ::testing::TempDir() + "/config-" + NewId();
  std::vector<std::string> environment_;
};

TEST_F(ConfigTest, TakesEveryOptionByFlagOrEnvironmentAndTheFlagWins) {
  SetEnvironment("KAT_POOL_SIZE", "12");
  SetEnvironment("KAT_DRAIN_SECONDS", "7");
  SetEnvironment("KAT_REFLECTION", "true");
  SetEnvironment("KAT_CURRENCY", "EUR");
  SetEnvironment("KAT_TOKEN_ISSUER", "theirs");
  std::vector<std::string> arguments = Serving();
  arguments.push_back("--drain-seconds");
  arguments.push_back("9");
  const Config config = Accepted(arguments);
  EXPECT_EQ(config.pool_size, 12);
  EXPECT_EQ(config.drain_seconds, 9);
  EXPECT_TRUE(config.reflection);
  EXPECT_EQ(config.options.at("currency"), "EUR");
  EXPECT_EQ(config.token_issuer, "issuer");
  EXPECT_EQ(config.port, 7003);
  EXPECT_EQ(config.max_threads, 64);
}

TEST_F(ConfigTest, NamesEveryProblemAtOnce) {
  SetEnvironment("KAT_MAX_THREADS", "many");
  std::vector<std::string> arguments = Serving({{"token-issuer", ""},
                                                {"jwks", Path("none.json")},
                                                {"tls-key", Path("none.key")},
                                                {"peer-intake", "localhost"},
                                                {"peer-messaging", ""},
                                                {"clock", "sundial"},
                                                {"log-level", "loud"},
                                                {"database-password-file", Path("none")}});
  for (const char* wrong : {"--port=70000", "--pool-size=0", "--pol-size=3", "serve"}) arguments.push_back(wrong);
  const std::string text = Refused(arguments);
  for (const char* part :
       {"--token-issuer (KAT_TOKEN_ISSUER) is required", "--jwks (KAT_JWKS) cannot read", "--tls-key (KAT_TLS_KEY)",
        "--peer-intake (KAT_PEER_INTAKE) must be host:port, is \"localhost\"", "--peer-messaging",
        "--clock (KAT_CLOCK)", "--log-level (KAT_LOG_LEVEL)",
        "--database-password-file (KAT_DATABASE_PASSWORD_FILE) cannot read",
        "--port (KAT_PORT) must be 0 to 65535, is \"70000\"", "--pool-size (KAT_POOL_SIZE) must be 1 to 200",
        "--max-threads (KAT_MAX_THREADS) must be 8 to 1000, is \"many\"", "--pol-size=3: no such option",
        "serve: no such option"}) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << " is not in:\n" << text;
  }
}

TEST_F(ConfigTest, RefusesAPasswordOnTheCommandLine) {
  for (const char* uri : {"host=db user=kat password=secret", "postgresql://kat:secret@db/kat_billing"}) {
    const std::string text = Refused(Serving({{"database-uri", uri}}));
    EXPECT_TRUE(absl::StrContains(text, "use --database-password-file")) << text;
    EXPECT_FALSE(absl::StrContains(text, "secret")) << text;
  }
  Accepted(Serving({{"database-uri", "postgresql://kat_billing@db:5432/kat_billing"}}));
}

TEST_F(ConfigTest, TellsACertificateFromItsKeyAndFromAnythingElse) {
  EXPECT_TRUE(absl::StrContains(Refused(Serving({{"tls-key", Path("other.key")}})), "is not the key of"));
  EXPECT_TRUE(absl::StrContains(Refused(Serving({{"tls-certificate", Path("jwks.json")}})), "no certificate in"));
  EXPECT_TRUE(absl::StrContains(Refused(Serving({{"tls-ca", Path("tls.key")}})), "no certificate in"));
}

TEST_F(ConfigTest, KnowsWhenACertificateExpires) {
  const auto expiry = CertificateExpiry(Path("other.pem"));
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_GT(*expiry, absl::Now() + absl::Hours(47));
  EXPECT_LT(*expiry, absl::Now() + absl::Hours(49));
}

TEST_F(ConfigTest, AsksOnlyForWhatTheCommandNeeds) {
  const std::string text = Refused({"migrate"});
  EXPECT_TRUE(absl::StrContains(text, "--owner-database-uri (KAT_OWNER_DATABASE_URI) is required")) << text;
  EXPECT_FALSE(absl::StrContains(text, "--jwks")) << text;
  EXPECT_EQ(Accepted({"migrate", "--owner-database-uri=host=/s"}).command, Config::Command::kMigrate);
  EXPECT_EQ(Accepted({"--worker-database-uri=host=/s", "replay-parked"}).command, Config::Command::kReplayParked);
  EXPECT_EQ(Accepted({"--describe"}).command, Config::Command::kDescribe);
}

TEST_F(ConfigTest, HelpNamesOptionEnvironmentAndExitCodes) {
  const auto parsed = Parse({"--help"});
  const Exit& exit = std::get<Exit>(parsed);
  EXPECT_EQ(exit.code, 0);
  for (const char* part : {"--pool-size", "KAT_POOL_SIZE", "--currency", "replay-parked", "Exit codes"})
    EXPECT_TRUE(absl::StrContains(exit.text, part)) << part;
}

}  // namespace
}  // namespace kat::app
