#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "services/scheduling/optimizer/bound/prices.h"
#include "services/scheduling/optimizer/course_problem.h"

namespace kat::optimizer {

// One of `hands` alone may serve a visit in a role.
struct HandLimit {
  size_t visit;            // in Course::visits
  size_t role;             // in VisitType::roles
  std::vector<int> hands;  // resources
};

// A course as pricing sees it, made once.
class PricedCourse {
 public:
  // Candidates of a continuity role that are told apart by twos: with more, two handoffs count as one.
  static constexpr size_t kMostApart = 6;

  // Starts that cost the same extra, on one day.
  struct Range {
    int16_t first, last;
    int64_t extra;  // preference and move, in units
    bool stands;    // the one at which the visit stands today
  };

  // `limits`: at most one for each role of a visit.
  PricedCourse(const Prices& prices, StartIndex& index, const Course& course,
               const std::vector<HandLimit>& limits = {});

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
  // The candidates that may serve a visit of the class in a role; nothing where all may.
  const std::optional<std::vector<int>>& Allowed(int visit_class, size_t role) const {
    return allowed_[visit_class][role];
  }
  int64_t reassign() const { return reassign_; }  // in units
  // The ways to choose hands for a continuity role: any, at the cost of one handoff or, where those that one handoff
  // allows are ways of their own, two; one resource or the fixed visits', at no cost; one more, at that of a handoff.
  struct Hands {
    std::vector<int> hands;  // resources; empty: any
    int64_t extra = 0;
  };
  const std::vector<Hands>& HandsOf(int c) const { return hands_[c]; }

 private:
  void MakeClasses(const std::vector<HandLimit>& limits);
  void MakeAllowed(const StartIndex& index, const std::vector<HandLimit>& limits);
  void MakeRanges(const Prices& prices, const StartIndex& index);
  void MakeStanding(const Prices& prices, const StartIndex& index);
  void MakeHands(const Prices& prices, const StartIndex& index);
  std::vector<int> NeededHands(int c, const StartIndex& index) const;

  CourseProblem problem_;
  bool possible_;
  int days_;
  std::vector<int> class_of_, representative_;
  std::vector<uint32_t> first_range_;
  std::vector<Range> ranges_;
  std::vector<std::vector<int>> standing_;
  std::vector<std::vector<std::optional<std::vector<int>>>> allowed_;  // [class][role]
  int64_t reassign_ = 0;
  std::vector<std::vector<Hands>> hands_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BOUND_PRICED_COURSE_H_
