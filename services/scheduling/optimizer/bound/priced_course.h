#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_

#include <cstdint>
#include <vector>

#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

// A course as pricing sees it, made once.
class PricedCourse {
 public:
  // Starts that cost the same extra, on one day.
  struct Range {
    int16_t first, last;
    int64_t extra;  // preference and move, in units
    bool stands;    // the one at which the visit stands today
  };

  PricedCourse(const Prices& prices, StartIndex& index, const Course& course);

  bool possible() const { return possible_; }
  const CourseProblem& problem() const { return problem_; }
  // Visits of one class have the same starts on each day.
  int ClassOf(int position) const { return class_of_[position]; }
  int num_classes() const { return static_cast<int>(representative_.size()); }
  int Representative(int visit_class) const { return representative_[visit_class]; }
  // On the class's day.
  std::span<const Range> Ranges(int visit_class, int day) const {
    const size_t at = static_cast<size_t>(visit_class) * days_ + day;
    return {ranges_.data() + first_range_[at], ranges_.data() + first_range_[at + 1]};
  }
  // Where a visit of the class stands today, the candidate of each role; empty where it could not stand so again.
  const std::vector<int>& Standing(int visit_class) const { return standing_[visit_class]; }
  int64_t reassign() const { return reassign_; }  // in units
  // The ways to choose hands for a continuity role: any, at the cost of one handoff or, where those that one handoff
  // allows are ways of their own, two; one resource or the fixed visits', at no cost; one more, at that of a handoff.
  struct Hands {
    std::vector<int> hands;  // resources; empty: any
    int64_t extra = 0;
  };
  const std::vector<Hands>& HandsOf(int c) const { return hands_[c]; }

 private:
  void MakeClasses();
  void MakeRanges(const Prices& prices, const StartIndex& index);
  void MakeStanding(const Prices& prices, const StartIndex& index);
  void MakeHands(const Prices& prices, const StartIndex& index);

  CourseProblem problem_;
  bool possible_;
  int days_;
  std::vector<int> class_of_, representative_;
  std::vector<uint32_t> first_range_;
  std::vector<Range> ranges_;
  std::vector<std::vector<int>> standing_;
  int64_t reassign_ = 0;
  std::vector<std::vector<Hands>> hands_;
};

// Finds what a course costs at least under prices: days and lags exact, each visit at its cheapest start and resources
// of its day, its visits not in each other's way, and more than two handoffs in a role counted as two.
class Pricer {
 public:
  struct Answer {
    int64_t cost = 0;  // no plan of the course costs less, in units; at most `limit`
    bool placed = false;
    std::vector<Placement> visits;  // by position, where placed
  };

  explicit Pricer(Prices& prices) : prices_(&prices) {}

  Answer Price(const PricedCourse& course, int64_t limit);

  int64_t ops() const { return ops_; }

 private:
  static constexpr int64_t kNever = int64_t{1} << 60;
  static constexpr int kMostNodes = 3000;
  static constexpr size_t kMostWays = 20'000;
  static constexpr int64_t kMostOps = 5'000'000;  // of one course under one set of prices

  struct Known {
    uint32_t stamp = 0;
    int64_t cost = 0;
  };

  void Search(bool handoffs, Answer& answer);
  bool Spent() const { return ops_ + prices_->ops() > most_ops_; }
  int64_t LeastWith(int c, int way);
  int64_t Bare(const std::vector<int>& choice);
  void Begin(const std::vector<int>& choice);
  // `slot`, `stays`: where that is, and whether in the hands in which it stands today.
  int64_t Cell(int position, int day, int* slot = nullptr, bool* stays = nullptr);
  bool Allowed(int position, size_t role, int resource) const;
  int64_t Staying(int position, int day, int slot);
  int64_t Around(int position, int day);  // of it and the trees below it
  int64_t Below(int position, int parent_day);
  int64_t Root(int position);
  void Descend(int position, int64_t cost, int64_t rest);
  const int32_t* RoleCosts(int position, size_t role, int day);
  Placement Place(int position, int day);
  int64_t Gap(const PairLag& lag, int days) const;

  Prices* prices_;
  const PricedCourse* course_ = nullptr;
  const CourseProblem* problem_ = nullptr;
  int days_ = 0;
  std::vector<int> choice_;                       // [continuity role]: of PricedCourse::HandsOf
  std::vector<std::vector<int64_t>> least_with_;  // [continuity role][way]; -1: not known
  int64_t any_ = 0;                               // in any hands, handoffs apart
  int64_t constant_ = 0;
  int64_t floor_ = 0;  // of what searches cut short may have missed
  uint32_t stamp_ = 0;
  std::vector<Known> cells_, around_, below_, roots_;  // [class or position][day]
  std::vector<std::vector<int32_t>> scratch_;
  std::vector<int32_t> sums_;
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

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_
