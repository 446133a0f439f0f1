#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_RUIN_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_RUIN_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/chance.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// What to take out of a schedule, and what to try to put in first.
struct Ruin {
  std::vector<int> removed;                 // scheduled courses, each once
  std::vector<int> wanted;                  // unscheduled courses, or some of `removed`, that the others make way for
  std::vector<std::pair<int, int>> lifted;  // single visits, by course and visit, to be placed anew
  int blink = 0;                            // percent: places passed over by those
  bool pack = false;                        // the days around the first of them are packed before any goes in
  bool put_back = false;                    // the others go back where they stood, where they still can
};

// Ways to choose it.
enum class RuinKind {
  kRandom,
  kNeighbors,    // a course and those beside it, on the same resources and days
  kDays,         // courses with a visit in a few days
  kResource,     // courses on one resource over some days
  kDearest,      // courses that cost most above their floor
  kAlike,        // courses of the same types of visit, which fit where the others stood
  kSqueeze,      // one course; the visits in its way are packed closer together within their days
  kMakeRoom,     // an unscheduled course, and some that stand where it would
  kPushIn,       // an unscheduled course, and many that stand where it would; those not in its way stay
  kBetterPlace,  // the same for a course that stands dearly
  kVisits,       // single visits of a few days
  kEdgeIn,       // an unscheduled course, and single visits in its way
  kEdgeBack,     // the same for a course that stands dearly
};
inline constexpr int kRuinKinds = 13;

// Chooses what to ruin.
class Ruiner {
 public:
  Ruiner(const Schedule& schedule, const std::vector<Alone>& alone);

  // The types of the course's visits, each once.
  const std::vector<int>& Types(int course) const { return group_types_[group_of_[course]]; }
  Ruin Choose(RuinKind kind, Chance& chance);
  // Whether some course that could be is not scheduled.
  bool Crowded() const {
    return std::any_of(courses_.begin(), courses_.end(), [this](int course) { return !schedule_->Scheduled(course); });
  }

 private:
  static constexpr int kMostRemoved = 7, kMostMoved = 20, kMostWanted = 3, kMostVisits = 12, kMostLifted = 60;

  void Begin();
  bool Take(int course, Ruin& ruin);  // if scheduled, movable and not taken yet
  int RandomScheduled(Chance& chance);
  int RandomWanted(Chance& chance);
  double WorthOf(int course) const { return Worth((*alone_)[course], schedule_->DropCost(course)); }
  int Dearest(Chance& chance);
  // Courses in the order of RuinKind, `most` in all.
  void TakeRandom(size_t most, Chance& chance, Ruin& ruin);
  void TakeNeighbors(size_t most, Chance& chance, Ruin& ruin);
  void TakeDays(size_t most, Chance& chance, Ruin& ruin);
  void TakeFromResource(size_t most, Chance& chance, Ruin& ruin);
  void TakeDearest(size_t most, Chance& chance, Ruin& ruin);
  void TakeAlike(size_t most, Chance& chance, Ruin& ruin);
  void Squeeze(Chance& chance, Ruin& ruin);
  void PutInto(int course, size_t most, Chance& chance, Ruin& ruin);
  void LiftFromDays(Chance& chance, Ruin& ruin);
  void EdgeIn(int course, Chance& chance, Ruin& ruin);
  void TakeFound(size_t most, Chance& chance, Ruin& ruin);
  void TakeRivals(int course, size_t most, Chance& chance, Ruin& ruin);
  void AddWanted(Chance& chance, Ruin& ruin);
  const std::vector<Placement>& Ideal(int course, Chance& chance) const;
  void FindVisits(int type, int day);
  void LiftSome(size_t most, Chance& chance, Ruin& ruin);

  const Schedule* schedule_;
  const std::vector<Alone>* alone_;
  std::vector<int> courses_;                   // that may be removed or wanted
  std::vector<std::vector<int>> type_rivals_;  // [type]: resources that can fill some role of it
  std::vector<std::vector<int>> groups_;       // courses alike
  std::vector<std::vector<int>> group_types_;  // [group]
  std::vector<int> group_of_;                  // [course]
  std::vector<bool> movable_;                  // [course]
  std::vector<uint32_t> taken_;
  uint32_t stamp_ = 0;
  std::vector<int> found_;
  std::vector<std::pair<int, int>> visits_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_RUIN_H_
