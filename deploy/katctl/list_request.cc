#include "deploy/katctl/list_request.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kat/common/v1/options.pb.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string FieldsOf(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<Json> MessageValue(const FieldDescriptor& field, const std::string& text) {
  if (field.message_type()->full_name() == "google.protobuf.Timestamp") return Json(text);
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  int year = 0, month = 0, day = 0;
  if (field.message_type()->full_name() == "google.type.Date" && parts.size() == 3 &&
      absl::SimpleAtoi(parts[0], &year) && absl::SimpleAtoi(parts[1], &month) && absl::SimpleAtoi(parts[2], &day)) {
    return Json{{"year", year}, {"month", month}, {"day", day}};
  }
  Json value = Json::parse(text, nullptr, false);
  if (value.is_object()) return value;
  return absl::InvalidArgumentError(absl::StrCat(field.name(), " is made of ", FieldsOf(*field.message_type()),
                                                 ": write ", field.name(), ".", field.message_type()->field(0)->name(),
                                                 "=…"));
}

absl::StatusOr<Json> Value(const FieldDescriptor& field, const std::string& text, const std::string& clinic) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Json(field.options().GetExtension(common::v1::rule).resource().empty() ? text : WholeName(text, clinic));
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field.enum_type()->FindValueByName(text) == nullptr) {
        std::vector<std::string> names;
        for (int i = 1; i < field.enum_type()->value_count(); ++i) names.push_back(field.enum_type()->value(i)->name());
        return absl::InvalidArgumentError(absl::StrCat(field.name(), " is one of ", absl::StrJoin(names, ", ")));
      }
      return Json(text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageValue(field, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false")
        return absl::InvalidArgumentError(absl::StrCat(field.name(), " is true or false"));
      return Json(text == "true");
    default: {
      const Json number = Json::parse(text, nullptr, false);
      if (!number.is_number()) return absl::InvalidArgumentError(absl::StrCat(field.name(), " is a number"));
      return number;
    }
  }
}

absl::Status Set(const Descriptor& message, absl::string_view path, const std::string& text, const std::string& clinic,
                 Json* request) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message.FindFieldByName(parts.first);
  if (field == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("no field ", parts.first, " to list by; there are ", FieldsOf(message)));
  }
  if (!parts.second.empty() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated())
    return Set(*field->message_type(), parts.second, text, clinic, &(*request)[parts.first]);
  ASSIGN_OR_RETURN(Json value, Value(*field, text, clinic));
  if (field->is_repeated()) {
    (*request)[parts.first].push_back(std::move(value));
  } else {
    (*request)[parts.first] = std::move(value);
  }
  return absl::OkStatus();
}

}  // namespace

std::string WholeName(const std::string& name, const std::string& clinic) {
  return name.empty() || absl::StartsWith(name, "clinics/") ? name : absl::StrCat("clinics/", clinic, "/", name);
}

absl::StatusOr<Json> ListRequest(const google::protobuf::MethodDescriptor& method, const std::string& clinic,
                                 const std::vector<std::string>& filters) {
  Json request = Json::object();
  for (const std::string& filter : filters) {
    const size_t equals = filter.find('=');
    if (equals == std::string::npos || equals == 0)
      return absl::InvalidArgumentError(absl::StrCat(filter, " is no filter: write field=value"));
    RETURN_IF_ERROR(Set(*method.input_type(), filter.substr(0, equals), filter.substr(equals + 1), clinic, &request));
  }
  if (method.input_type()->FindFieldByName("parent") != nullptr && !request.contains("parent"))
    request["parent"] = "clinics/" + clinic;
  return request;
}

}  // namespace kat::ctl
