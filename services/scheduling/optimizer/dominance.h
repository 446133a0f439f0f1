#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_DOMINANCE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_DOMINANCE_H_

#include <algorithm>
#include <vector>

#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/day_bounds.h"
#include "services/scheduling/optimizer/hands.h"
#include "services/scheduling/optimizer/meetings.h"

namespace kat::optimizer {

// Finds the hands that a course can do without. Where visits do not meet and nobody can be in two roles of one, all
// that tells two candidates of a role apart is what each visit costs in whose hands on which day, and at which starts.
// Who could be replaced in all visits by one other, at no time worse, is in no plan that this other could not better:
// no more hands, and no dearer days.
class Dominance {
 public:
  explicit Dominance(Effort& effort) : effort_(&effort) {}

  // Spares hands for plans that cost no more than `limit`; hands of fixed visits, and of how visits stand today, are
  // kept.
  void Spare(const CourseProblem& problem, const DayBounds& days, Cost limit, Cells& cells, Meetings& meetings,
             Hands& hands);

 private:
  static constexpr size_t kMostOfPairs = 24;

  // What a candidate is worth to each cell: what it costs, kInfiniteCost where it cannot; and where that is not all
  // that matters, at which starts.
  struct Worth {
    std::vector<Cost> costs;
    std::vector<bits::Word> starts;
  };
  struct Place {
    const Cell* cell;
    int position, day;
    Cost most;   // that the visit can cost there
    bool meets;  // another one
  };

  bool Applies(int role) const;
  bool OnlyInPatientTime() const;
  bool OpenedForOthers(int role) const;
  bool OpensOnly(int day, int position, int role, const Cell& cell) const;
  bool Meets(int position, int day) const;
  bool FindPlaces(int role);
  void AddWorth(int role, const Place& place);
  void AddPairs(int role, int other, const Place& place);
  bool IsNamed(int role, int hand) const;
  Worth& WorthOf(int hand) {
    return worth_[std::lower_bound(candidates_.begin(), candidates_.end(), hand) - candidates_.begin()];
  }
  static bool Covers(const Worth& better, const Worth& worse);

  Effort* effort_;
  const CourseProblem* problem_ = nullptr;
  Cells* cells_ = nullptr;
  const DayBounds* days_ = nullptr;
  Meetings* meetings_ = nullptr;
  Hands* hands_ = nullptr;
  Cost limit_ = 0;
  std::vector<int> candidates_;  // ascending
  std::vector<Worth> worth_;     // [candidate]
  std::vector<Place> places_;
  std::vector<int> kept_, others_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_DOMINANCE_H_
