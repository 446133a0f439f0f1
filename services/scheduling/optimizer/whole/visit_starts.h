#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_STARTS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_STARTS_H_

#include <span>
#include <vector>

#include "services/scheduling/optimizer/bits.h"
#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/window_index.h"

namespace kat::optimizer {

// At which slots of a day one visit of a scheduled course can start. A question is asked step by step, each leaving
// what it allows in mask(). Not thread-safe.
class VisitStarts {
 public:
  // `index`: of the schedule's picture.
  VisitStarts(const Schedule& schedule, StartIndex& index);

  StartIndex& index() { return *index_; }
  bits::Word* mask() { return mask_.data(); }
  int words() const { return index_->words(); }
  int First() const { return bits::First(mask_.data(), words()); }
  bool Any() const { return bits::Any(mask_.data(), words()); }
  int SlotOf(Minute start) const {
    return (start - index_->Slots(DayOf(start)).first) / schedule_->clinic().slot_minutes;
  }
  Minute StartOf(int day, int slot) const { return index_->Slots(day).first + slot * schedule_->clinic().slot_minutes; }

  // One that could be moved by itself.
  bool Movable(int course, int visit) const {
    const Visit& v = schedule_->course(course).visits[visit];
    return schedule_->Scheduled(course) && !v.fixed && !index_->RolesTouch(v.type);
  }

  // Whether the patient has time for a visit of the type on the day, whatever else stands of the course.
  bool FindPatientTime(int course, int type, int day);
  // By its course and patient, wherever the visit itself may stand; the days of lags are not looked at.
  bool FindOwn(int course, int visit, int day);
  // By capacity in one role, for the visit lifted: in any hands, or in those of one of `hands`.
  bool KeepRole(int type, int role, int day) { return index_->Keep(index_->PatternOf(type, role), day, mask_.data()); }
  bool KeepRole(int type, int role, int day, std::span<const int> hands);
  // Whether `resource` can serve in the role from a slot on.
  bool CanServe(int type, int role, int resource, int day, int slot);
  // The first of `resources` that can, rather one whose day costs nothing; -1: none.
  int WhoServes(int type, int role, std::span<const int> resources, int day, int slot);
  // All who hold the role's tag.
  std::span<const int> Candidates(int type, int role) const {
    return index_->Candidates(index_->PatternOf(type, role));
  }
  // Those of mask() at which the visit lies within the preferred hours; none where the course prefers nothing.
  const bits::Word* Preferred(int course, int type, int day);

 private:
  struct Hours {
    WindowIndex available, preferred;
  };

  Hours& HoursOf(int course);
  size_t CandidateOf(int pattern, int resource) const;  // its place, or that past the last

  const Schedule* schedule_;
  StartIndex* index_;
  std::vector<Hours> hours_;  // [course], made when first asked for
  std::vector<bits::Word> mask_, scratch_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_STARTS_H_
