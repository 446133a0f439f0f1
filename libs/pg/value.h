#ifndef KAT_LIBS_PG_VALUE_H_
#define KAT_LIBS_PG_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/id.h"

namespace kat::pg {

// A parameter of a statement, in PostgreSQL's text form; the server takes its type from where it stands in the SQL.
// Converts from what services hold. A text array is a vector of strings. Bytes need Bytes().
class Param {
 public:
  Param(std::nullopt_t) {}                                                  // NOLINT: implicit on purpose, as all below
  Param(const char* text) : text_(text) {}                                  // NOLINT
  Param(const std::string& text) : text_(text) {}                           // NOLINT
  Param(absl::string_view text) : text_(std::string(text)) {}               // NOLINT
  Param(bool value) : text_(value ? "t" : "f") {}                           // NOLINT
  Param(int value) : text_(std::to_string(value)) {}                        // NOLINT
  Param(int64_t value) : text_(std::to_string(value)) {}                    // NOLINT
  Param(double value);                                                      // NOLINT
  Param(absl::Time value);                                                  // NOLINT: microseconds
  Param(absl::CivilDay value);                                              // NOLINT
  Param(const std::vector<std::string>& values);                            // NOLINT
  template <class Tag>
  Param(const Id<Tag>& id) : text_(id.str()) {}                             // NOLINT
  template <class T>
  Param(const std::optional<T>& value) {                                    // NOLINT
    if (value) *this = Param(*value);
  }

  static Param Bytes(absl::string_view bytes);

  bool is_null() const { return !text_.has_value(); }
  const std::string& text() const { return *text_; }

 private:
  std::optional<std::string> text_;
};

// Readers from PostgreSQL's text form; used by Row::Get. A value of another shape is a programming error and aborts.
void ParseValue(absl::string_view text, std::string* out);
void ParseValue(absl::string_view text, bool* out);
void ParseValue(absl::string_view text, int* out);
void ParseValue(absl::string_view text, int64_t* out);
void ParseValue(absl::string_view text, double* out);
void ParseValue(absl::string_view text, absl::Time* out);
void ParseValue(absl::string_view text, absl::CivilDay* out);
void ParseValue(absl::string_view text, std::vector<std::string>* out);
template <class Tag>
void ParseValue(absl::string_view text, Id<Tag>* out) {
  *out = Id<Tag>(text);
}

// The bytes of a bytea column, read with Get<std::string>.
std::string BytesFromText(absl::string_view text);

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_VALUE_H_
