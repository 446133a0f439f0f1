#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_MOVER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_MOVER_H_

#include <optional>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/whole/visit_journal.h"
#include "services/scheduling/optimizer/whole/visit_starts.h"

namespace kat::optimizer {

// Finds single visits another place, on any day that the rest of their course leaves them and in any hands: near the
// best, at a small part of what it takes to plan a course. Not thread-safe.
class VisitMover {
 public:
  VisitMover(Schedule& schedule, VisitStarts& starts, VisitJournal& journal)
      : schedule_(&schedule), starts_(&starts), journal_(&journal) {}

  // Forgets what was lifted.
  void Begin() { lifted_.clear(); }
  // A movable visit gives its place up until Return or Move.
  void Lift(int course, int visit);
  // The lifted visits stand again where they stood, if they can; the others stay lifted.
  void Return(Chance& chance);
  // All that are lifted stand again where they stood, whatever is there now.
  void PutDown();
  // Those still lifted go where they cost least; each better place is passed over with a chance of `blink` percent.
  // Gives back the courses of those that fit nowhere, each once: they stay lifted.
  std::vector<int> Move(int blink, Chance& chance);

  int64_t tries() const { return tries_; }  // visits looked at so far

 private:
  static constexpr int kNoRole = -1;

  bool CanReturn(int course, int visit) const;
  // The days that the course's other visits leave, the cheapest first.
  void FindDays(int course, int visit);
  // Per role, who else serves the course in it; empty: anybody will do.
  void FindHands(int course, int visit);
  std::optional<Placement> Best(int course, int visit, int blink, Chance& chance);
  // The best on a day, `free_role` in any hands.
  std::optional<Placement> OnDay(int course, int visit, int day, int free_role);
  int SlotOn(int course, int visit, int day);
  Placement PlaceAt(int course, int visit, int day, int slot, int free_role);

  Schedule* schedule_;
  VisitStarts* starts_;
  VisitJournal* journal_;
  std::vector<std::pair<int, int>> lifted_;  // course and visit
  std::vector<std::pair<Cost, int>> days_;
  std::vector<std::vector<int>> hands_;  // [role]
  std::vector<bits::Word> own_;
  int64_t tries_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_VISIT_MOVER_H_
