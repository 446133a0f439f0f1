#include "deploy/katctl/schema.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kat/authorization/v1/authorization_service.pb.h"
#include "kat/billing/v1/billing_service.pb.h"
#include "kat/common/v1/events.pb.h"
#include "kat/common/v1/options.pb.h"
#include "kat/common/v1/simulation.pb.h"
#include "kat/intake/v1/intake_service.pb.h"
#include "kat/messaging/v1/messaging_service.pb.h"
#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/adapter.h"
#include "libs/rpc/resource_name.h"

namespace kat::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr const char* kGrpcServices[] = {
    "kat.intake.v1.IntakeService",       "kat.scheduling.v1.SchedulingService",
    "kat.billing.v1.BillingService",     "kat.authorization.v1.AuthorizationService",
    "kat.messaging.v1.MessagingService", "kat.common.v1.EventFeedService",
    "kat.common.v1.SimulationService"};

// `work-items` and `workItems` are `workitems`.
std::string Fold(absl::string_view name) {
  std::string folded;
  for (char c : name) {
    if (absl::ascii_isalnum(c)) folded.push_back(absl::ascii_tolower(c));
  }
  return folded;
}

std::string Nearest(absl::string_view wanted) {
  std::vector<std::string> near;
  for (const MethodDescriptor* method : AllMethods()) {
    if (absl::StrContains(Fold(method->name()), Fold(wanted)) && near.size() < 8) near.push_back(method->name());
  }
  return near.empty() ? "; `katctl methods` lists them"
                      : absl::StrCat("; did you mean ", absl::StrJoin(near, ", "), "?");
}

std::string TypeName(const FieldDescriptor& field) {
  std::string type = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? field.message_type()->name()
                     : field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM  ? field.enum_type()->name()
                                                                          : field.type_name();
  return field.is_repeated() ? absl::StrCat(type, "[]") : type;
}

constexpr size_t kLineWidth = 110;

// Text in lines of a terminal's width, indented.
std::string Wrapped(absl::string_view text, int indent) {
  std::string out, line;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > kLineWidth) {
      absl::StrAppend(&out, std::string(indent, ' '), line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty()) absl::StrAppend(&out, std::string(indent, ' '), line, "\n");
  return out;
}

void DescribeFields(const Descriptor& message, int depth, const Docs& docs, std::string* out) {
  const int indent = 2 * depth;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const auto& rule = field.options().GetExtension(common::v1::rule);
    if (rule.output_only()) continue;
    absl::StrAppend(out, std::string(indent, ' '), field.name(), "  ", TypeName(field),
                    rule.required() ? "  required" : "",
                    rule.resource().empty() ? "" : absl::StrCat("  ", rule.resource()), "\n");
    absl::StrAppend(out, Wrapped(docs.Of(field), indent + 4));
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth < 3 &&
        absl::StartsWith(field.message_type()->full_name(), "kat.")) {
      DescribeFields(*field.message_type(), depth + 1, docs, out);
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      std::vector<std::string> values;
      for (int v = 1; v < field.enum_type()->value_count(); ++v) values.push_back(field.enum_type()->value(v)->name());
      absl::StrAppend(out, Wrapped(absl::StrJoin(values, " | "), indent + 4));
    }
  }
}

}  // namespace

std::vector<const MethodDescriptor*> AllMethods() {
  // Names every file once, so that the linker keeps the descriptors of services that nothing here calls by type.
  static const bool linked = intake::v1::GetPatientRequest::descriptor() != nullptr &&
                             scheduling::v1::GetClinicRequest::descriptor() != nullptr &&
                             billing::v1::GetFinancialClearanceRequest::descriptor() != nullptr &&
                             authorization::v1::GetCoverageRequest::descriptor() != nullptr &&
                             messaging::v1::ListWorkItemsRequest::descriptor() != nullptr;
  std::vector<const MethodDescriptor*> methods;
  for (const char* name : kGrpcServices) {
    const auto* service =
        linked ? google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name) : nullptr;
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

std::string FullName(const MethodDescriptor& method) { return rpc::FullMethod(&method); }

std::string ServiceOf(const MethodDescriptor& method) {
  const std::vector<std::string> parts = absl::StrSplit(method.service()->full_name(), '.');
  return parts[1] == "common" ? "" : parts[1];
}

absl::StatusOr<const MethodDescriptor*> FindMethod(absl::string_view name) {
  std::vector<const MethodDescriptor*> found;
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string full = FullName(*method);
    if (full == name || absl::EndsWith(full, absl::StrCat(".", name)) || method->name() == name)
      found.push_back(method);
  }
  if (found.size() == 1) return found[0];
  const absl::string_view last = name.substr(name.rfind('/') + 1);
  return absl::NotFoundError(absl::StrCat(found.empty() ? "no method " : "several methods are called ", name,
                                          found.empty() ? Nearest(last) : "; write Service/Method"));
}

