#include "libs/rpc/field_rules.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "kat/common/v1/options.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/resource_name.h"
#include "re2/re2.h"

namespace kat::rpc {
namespace {

using common::v1::FieldRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDefaultStringBytes = 1000;
constexpr int kDefaultBytesBytes = 1 << 20;
constexpr int kDefaultItems = 200;
constexpr int kMaxViolations = 50;  // enough to fix a form in one round, little enough to bound the answer
constexpr int kMaxDepth = 32;

const FieldRule& RuleOf(const FieldDescriptor* field) { return field->options().GetExtension(common::v1::rule); }

const RE2& Pattern(const std::string& pattern) {
  thread_local absl::flat_hash_map<std::string, std::unique_ptr<RE2>> compiled;
  std::unique_ptr<RE2>& re = compiled[pattern];
  if (re == nullptr) re = std::make_unique<RE2>(pattern);
  return *re;
}

class Checker {
 public:
  void CheckMessage(const Message& message, const std::string& path, bool require, int depth) {
    if (depth > kMaxDepth) return Add(path, "is nested too deeply");
    const auto* descriptor = message.GetDescriptor();
    const Reflection* reflection = message.GetReflection();
    const bool has_mask = descriptor->FindFieldByName("update_mask") != nullptr;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      const FieldRule& rule = RuleOf(field);
      if (rule.output_only()) continue;
      const std::string name = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
      if (field->is_repeated()) {
        CheckRepeated(message, field, rule, name, require, depth);
        continue;
      }
      const bool present = field->has_presence() ? reflection->HasField(message, field) : !IsDefault(message, field);
      if (!present) {
        if (rule.required() && require && field->real_containing_oneof() == nullptr) Add(name, "is required");
        continue;
      }
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckMessage(reflection->GetMessage(message, field), name, require && !has_mask, depth + 1);
      } else {
        CheckScalar(message, field, rule, name, -1);
      }
    }
  }

  std::vector<FieldViolation> Take() { return std::move(violations_); }

 private:
  void Add(const std::string& path, absl::string_view what) {
    if (violations_.size() < kMaxViolations) violations_.push_back({path, std::string(what)});
  }

  static bool IsDefault(const Message& message, const FieldDescriptor* field) {
    return !message.GetReflection()->HasField(message, field);
  }

  void CheckRepeated(const Message& message, const FieldDescriptor* field, const FieldRule& rule,
                     const std::string& name, bool require, int depth) {
    const Reflection* reflection = message.GetReflection();
    const int size = reflection->FieldSize(message, field);
    const int max_items = rule.max_items() > 0 ? rule.max_items() : kDefaultItems;
    if (size == 0 && rule.required() && require) Add(name, "must have at least one element");
    if (size > max_items)
      return Add(name, absl::StrCat("has ", size, " elements, at most ", max_items, " are allowed"));
    for (int i = 0; i < size; ++i) {
      const std::string item = absl::StrCat(name, "[", i, "]");
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckMessage(reflection->GetRepeatedMessage(message, field, i), item, require, depth + 1);
      } else {
        CheckScalar(message, field, rule, item, i);
      }
    }
  }

  void CheckScalar(const Message& message, const FieldDescriptor* field, const FieldRule& rule, const std::string& name,
                   int index) {
    const Reflection* reflection = message.GetReflection();
    const bool repeated = index >= 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& value = repeated ? reflection->GetRepeatedStringReference(message, field, index, &scratch)
                                            : reflection->GetStringReference(message, field, &scratch);
        return CheckString(value, field->type() == FieldDescriptor::TYPE_BYTES, rule, name);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = repeated ? reflection->GetRepeatedEnumValue(message, field, index)
                                   : reflection->GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(value) == nullptr) Add(name, "is no known value");
        if (repeated && value == 0) Add(name, "must be specified");
        return;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(
            repeated ? reflection->GetRepeatedInt32(message, field, index) : reflection->GetInt32(message, field), rule,
            name);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(
            repeated ? reflection->GetRepeatedInt64(message, field, index) : reflection->GetInt64(message, field), rule,
            name);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(
            repeated ? reflection->GetRepeatedUInt32(message, field, index) : reflection->GetUInt32(message, field),
            rule, name);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return CheckNumber(
            repeated ? reflection->GetRepeatedDouble(message, field, index) : reflection->GetDouble(message, field),
            rule, name);
      default:
        return;
    }
  }

  template <class Number>
  void CheckNumber(Number value, const FieldRule& rule, const std::string& name) {
    if (value != value) return Add(name, "is not a number");
    if (rule.has_range() && !(value >= static_cast<Number>(rule.min()) && value <= static_cast<Number>(rule.max()))) {
      Add(name, absl::StrCat("must be from ", rule.min(), " to ", rule.max()));
    }
  }

  void CheckString(const std::string& value, bool bytes, const FieldRule& rule, const std::string& name) {
    const size_t limit = rule.max_bytes() > 0 ? rule.max_bytes() : bytes ? kDefaultBytesBytes : kDefaultStringBytes;
    if (value.size() > limit)
      return Add(name, absl::StrCat("has ", value.size(), " bytes, at most ", limit, " are allowed"));
    if (bytes) return;
    if (value.find('\0') != std::string::npos) return Add(name, "holds a NUL character");
    if (!rule.resource().empty()) return CheckResource(value, rule.resource(), name);
    if (!rule.pattern().empty() && !RE2::FullMatch(value, Pattern(rule.pattern()))) {
      Add(name, absl::StrCat("must match ", rule.pattern()));
    }
  }

  void CheckResource(const std::string& value, const std::string& patterns, const std::string& name) {
    const std::vector<std::string> alternatives = absl::StrSplit(patterns, '|');
    for (const std::string& pattern : alternatives) {
      if (ParseName(value, pattern).ok()) return;
    }
    Add(name, absl::StrCat("must be a resource name like ", absl::StrJoin(alternatives, " or ")));
  }

  std::vector<FieldViolation> violations_;
};

