#include "deploy/katctl/commands.h"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/list_request.h"
#include "deploy/katctl/load.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/table.h"
#include "libs/auth/token.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

int Say(const std::string& text, int code) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return code;
}

// The command line is at fault.
int Misused(const absl::Status& status) { return Say(absl::StrCat("katctl: ", status.message()), kUsage); }
// There is nothing to talk to.
int Nowhere(const absl::Status& status) { return Say(absl::StrCat("katctl: ", status.message()), kUnreachable); }
// What the API said.
int Failed(const absl::Status& status) {
  return Say(Explain(status), absl::IsUnavailable(status) ? kUnreachable : kRefused);
}

Caller AsCaller(const Globals& globals) {
  Caller caller{.clinic = globals.clinic, .subject = globals.subject};
  for (const auto role : absl::StrSplit(globals.roles, ',', absl::SkipEmpty())) caller.roles.emplace_back(role);
  return caller;
}

absl::StatusOr<Client> Connect(const Globals& globals) {
  ASSIGN_OR_RETURN(Installation installation, Installation::Read(globals.config));
  installation.token = globals.token;
  for (const std::string& path : {installation.tls_ca, globals.token.empty() ? installation.signing_key : ""}) {
    if (!path.empty() && !std::ifstream(path))
      return absl::NotFoundError(absl::StrCat("cannot read ", path, ", which ", globals.config, " names"));
  }
  if (globals.token.empty() && installation.signing_key.empty())
    return absl::NotFoundError(absl::StrCat(globals.config, " has no development key; pass --token"));
  return Client(std::move(installation));
}

// The clinic that an answer is about, by the first name of a resource in it.
std::string ClinicOf(const Json& answer) {
  if (answer.is_string()) {
    const std::vector<std::string> parts = absl::StrSplit(answer.get<std::string>(), '/');
    return parts.size() > 1 && parts[0] == "clinics" ? parts[1] : "";
  }
  std::string clinic;
  for (auto it = answer.begin(); answer.is_structured() && it != answer.end() && clinic.empty(); ++it)
    clinic = ClinicOf(*it);
  return clinic;
}

// The zone that the clinic's people live in; UTC where the clinic cannot be asked for it, or nothing is to be shown.
absl::TimeZone ZoneOf(Client& client, const Globals& globals, const Json& answer) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!answer.is_null() && !HasTime(answer)) return zone;
  std::string name = globals.time_zone;
  const auto method = FindMethod("GetClinic");
  if (name.empty() && method.ok()) {
    const std::string clinic = ClinicOf(answer);
    const auto found =
        client.Call(**method, {{"name", "clinics/" + (clinic.empty() ? globals.clinic : clinic)}}, AsCaller(globals));
    if (found.ok()) name = found->value("time_zone", "");
  }
  absl::LoadTimeZone(name, &zone);
  return zone;
}

// What the API said of this method: who may call it belongs to a refusal of the caller's role.
int FailedCall(const google::protobuf::MethodDescriptor& method, const absl::Status& status) {
  const int code = Failed(status);
  if (ErrorReason(status) == "ROLE_FORBIDS")
    Say(absl::StrCat("  --role may be ", absl::StrJoin(RolesOf(method), ", ")), code);
  return code;
}

int CallAndPrint(const Globals& globals, const google::protobuf::MethodDescriptor& method, const Json& request) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::StatusOr<Json> answer = client->Call(method, request, AsCaller(globals));
  if (!answer.ok()) return FailedCall(method, answer.status());
  std::cout << (globals.json ? answer->dump(2) + "\n" : RenderResource(*answer, ZoneOf(*client, globals, *answer)));
  return kDone;
}

