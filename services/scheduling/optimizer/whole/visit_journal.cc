#include "services/scheduling/optimizer/whole/visit_journal.h"

#include <algorithm>
#include <utility>

namespace kat::optimizer {

void VisitJournal::Stand(int course, int visit, const Placement& to) {
  const Placement& now = (*schedule_->plans()[course])[visit];
  if (to != now) {
    const bool known = std::any_of(moved_.begin(), moved_.end(),
                                   [&](const Moved& moved) { return moved.course == course && moved.visit == visit; });
    if (!known) moved_.push_back({course, visit, now});
  }
  schedule_->StandVisit(course, visit, to);
}

void VisitJournal::Undo() {
  for (const Moved& moved : moved_) schedule_->LiftVisit(moved.course, moved.visit);
  for (const Moved& moved : moved_) schedule_->StandVisit(moved.course, moved.visit, moved.before);
  moved_.clear();
}

std::vector<Placement> VisitJournal::Remove(int course) {
  std::vector<Placement> visits = schedule_->Remove(course);
  std::erase_if(moved_, [&](Moved& moved) {
    if (moved.course != course) return false;
    visits[moved.visit] = std::move(moved.before);
    return true;
  });
  return visits;
}

}  // namespace kat::optimizer
