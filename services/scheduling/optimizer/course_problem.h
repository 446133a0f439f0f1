#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_PROBLEM_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_PROBLEM_H_

#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {

// How far the days of two visits may lie apart.
struct DayRange {
  int lo = 0;
  int hi = 0;
};

// The first and the last minute of the line that a visit may start at to start no earlier, or no later, than `real`
// minutes of real time after midnight of day 0.
Minute FirstStart(const Clinic& clinic, Minute real);
Minute LastStart(const Clinic& clinic, Minute real);

// A lag between two free visits, as a limit on the later position against the earlier one.
struct PairLag {
  int earlier = 0;  // positions
  int later = 0;
  DayRange days;   // day(later) - day(earlier)
  Minute min = 0;  // start(later) - start(earlier), in real time
  Minute max = 0;
  bool has_ideal = false;
  int ideal = 0;
};

// A gap cost against a fixed visit: weight * |day - day_at_ideal|.
struct FixedGap {
  int day_at_ideal = 0;
};

// A visit that is to be placed.
struct FreeVisit {
  const Visit* visit = nullptr;
  const VisitType* type = nullptr;
  int index = 0;  // in Course::visits
  int type_index = 0;
  bool roles_touch = false;
  bool day_costs = false;  // some candidate of some role costs something to open
  bool quick = true;       // only hands (continuity roles) cost something to open
  bool by_day = false;     // its day can cost something by itself
  Minute use_from = 0;     // [use_from, use_to) around the start holds all that it uses, the patient's time included
  Minute use_to = 0;
  Minute start_min = 0;  // from fixed visits, earliest day and horizon; both inclusive
  Minute start_max = 0;
  DayRange days;        // on which it can stand, by all lags alone
  DayRange use_days;    // days that it can use, relative to its own, by the patient's hours
  Minute hour_min = 0;  // minutes of the day between which it can start, by the patient's hours
  Minute hour_max = 0;
  std::vector<int> hands;  // per continuity role of the course: its role in the type, or -1
  std::vector<FixedGap> fixed_gaps;
  std::vector<const VisitRule*> rules;
};

// What the search keeps of earlier positions to tell how a position and those after it can be placed.
struct Frontier {
  struct Meeting {
    int earlier = 0, later = 0;  // positions, before it and from it on
    bool minutes = false;        // by a lag in minutes, whatever their days
  };

  std::vector<int> days;           // positions whose day matters
  std::vector<int> options;        // positions whose day and option can matter: they can meet a later visit
  std::vector<Meeting> meetings;   // that can come
  std::vector<uint8_t> needs_day;  // [position]
  std::vector<uint8_t> hands;      // [continuity role]: whether any visit from it on has the role
};

// One course made ready for search: fixed visits turned into constants and limits, free visits in search order
// (by the first day on which they can come), all day lags closed, and what each position depends on.
class CourseProblem {
 public:
  // Returns false where the lags, fixed visits and horizon alone leave no plan.
  bool Build(const StartIndex& index, const Course& course, const PlanOptions& options);

  int size() const { return size_; }
  const Course& course() const { return *course_; }
  const Clinic& clinic() const { return *clinic_; }
  const FreeVisit& visit(int position) const { return visits_[position]; }
  // Closed limits on day(b) - day(a), for any two positions.
  DayRange Between(int a, int b) const { return {-most_[b * (size() + 1) + a], most_[a * (size() + 1) + b]}; }
  // Lags of a position to earlier ones.
  const std::vector<PairLag>& LagsBack(int position) const { return lags_back_[position]; }
  // Of the earlier positions that it has a lag with, the one that bounds its cost best; -1: none.
  int Parent(int position) const { return parent_[position]; }
  const PairLag* ParentLag(int position) const {
    return parent_lag_[position] < 0 ? nullptr : &lags_back_[position][parent_lag_[position]];
  }
  // A second lag of the position, to the parent of its parent; nullptr: none.
  const PairLag* SecondLag(int position) const {
    return second_lag_[position] < 0 ? nullptr : &lags_back_[position][second_lag_[position]];
  }
  // Whether some child of the position has one.
  bool HasSecondLagBelow(int position) const { return second_below_[position] != 0; }
  const std::vector<int>& Children(int position) const { return children_[position]; }
  // What the placing of `position` and all after it depends on.
  const Frontier& FrontierOf(int position) const { return frontiers_[position]; }
  // Whether two free visits can meet: use common days, or have a lag in minutes that their days do not settle.
  bool CanMeet(int a, int b) const { return can_meet_[a * size() + b] != 0; }
  bool MeetsAny(int a) const { return meets_any_[a]; }

  // Costs that depend on the day of one visit alone: start delay, gaps to fixed visits and the day's price.
  Cost DayCostOf(int position, int day) const { return visits_[position].by_day ? SumDayCost(position, day) : 0; }
  // What any plan costs: gaps and handoffs between fixed visits.
  Cost constant() const { return constant_; }
  // PlanOptions::untidy.
  Cost untidy() const { return untidy_; }

  int num_continuity() const { return static_cast<int>(continuity_.size()); }
  Cost HandoffWeight(int c) const { return handoff_weight_[c]; }
  // Resources that the fixed visits use in continuity role c.
  const std::vector<int>& FixedHands(int c) const { return fixed_hands_[c]; }
  // Times when the patient is elsewhere: other courses and this one's fixed visits.
  const std::vector<Interval>& busy() const { return busy_; }

 private:
  static constexpr uint8_t kByDays = 1, kByMinutes = 2;

  Cost SumDayCost(int position, int day) const;
  void AddFreeVisits(const StartIndex& index, const PlanOptions& options);
  void AddFixed();
  void AddLags();
  void AddFixedLag(const Lag& lag, FreeVisit& free, bool free_is_later, Minute fixed_start, Minute fixed_duration);
  bool Close();
  void Order();
  bool FindMeetings();
  bool MinutesHold() const;
  void FindParents();
  void FindFrontiers();

  const Course* course_ = nullptr;
  const Clinic* clinic_ = nullptr;
  std::vector<FreeVisit> visits_;
  int size_ = 0;
  std::vector<int> position_of_;  // [index in Course::visits]; -1: fixed
  std::vector<int> most_;         // [a * (size + 1) + b]: day(b) - day(a) at most; position `size` stands for day 0
  std::vector<PairLag> lags_;
  std::vector<std::vector<PairLag>> lags_back_;
  std::vector<int> parent_, parent_lag_, second_lag_;
  std::vector<uint8_t> second_below_;
  std::vector<std::vector<int>> children_;
  std::vector<Frontier::Meeting> meetings_;
  std::vector<Frontier> frontiers_;
  std::vector<uint8_t> can_meet_,
      meets_any_;  // can_meet_: kByDays, kByMinutes or both
  std::vector<int> continuity_;
  std::vector<Cost> handoff_weight_;
  std::vector<std::vector<int>> fixed_hands_;
  std::vector<Interval> busy_;
  Cost constant_ = 0;
  const DayPrices* day_prices_ = nullptr;
  Cost untidy_ = 0;
  Minute most_shift_ = 0;  // between the line and real time, from any minute to any other
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_COURSE_PROBLEM_H_
