#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_WHEEL_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_WHEEL_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "services/scheduling/optimizer/whole/chance.h"

namespace kat::optimizer {

// Chooses among ways to do something, more often those that have earned most for their effort of late. None is ever
// given up: what helps changes as a schedule gets better.
class Wheel {
 public:
  explicit Wheel(int ways) : weight_(ways, 1.0), reward_(ways), effort_(ways) {}

  int Turn(Chance& chance) const {
    double total = 0;
    for (double weight : weight_) total += weight;
    double at = chance.Real() * total;
    for (size_t i = 0; i < weight_.size(); ++i) {
      if ((at -= weight_[i]) <= 0) return static_cast<int>(i);
    }
    return static_cast<int>(weight_.size()) - 1;
  }

  void Earned(int way, double reward, int64_t effort) {
    reward_[way] += reward;
    effort_[way] += static_cast<double>(effort) + 1;
    if (++turns_ % kPeriod == 0) Learn();
  }

 private:
  static constexpr int kPeriod = 200;
  static constexpr double kMemory = 0.8, kLeast = 0.25;  // of the average weight

  void Learn() {
    double rate_sum = 0;
    int known = 0;
    for (size_t i = 0; i < weight_.size(); ++i) {
      if (effort_[i] == 0) continue;
      rate_sum += reward_[i] / effort_[i];
      ++known;
    }
    for (size_t i = 0; i < weight_.size(); ++i) {
      if (effort_[i] > 0 && rate_sum > 0) {
        const double rate = reward_[i] / effort_[i] / rate_sum * known;  // 1 is average
        weight_[i] = std::max(kLeast, kMemory * weight_[i] + (1 - kMemory) * rate);
      }
      reward_[i] *= 0.5;
      effort_[i] *= 0.5;
    }
  }

  std::vector<double> weight_, reward_, effort_;
  int turns_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_WHEEL_H_