// Prints the messages of a stream as JSON, one to a line, as they come: for programs, which follow streams.
int FollowAndPrint(const Globals& globals, const google::protobuf::MethodDescriptor& method, const Json& request) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::Status status = client->Stream(method, request, AsCaller(globals), [](const Json& message) {
    std::cout << message.dump() << std::endl;
    return std::cout.good();
  });
  return status.ok() ? kDone : FailedCall(method, status);
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
  try {
    Json json = Json::parse(text);
    if (json.is_object()) return json;
    return absl::InvalidArgumentError("the request must be a JSON object: '{\"name\": …}'");
  } catch (const Json::parse_error& error) {
    const std::string what = error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 9: …"
    return absl::InvalidArgumentError(absl::StrCat("the request is not JSON: ", what.substr(what.find("] ") + 2)));
  }
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

// One page, or all of them as one.
absl::StatusOr<Json> ListPages(Client& client, const google::protobuf::MethodDescriptor& method, Json request,
                               const Caller& caller, bool all) {
  ASSIGN_OR_RETURN(Json answer, client.Call(method, request, caller));
  while (all && !answer.value("next_page_token", "").empty()) {
    request["page_token"] = answer["next_page_token"];
    ASSIGN_OR_RETURN(const Json page, client.Call(method, request, caller));
    answer.erase("next_page_token");
    for (const auto& [key, value] : page.items()) {
      if (value.is_array() && answer.contains(key)) {
        answer[key].insert(answer[key].end(), value.begin(), value.end());
      } else {
        answer[key] = value;
      }
    }
  }
  return answer;
}

}  // namespace

int RunCall(const Globals& globals, const std::string& name, const std::string& argument) {
  const auto method = FindMethod(name);
  if (!method.ok()) return Misused(method.status());
  if ((*method)->server_streaming() && ServiceOf(**method).empty())
    return Misused(absl::InvalidArgumentError("every service has one: katctl watch SERVICE follows it"));
  const absl::StatusOr<Json> request = ReadRequest(argument);
  if (!request.ok()) return Misused(request.status());
  if (const absl::Status fits = CheckRequest(**method, *request); !fits.ok()) return Misused(fits);
  return (*method)->server_streaming() ? FollowAndPrint(globals, **method, *request)
                                       : CallAndPrint(globals, **method, *request);
}

int RunList(const Globals& globals, const ListOptions& options) {
  const auto method = FindList(options.collection);
  if (!method.ok()) return Misused(method.status());
  absl::StatusOr<Json> request = ListRequest(**method, globals.clinic, options.filters);
  if (!request.ok()) return Misused(request.status());
  if (options.page_size > 0 || options.all) (*request)["page_size"] = options.page_size > 0 ? options.page_size : 200;
  if (!options.page_token.empty()) (*request)["page_token"] = options.page_token;
  if (const absl::Status fits = CheckRequest(**method, *request); !fits.ok()) return Misused(fits);
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::StatusOr<Json> answer = ListPages(*client, **method, *request, AsCaller(globals), options.all);
  if (!answer.ok()) return FailedCall(**method, answer.status());
  const std::vector<std::string> columns = absl::StrSplit(options.columns, ',', absl::SkipEmpty());
  std::cout << (globals.json ? answer->dump(2) + "\n"
                             : RenderTable(*answer, ZoneOf(*client, globals, *answer), columns));
  return kDone;
}

int RunGet(const Globals& globals, const std::string& name) {
  const std::string whole = WholeName(name, globals.clinic);
  const auto method = FindGet(whole);
  if (!method.ok()) return Misused(method.status());
  return CallAndPrint(globals, **method, {{"name", whole}});
}

int RunWatch(const Globals& globals, const WatchOptions& options) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::TimeZone zone = globals.json ? absl::UTCTimeZone() : ZoneOf(*client, globals, Json());
  Json request = {{"parent", "clinics/" + globals.clinic}, {"cursor", options.cursor}};
  if (!options.types.empty()) request["types"] = options.types;
  int seen = 0;
  std::string last;
  const absl::Status status = client->Watch(options.service, request, AsCaller(globals), [&](const Json& event) {
    last = event.value("cursor", "");
    if (globals.json) {
      std::cout << event.dump() << std::endl;
    } else {
      std::cout << RenderTime(event.value("occur_time", ""), zone) << "  " << last << "  " << event.value("type", "")
                << "  " << event.value("subject", "") << "  " << event.value("state", "") << std::endl;
    }
    return options.count == 0 || ++seen < options.count;
  });
  if (status.ok()) return kDone;
  if (!last.empty()) Say(absl::StrCat("to go on: --cursor ", last), kUnreachable);
  return Failed(status);
}

