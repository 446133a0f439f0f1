#ifndef KAT_LIBS_LOG_LOG_H_
#define KAT_LIBS_LOG_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"

// JSON logs: one object a line on standard error, each with `time`, `level`, `service`, `event` and the trace id of the
// call that this thread serves. Never put patient data here: fields are for names of ours (methods, states, codes,
// counts, resource ids), not for what people typed.
namespace kat::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// One field of a line; text or a number.
class Field {
 public:
  Field(absl::string_view key, absl::string_view text) : key_(key), text_(text) {}
  Field(absl::string_view key, const std::string& text) : key_(key), text_(text) {}
  Field(absl::string_view key, const char* text) : key_(key), text_(text) {}
  Field(absl::string_view key, int64_t number) : key_(key), number_(number), is_number_(true) {}
  Field(absl::string_view key, int number) : Field(key, static_cast<int64_t>(number)) {}
  Field(absl::string_view key, size_t number) : Field(key, static_cast<int64_t>(number)) {}

 private:
  friend void Write(Level, absl::string_view, std::initializer_list<Field>);
  absl::string_view key_;
  std::string text_;
  int64_t number_ = 0;
  bool is_number_ = false;
};

// Sets the service name and the lowest level written (`debug`, `info`, `warning`, `error`); false for another level.
// Call once, early.
bool Configure(absl::string_view service, absl::string_view level);

// Writes one line: `event` is a constant like "request.done". Thread-safe.
void Write(Level level, absl::string_view event, std::initializer_list<Field> fields);

inline void Info(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, event, fields);
}
inline void Warning(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarning, event, fields);
}
inline void Error(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, event, fields);
}

// The W3C trace id of what this thread works on, 32 hexadecimal digits; "" outside a call.
const std::string& TraceId();

// Sets the trace id for this thread while it lives.
class TraceScope {
 public:
  explicit TraceScope(std::string trace_id);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  std::string previous_;
};

}  // namespace kat::log

#endif  // KAT_LIBS_LOG_LOG_H_
