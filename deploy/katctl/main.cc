// katctl: the installation from a shell. See `katctl --help`.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "deploy/katctl/commands.h"
#include "deploy/katctl/completion.h"
#include "deploy/katctl/schema.h"
#include "grpc/support/log.h"

namespace kat::ctl {
namespace {

const std::vector<std::string> kServices = {"intake", "scheduling", "billing", "authorization", "messaging"};

// CLI11 takes "" for a good value.
std::string CheckRoles(const std::string& text) {
  const std::vector<std::string> known = RoleNames();
  for (const auto role : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    if (std::find(known.begin(), known.end(), role) == known.end())
      return absl::StrCat("no role ", role, "; there are ", absl::StrJoin(known, ", "));
  }
  return "";
}

std::string CheckZone(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone) ? ""
                                         : absl::StrCat("no time zone ", name, "; write one like America/New_York");
}

void AddGlobals(CLI::App& cli, Globals& globals) {
  cli.add_option("--config", globals.config, "Installation file, as deploy/quickstart writes it")
      ->envname("KAT_CONFIG")
      ->default_val("run/installation.json");
  cli.add_option("--clinic", globals.clinic, "Clinic id to act in")->envname("KAT_CLINIC")->default_val("lakeside");
  cli.add_option("--role", globals.roles, "Roles to act with, separated by commas")
      ->envname("KAT_ROLE")
      ->check(CheckRoles)
      ->capture_default_str();
  cli.add_option("--subject", globals.subject, "Who the audit trail will name")
      ->envname("KAT_SUBJECT")
      ->capture_default_str();
  cli.add_option("--token", globals.token, "Token to send in place of a development token")->envname("KAT_TOKEN");
  cli.add_option("--time-zone", globals.time_zone, "Zone of the times in tables: the clinic's where none is given")
      ->envname("KAT_TIME_ZONE")
      ->check(CheckZone);
  cli.add_flag("--json", globals.json, "Print JSON, with times in UTC, in place of tables");
}

int Main(int argc, char** argv) {
  // gRPC's own lines say again, for programmers, what our errors say. GRPC_VERBOSITY brings them back.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  Globals globals;
  CLI::App cli("Talks to an installation of the clinic back end.", "katctl");
  cli.require_subcommand(1);
  cli.fallthrough();
  AddGlobals(cli, globals);
  cli.footer(
      "Exit codes: 0 done; 1 refused by the API; 2 wrong command line; 3 no installation, or a service is away.\n"
      "Completion for bash: source <(katctl completion bash)");

  std::string method, request = "{}", name, service, folder, advance, file, shell, image;
  int hours = 12;
  int code = kDone;
  ListOptions listing;
  WatchOptions watching;
  StoryOptions story;

  auto* call = cli.add_subcommand(
      "call", "Call any method: katctl call GetPatient '{\"name\": …}'; a stream's messages come one to a line");
  call->add_option("method", method, "Service/Method, or Method where that is unique")->required();
  call->add_option("request", request, "JSON object, @file, or - for standard input")->capture_default_str();
  call->callback([&] { code = RunCall(globals, method, request); });

  auto* list = cli.add_subcommand("list", "List a collection: katctl list appointments state=BOOKED");
  list->add_option("collection", listing.collection, "patients, appointments, work-items …")->required();
  list->add_option("filters", listing.filters,
                   "field=value of the List request: parent=patients/…, external_id.value=7");
  list->add_option("--page-size", listing.page_size, "Rows a page, 50 where none is given")->check(CLI::Range(1, 200));
  list->add_option("--page-token", listing.page_token, "Token that the page before printed");
  list->add_flag("--all", listing.all, "Every page");
  list->add_option("--columns", listing.columns, "Columns of the table, by comma: name,patient,state");
  list->callback([&] { code = RunList(globals, listing); });

  auto* get = cli.add_subcommand("get", "Show a resource by its name: katctl get patients/…");
  get->add_option("name", name, "Its name, with or without clinics/{clinic}/ before it")->required();
  get->callback([&] { code = RunGet(globals, name); });

  auto* watch = cli.add_subcommand("watch", "Follow a service's events; needs --role integration or clinic_admin");
  watch->add_option("service", watching.service, absl::StrJoin(kServices, ", "))
      ->required()
      ->check(CLI::IsMember(kServices));
  watch->add_option("--cursor", watching.cursor, "Go on after this cursor, the second column");
  watch->add_option("--type", watching.types, "Only events of this type, as appointment.booked; may be repeated");
  watch->add_option("--count", watching.count, "Stop after so many")->check(CLI::NonNegativeNumber);
  watch->callback([&] { code = RunWatch(globals, watching); });

  cli.add_subcommand("methods", "Names of all methods")->callback([&] { code = RunMethods(globals); });
  auto* describe = cli.add_subcommand("describe", "What a method does, takes and answers, and who may call it");
  describe->add_option("method", method, "Service/Method, or Method where that is unique")->required();
  describe->add_option("--image", image, "Descriptor image with the contracts' comments")
      ->envname("KAT_IMAGE")
      ->default_val(KAT_IMAGE_FILE);
  describe->callback([&] { code = RunDescribe(method, image); });

  auto* load = cli.add_subcommand("load", "Send the requests of a sample data file, in order");
  load->add_option("file", file, "JSON array of {method, role, request}: see deploy/sample")->required();
  load->callback([&] { code = RunLoad(globals, file); });

  auto* token = cli.add_subcommand("token", "Print a development token: katctl token --clinic lakeside --role nurse");
  token->add_option("--hours", hours, "Hours that it is valid")->check(CLI::Range(1, 8760))->capture_default_str();
  token->callback([&] { code = RunToken(globals, hours); });

  auto* health = cli.add_subcommand("health", "Health of the services; exit code 3 unless all serve");
  health->add_option("service", service, "One of them; all where none is given")->check(CLI::IsMember(kServices));
  health->callback([&] { code = RunHealth(globals, service); });

  auto* keys = cli.add_subcommand("dev-keys", "Make development signing keys: dev-private.jwk and jwks.json");
  keys->add_option("folder", folder, "Folder to write them into")->required();
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
  tell->add_option("--until", story.until, "Stop after this chapter")->check(CLI::Range(1, 8))->capture_default_str();
  tell->callback([&] { code = RunTheStory(globals, story); });

  auto* completion = cli.add_subcommand("completion", "Print completion for a shell: source <(katctl completion bash)");
  completion->add_option("shell", shell, "bash")->check(CLI::IsMember({"bash"}));
  completion->callback([&] { std::cout << BashCompletion(cli); });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return cli.exit(help);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> unknown = cli.remaining();
    if (cli.get_subcommands().empty() && !unknown.empty()) {
      std::cerr << "katctl: no command " << unknown.front() << "\nRun with --help for more information.\n";
    } else {
      cli.exit(error);
    }
    return kUsage;
  }
  return code;
}

}  // namespace
}  // namespace kat::ctl

int main(int argc, char** argv) { return kat::ctl::Main(argc, argv); }
