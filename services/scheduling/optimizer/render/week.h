#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_WEEK_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_WEEK_H_

#include <string>
#include <vector>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/whole/schedule.h"

namespace kat::optimizer {

// What a picture of one week shows, before it is drawn: who uses what when, and in which part of a visit.

// How closely a part of a visit is attended, by the roles of its type that load a person.
enum class Phase {
  kHandsOn,    // somebody gives it half of their capacity or more
  kMonitored,  // somebody shares their attention
  kQuiet,      // nobody is charged with it
  kTurnover,   // the patient's time is over, or has not begun
};

struct PhasePart {
  Minute from = 0, to = 0;
  Phase phase = Phase::kQuiet;
};

// One usage segment of a placed visit.
struct Use {
  int course = 0, visit = 0;  // indices in the instance
  Minute from = 0, to = 0;
  int load = 1;
  double low = 0;  // where it is drawn in the row: [low, low + load) of the capacity
  bool fixed = false;
  bool moved = false;  // it stood elsewhere before
  std::vector<PhasePart> parts;
};

enum class RowKind { kPlace, kPerson, kEquipment };

struct WeekRow {
  int resource = 0;
  RowKind kind = RowKind::kPlace;
  std::vector<Use> uses;             // by start
  std::vector<Interval> open;        // within the week
  std::vector<Use> blocked;          // loads from outside
  std::vector<Interval> overloaded;  // more load than capacity, a chosen visit among it
  double used_share = 0;             // of capacity times open minutes
};

struct Week {
  int first_day = 0;
  int num_days = 7;
  Minute open_from = 0, open_to = 0;  // minutes of the day between which anything happens
  std::vector<WeekRow> rows;          // places, people, equipment; alike ones together
  int visits = 0, courses = 0, conflicts = 0;
};

// `plans` need not be feasible.
Week MakeWeek(const Instance& instance, const Plans& plans, int week);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_WEEK_H_