absl::StatusOr<const MethodDescriptor*> FindList(absl::string_view collection) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (Fold(method->name()) == absl::StrCat("list", Fold(collection))) return method;
  }
  return absl::NotFoundError(
      absl::StrCat("nothing lists ", collection, "; there are ", absl::StrJoin(Collections(), ", ")));
}

std::vector<std::string> Collections() {
  std::vector<std::string> collections;
  for (const MethodDescriptor* method : AllMethods()) {
    if (!absl::StartsWith(method->name(), "List")) continue;
    std::string name;
    for (const char c : method->name().substr(4)) {
      if (absl::ascii_isupper(c) && !name.empty()) name.push_back('-');
      name.push_back(absl::ascii_tolower(c));
    }
    collections.push_back(std::move(name));
  }
  std::sort(collections.begin(), collections.end());
  return collections;
}

absl::StatusOr<const MethodDescriptor*> FindGet(absl::string_view name) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (!absl::StartsWith(method->name(), "Get")) continue;
    const FieldDescriptor* field = method->input_type()->FindFieldByName("name");
    // A Get of another thing by this name (readiness of a patient) has more fields.
    if (field == nullptr || method->input_type()->field_count() != 1) continue;
    for (const auto pattern : absl::StrSplit(field->options().GetExtension(common::v1::rule).resource(), '|')) {
      if (rpc::ParseName(name, pattern).ok()) return method;
    }
  }
  return absl::NotFoundError(absl::StrCat("no kind of resource has names like ", name));
}

std::vector<std::string> RoleNames() {
  std::vector<std::string> names;
  for (int i = 1; i < common::v1::Role_descriptor()->value_count(); ++i)
    names.push_back(absl::AsciiStrToLower(common::v1::Role_descriptor()->value(i)->name().substr(5)));
  return names;
}

std::vector<std::string> RolesOf(const MethodDescriptor& method) {
  std::vector<std::string> roles;
  for (const int role : rpc::PolicyOf(&method).roles())
    roles.push_back(absl::AsciiStrToLower(common::v1::Role_Name(static_cast<common::v1::Role>(role)).substr(5)));
  return roles;
}

std::string DescribeMethod(const MethodDescriptor& method, const Docs& docs) {
  const common::v1::MethodPolicy& policy = rpc::PolicyOf(&method);
  const std::vector<std::string> roles = RolesOf(method);
  std::string out =
      absl::StrCat(FullName(method), "\n", Wrapped(docs.Of(method), 2),
                   "\n  kind: ", absl::AsciiStrToLower(common::v1::Idempotency_Name(policy.idempotency()).substr(12)),
                   policy.patient_data() ? ", of patient data (audited)" : "", "\n");
  if (!roles.empty()) absl::StrAppend(&out, "  roles: ", absl::StrJoin(roles, ", "), "\n");
  if (policy.peers_size() > 0)
    absl::StrAppend(&out, "  services as themselves: ", absl::StrJoin(policy.peers(), ", "), "\n");
  absl::StrAppend(&out, "\nrequest ", method.input_type()->name(), "\n");
  DescribeFields(*method.input_type(), 1, docs, &out);
  absl::StrAppend(&out, "\nanswer ", method.server_streaming() ? "stream of " : "", method.output_type()->name(), "\n");
  return out;
}

}  // namespace kat::ctl