int RunMethods(const Globals& globals) {
  Json names = Json::array();
  for (const auto* method : AllMethods()) names.push_back(FullName(*method));
  if (globals.json) std::cout << names.dump(2) << "\n";
  for (auto it = names.begin(); !globals.json && it != names.end(); ++it) std::cout << it->get<std::string>() << "\n";
  return kDone;
}

int RunDescribe(const std::string& name, const std::string& image) {
  const auto method = FindMethod(name);
  if (!method.ok()) return Misused(method.status());
  std::cout << DescribeMethod(**method, Docs(image));
  return kDone;
}

int RunLoad(const Globals& globals, const std::string& file) {
  if (!std::ifstream(file)) return Misused(absl::NotFoundError(absl::StrCat("cannot read ", file)));
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::Status status = LoadFile(*client, file, globals.clinic);
  return status.ok() ? kDone : Failed(status);
}

int RunToken(const Globals& globals, int hours) {
  const absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const auto token = DevelopmentToken(client->installation(), AsCaller(globals), absl::Hours(hours));
  if (!token.ok()) return Nowhere(token.status());
  std::cout << *token << "\n";
  return kDone;
}

int RunHealth(const Globals& globals, const std::string& only) {
  absl::StatusOr<Installation> installation = Installation::Read(globals.config);
  if (!installation.ok()) return Nowhere(installation.status());
  const auto services = installation->services;
  if (!only.empty() && services.count(only) == 0)
    return Misused(absl::NotFoundError(absl::StrCat(globals.config, " has no service ", only)));
  Client client(*std::move(installation));
  bool serving = true;
  Json answer = Json::object();
  for (const auto& [service, address] : services) {
    if (!only.empty() && service != only) continue;
    const std::string health = client.Health(service);
    serving &= health == "SERVING";
    answer[service] = {{"address", address}, {"health", health}};
    if (!globals.json) std::cout << service << "  " << address << "  " << health << "\n";
  }
  if (globals.json) std::cout << answer.dump(2) << "\n";
  return serving ? kDone : kUnreachable;
}

int RunDevKeys(const std::string& folder) {
  const auto key = auth::MakeDevKey();
  if (!key.ok()) return Failed(key.status());
  const std::string private_path = folder + "/dev-private.jwk";
  const mode_t before = umask(077);
  std::ofstream private_file(private_path);
  umask(before);
  private_file << key->private_jwk << std::endl;
  std::ofstream jwks(folder + "/jwks.json");
  jwks << key->public_jwks << std::endl;
  if (private_file && jwks) return kDone;
  return Misused(absl::NotFoundError(absl::StrCat("cannot write into ", folder)));
}

int RunClock(const Globals& globals, const std::string& advance) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  absl::StatusOr<absl::Time> now = SimulatedNow(client->installation());
  if (!now.ok()) return Nowhere(now.status());
  if (!advance.empty()) {
    const absl::StatusOr<absl::Time> target = ParseWhen(advance, *now);
    if (!target.ok()) return Misused(target.status());
    if (*target < *now)
      return Misused(absl::InvalidArgumentError(absl::StrCat(advance, " is past: time only goes on")));
    const absl::Status status = AdvanceTo(*client, *target);
    if (!status.ok()) return Failed(status);
    now = SimulatedNow(client->installation());
  }
  const std::string text = absl::FormatTime(absl::RFC3339_sec, *now, absl::UTCTimeZone());
  std::cout << (globals.json ? Json{{"now", text}}.dump(2) : text) << "\n";
  return kDone;
}

int RunTheStory(const Globals& globals, const StoryOptions& options) {
  absl::StatusOr<Client> client = Connect(globals);
  if (!client.ok()) return Nowhere(client.status());
  const absl::Status status = RunStory(*client, options);
  return status.ok() ? kDone : Failed(status);
}

}  // namespace kat::ctl
