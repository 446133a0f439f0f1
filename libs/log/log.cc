#include "libs/log/log.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace kat::log {
namespace {

struct State {
  std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("kat", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  std::string service = "kat";
};

State& GetState() {
  static State* const state = new State();  // outlives every thread that may still log at exit
  return *state;
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

thread_local std::string trace_id;

}  // namespace

bool Configure(absl::string_view service, absl::string_view level) {
  GetState().service = std::string(service);
  for (Level candidate : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    const auto spd = ToSpdlog(candidate);
    const auto name = spdlog::level::to_string_view(spd);
    if (level == absl::string_view(name.data(), name.size())) {
      GetState().logger->set_level(spd);
      return true;
    }
  }
  return false;
}

void Write(Level level, absl::string_view event, std::initializer_list<Field> fields) {
  State& state = GetState();
  if (!state.logger->should_log(ToSpdlog(level))) return;
  const auto name = spdlog::level::to_string_view(ToSpdlog(level));
  nlohmann::ordered_json line = {{"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone())},
                                 {"level", std::string(name.data(), name.size())},
                                 {"service", state.service},
                                 {"event", std::string(event)}};
  if (!trace_id.empty()) line["trace_id"] = trace_id;
  for (const Field& field : fields) {
    const std::string key(field.key_);
    if (field.is_number_) {
      line[key] = field.number_;
    } else {
      line[key] = field.text_;
    }
  }
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  state.logger->log(ToSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

const std::string& TraceId() { return trace_id; }

TraceScope::TraceScope(std::string id) : previous_(std::exchange(trace_id, std::move(id))) {}
TraceScope::~TraceScope() { trace_id = std::move(previous_); }

}  // namespace kat::log
