#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BRANCHING_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BRANCHING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/bound/lagrangian.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// Goes on where prices alone raise a bound no further (branch and bound). Something on which the mix of plans disagrees
// with itself is decided, in each way that it can be: a day is opened or not, a course placed or not, a visit starts
// before a minute or not, has one resource or any other. Each way has a bound of its own, and the least of all holds.
// It ends with a proof in clinics of a dozen courses, and wherever little is missing. Not thread-safe.
class Branching {
 public:
  // From where `root` is, which CanDecide; it is not asked for anything meanwhile.
  Branching(const Instance& instance, const Lagrangian& root);

  // Decides once more, where the bound is least. What costs `upper` or more is of no interest.
  void Step(Cost upper, const std::function<bool()>& stop);

  // No schedule costs less; `upper` of the last step at most.
  Cost bound() const;
  // Whether steps raise it no further: it is proved, or there is nothing left to decide, or half a gigabyte of ways.
  bool done() const { return done_; }
  // A schedule that costs less than `upper` of the step that came upon it; once.
  std::optional<Plans> TakePlans() { return std::exchange(plans_, std::nullopt); }
  int64_t ops() const { return ops_; }

 private:
  struct Node {
    std::unique_ptr<Lagrangian> lagrangian;
    Cost bound;
    double value;
    int again = 0;  // times that it was tightened afresh, for want of anything to decide
  };

  static bool Later(const Node& a, const Node& b);
  // Tightens it and, unless that is enough, has it wait. False where it was stopped: then it is still the caller's.
  bool Consider(Node& node, bool afresh, const std::function<bool()>& stop);
  void Push(Node node);
  Node Pop();
  void LookAtSchedule(const Lagrangian& lagrangian);

  const Instance* instance_;
  std::vector<Node> open_;  // a heap, the least value first
  size_t bytes_ = 0;        // of all that wait
  Cost upper_ = kInfiniteCost;
  std::optional<Plans> plans_;
  bool done_ = false;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_BRANCHING_H_
