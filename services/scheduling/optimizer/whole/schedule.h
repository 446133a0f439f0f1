#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SCHEDULE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SCHEDULE_H_

#include <optional>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/picture.h"
#include "services/scheduling/optimizer/plan_course.h"

namespace kat::optimizer {

// Where every course stands: by index in Instance::courses, all visits (as in CoursePlan) or none.
using Plans = std::vector<std::optional<std::vector<Placement>>>;

// A whole clinic's schedule under change: courses come and go one by one, and its cost follows without ever being
// summed anew. It refers to a valid Instance that must outlive it. Not thread-safe.
class Schedule {
 public:
  // Blocks and fixed visits alone; a course that has no other visits is scheduled, and stays so.
  explicit Schedule(const Instance& instance);
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  const Instance& instance() const { return *instance_; }
  const Clinic& clinic() const { return instance_->clinic; }
  const Picture& picture() const { return picture_; }
  int size() const { return static_cast<int>(plans_.size()); }
  const Course& course(int i) const { return instance_->courses[i]; }

  // What the schedule costs, all terms.
  Cost objective() const { return objective_; }
  // What leaving the course out costs.
  Cost DropCost(int i) const { return drop_[i]; }
  const Plans& plans() const { return plans_; }
  bool Scheduled(int i) const { return plans_[i].has_value(); }
  // Of a scheduled course, without the days that it opens; of another, DropCost.
  Cost OwnCost(int i) const { return own_[i]; }
  // The courses of which a chosen visit starts on the day and uses the resource, one entry for each such role.
  const std::vector<int>& Users(int resource, int day) const { return users_[Index(resource, day)]; }

  // Whether an unscheduled course can stand so.
  bool Fits(int i, const std::vector<Placement>& visits);
  // Schedules an unscheduled course where it can stand; `cost` is that of the plan against this picture.
  void Place(int i, std::vector<Placement> visits, const CostTerms& cost);
  // The same where the cost is not at hand.
  void Place(int i, std::vector<Placement> visits);
  // The same where OwnCost is known from when it stood so before.
  void PutBack(int i, std::vector<Placement> visits, Cost own);
  // One chosen visit of a scheduled course leaves the picture; to all else it stands where it stood.
  void LiftVisit(int i, int v);
  // It comes back, there or elsewhere.
  void StandVisit(int i, int v, const Placement& placement);
  bool Lifted(int i, int v) const { return lifted_[i][v] != 0; }
  // Takes the chosen visits of a scheduled course away, lifted ones included, and returns them.
  std::vector<Placement> Remove(int i);

 private:
  size_t Index(int resource, int day) const {
    return static_cast<size_t>(day) * instance_->clinic.resources.size() + resource;
  }
  void Change(int i, const std::vector<Placement>& visits, bool add);
  void TakeOut(int i, int v, const Placement& placement);
  void Change(int i, int v, const Placement& placement, bool add);

  const Instance* instance_;
  Picture picture_;
  bool day_costs_ = false;
  Cost objective_ = 0;
  Plans plans_;
  std::vector<Cost> own_, drop_;
  std::vector<std::vector<int>> users_;       // [day][resource]
  std::vector<std::vector<uint8_t>> lifted_;  // [course][visit]
};

// What leaving a course out costs.
Cost DropCostOf(const Clinic& clinic, const Course& course);

// What the days cost that fixed visits open, in the horizon and out of it.
Cost FixedDayCost(const Instance& instance);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SCHEDULE_H_
