#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_NODE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_CLI_JSON_NODE_H_

#include <nlohmann/json.hpp>
#include <optional>
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
  using Json = nlohmann::json;

  JsonNode(const Json& value, absl::Status& error) : value_(&value), error_(&error) {}

  bool ok() const { return error_->ok(); }
  std::string Path() const {
    if (parent_ == nullptr) return "$";
    return key_ != nullptr ? absl::StrCat(parent_->Path(), ".", key_) : absl::StrCat(parent_->Path(), "[", index_, "]");
  }
  void Fail(absl::string_view what) const {
    if (error_->ok()) *error_ = absl::InvalidArgumentError(absl::StrCat(Path(), ": ", what));
  }

  bool Has(const char* key) const { return value_->is_object() && value_->contains(key); }
  // A member; where it is missing, an error, and a null node.
  JsonNode At(const char* key) const {
    JsonNode child(Null(), *error_, this, key, 0);
    if (!value_->is_object()) {
      Fail("is not an object");
    } else if (auto found = value_->find(key); found != value_->end()) {
      child.value_ = &*found;
    } else {
      child.Fail("is missing");
    }
    return child;
  }
  // Calls f(node, i) for each element of an array, while there is no error.
  template <class F>
  void Each(F&& f) const {
    if (!value_->is_array()) return Fail("is not an array");
    for (size_t i = 0; i < value_->size() && ok(); ++i) f(JsonNode((*value_)[i], *error_, this, nullptr, i), i);
  }
  // Calls f(node, key) for each member of an object, in order of keys.
  template <class F>
  void EachMember(F&& f) const {
    if (!value_->is_object()) return Fail("is not an object");
    for (auto at = value_->begin(); at != value_->end() && ok(); ++at) {
      f(JsonNode(*at, *error_, this, at.key().c_str(), 0), at.key());
    }
  }

  bool IsObject() const { return value_->is_object(); }
  int64_t Integer(int64_t lo = std::numeric_limits<int32_t>::min(),
                  int64_t hi = std::numeric_limits<int32_t>::max()) const {
    if (!value_->is_number_integer() ||
        (value_->is_number_unsigned() && value_->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()})) {
      Fail("is not an integer");
      return 0;
    }
    int64_t value = value_->get<int64_t>();
    if (value < lo || value > hi) {
      Fail(absl::StrCat(value, " is not in [", lo, ", ", hi, "]"));
      return 0;
    }
    return value;
  }
  int Int() const { return static_cast<int>(Integer()); }
  bool Bool() const {
    if (!value_->is_boolean()) Fail("is not true or false");
    return value_->is_boolean() && value_->get<bool>();
  }
  std::string Text() const {
    if (!value_->is_string()) Fail("is not a string");
    return value_->is_string() ? value_->get<std::string>() : std::string();
  }
  Interval Span() const {
    if (!value_->is_array() || value_->size() != 2) {
      Fail("is not an interval [from, to]");
      return {};
    }
    Interval interval;
    Each([&](const JsonNode& end, size_t i) { (i == 0 ? interval.from : interval.to) = end.Int(); });
    return interval;
  }
  std::vector<Interval> Spans() const {
    std::vector<Interval> spans;
    if (value_->is_array()) spans.reserve(value_->size());
    Each([&](const JsonNode& span, size_t) { spans.push_back(span.Span()); });
    return spans;
  }

 private:
  JsonNode(const Json& value, absl::Status& error, const JsonNode* parent, const char* key, size_t index)
      : value_(&value), error_(&error), parent_(parent), key_(key), index_(index) {}
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
