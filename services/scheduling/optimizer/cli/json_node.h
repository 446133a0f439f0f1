#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_NODE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_NODE_H_

#include <rapidjson/document.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/scheduling/optimizer/model.h"

namespace kat::optimizer {

// A JSON value with its path, and where the first error of the whole document goes. After an error every answer is a
// harmless default, so that readers need not look at each step.
class JsonNode {
 public:
  using Json = rapidjson::Value;

  JsonNode(const Json& value, absl::Status& error) : value_(&value), error_(&error) {}

  bool ok() const { return error_->ok(); }
  std::string Path() const {
    if (parent_ == nullptr) return "$";
    return key_ != nullptr ? absl::StrCat(parent_->Path(), ".", key_) : absl::StrCat(parent_->Path(), "[", index_, "]");
  }
  void Fail(absl::string_view what) const {
    if (error_->ok()) *error_ = absl::InvalidArgumentError(absl::StrCat(Path(), ": ", what));
  }

  bool Has(const char* key) const { return value_->IsObject() && value_->HasMember(key); }
  // A member; where it is missing, an error, and a null node.
  JsonNode At(const char* key) const {
    JsonNode child(Null(), *error_, this, key, 0);
    if (!value_->IsObject()) {
      Fail("is not an object");
    } else if (auto found = value_->FindMember(key); found != value_->MemberEnd()) {
      child.value_ = &found->value;
    } else {
      child.Fail("is missing");
    }
    return child;
  }
  // Calls f(node, i) for each element of an array, while there is no error.
  template <class F>
  void Each(F&& f) const {
    if (!value_->IsArray()) return Fail("is not an array");
    for (rapidjson::SizeType i = 0; i < value_->Size() && ok(); ++i) {
      f(JsonNode((*value_)[i], *error_, this, nullptr, i), i);
    }
  }
  // Calls f(node, key) for each member of an object, in the order of the document.
  template <class F>
  void EachMember(F&& f) const {
    if (!value_->IsObject()) return Fail("is not an object");
    for (auto at = value_->MemberBegin(); at != value_->MemberEnd() && ok(); ++at) {
      f(JsonNode(at->value, *error_, this, at->name.GetString(), 0), TextOf(at->name));
    }
  }

  bool IsObject() const { return value_->IsObject(); }
  int64_t Integer(int64_t lo = std::numeric_limits<int32_t>::min(),
                  int64_t hi = std::numeric_limits<int32_t>::max()) const {
    if (!value_->IsInt64()) {
      Fail("is not an integer");
      return 0;
    }
    const int64_t value = value_->GetInt64();
    if (value < lo || value > hi) {
      Fail(absl::StrCat(value, " is not in [", lo, ", ", hi, "]"));
      return 0;
    }
    return value;
  }
  int Int() const { return static_cast<int>(Integer()); }
  bool Bool() const {
    if (!value_->IsBool()) Fail("is not true or false");
    return value_->IsBool() && value_->GetBool();
  }
  std::string Text() const {
    if (!value_->IsString()) Fail("is not a string");
    return value_->IsString() ? TextOf(*value_) : std::string();
  }
  Interval Span() const {
    if (!value_->IsArray() || value_->Size() != 2) {
      Fail("is not an interval [from, to]");
      return {};
    }
    Interval interval;
    Each([&](const JsonNode& end, size_t i) { (i == 0 ? interval.from : interval.to) = end.Int(); });
    return interval;
  }
  std::vector<Interval> Spans() const {
    std::vector<Interval> spans;
    if (value_->IsArray()) spans.reserve(value_->Size());
    Each([&](const JsonNode& span, size_t) { spans.push_back(span.Span()); });
    return spans;
  }

 private:
  JsonNode(const Json& value, absl::Status& error, const JsonNode* parent, const char* key, size_t index)
      : value_(&value), error_(&error), parent_(parent), key_(key), index_(index) {}
  static std::string TextOf(const Json& value) { return std::string(value.GetString(), value.GetStringLength()); }
  static const Json& Null() {
    static const auto* const kNull = new Json();
    return *kNull;
  }

  const Json* value_;
  absl::Status* error_;
  const JsonNode* parent_ = nullptr;
  const char* key_ = nullptr;
  size_t index_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_NODE_H_
