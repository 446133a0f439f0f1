// katctl: the installation from a shell. See `katctl --help`.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "deploy/katctl/client.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/load.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/story.h"
#include "deploy/katctl/table.h"
#include "libs/auth/token.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

// Exit codes, so that scripts can tell refusal from failure.
constexpr int kRefused = 1;      // the API answered with an error
constexpr int kUsage = 2;        // the command line is wrong
constexpr int kUnreachable = 3;  // no installation, or a service is away

struct Globals {
  std::string config;
  std::string clinic;
  std::string roles = "assistant";
  std::string subject = "katctl";
  std::string token;
  bool json = false;
};

Caller AsCaller(const Globals& globals) {
  Caller caller{.clinic = globals.clinic, .subject = globals.subject};
  for (const auto role : absl::StrSplit(globals.roles, ',', absl::SkipEmpty())) caller.roles.emplace_back(role);
  return caller;
}

absl::StatusOr<Client> Connect(const Globals& globals) {
  ASSIGN_OR_RETURN(Installation installation, Installation::Read(globals.config));
  installation.token = globals.token;
  return Client(std::move(installation));
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", Explain(status).c_str());
  if (absl::IsUnavailable(status)) return kUnreachable;
  return kRefused;
}

int Print(const Globals& globals, const Json& answer, bool table) {
  std::cout << (globals.json ? answer.dump(2) + "\n" : table ? RenderTable(answer) : RenderResource(answer));
  return 0;
}

absl::StatusOr<Json> ReadRequest(const std::string& argument) {
  std::string text = argument;
  if (argument == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (absl::StartsWith(argument, "@")) {
    std::ifstream file(argument.substr(1));
    if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", argument.substr(1)));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return absl::InvalidArgumentError("the request must be a JSON object");
  return json;
}

absl::StatusOr<absl::Time> ParseWhen(const std::string& text, absl::Time now) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  std::string duration = text;
  int64_t days = 0;
  if (absl::EndsWith(text, "d") && absl::SimpleAtoi(text.substr(0, text.size() - 1), &days))
    duration = absl::StrCat(24 * days, "h");
  absl::Duration by;
  if (absl::ParseDuration(duration, &by) && by >= absl::ZeroDuration()) return now + by;
  return absl::InvalidArgumentError(
      absl::StrCat(text, " is neither a duration (3d, 90m) nor a time (2026-12-01T09:00:00Z)"));
}

int RunCall(const Globals& globals, const std::string& name, const std::string& argument) {
  auto run = [&]() -> absl::StatusOr<Json> {
    ASSIGN_OR_RETURN(const auto* method, FindMethod(name));
    ASSIGN_OR_RETURN(const Json request, ReadRequest(argument));
    ASSIGN_OR_RETURN(Client client, Connect(globals));
    return client.Call(*method, request, AsCaller(globals));
  };
  const absl::StatusOr<Json> answer = run();
  return answer.ok() ? Print(globals, *answer, false) : Fail(answer.status());
}

int RunList(const Globals& globals, const std::string& collection, const std::vector<std::string>& filters, int size,
            const std::string& page) {
  auto run = [&]() -> absl::StatusOr<Json> {
    ASSIGN_OR_RETURN(const auto* method, FindList(collection));
    Json request = Json::object();
    if (method->input_type()->FindFieldByName("parent") != nullptr) request["parent"] = "clinics/" + globals.clinic;
    if (size > 0) request["page_size"] = size;
    if (!page.empty()) request["page_token"] = page;
    for (const std::string& filter : filters) {
      const std::pair<std::string, std::string> parts = absl::StrSplit(filter, absl::MaxSplits('=', 1));
      const Json value = Json::parse(parts.second, nullptr, false);
      request[parts.first] = value.is_discarded() ? Json(parts.second) : value;
    }
    ASSIGN_OR_RETURN(Client client, Connect(globals));
    return client.Call(*method, request, AsCaller(globals));
  };
  const absl::StatusOr<Json> answer = run();
  return answer.ok() ? Print(globals, *answer, true) : Fail(answer.status());
}

int RunGet(const Globals& globals, const std::string& name) {
  auto run = [&]() -> absl::StatusOr<Json> {
    ASSIGN_OR_RETURN(const auto* method, FindGet(name));
    ASSIGN_OR_RETURN(Client client, Connect(globals));
    return client.Call(*method, Json{{"name", name}}, AsCaller(globals));
  };
  const absl::StatusOr<Json> answer = run();
  return answer.ok() ? Print(globals, *answer, false) : Fail(answer.status());
}

int RunWatch(const Globals& globals, const std::string& service, const std::string& cursor, int count) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Fail(client.status());
  int seen = 0;
  const absl::Status status =
      client->Watch(service, Json{{"parent", "clinics/" + globals.clinic}, {"cursor", cursor}}, AsCaller(globals),
                    [&](const Json& event) {
                      if (globals.json) {
                        std::cout << event.dump() << std::endl;
                      } else {
                        std::cout << event.value("occur_time", "") << "  " << event.value("type", "") << "  "
                                  << event.value("subject", "") << "  " << event.value("state", "") << std::endl;
                      }
                      return count == 0 || ++seen < count;
                    });
  return status.ok() ? 0 : Fail(status);
}

