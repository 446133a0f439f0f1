#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_

#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/scheduling/optimizer/cells.h"
#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

// A visit of the course on a day, with the option that says in whose hands.
struct Chosen {
  int position = 0;
  int day = 0;
  int option = 0;  // of its cell
};

// Visits of one course that meet (common minutes, opened days or lags in minutes) are held at once: for the days and
// hands given, this finds the starts and resources of least cost together, exactly.
class Meetings {
 public:
  explicit Meetings(Cells& cells) : cells_(&cells) {}

  void Reset(const CourseProblem& problem, const Hands& hands);

  // Whether the two can be in each other's way on these days.
  bool Meet(const Chosen& a, const Chosen& b);

  // The least cost of all of `visits` (ascending positions) together; kInfiniteCost where they cannot be held so. Where
  // `placements` is given it gets where each stands. Gives up, and answers nullopt, after `budget_ops`.
  std::optional<Cost> Solve(std::span<const Chosen> visits, int64_t budget_ops, std::vector<Placement>* placements);

  int64_t ops() const { return ops_; }

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
    Cost least;       // of it and all after it
    Minute use_from;  // all minutes and hence all resources that it may use at any start
    Minute use_to;
    Placement placement;
    std::unique_ptr<Assigner> assigner;
  };

  std::vector<int> KeyOf(std::span<const Chosen> visits, bool any_hands) const;
  // Whether the visits cannot be held on their days in anybody's hands. Asked once a try with given hands has failed.
  bool AreDead(std::span<const Chosen> visits);
  void Prepare(std::span<const Chosen> visits, bool any_hands);
  Cost PlaceAll();
  void Place(size_t i, Cost cost);
  bool Keeps(size_t i, Minute start) const;
  bool Overlaps(size_t i, Minute start) const;

  Cells* cells_;
  const CourseProblem* problem_ = nullptr;
  const Hands* hands_ = nullptr;
  std::vector<Member> members_;
  size_t count_ = 0;
  bool day_costs_ = false;
  bool any_plan_ = false;
  Cost best_ = 0;
  bool blocked_ = false;  // some resource was refused because of pending uses since this was last cleared
  int64_t ops_ = 0, stop_ops_ = 0;
  Pending pending_;
  std::vector<Placement>* out_ = nullptr;
  absl::flat_hash_map<std::vector<int>, Cost> known_;
  absl::flat_hash_map<std::vector<int>, bool> dead_;  // by positions and days
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_MEETINGS_H_
