#include "libs/app/config_check.h"

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "libs/app/certificate.h"

namespace kat::app {

std::string EnvironmentName(const std::string& option) {
  return absl::StrCat("KAT_", absl::AsciiStrToUpper(absl::StrReplaceAll(option, {{"-", "_"}})));
}

namespace {

// Reads what files and texts say, for all problems at once.
class Checker {
 public:
  explicit Checker(std::vector<std::string>* problems) : problems_(*problems) {}

  bool Need(const std::string& value, const std::string& option) {
    if (value.empty()) Add(option, "is required");
    return !value.empty();
  }
  bool File(const std::string& path, const std::string& option) {
    const bool readable = std::ifstream(path).good();
    if (!readable) Add(option, absl::StrCat("cannot read ", path));
    return readable;
  }
  void Database(const std::string& uri, const std::string& password_file, const std::string& role) {
    const std::string option = absl::StrCat(role, "database-uri");
    const size_t at = uri.find('@');
    const bool has_password = absl::StrContains(absl::AsciiStrToLower(uri), "password=") ||
                              (absl::StrContains(uri, "://") && at != std::string::npos &&
                               absl::StrContains(uri.substr(uri.find("://") + 3, at - uri.find("://") - 3), ":"));
    if (Need(uri, option) && has_password)
      Add(option, absl::StrCat("holds a password, which others can see: use --", role, "database-password-file"));
    if (!password_file.empty()) File(password_file, absl::StrCat(role, "database-password-file"));
  }
  void Peer(const std::string& target, const std::string& option) {
    int port = 0;
    const size_t colon = target.rfind(':');
    if (!Need(target, option)) return;
    if (colon == std::string::npos || colon == 0 || !absl::SimpleAtoi(target.substr(colon + 1), &port) || port < 1 ||
        port > 65535)
      Add(option, absl::StrCat("must be host:port, is \"", target, "\""));
  }
  void OneOf(const std::string& value, const std::vector<std::string>& allowed, const std::string& option) {
    for (const std::string& one : allowed) {
      if (value == one) return;
    }
    Add(option, absl::StrCat("must be ", absl::StrJoin(allowed, " or "), ", is \"", value, "\""));
  }
  void Add(const std::string& option, absl::string_view what) {
    problems_.push_back(absl::StrCat("--", option, " (", EnvironmentName(option), ") ", what));
  }

 private:
  std::vector<std::string>& problems_;
};

void CheckTls(const Config& config, Checker& check) {
  const bool certificate =
      check.Need(config.tls_certificate, "tls-certificate") && check.File(config.tls_certificate, "tls-certificate");
  const bool key = check.Need(config.tls_key, "tls-key") && check.File(config.tls_key, "tls-key");
  if (check.Need(config.tls_ca, "tls-ca") && check.File(config.tls_ca, "tls-ca") &&
      !CertificateExpiry(config.tls_ca).ok())
    check.Add("tls-ca", absl::StrCat("no certificate in ", config.tls_ca));
  if (!certificate) return;
  if (!CertificateExpiry(config.tls_certificate).ok()) {
    check.Add("tls-certificate", absl::StrCat("no certificate in ", config.tls_certificate));
  } else if (key && !BelongTogether(config.tls_certificate, config.tls_key)) {
    check.Add("tls-key", absl::StrCat(config.tls_key, " is not the key of ", config.tls_certificate));
  }
}

void CheckServing(const Config& config, Checker& check) {
  check.Database(config.database_uri, config.database_password_file, "");
  check.Database(config.worker_database_uri, config.worker_database_password_file, "worker-");
  if (check.Need(config.jwks, "jwks") && !absl::StartsWith(config.jwks, "https://")) check.File(config.jwks, "jwks");
  check.Need(config.token_issuer, "token-issuer");
  CheckTls(config, check);
  for (const auto& [service, target] : config.peers) check.Peer(target, absl::StrCat("peer-", service));
  check.OneOf(config.clock, {"system", "simulated"}, "clock");
  if (config.clock == "simulated") check.Need(config.clock_file, "clock-file");
}

}  // namespace

void CheckTogether(const Config& config, std::vector<std::string>* problems) {
  Checker check(problems);
  check.OneOf(config.log_level, {"debug", "info", "warning", "error"}, "log-level");
  switch (config.command) {
    case Config::Command::kMigrate:
      return check.Database(config.owner_database_uri, config.owner_database_password_file, "owner-");
    case Config::Command::kReplayParked:
      return check.Database(config.worker_database_uri, config.worker_database_password_file, "worker-");
    case Config::Command::kServe:
      return CheckServing(config, check);
    case Config::Command::kDescribe:
      return;
  }
}

}  // namespace kat::app
