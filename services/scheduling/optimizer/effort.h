#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_EFFORT_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_EFFORT_H_

#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>

namespace kat::optimizer {

// The elementary steps of one question, counted by all that work on it, and how many it may take. Steps, and not time:
// the same question ends at the same step on every machine; unless it is given a limit of the thread's processor time
// as well. What was being worked out when they ran out is worth nothing.
class Effort {
 public:
  static constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

  explicit Effort(int64_t limit = kUnlimited) : limit_(limit) {}

  void Spend(int64_t steps) {
    used_ += steps;
    if (used_ >= next_look_) [[unlikely]]
      LookAtTheClock();
  }
  bool Spent() const { return used_ > limit_; }
  void SetLimit(int64_t limit) {
    limit_ = limit;
    next_look_ = kUnlimited;
  }
  // So many steps from now on.
  void Allow(int64_t steps) { SetLimit(used_ + steps); }
  // Ends it once the thread has had this much of the processor from now on.
  void SetTimeLimit(std::chrono::nanoseconds time) {
    end_ = ThreadTime() + time;
    next_look_ = used_ + kStepsPerLook;
  }
  int64_t used() const { return used_; }

 private:
  static constexpr int64_t kStepsPerLook = 2048;

  static std::chrono::nanoseconds ThreadTime() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }
  void LookAtTheClock() {
    if (ThreadTime() >= end_) limit_ = -1;
    next_look_ = used_ + kStepsPerLook;
  }

  int64_t used_ = 0;
  int64_t limit_;
  int64_t next_look_ = kUnlimited;
  std::chrono::nanoseconds end_{};
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_EFFORT_H_
