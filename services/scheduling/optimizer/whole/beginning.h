#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BEGINNING_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BEGINNING_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/whole/guide.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// Makes a first schedule, to be made better: little is asked and nothing need be known beforehand. After a sick day
// this is the repair that does not keep anybody waiting.
class Beginning {
 public:
  // `ops`: steps of search for all courses, evenly; each gets what it takes in a clinic of a hundred or so.
  Beginning(const Instance& instance, int64_t ops)
      : schedule_(instance),
        planner_(schedule_.picture()),
        plan_ops_(std::clamp(ops / std::max(1, schedule_.size()), kLeastPlanOps, kMostPlanOps)) {}

  const Plans& plans() const { return schedule_.plans(); }
  Cost objective() const { return schedule_.objective(); }
  int64_t ops() const { return ops_; }

  // The courses of `plans` stand as far as each still can, in the order of `order`.
  void TakeOver(const Plans& plans, const std::vector<int>& order);
  // Standing courses stay where they can; then all others of `order` come in, one after another at their best, until
  // `stop`.
  void Construct(const std::vector<int>& order, const std::function<bool()>& stop);

  const Schedule& schedule() const { return schedule_; }
  StartIndex& starts() { return planner_.starts(); }
  // From now on plans pay what `guide` says, which must outlive this.
  void SetGuide(const Guide& guide) { guide_ = &guide; }

 private:
  static constexpr int64_t kLeastPlanOps = 30'000, kMostPlanOps = 600'000;

  void PlaceBest(int course);

  Schedule schedule_;
  CoursePlanner planner_;
  const Guide* guide_ = nullptr;
  int64_t plan_ops_;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_BEGINNING_H_
