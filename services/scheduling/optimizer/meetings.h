#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/key_table.h"

namespace kat::optimizer {

// A visit of the course on a day, with the option that says in whose hands.
struct Chosen {
  int position = 0;
  int day = 0;
  int option = 0;  // of Cells
};

// Visits of one course that meet (common minutes, opened days or lags in minutes) are held at once: for the days and
// hands given, this finds the starts and resources of least cost together, exactly.
class Meetings {
 public:
  Meetings(Cells& cells, Effort& effort) : cells_(&cells), effort_(&effort) {}

  void Reset(const CourseProblem& problem, const Hands& hands);

  // Whether the two can be in each other's way on these days.
  bool Meet(const Chosen& a, const Chosen& b);

  // The least cost of all of `visits` (ascending positions) together; kInfiniteCost where they cannot be held so. Where
  // `placements` is given it gets where each stands. Gives up, and answers nullopt, when the effort is spent.
  std::optional<Cost> Solve(std::span<const Chosen> visits, std::vector<Placement>* placements);

 private:
  struct Start {
    Cost cost;
    int slot;
  };
  struct Member {
    Chosen chosen;
    const FreeVisit* free;
    DaySlots slots;
    std::vector<bits::Word> mask;
    std::vector<Start> starts;  // by cost, then slot
    std::vector<int> forced;
    Cost least;  // of the starts of it and all after it
    Placement placement;
    std::unique_ptr<Assigner> assigner;
  };

  std::span<const int> KeyOf(std::span<const Chosen> visits, bool any_hands);
  // Finds whether the visits cannot be held on their days in anybody's hands, once a try with given hands has failed.
  void FindDead(std::span<const Chosen> visits);
  void Prepare(std::span<const Chosen> visits, bool any_hands);
  Cost PlaceAll();
  void Place(size_t i, Cost cost, Cost opened);
  void AddToFloor(const Member& member, const Cell& cell);
  bool Keeps(size_t i, Minute start) const;

  Cells* cells_;
  Effort* effort_;
  const CourseProblem* problem_ = nullptr;
  const Hands* hands_ = nullptr;
  std::vector<Member> members_;
  size_t count_ = 0;
  std::vector<std::pair<int, int>> floor_;  // (resource, day): opened however the visits are placed
  Cost opened_floor_ = 0;
  bool any_plan_ = false;
  Cost best_ = 0;
  Pending pending_;
  std::vector<Placement>* out_ = nullptr;
  std::vector<int> key_;
  KeyTable<Cost> known_;
  KeyTable<uint8_t> dead_;  // by positions and days
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_
