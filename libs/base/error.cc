#include "libs/base/error.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kat {
namespace {

constexpr char kPayloadUrl[] = "kat/error-detail";

// A payload must be bytes and this library sees no protobuf: length-prefixed strings, in the order of the struct.
class Writer {
 public:
  void Put(absl::string_view s) { absl::StrAppend(&bytes_, s.size(), ":", s); }
  void Put(size_t n) { Put(absl::StrCat(n)); }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  std::string String() {
    const size_t colon = rest_.find(':');
    size_t length = 0;
    if (colon == absl::string_view::npos || !absl::SimpleAtoi(rest_.substr(0, colon), &length)) return "";
    std::string value(rest_.substr(colon + 1, length));
    rest_.remove_prefix(colon + 1 + value.size());
    return value;
  }
  size_t Count() {
    size_t n = 0;
    return absl::SimpleAtoi(String(), &n) ? n : 0;
  }

 private:
  absl::string_view rest_;
};

std::string Encode(const ErrorDetail& detail) {
  Writer out;
  out.Put(detail.reason);
  out.Put(detail.metadata.size());
  for (const auto& [key, value] : detail.metadata) {
    out.Put(key);
    out.Put(value);
  }
  out.Put(detail.fields.size());
  for (const FieldViolation& v : detail.fields) {
    out.Put(v.field);
    out.Put(v.description);
  }
  out.Put(detail.preconditions.size());
  for (const PreconditionViolation& v : detail.preconditions) {
    out.Put(v.type);
    out.Put(v.subject);
    out.Put(v.description);
  }
  out.Put(detail.retry_after ? absl::StrCat(absl::ToInt64Milliseconds(*detail.retry_after)) : "");
  return out.Take();
}

ErrorDetail Decode(absl::string_view bytes) {
  Reader in(bytes);
  ErrorDetail detail;
  detail.reason = in.String();
  for (size_t n = in.Count(); n > 0; --n) {
    std::string key = in.String();
    detail.metadata[std::move(key)] = in.String();
  }
  for (size_t n = in.Count(); n > 0; --n) {
    std::string field = in.String();
    detail.fields.push_back({std::move(field), in.String()});
  }
  for (size_t n = in.Count(); n > 0; --n) {
    std::string type = in.String();
    std::string subject = in.String();
    detail.preconditions.push_back({std::move(type), std::move(subject), in.String()});
  }
  if (int64_t ms = 0; absl::SimpleAtoi(in.String(), &ms)) detail.retry_after = absl::Milliseconds(ms);
  return detail;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view message, ErrorDetail detail) {
  absl::Status status(code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(detail)));
  return status;
}

std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload) return std::nullopt;
  return Decode(std::string(*payload));
}

std::string ErrorReason(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  return detail ? detail->reason : "";
}

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(std::vector<FieldViolation> fields) {
  std::string message =
      fields.empty() ? "the request is invalid" : absl::StrCat(fields[0].field, ": ", fields[0].description);
  if (fields.size() > 1) absl::StrAppend(&message, " (and ", fields.size() - 1, " more)");
  return MakeError(absl::StatusCode::kInvalidArgument, message,
                   {.reason = "FIELD_INVALID", .fields = std::move(fields)});
}

absl::Status ResourceNotFound(absl::string_view resource_type) {
  return MakeError(absl::StatusCode::kNotFound, absl::StrCat("no such ", resource_type, " in this clinic"),
                   {.reason = "RESOURCE_NOT_FOUND", .metadata = {{"resource", std::string(resource_type)}}});
}

absl::Status EtagMismatch(absl::string_view resource_type) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the ", resource_type, " has changed since it was read; read it again and repeat"),
                   {.reason = "ETAG_MISMATCH", .metadata = {{"resource", std::string(resource_type)}}});
}

absl::Status WrongState(absl::string_view resource_type, absl::string_view state, absl::string_view action) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("a ", resource_type, " in state ", state, " cannot be ", action),
                   {.reason = "STATE_FORBIDS",
                    .metadata = {{"resource", std::string(resource_type)}, {"state", std::string(state)}}});
}

absl::Status Conditions(absl::string_view reason, absl::string_view message, std::vector<PreconditionViolation> unmet) {
  return MakeError(absl::StatusCode::kFailedPrecondition, message,
                   {.reason = std::string(reason), .preconditions = std::move(unmet)});
}

absl::Status PeerUnavailable(absl::string_view peer) {
  return MakeError(
      absl::StatusCode::kUnavailable, absl::StrCat("the ", peer, " service cannot be reached; try again"),
      {.reason = "PEER_UNAVAILABLE", .metadata = {{"peer", std::string(peer)}}, .retry_after = absl::Seconds(1)});
}

}  // namespace kat
