#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_RELAXED_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_RELAXED_H_

#include <memory>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// The same course and clinic with some constraints lifted. What is lifted is set on the members; then Plan() asks.
class Relaxed {
 public:
  // Days past the horizon that it can be lifted by.
  static constexpr int kMoreDays = 56;

  Relaxed(const Picture& picture, const Course& course, int64_t budget_ops);

  Course course;      // change what is the course's own here
  int more_days = 0;  // of the horizon; everybody works on them
  // Per tag: when one more resource with it, of unlimited capacity, is there.
  std::vector<std::vector<Interval>> more_of_tag;
  Cost more_day_cost = 0;  // of each day on which it is used

  // The best plan; nothing where there is none. `settled` is false where the budget ran out without a plan.
  std::optional<CoursePlan> Plan(bool& settled);
  // Whether there is a plan at all.
  bool Fits(bool& settled);

  // Every minute of the line that matters.
  static std::vector<Interval> Always() { return {{-10'000'000, 10'000'000}}; }
  int first_day() const { return picture_->first_day(); }
  int end_day() const { return picture_->end_day(); }
  int64_t ops() const { return ops_; }

 private:
  std::optional<CoursePlan> Solve(const Weights& weights, bool& settled);

  int known_days_;
  size_t known_resources_;
  std::unique_ptr<Clinic> clinic_;    // with one more resource per tag, and more days
  std::unique_ptr<Picture> picture_;  // everybody's free time as steps of blocks
  Weights weights_;
  int64_t budget_ops_;
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_RELAXED_H_
