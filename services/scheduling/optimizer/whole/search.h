#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SEARCH_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SEARCH_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/day_packer.h"
#include "services/scheduling/optimizer/whole/guide.h"
#include "services/scheduling/optimizer/whole/plan_variation.h"
#include "services/scheduling/optimizer/whole/ruin.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/whole/trail.h"
#include "services/scheduling/optimizer/whole/visit_journal.h"
#include "services/scheduling/optimizer/whole/visit_mover.h"
#include "services/scheduling/optimizer/whole/visit_starts.h"
#include "services/scheduling/optimizer/whole/wheel.h"

namespace kat::optimizer {

// Ruin and recreate over whole courses: takes some out, puts each back in at its best given all that stands, and keeps
// the outcome where it is good enough. One thread's own.
class Search {
 public:
  // `guide`: what some of the plans pay; nullptr: none.
  Search(const Instance& instance, const std::vector<Alone>& alone, const Guide* guide, int64_t plan_ops,
         uint64_t seed);

  const Schedule& schedule() const { return schedule_; }
  const Plans& best() const { return best_; }
  Cost best_objective() const { return best_objective_; }
  int64_t ops() const { return ops_; }

  // The schedule becomes `plans`, which is feasible; or what another one is.
  void Adopt(const Plans& plans);
  void Adopt(const Schedule& other);
  // Only what costs less than `objective` counts as best from now on: others have that.
  void BestElsewhere(Cost objective) { best_objective_ = std::min(best_objective_, objective); }

  // All searches that follow each other stand alike now.
  void BeginTrail() { trail_.Begin(); }
  // Makes the changes that another kept since, as far as they go with its own.
  void Follow(const Search& other);

  // Iterates until `ops` more steps of search are spent, or `stop`. A worse schedule is kept with the probability of
  // annealing at `temperature`.
  void Run(int64_t ops, double temperature, const std::function<bool()>& stop);

 private:
  struct Undo {
    int course;
    std::optional<std::vector<Placement>> visits;
    std::optional<Cost> own;  // where it stood, and that was asked for
  };

  bool Iterate(double temperature);
  void PackAround(int course, int before_day);
  bool Recreate(const Ruin& ruin, Cost limit);
  bool RecreateVisits(const Ruin& ruin, Cost limit);
  bool PutIn(int course, Cost limit);
  void SortForRecreate(std::vector<int>& courses);
  void Revert();
  // Takes out what stands otherwise in `plans`: these courses.
  std::vector<int> TakeOutOthers(const Plans& plans);
  void Differ(int course);
  void NoteChanges();
  void KeepBest();
  CoursePlans Plan(int course, int64_t ops, Cost limit);

  static constexpr int64_t kStepOps = 200;  // what a question costs beside its search
  static constexpr int64_t kMostPlanOps = 600'000;

  const std::vector<Alone>* alone_;
  const Guide* guide_;
  std::vector<int64_t> plan_ops_;  // [course]: more for those whose search ended without a plan
  Schedule schedule_;
  CoursePlanner planner_;
  Ruiner ruiner_;
  VisitStarts starts_;
  VisitJournal journal_;
  DayPacker packer_;
  VisitMover mover_;
  PlanVariation plan_variation_;
  Trail trail_;
  Chance chance_;
  Wheel kinds_, orders_;
  int order_ = 0;
  bool crowded_ = false;  // somebody was left out when the iteration began
  Plans best_;
  Cost best_objective_;
  std::vector<uint8_t> differs_;  // [course]: may stand otherwise than in best_
  std::vector<int> differing_;
  std::vector<Undo> undo_;
  Cost packed_ = 0;      // what it cost to pack days, before it is known what goes back
  Cost optimistic_ = 0;  // the objective, were every course still to be put in at its floor
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_SEARCH_H_
