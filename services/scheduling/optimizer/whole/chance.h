#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CHANCE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CHANCE_H_

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace kat::optimizer {

// Random numbers that are the same on every machine and library (splitmix64).
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567u) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // In [0, n); 0 where n < 2.
  int Below(int n) { return n < 2 ? 0 : static_cast<int>((Next() >> 32) * static_cast<uint64_t>(n) >> 32); }
  // In (0, 1].
  double Real() { return static_cast<double>((Next() >> 11) + 1) * 0x1.0p-53; }
  bool Percent(int percent) { return Below(100) < percent; }
  template <class T>
  const T& Of(const std::vector<T>& items) {
    return items[Below(static_cast<int>(items.size()))];
  }
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(static_cast<int>(i))]);
  }

 private:
  uint64_t state_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_CHANCE_H_
