#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_JOURNAL_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_JOURNAL_H_

#include <vector>

#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// What single visits were moved, so that they can be put back. Not thread-safe.
class VisitJournal {
 public:
  struct Moved {
    int course, visit;
    Placement before;  // at Begin
  };

  explicit VisitJournal(Schedule& schedule) : schedule_(&schedule) {}

  // Forgets what was moved: it stays where it is.
  void Begin() { moved_.clear(); }
  // A lifted visit stands at `to`.
  void Stand(int course, int visit, const Placement& to);
  // Everything back where it stood at Begin; nothing else may stand there.
  void Undo();
  // Takes a scheduled course away and returns how it stood at Begin.
  std::vector<Placement> Remove(int course);

  // Each once, in the order of their first move.
  std::vector<Moved>& moved() { return moved_; }

 private:
  Schedule* schedule_;
  std::vector<Moved> moved_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_JOURNAL_H_
