#include "libs/rpc/page.h"

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/rpc/fingerprint.h"
#include "nlohmann/json.hpp"

namespace kat::rpc {
namespace {

constexpr int kDefaultPageSize = 50;
constexpr int kMaxPageSize = 200;
constexpr size_t kFilterHashBytes = 16;

// What must not change between pages: the request without its paging fields.
std::string FilterHash(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : {"page_token", "page_size"}) {
    const auto* field = copy->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) copy->GetReflection()->ClearField(copy.get(), field);
  }
  return Fingerprint(*copy).substr(0, kFilterHashBytes);
}

absl::Status TokenInvalid() {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   "page_token: is not one that this list returned for these filters",
                   {.reason = "PAGE_TOKEN_INVALID",
                    .fields = {{"page_token", "is not one that this list returned for these filters"}}});
}

}  // namespace

absl::StatusOr<Page> ParsePage(const google::protobuf::Message& list_request) {
  const auto* descriptor = list_request.GetDescriptor();
  const auto* reflection = list_request.GetReflection();
  const int size = reflection->GetInt32(list_request, descriptor->FindFieldByName("page_size"));
  const std::string token = reflection->GetString(list_request, descriptor->FindFieldByName("page_token"));
  if (size < 0) return InvalidField("page_size", "must not be negative");
  Page page{.size = size == 0 ? kDefaultPageSize : std::min(size, kMaxPageSize)};
  if (token.empty()) return page;
  std::string text;
  if (!absl::WebSafeBase64Unescape(token, &text)) return TokenInvalid();
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array() || json.size() < 2) return TokenInvalid();
  for (const auto& part : json) {
    if (!part.is_string()) return TokenInvalid();
  }
  if (json[0].get<std::string>() != FilterHash(list_request)) return TokenInvalid();
  for (size_t i = 1; i < json.size(); ++i) page.after.push_back(json[i].get<std::string>());
  return page;
}

std::string NextPageToken(const google::protobuf::Message& list_request, const std::vector<std::string>& keys) {
  nlohmann::json json = nlohmann::json::array({FilterHash(list_request)});
  for (const std::string& key : keys) json.push_back(key);
  return absl::WebSafeBase64Escape(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace kat::rpc
