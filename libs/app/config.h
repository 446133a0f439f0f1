#ifndef KAT_LIBS_APP_CONFIG_H_
#define KAT_LIBS_APP_CONFIG_H_

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "libs/app/app.h"

namespace kat::app {

// A service's configuration, read from flags and environment. Every option `--some-name` is also `KAT_SOME_NAME`; the
// flag wins.
struct Config {
  enum class Command { kServe, kMigrate, kReplayParked, kDescribe };
  Command command = Command::kServe;

  std::string bind;
  int port = 0;
  int metrics_port = 0;
  std::string log_level;

  std::string database_uri;
  std::string database_password_file;
  std::string worker_database_uri;
  std::string worker_database_password_file;
  std::string owner_database_uri;
  std::string owner_database_password_file;
  int pool_size = 0;

  std::string jwks;
  std::string token_issuer;
  std::string token_audience;

  std::string tls_certificate;
  std::string tls_key;
  std::string tls_ca;
  std::map<std::string, std::string> peers;  // service name -> host:port

  std::string clock;  // `system` or `simulated`
  std::string clock_file;
  bool reflection = false;
  int max_threads = 0;
  int drain_seconds = 0;

  std::map<std::string, std::string> options;  // the service's own
};

// What the command line asked for: a configuration, or an exit code with the text to print (help, or every problem at
// once).
struct Exit {
  int code;
  std::string text;
};
std::variant<Config, Exit> ParseConfig(int argc, char** argv, const AppSpec& spec);

// The reference of a service's options, ports and metrics, as Markdown.
std::string Describe(const AppSpec& spec);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_CONFIG_H_
