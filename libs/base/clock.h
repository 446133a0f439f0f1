#ifndef KAT_LIBS_BASE_CLOCK_H_
#define KAT_LIBS_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kat {

// The clinic's time. Everything that a clinic would call "now" comes from here; deadlines, tokens and TLS use real time
// instead. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// A clock that a test turns by hand.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start) : nanos_(absl::ToUnixNanos(start)) {}
  absl::Time Now() const override { return absl::FromUnixNanos(nanos_.load()); }
  void Set(absl::Time time) { nanos_.store(absl::ToUnixNanos(time)); }
  void Advance(absl::Duration by) { nanos_ += absl::ToInt64Nanoseconds(by); }

 private:
  std::atomic<int64_t> nanos_;
};

}  // namespace kat

#endif  // KAT_LIBS_BASE_CLOCK_H_
