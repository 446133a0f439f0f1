#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICER_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICER_H_

#include <cstdint>
#include <vector>

#include "services/scheduling/optimizer/bound/priced_course.h"
#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/bound/visit_costs.h"

namespace kat::optimizer {

// Finds what a course costs at least under prices: days and lags exact, each visit at its cheapest start and resources
// of its day, its visits not in each other's way, and more than two handoffs in a role counted as two.
class Pricer {
 public:
  struct Answer {
    int64_t cost = 0;  // no plan of the course costs less, in units; at most `limit`
    bool placed = false;
    std::vector<Placement> visits;  // by position, where placed
  };

  explicit Pricer(Prices& prices) : prices_(&prices), costs_(prices) {}

  Answer Price(const PricedCourse& course, int64_t limit);

  int64_t ops() const { return ops_ + costs_.ops(); }

 private:
  static constexpr int64_t kNever = VisitCosts::kNever;
  static constexpr int kMostNodes = 3000;
  static constexpr size_t kMostWays = 20'000;
  static constexpr int64_t kMostOps = 5'000'000;  // of one course under one set of prices

  struct Known {
    uint32_t stamp = 0;
    int64_t cost = 0;
  };

  void Search(bool handoffs, Answer& answer);
  bool Spent() const { return ops() > most_ops_; }
  int64_t LeastWith(int c, int way);
  int64_t Bare(const std::vector<int>& choice);
  void Begin(const std::vector<int>& choice);
  int64_t Around(int position, int day);  // of it and the trees below it
  int64_t Below(int position, int parent_day);
  int64_t Root(int position);
  void Descend(int position, int64_t cost, int64_t rest);
  int64_t Gap(const PairLag& lag, int days) const;

  Prices* prices_;
  VisitCosts costs_;
  const PricedCourse* course_ = nullptr;
  const CourseProblem* problem_ = nullptr;
  int days_ = 0;
  std::vector<std::vector<int64_t>> least_with_;  // [continuity role][way]; -1: not known
  int64_t any_ = 0;                               // in any hands, handoffs apart
  int64_t constant_ = 0;
  int64_t floor_ = 0;  // of what searches cut short may have missed
  uint32_t stamp_ = 0;
  std::vector<Known> around_, below_, roots_;  // [position][day]
  std::vector<int> day_, best_day_;
  struct Child {
    int64_t bound, own, rest;
    int day;
  };
  std::vector<std::vector<Child>> children_;
  int64_t best_ = 0;
  bool found_ = false;
  int nodes_ = 0;
  int64_t ops_ = 0, most_ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICER_H_
