#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_MODEL_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_MODEL_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

// The protocol scheduling problem as data. Everything refers to everything else by index; ids are kept for the edge
// alone. All times are whole minutes from midnight of day 0 ("the line"); day d is [1440 d, 1440 (d + 1)).
namespace kat::optimizer {

inline constexpr int kMinutesPerDay = 1440;

using Minute = int32_t;
using Cost = int64_t;

// Above every cost of a valid model, and safe to add to itself.
inline constexpr Cost kInfiniteCost = std::numeric_limits<Cost>::max() / 8;

// The day that holds `minute`, also before day 0.
constexpr int DayOf(Minute minute) {
  return minute >= 0 ? minute / kMinutesPerDay : -((kMinutesPerDay - 1 - minute) / kMinutesPerDay);
}

// [from, to), from < to.
struct Interval {
  Minute from = 0;
  Minute to = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

// What one unit of each term costs. Weights are 0 or more.
struct Weights {
  Cost unscheduled = 0;
  Cost dropped = 0;
  Cost start_delay = 0;
  Cost gap = 0;
  Cost preference = 0;
  Cost handoff = 0;
  Cost move = 0;
  Cost reassign = 0;
};

// A capability of a resource. With `windows`, every usage segment under it lies inside one of those windows.
struct HeldTag {
  int tag = 0;                                   // index in Clinic::tag_names
  std::optional<std::vector<Interval>> windows;  // absent: always held
};

// A room, a recliner group, a member of staff, a pool of equipment.
struct Resource {
  std::string id;
  std::vector<HeldTag> tags;
  int capacity = 1;               // load that it carries at any one minute, 0 or more
  std::vector<Interval> windows;  // when it works: sorted, none touch
  Cost day_cost = 0;              // of each day on which any visit uses it
};

// Minutes relative to the start of the visit. `from` may lie before it and `to` past its end.
struct Segment {
  Minute from = 0;
  Minute to = 0;
  int load = 1;  // 1 or more

  friend bool operator==(const Segment&, const Segment&) = default;
};

// Filled by exactly one resource that holds `tag`, for the whole visit.
struct Role {
  int name = 0;  // index in Clinic::role_names; distinct within a visit type
  int tag = 0;   // index in Clinic::tag_names
  std::vector<Segment> usage;
};

struct VisitType {
  std::string id;
  Minute duration = 0;  // the patient's time, 1 or more
  std::vector<Role> roles;
};

// A stretch of the line that clocks skip or repeat, [from, to): no visit that is to be placed starts in it. From `to`
// on, real time has run `by` minutes further than the line says: 60 where an hour is repeated, -60 where one is
// skipped.
struct ClockShift {
  Minute from = 0;
  Minute to = 0;
  Minute by = 0;
};

// What courses are planned in: everything but the courses and what stands.
struct Clinic {
  int slot_minutes = 5;  // a chosen visit starts at a multiple of it; 1 to 1440
  int days = 0;          // a chosen visit starts in [0, 1440 days)
  Weights weights;
  std::vector<std::string> tag_names;
  std::vector<std::string> role_names;
  std::vector<Resource> resources;
  std::vector<VisitType> visit_types;
  // Ids of resources that standing visits name and that no longer exist. Such a resource has the index
  // resources.size() + its index here; it loads nothing and still counts as a pair of hands in a handoff.
  std::vector<std::string> gone_resources;
  std::vector<ClockShift> clock_shifts;  // in order, apart

  // Real minutes from midnight of day 0 until a minute of the line.
  Minute RealTime(Minute line) const {
    Minute real = line;
    for (const ClockShift& shift : clock_shifts) real += line >= shift.to ? shift.by : 0;
    return real;
  }
};

// Where a chosen visit goes: resources[i] fills role i of its visit type.
struct Placement {
  Minute start = 0;
  std::vector<int> resources;

  friend bool operator==(const Placement&, const Placement&) = default;
};

struct RoleAssignment {
  int role_name = 0;  // index in Clinic::role_names
  int resource = 0;   // index in Clinic::resources, or that of a gone resource

  friend bool operator==(const RoleAssignment&, const RoleAssignment&) = default;
};

// Where a visit stands today. Roles and resources may have changed since: it is kept as it was made, by role name.
struct Standing {
  Minute start = 0;
  std::vector<RoleAssignment> assign;  // sorted by role_name, each once
};

struct Visit {
  std::string id;
  int type = 0;                                  // index in Clinic::visit_types
  std::optional<std::vector<Interval>> windows;  // [start, start + duration) inside one; empty admits nothing
  std::optional<Standing> current;
  bool fixed = false;  // stays exactly at `current`, which it then has
};

// day(to) - day(from) within [min_days, max_days]; start(to) - start(from), in real time, within [min_minutes,
// max_minutes]; and `to` starts no earlier than `from` ends.
struct Lag {
  int from = 0;  // indices in Course::visits
  int to = 0;
  int min_days = 0;
  std::optional<int> max_days;
  Minute min_minutes = 0;
  std::optional<Minute> max_minutes;
  std::optional<int> ideal_days;
};

inline constexpr int kOwnPatient = -1;

struct Course {
  std::string id;
  int priority = 1;           // 1 or more
  int patient = kOwnPatient;  // key of the patient's time in the picture; kOwnPatient: a patient of its own
  int earliest_day = 0;
  std::vector<Visit> visits;  // in protocol order, 1 or more
  std::vector<Lag> lags;
  std::vector<Interval> available;  // [start, start + duration) of each visit inside one of them
  std::vector<Interval> preferred;  // empty: no preference
  std::vector<int> continuity;      // role names that should keep one resource through the course
};

struct Block {
  int resource = 0;
  Interval interval;
  int load = 1;
};

// A whole problem: the clinic, its courses in order of arrival, and loads from outside.
struct Instance {
  std::string name;
  Clinic clinic;
  std::vector<std::string> patient_names;  // Course::patient indexes it
  std::vector<Course> courses;
  std::vector<Block> blocks;
};

// The objective, term by term.
struct CostTerms {
  Cost unscheduled = 0;
  Cost dropped = 0;
  Cost start_delay = 0;
  Cost gap = 0;
  Cost preference = 0;
  Cost handoff = 0;
  Cost move = 0;
  Cost reassign = 0;
  Cost day_cost = 0;

  Cost Total() const {
    return unscheduled + dropped + start_delay + gap + preference + handoff + move + reassign + day_cost;
  }
  CostTerms& operator+=(const CostTerms& other);
  friend bool operator==(const CostTerms&, const CostTerms&) = default;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_MODEL_H_