int RunToken(const Globals& globals, int hours) {
  absl::StatusOr<Installation> installation = Installation::Read(globals.config);
  if (!installation.ok()) return Fail(installation.status());
  absl::StatusOr<std::string> token = DevelopmentToken(*installation, AsCaller(globals), absl::Hours(hours));
  if (!token.ok()) return Fail(token.status());
  std::cout << *token << "\n";
  return 0;
}

int RunDevKeys(const std::string& folder) {
  absl::StatusOr<auth::DevKey> key = auth::MakeDevKey();
  if (!key.ok()) return Fail(key.status());
  const std::string private_path = folder + "/dev-private.jwk";
  std::ofstream(private_path) << key->private_jwk << "\n";
  chmod(private_path.c_str(), 0600);
  std::ofstream jwks(folder + "/jwks.json");
  jwks << key->public_jwks << "\n";
  return jwks.good() ? 0 : Fail(absl::NotFoundError(absl::StrCat("cannot write into ", folder)));
}

int RunClock(const Globals& globals, const std::string& advance) {
  auto run = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(Client client, Connect(globals));
    if (!advance.empty()) {
      ASSIGN_OR_RETURN(const absl::Time now, SimulatedNow(client.installation()));
      ASSIGN_OR_RETURN(const absl::Time target, ParseWhen(advance, now));
      RETURN_IF_ERROR(AdvanceTo(client, target));
    }
    ASSIGN_OR_RETURN(const absl::Time now, SimulatedNow(client.installation()));
    std::cout << absl::FormatTime(absl::RFC3339_sec, now, absl::UTCTimeZone()) << "\n";
    return absl::OkStatus();
  };
  const absl::Status status = run();
  return status.ok() ? 0 : Fail(status);
}

int RunHealth(const Globals& globals, const std::string& only) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Fail(client.status());
  bool serving = true;
  for (const auto& [service, address] : client->installation().services) {
    if (!only.empty() && service != only) continue;
    const std::string health = client->Health(service);
    serving &= health == "SERVING";
    std::cout << service << "  " << address << "  " << health << "\n";
  }
  return serving ? 0 : kUnreachable;
}

constexpr char kCompletion[] = R"bash(# katctl completion for bash: source <(katctl completion)
_katctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  case "$prev" in
    call|describe) COMPREPLY=($(compgen -W "$(katctl methods)" -- "$cur")) ;;
    watch) COMPREPLY=($(compgen -W "intake scheduling billing authorization messaging" -- "$cur")) ;;
    list) COMPREPLY=($(compgen -W "$(katctl methods | sed -n 's|.*/List||p')" -- "$cur")) ;;
    --role) COMPREPLY=($(compgen -W "platform_admin clinic_admin assistant psychiatrist administering_clinician nurse integration_therapist biller integration" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "call list get watch methods describe load token health clock story completion --clinic --role --json --help" -- "$cur")) ;;
  esac
}
complete -F _katctl katctl
)bash";

