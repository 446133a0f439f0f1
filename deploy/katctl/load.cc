#include "deploy/katctl/load.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "deploy/katctl/schema.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

using Variables = std::map<std::string, std::string>;

void Remember(const std::string& name, const Json& answer, Variables* variables) {
  for (const auto& [field, value] : answer.items()) {
    if (value.is_string()) (*variables)[absl::StrCat("{", name, ".", field, "}")] = value.get<std::string>();
  }
}

void Substitute(const Variables& variables, Json* json) {
  if (json->is_string()) {
    *json = absl::StrReplaceAll(json->get<std::string>(), variables);
  } else if (json->is_structured()) {
    for (Json& child : *json) Substitute(variables, &child);
  }
}

Caller LoaderFor(const Json& entry, const std::string& clinic) {
  const std::string role = entry.value("role", "clinic_admin");
  return {.clinic = role == "platform_admin" ? "" : clinic, .roles = {role}, .subject = role + "-1"};
}

}  // namespace

absl::Status LoadFile(Client& client, const std::string& path, const std::string& clinic) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const Json entries = Json::parse(text, nullptr, false);
  if (!entries.is_array())
    return absl::InvalidArgumentError(absl::StrCat(path, " must be a JSON array of {method, request}"));
  const std::string stem = path.substr(path.rfind('/') + 1);
  // Only where it names the clinic: message templates have a placeholder of this name.
  Variables variables = {{"clinics/{clinic}", "clinics/" + clinic}};
  int place = 0;
  for (const Json& entry : entries) {
    ++place;
    const auto where = [&](const absl::Status& status) {
      absl::Status placed(
          status.code(), absl::StrCat(path, " entry ", place, " (", entry.value("method", ""), "): ", Explain(status)));
      return placed;
    };
    absl::StatusOr<const google::protobuf::MethodDescriptor*> method = FindMethod(entry.value("method", ""));
    if (!method.ok()) return where(method.status());
    Json request = entry.value("request", Json::object());
    Substitute(variables, &request);
    if ((*method)->input_type()->FindFieldByName("request_id") != nullptr && !request.contains("request_id") &&
        !request.contains("requestId")) {
      request["request_id"] = absl::StrCat("load.", stem, ".", place);
    }
    absl::StatusOr<Json> answer = client.Call(**method, request, LoaderFor(entry, clinic));
    if (!answer.ok()) return where(answer.status());
    if (entry.contains("save")) Remember(entry["save"].get<std::string>(), *answer, &variables);
  }
  return absl::OkStatus();
}

}  // namespace kat::ctl
