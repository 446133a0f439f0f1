#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRAIL_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRAIL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// The changes of a schedule that a search kept, one after another, for others to make too who began where it began.
// Not thread-safe.
class Trail {
 public:
  explicit Trail(Schedule& schedule) : schedule_(&schedule), touched_(schedule.size()) {}

  // It leads from here; nothing is noted before the first time.
  void Begin();
  bool begun() const { return begun_; }
  // These courses, each once, have come to stand otherwise.
  void Note(const std::vector<int>& courses);
  // Makes the changes of `other`, which began at the same schedule, one by one: whole, or not where a course of it was
  // touched here meanwhile, or cannot stand as it does there. Returns the courses that changed.
  std::vector<int> Follow(const Trail& other);

 private:
  // How a course stands since.
  struct Stand {
    int course;
    std::optional<std::vector<Placement>> visits;
    Cost own;  // Schedule::OwnCost
  };
  using Step = std::vector<Stand>;

  Stand StandOf(int course) const { return {course, schedule_->plans()[course], schedule_->OwnCost(course)}; }

  bool Take(const Step& step);

  Schedule* schedule_;
  bool begun_ = false;
  std::vector<Step> steps_;
  std::vector<uint8_t> touched_;  // [course]: since Begin
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_TRAIL_H_
