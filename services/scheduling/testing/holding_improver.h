#ifndef KAT_SERVICES_SCHEDULING_TESTING_HOLDING_IMPROVER_H_
#define KAT_SERVICES_SCHEDULING_TESTING_HOLDING_IMPROVER_H_

#include <atomic>
#include <thread>

#include "services/scheduling/planning/optimizer_improver.h"

namespace kat::scheduling {

// The optimizer's improver, whose search goes on, once it has found all that there is, until it is let go or stopped.
class HoldingImprover final : public Improver {
 public:
  std::atomic<bool> hold = false;
  std::atomic<int> holding = 0;     // searches that go on because of it
  std::atomic<bool> hurry = false;  // it has no time to find anything
  absl::Status error;               // what it answers instead; set while nothing searches

  absl::StatusOr<ImproveAnswer> Improve(const PlanningPicture& picture, const ImproveQuestion& question,
                                        const SearchControl& control) override {
    if (!error.ok()) return error;
    SearchControl own = control;
    if (hurry) own.used = [] { return 1.0; };
    absl::StatusOr<ImproveAnswer> answer = improver_.Improve(picture, question, own);
    ++holding;
    while (hold && control.used() < 1) std::this_thread::yield();
    --holding;
    return answer;
  }

 private:
  OptimizerImprover improver_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_TESTING_HOLDING_IMPROVER_H_
