#include "libs/app/config.h"

#include <functional>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace kat::app {
namespace {

constexpr const char* kServices[] = {"intake", "scheduling", "billing", "authorization", "messaging"};

std::string EnvironmentName(const std::string& option) {
  return absl::StrCat("KAT_", absl::AsciiStrToUpper(absl::StrReplaceAll(option, {{"-", "_"}})));
}

// The options of a service, declared once for parsing and for the reference.
class OptionTable {
 public:
  OptionTable(const AppSpec& spec, Config& config) {
    Text("bind", "Address to listen on", config.bind, "127.0.0.1");
    Number("port", "Port of the gRPC server; 0 takes a free one", config.port, spec.default_port, 0, 65535);
    Number("metrics-port", "Port of Prometheus metrics over HTTP, path /metrics; 0 serves none", config.metrics_port,
           spec.default_metrics_port, 0, 65535);
    Text("log-level", "Lowest level logged: debug, info, warning, error", config.log_level, "info");
    Text("database-uri", "PostgreSQL as the service's role, without a password", config.database_uri, "");
    Text("database-password-file", "File with that role's password", config.database_password_file, "");
    Text("worker-database-uri", "PostgreSQL as the worker's role", config.worker_database_uri, "");
    Text("worker-database-password-file", "File with that role's password", config.worker_database_password_file, "");
    Text("owner-database-uri", "PostgreSQL as the migrating role; for `migrate` alone", config.owner_database_uri, "");
    Text("owner-database-password-file", "File with that role's password", config.owner_database_password_file, "");
    Number("pool-size", "Connections for serving; half as many more for workers", config.pool_size, 8, 1, 200);
    Text("jwks", "File or https URL of the JSON Web Key Set that signs callers' tokens", config.jwks, "");
    Text("token-issuer", "Issuer that tokens must name", config.token_issuer, "");
    Text("token-audience", "Audience that tokens must name", config.token_audience, "kat");
    Text("tls-certificate", "PEM file with this service's certificate; re-read when it changes", config.tls_certificate,
         "");
    Text("tls-key", "PEM file with its key", config.tls_key, "");
    Text("tls-ca", "PEM file with the authority that signs all services' certificates", config.tls_ca, "");
    for (const char* service : kServices) {
      if (service != spec.service) {
        Text(absl::StrCat("peer-", service), absl::StrCat("host:port of ", service), config.peers[service], "");
      }
    }
    Text("clock", "`system`, or `simulated` for development and tests", config.clock, "system");
    Text("clock-file", "File of the simulated clock, shared by all services", config.clock_file, "");
    Flag("reflection", "Serve gRPC reflection", config.reflection);
    Number("max-threads", "Most threads that serve calls", config.max_threads, 64, 8, 1000);
    Number("drain-seconds", "Longest wait for running calls at shutdown", config.drain_seconds, 20, 0, 600);
    for (const OptionSpec& option : spec.options)
      Text(option.name, option.help, config.options[option.name], option.default_value);
  }

  void AddTo(CLI::App& cli) const {
    for (const auto& row : rows_) row.add(cli, row);
  }

  std::string Markdown() const {
    std::string out = "| flag | environment | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const auto& row : rows_) {
      absl::StrAppend(&out, "| `--", row.name, "` | `", EnvironmentName(row.name), "` | ",
                      row.default_value.empty() ? "" : absl::StrCat("`", row.default_value, "`"), " | ", row.help,
                      " |\n");
    }
    return out;
  }

 private:
  struct Row {
    std::string name, help, default_value;
    std::function<void(CLI::App&, const Row&)> add;
  };

  void Text(std::string name, std::string help, std::string& target, std::string default_value) {
    target = default_value;
    rows_.push_back(
        {std::move(name), std::move(help), std::move(default_value), [&target](CLI::App& cli, const Row& row) {
           cli.add_option("--" + row.name, target, row.help)->envname(EnvironmentName(row.name))->capture_default_str();
         }});
  }
  void Number(std::string name, std::string help, int& target, int default_value, int min, int max) {
    target = default_value;
    rows_.push_back({std::move(name), std::move(help), absl::StrCat(default_value),
                     [&target, min, max](CLI::App& cli, const Row& row) {
                       cli.add_option("--" + row.name, target, row.help)
                           ->envname(EnvironmentName(row.name))
                           ->check(CLI::Range(min, max))
                           ->capture_default_str();
                     }});
  }
  void Flag(std::string name, std::string help, bool& target) {
    rows_.push_back({std::move(name), std::move(help), "false", [&target](CLI::App& cli, const Row& row) {
                       cli.add_flag("--" + row.name, target, row.help)->envname(EnvironmentName(row.name));
                     }});
  }

