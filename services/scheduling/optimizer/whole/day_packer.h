#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_

#include <span>

#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/whole/visit_journal.h"
#include "services/scheduling/optimizer/whole/visit_starts.h"

namespace kat::optimizer {

// Moves visits within their days, in the same hands: close together, so that what is free of a day is in one piece; and
// then back, or wherever they cost least, around what has taken its place there. Not thread-safe.
class DayPacker {
 public:
  enum class Aim { kEarliest, kLatest, kCheapest };

  DayPacker(Schedule& schedule, VisitStarts& starts, VisitJournal& journal)
      : schedule_(&schedule), starts_(&starts), journal_(&journal) {}

  // The visits of a day that use any of `resources`, as early or late as they can be, one after another.
  void Pack(int day, std::span<const int> resources, Aim aim);
  // Whether a visit of the type has no start on the day, though the patient has the time.
  bool Blocked(int course, int type, int day);
  // Those who can serve in one of the type's roles.
  std::span<const int> AnyRole(int type, Chance& chance) const;
  // What the journal has moved goes back where it stood, or else where it costs least.
  void Settle(Chance& chance);

  int64_t tries() const { return tries_; }  // visits looked at so far

 private:
  // What capacity leaves to the visit, lifted; false: nothing.
  bool KeepCapacity(int course, int visit, const Placement& now);
  Placement Choose(int course, int visit, const Placement& now, Aim aim);
  int SlotFor(int course, int visit, Placement at, Aim aim);
  Placement PlaceAt(int course, int visit, const Placement& now, int slot);
  bool CanReturn(int course, int visit, const Placement& before);

  Schedule* schedule_;
  VisitStarts* starts_;
  VisitJournal* journal_;
  int64_t tries_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_PACKER_H_
