#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_

#include <span>
#include <vector>

#include "services/scheduling/optimizer/bits.h"
#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// Moves visits within their days, in the same hands: close together, so that what is free of a day is in one piece; and
// then back, or wherever they cost least, around what has taken its place there. Not thread-safe.
class DayPacker {
 public:
  enum class Aim { kEarliest, kLatest, kCheapest };

  // `index`: of the schedule's picture.
  DayPacker(Schedule& schedule, StartIndex& index) : schedule_(&schedule), index_(&index) {}

  // Forgets what it moved: it stays where it is.
  void Begin() { moved_.clear(); }
  // The visits of a day that use any of `resources`, as early or late as they can be, one after another.
  void Pack(int day, std::span<const int> resources, Aim aim);
  // Whether a visit of the type has no start on the day, though the patient has the time.
  bool Blocked(int course, int type, int day);
  // Those who can serve in one of the type's roles.
  std::span<const int> AnyRole(int type, Chance& chance) const;
  // What was moved since Begin goes back where it stood, or else where it costs least.
  void Settle(Chance& chance);
  // Everything back where it stood at Begin; nothing else may stand there.
  void Undo();

  // Courses of which a visit stands elsewhere than at Begin, one entry for each visit.
  template <class F>
  void ForEachMoved(F&& f) const {
    for (const Moved& moved : moved_) f(moved.course);
  }
  int64_t tries() const { return tries_; }  // visits looked at so far

 private:
  struct Moved {
    int course, visit;
    Placement before;
  };

  bool Movable(int course, int visit) const;
  // Where the visit can start on its day as far as its course and patient go, in `mask_`.
  void FindOwnStarts(int course, int visit, const Placement& now);
  // What capacity leaves of `mask_` to the visit, lifted; false: nothing.
  bool KeepCapacity(int course, int visit, const Placement& now);
  void Allow(const std::vector<Interval>& windows, Minute duration, int day, bits::Word* out) const;
  Placement Choose(int course, int visit, const Placement& now, Aim aim);
  int SlotOf(const Placement& at) const;
  int SlotFor(int course, int visit, Placement at, Aim aim) const;
  Placement PlaceAt(int course, int visit, const Placement& now, int slot);
  bool CanReturn(int course, int visit, const Placement& before);

  Schedule* schedule_;
  StartIndex* index_;
  std::vector<Moved> moved_;
  std::vector<bits::Word> mask_, allowed_;
  int64_t tries_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_