bool MayHoldStrings(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING) return true;
    if (field->message_type() != nullptr && MayHoldStrings(field->message_type(), seen)) return true;
  }
  return false;
}

// Fields of a type that are strings, or messages in which there may be some.
const std::vector<const FieldDescriptor*>& FieldsWithStrings(const Descriptor* type) {
  thread_local absl::node_hash_map<const Descriptor*, std::vector<const FieldDescriptor*>> known;
  const auto [it, added] = known.try_emplace(type);
  for (int i = 0; added && i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    std::set<const Descriptor*> seen;
    if (field->type() == FieldDescriptor::TYPE_STRING ||
        (field->message_type() != nullptr && MayHoldStrings(field->message_type(), &seen))) {
      it->second.push_back(field);
    }
  }
  return it->second;
}

using VisitString = absl::FunctionRef<bool(const FieldDescriptor*, const std::string&)>;

// Calls `visit` for every string that is there; stops where it returns false.
bool VisitStrings(const Message& message, VisitString visit) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  for (const FieldDescriptor* field : FieldsWithStrings(message.GetDescriptor())) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_repeated()) {
      for (int i = 0, count = reflection->FieldSize(message, field); i < count; ++i) {
        if (!(is_message ? VisitStrings(reflection->GetRepeatedMessage(message, field, i), visit)
                         : visit(field, reflection->GetRepeatedStringReference(message, field, i, &scratch)))) {
          return false;
        }
      }
    } else if (reflection->HasField(message, field)) {
      if (!(is_message ? VisitStrings(reflection->GetMessage(message, field), visit)
                       : visit(field, reflection->GetStringReference(message, field, &scratch)))) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

absl::Status CheckFieldRules(const Message& request) {
  Checker checker;
  checker.CheckMessage(request, "", /*require=*/true, 0);
  std::vector<FieldViolation> violations = checker.Take();
  return violations.empty() ? absl::OkStatus() : InvalidFields(std::move(violations));
}

absl::Status CheckTenant(const Message& request, absl::string_view clinic) {
  const bool own = VisitStrings(request, [&](const FieldDescriptor* field, const std::string& value) {
    return RuleOf(field).resource().empty() || RuleOf(field).output_only() || SegmentAfter(value, "clinics") == clinic;
  });
  if (own) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, "the request names a resource of another clinic",
                   {.reason = "OTHER_CLINIC"});
}

std::string NamedClinic(const Message& request) {
  std::string clinic;
  VisitStrings(request, [&](const FieldDescriptor* field, const std::string& value) {
    if (!RuleOf(field).resource().empty()) clinic = SegmentAfter(value, "clinics");
    if (field->name() == "clinic_id") clinic = value;
    return clinic.empty();
  });
  return IsValidId(clinic) ? clinic : "";
}

void CollectPatients(const Message& message, std::set<std::string>* patients) {
  VisitStrings(message, [&](const FieldDescriptor*, const std::string& value) {
    if (!absl::StartsWith(value, "clinics/") || !absl::StrContains(value, "/patients/")) return true;
    const std::string patient = SegmentAfter(value, "patients");
    if (!patient.empty())
      patients->insert(absl::StrCat("clinics/", SegmentAfter(value, "clinics"), "/patients/", patient));
    return true;
  });
}

}  // namespace kat::rpc
