#include "libs/base/id.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace kat {

std::string NewId() {
  constexpr size_t kLength = 26;
  constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<uint8_t, kLength> random;
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) std::abort();
  std::string id(kLength, ' ');
  for (size_t i = 0; i < kLength; ++i) id[i] = kAlphabet[random[i] & 31];
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
