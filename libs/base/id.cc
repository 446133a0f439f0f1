#include "libs/base/id.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "absl/time/clock.h"

namespace kat {

namespace {

// Microseconds of real time, and never the same twice in this process.
int64_t NextMicros() {
  static std::atomic<int64_t> last = 0;
  const int64_t now = absl::GetCurrentTimeNanos() / 1000;
  for (int64_t seen = last.load();;) {
    const int64_t next = std::max(now, seen + 1);
    if (last.compare_exchange_weak(seen, next)) return next;
  }
}

}  // namespace

std::string NewId() {
  constexpr size_t kTimeLength = 11;  // 55 bits: microseconds until the year 3111
  constexpr size_t kLength = 26;
  constexpr char kAlphabet[] = "234567abcdefghijklmnopqrstuvwxyz";  // in ASCII order
  std::array<uint8_t, kLength> random;
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) std::abort();
  std::string id(kLength, ' ');
  int64_t micros = NextMicros();
  for (size_t i = kTimeLength; i-- > 0; micros >>= 5) id[i] = kAlphabet[micros & 31];
  for (size_t i = kTimeLength; i < kLength; ++i) id[i] = kAlphabet[random[i] & 31];
  return id;
}

bool IsValidId(absl::string_view id) {
  if (id.empty() || id.size() > 63 || id.front() == '-' || id.back() == '-') return false;
  for (char c : id) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

}  // namespace kat
