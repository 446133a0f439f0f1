#include "libs/app/config.h"

#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "libs/app/config_check.h"

namespace kat::app {
namespace {

constexpr const char* kServices[] = {"intake", "scheduling", "billing", "authorization", "messaging"};

// The options of a service, declared once for parsing and for the reference.
class OptionTable {
 public:
  OptionTable(const AppSpec& spec, Config& config) {
    Text("bind", "Address to listen on", config.bind, "127.0.0.1");
    Number("port", "Port of the gRPC server, 0 for a free one", config.port, spec.default_port, 0, 65535);
    Number("metrics-port", "Port of Prometheus metrics over HTTP, path /metrics, 0 for none", config.metrics_port,
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

  // Turns the texts that were given into numbers, and names those that are none.
  void ReadNumbers(std::vector<std::string>* problems) const {
    for (const NumberOption& number : numbers_) {
      if (absl::SimpleAtoi(number.text, number.target) && *number.target >= number.min && *number.target <= number.max)
        continue;
      problems->push_back(absl::StrCat("--", number.name, " (", EnvironmentName(number.name), ") must be ", number.min,
                                       " to ", number.max, ", is \"", number.text, "\""));
    }
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

  struct NumberOption {
    std::string name;
    int min, max;
    int* target;
    std::string text;
  };

  void Text(std::string name, std::string help, std::string& target, std::string default_value) {
    target = default_value;
    rows_.push_back(
        {std::move(name), std::move(help), std::move(default_value), [&target](CLI::App& cli, const Row& row) {
           cli.add_option("--" + row.name, target, row.help)->envname(EnvironmentName(row.name))->capture_default_str();
         }});
  }
  // Read as text: the parser would stop at the first wrong number, and an operator wants them all.
  void Number(std::string name, std::string help, int& target, int default_value, int min, int max) {
    target = default_value;
    numbers_.push_back({name, min, max, &target, ""});
    Text(std::move(name), absl::StrCat(help, "; ", min, " to ", max), numbers_.back().text,
         absl::StrCat(default_value));
  }
  void Flag(std::string name, std::string help, bool& target) {
    rows_.push_back({std::move(name), std::move(help), "false", [&target](CLI::App& cli, const Row& row) {
                       cli.add_flag("--" + row.name, target, row.help)->envname(EnvironmentName(row.name));
                     }});
  }

  std::vector<Row> rows_;
  std::deque<NumberOption> numbers_;  // whose texts stay where they are
};

Exit Refuse(const AppSpec& spec, const std::vector<std::string>& problems) {
  return Exit{2, absl::StrCat("kat-", spec.service, ":\n  ", absl::StrJoin(problems, "\n  "), "\nkat-", spec.service,
                              " --help lists the options\n")};
}

}  // namespace

std::variant<Config, Exit> ParseConfig(int argc, char** argv, const AppSpec& spec) {
  Config config;
  const OptionTable table(spec, config);
  CLI::App cli(absl::StrCat("The ", spec.service, " service"), absl::StrCat("kat-", spec.service));
  table.AddTo(cli);
  bool describe = false;
  cli.add_flag("--describe", describe, "Print the options, ports and metrics as Markdown, and exit");
  cli.footer("Exit codes: 0 done or drained, 1 cannot run (the log says why), 2 wrong options.");
  cli.require_subcommand(0, 1);
  cli.fallthrough();
  cli.allow_extras();
  const CLI::App* migrate = cli.add_subcommand("migrate", "Apply missing schema migrations, and exit");
  const CLI::App* replay =
      cli.add_subcommand("replay-parked", "Put parked jobs and events back into the queue, print them, and exit");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Exit{0, cli.help()};
  } catch (const CLI::ParseError& error) {
    return Refuse(spec, {error.what()});
  }
  config.command = describe            ? Config::Command::kDescribe
                   : migrate->parsed() ? Config::Command::kMigrate
                   : replay->parsed()  ? Config::Command::kReplayParked
                                       : Config::Command::kServe;
  if (config.command == Config::Command::kDescribe) return config;
  std::vector<std::string> problems;
  for (const std::string& extra : cli.remaining(true)) problems.push_back(absl::StrCat(extra, ": no such option"));
  table.ReadNumbers(&problems);
  CheckTogether(config, &problems);
  if (!problems.empty()) return Refuse(spec, problems);
  return config;
}

std::string Describe(const AppSpec& spec) {
  Config config;
  std::string text = absl::StrCat("# kat-", spec.service, "\n\n## Options\n\n", OptionTable(spec, config).Markdown(),
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
                      "| `kat_pool_connections` | state | connections of the serving pool: size, in_use, waiting |\n",
                      "| `kat_certificate_expiry_timestamp_seconds` | | when the TLS certificate expires |\n");
  for (const MetricSpec& metric : spec.metrics) {
    absl::StrAppend(&text, "| `", metric.name, "` | ", metric.labels, metric.labels.empty() ? "| " : " | ", metric.help,
                    " |\n");
  }
  return text;
}

}  // namespace kat::app