  std::vector<Row> rows_;
};

std::vector<std::string> Problems(const Config& config) {
  std::vector<std::string> problems;
  const auto need = [&](const std::string& value, const char* option) {
    if (value.empty()) problems.push_back(absl::StrCat("--", option, " (", EnvironmentName(option), ") is required"));
  };
  if (config.command == Config::Command::kMigrate) {
    need(config.owner_database_uri, "owner-database-uri");
    return problems;
  }
  if (config.command == Config::Command::kReplayParked) {
    need(config.worker_database_uri, "worker-database-uri");
    return problems;
  }
  need(config.database_uri, "database-uri");
  need(config.worker_database_uri, "worker-database-uri");
  need(config.jwks, "jwks");
  need(config.token_issuer, "token-issuer");
  need(config.tls_certificate, "tls-certificate");
  need(config.tls_key, "tls-key");
  need(config.tls_ca, "tls-ca");
  for (const auto& [service, target] : config.peers) need(target, absl::StrCat("peer-", service).c_str());
  if (config.clock != "system" && config.clock != "simulated")
    problems.push_back("--clock must be system or simulated");
  if (config.clock == "simulated") need(config.clock_file, "clock-file");
  if (config.log_level != "debug" && config.log_level != "info" && config.log_level != "warning" &&
      config.log_level != "error") {
    problems.push_back("--log-level must be debug, info, warning or error");
  }
  return problems;
}

}  // namespace

std::variant<Config, Exit> ParseConfig(int argc, char** argv, const AppSpec& spec) {
  Config config;
  const OptionTable table(spec, config);
  CLI::App cli(absl::StrCat("The ", spec.service, " service"), absl::StrCat("kat-", spec.service));
  table.AddTo(cli);
  bool describe = false;
  cli.add_flag("--describe", describe, "Print the options, ports and metrics as Markdown, and exit");
  cli.require_subcommand(0, 1);
  cli.fallthrough();
  const CLI::App* migrate = cli.add_subcommand("migrate", "Apply missing schema migrations, and exit");
  const CLI::App* replay =
      cli.add_subcommand("replay-parked", "Put parked jobs and events back into the queue, print them, and exit");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Exit{0, cli.help()};
  } catch (const CLI::ParseError& error) {
    return Exit{2, absl::StrCat("kat-", spec.service, ": ", error.what(), "\n")};
  }
  config.command = describe            ? Config::Command::kDescribe
                   : migrate->parsed() ? Config::Command::kMigrate
                   : replay->parsed()  ? Config::Command::kReplayParked
                                       : Config::Command::kServe;
  if (config.command == Config::Command::kDescribe) return config;
  const std::vector<std::string> problems = Problems(config);
  if (problems.empty()) return config;
  return Exit{2, absl::StrCat("kat-", spec.service, ":\n  ", absl::StrJoin(problems, "\n  "), "\n")};
}

std::string Describe(const AppSpec& spec) {
  Config config;
  return absl::StrCat("# kat-", spec.service, "\n\n## Options\n\n", OptionTable(spec, config).Markdown(),
                      "\n## Ports\n\n| port | serves |\n| --- | --- |\n| ", spec.default_port,
                      " | gRPC: the API, the event feed, health |\n| ", spec.default_metrics_port,
                      " | HTTP: /metrics |\n", "\n## Metrics\n\n| name | labels | meaning |\n| --- | --- | --- |\n",
                      "| `kat_calls_total` | method, code | calls served |\n",
                      "| `kat_call_seconds` | method | histogram of serving time |\n",
                      "| `kat_calls_in_flight` | | unary calls being served |\n",
                      "| `kat_jobs_total` | kind, outcome | jobs run: done, retried, held_up by an outage, parked |\n",
                      "| `kat_jobs_due` | | jobs due and not yet done |\n",
                      "| `kat_audit_sealed_total` | | audit rows sealed into their clinic's hash chain |\n",
                      "| `kat_feed_events_total` | feed, outcome | events applied, retried, parked |\n",
                      "| `kat_feed_subscribers` | | streams that read this service's feed |\n",
                      "| `kat_pool_connections` | state | connections of the serving pool: size, in_use, waiting |\n");
}

}  // namespace kat::app