int Main(int argc, char** argv) {
  Globals globals;
  CLI::App cli("Talks to an installation of the clinic back end.", "katctl");
  cli.require_subcommand(1);
  cli.fallthrough();
  cli.add_option("--config", globals.config, "Installation file, as deploy/quickstart writes it")
      ->envname("KAT_CONFIG")
      ->default_val("run/installation.json");
  cli.add_option("--clinic", globals.clinic, "Clinic id to act in")->envname("KAT_CLINIC")->default_val("lakeside");
  cli.add_option("--role", globals.roles, "Roles to act with, separated by commas")
      ->envname("KAT_ROLE")
      ->capture_default_str();
  cli.add_option("--subject", globals.subject, "Who the audit trail will name")
      ->envname("KAT_SUBJECT")
      ->capture_default_str();
  cli.add_option("--token", globals.token, "Token to send in place of a development token")->envname("KAT_TOKEN");
  cli.add_flag("--json", globals.json, "Print JSON in place of tables");
  cli.footer("Exit codes: 0 done, 1 refused by the API, 2 wrong command line, 3 service or installation not there.");

  std::string method, request = "{}", name, collection, page, service, cursor, folder, advance, file;
  std::vector<std::string> filters;
  int size = 0, count = 0, hours = 12;
  int code = 0;
  StoryOptions story;

  auto* call = cli.add_subcommand("call", "Call any method: katctl call GetPatient '{\"name\": …}'");
  call->add_option("method", method, "Service/Method, or Method where that is unique")->required();
  call->add_option("request", request, "JSON object, @file, or - for standard input");
  call->callback([&] { code = RunCall(globals, method, request); });

  auto* list = cli.add_subcommand("list", "List a collection: katctl list patients page_size=10");
  list->add_option("collection", collection, "patients, appointments, work-items …")->required();
  list->add_option("filters", filters, "field=value of the List request");
  list->add_option("--page-size", size, "Rows a page");
  list->add_option("--page-token", page, "Token that the page before printed");
  list->callback([&] { code = RunList(globals, collection, filters, size, page); });

  auto* get = cli.add_subcommand("get", "Show a resource by its name");
  get->add_option("name", name, "clinics/lakeside/patients/…")->required();
  get->callback([&] { code = RunGet(globals, name); });

  auto* watch = cli.add_subcommand("watch", "Follow a service's events; needs --role integration or clinic_admin");
  watch->add_option("service", service, "intake, scheduling, billing, authorization, messaging")->required();
  watch->add_option("--cursor", cursor, "Resume after this cursor");
  watch->add_option("--count", count, "Stop after so many");
  watch->callback([&] { code = RunWatch(globals, service, cursor, count); });

  cli.add_subcommand("methods", "Names of all methods")->callback([&] {
    for (const auto* m : AllMethods()) std::cout << FullName(*m) << "\n";
  });
  auto* describe = cli.add_subcommand("describe", "What a method takes, answers, and who may call it");
  describe->add_option("method", method)->required();
  describe->callback([&] {
    const auto found = FindMethod(method);
    if (found.ok()) std::cout << DescribeMethod(**found);
    code = found.ok() ? 0 : Fail(found.status());
  });

  auto* load = cli.add_subcommand("load", "Send the requests of a sample data file: a JSON array of {method, request}");
  load->add_option("file", file)->required();
  load->callback([&] {
    auto client = Connect(globals);
    const absl::Status status = client.ok() ? LoadFile(*client, file, globals.clinic) : client.status();
    code = status.ok() ? 0 : Fail(status);
  });

  auto* token = cli.add_subcommand("token", "Print a development token: katctl token --clinic lakeside --role nurse");
  token->add_option("--hours", hours, "Hours that it is valid")->capture_default_str();
  token->callback([&] { code = RunToken(globals, hours); });

  auto* health = cli.add_subcommand("health", "Health of the services");
  health->add_option("service", service, "One of them; all by default");
  health->callback([&] { code = RunHealth(globals, service); });

  auto* keys = cli.add_subcommand("dev-keys", "Make development signing keys in a folder");
  keys->add_option("folder", folder)->required();
  keys->callback([&] { code = RunDevKeys(folder); });

  auto* clock = cli.add_subcommand("clock", "Show simulated time, or move it and wait until all is settled");
  clock->add_option("advance", advance, "A duration (3d, 90m) or a time (2026-12-01T09:00:00Z)");
  clock->callback([&] { code = RunClock(globals, advance); });

  auto* tell = cli.add_subcommand("story", "Run the story of one clinic, end to end, and check every step");
  tell->add_option("--id", story.id, "Names the story's clinic and request ids: the same id repeats nothing")
      ->capture_default_str();
  tell->add_option("--record", story.record, "Write every call made, a JSON line each");
  tell->add_option("--sample", story.sample, "Folder of the sample data")
      ->envname("KAT_SAMPLE")
      ->default_val(KAT_SAMPLE_DIR);
  tell->add_option("--until", story.until, "Stop after this chapter (1 to 8)")->capture_default_str();
  tell->callback([&] {
    auto client = Connect(globals);
    const absl::Status status = client.ok() ? RunStory(*client, story) : client.status();
    code = status.ok() ? 0 : Fail(status);
  });

  cli.add_subcommand("completion", "Print completion for bash")->callback([&] { std::cout << kCompletion; });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return cli.exit(help);
  } catch (const CLI::ParseError& error) {
    cli.exit(error);
    return kUsage;
  }
  return code;
}

}  // namespace
}  // namespace kat::ctl

int main(int argc, char** argv) { return kat::ctl::Main(argc, argv); }
