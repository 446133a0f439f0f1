#include "services/scheduling/optimizer/plan_course.h"

#include <algorithm>
#include <utility>

#include "services/scheduling/optimizer/course_problem.h"
#include "services/scheduling/optimizer/course_search.h"
#include "services/scheduling/optimizer/start_index.h"

namespace kat::optimizer {
namespace {

// The starts that a patient takes for the same as `start`: the same day, and less than `distinct` minutes away.
Interval SameStarts(Minute start, Minute distinct) {
  const Minute midnight = DayOf(start) * kMinutesPerDay;
  return {std::max(midnight, start - distinct + 1), std::min(midnight + kMinutesPerDay, start + distinct)};
}

// A part of the plans not given yet, by further rules, and the best plan in it.
struct Part {
  std::vector<VisitRule> rules;
  CoursePlan plan;
  Cost cost = kInfiniteCost;
};

}  // namespace

class CoursePlanner::Impl {
 public:
  explicit Impl(const Picture& picture) : index_(picture), search_(index_) {}

  const Clinic& clinic() const { return index_.clinic(); }
  StartIndex& starts() { return index_; }

  CoursePlans Plan(const Course& course, const PlanOptions& options) {
    CoursePlans result;
    Part best;
    best.rules = options.rules;
    Solve(course, options, options.cost_limit, best, result);
    result.lower_bound = first_bound_;
    if (best.cost >= kInfiniteCost) return result;
    // Lawler's partition: what remains beside a plan are the plans that first differ from it in visit 1, in visit 2, …
    std::vector<Part> parts;
    while (true) {
      result.plans.push_back(best.plan);
      if (static_cast<int>(result.plans.size()) >= options.k) break;
      std::vector<VisitRule> rules = best.rules;
      for (int i : DistinctVisits(course, options)) {
        const Interval same = SameStarts(best.plan.visits[i].start, options.distinct_minutes);
        Part part;
        part.rules = rules;
        part.rules.push_back({i, std::nullopt, {same}});
        Solve(course, options, MostUseful(parts, options.k - result.plans.size(), options.cost_limit), part, result);
        if (part.cost < kInfiniteCost) parts.push_back(std::move(part));
        rules.push_back({i, std::vector<Interval>{same}, {}});
      }
      if (parts.empty()) break;
      auto next =
          std::min_element(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.cost < b.cost; });
      best = std::move(*next);
      parts.erase(next);
    }
    return result;
  }

 private:
  // What another part must cost less than to be among the `wanted` next plans.
  static Cost MostUseful(const std::vector<Part>& parts, size_t wanted, Cost limit) {
    if (parts.size() < wanted) return limit;
    std::vector<Cost> costs;
    for (const Part& part : parts) costs.push_back(part.cost);
    std::nth_element(costs.begin(), costs.begin() + (wanted - 1), costs.end());
    return std::min(limit, costs[wanted - 1]);
  }

  static std::vector<int> DistinctVisits(const Course& course, const PlanOptions& options) {
    std::vector<int> visits;
    for (size_t i = 0; i < course.visits.size(); ++i) {
      const int visit = static_cast<int>(i);
      const bool counts = options.distinct_visits.empty() ||
                          std::find(options.distinct_visits.begin(), options.distinct_visits.end(), visit) !=
                              options.distinct_visits.end();
      if (!course.visits[i].fixed && counts) visits.push_back(visit);
    }
    return visits;
  }

  // The best plan of the part that costs less than `limit`.
  void Solve(const Course& course, const PlanOptions& options, Cost limit, Part& part, CoursePlans& result) {
    first_bound_ = limit;
    // Rules alone differ from one question about a course to the next.
    const PlanOptions* asked = &options;
    PlanOptions ruled;
    if (part.rules.size() != options.rules.size()) {
      ruled.rules = part.rules;
      ruled.day_prices = options.day_prices;
      ruled.untidy = options.untidy;
      asked = &ruled;
    }
    if (!problem_.Build(index_, course, *asked)) return;
    CourseSearch::Result found = search_.Run(problem_, {limit, options.budget_ops, options.time_limit});
    result.ops += found.ops;
    result.proved = result.proved && found.proved;
    first_bound_ = found.lower_bound;
    if (!found.found) return;
    part.cost = found.cost;
    part.plan.visits.resize(course.visits.size());
    for (size_t i = 0; i < course.visits.size(); ++i) {
      if (course.visits[i].fixed) part.plan.visits[i].start = course.visits[i].current->start;
    }
    for (int p = 0; p < problem_.size(); ++p) {
      part.plan.visits[problem_.visit(p).index] = std::move(found.placements[p]);
    }
    part.plan.cost = CostOfPlan(index_.picture(), course, part.plan.visits);
    if (!found.any_hands) return;
    part.cost = part.plan.cost.Total();
    if (part.cost >= limit) part.cost = kInfiniteCost;
  }

  StartIndex index_;
  CourseProblem problem_;
  CourseSearch search_;
  Cost first_bound_ = 0;
};

CoursePlanner::CoursePlanner(const Picture& picture) : impl_(std::make_unique<Impl>(picture)) {}
CoursePlanner::~CoursePlanner() = default;
CoursePlanner::CoursePlanner(CoursePlanner&&) noexcept = default;
CoursePlanner& CoursePlanner::operator=(CoursePlanner&&) noexcept = default;

CoursePlans CoursePlanner::Plan(const Course& course, const PlanOptions& options) {
  return impl_->Plan(course, options);
}

const Clinic& CoursePlanner::clinic() const { return impl_->clinic(); }
StartIndex& CoursePlanner::starts() { return impl_->starts(); }

CoursePlans PlanCourse(const Picture& picture, const Course& course, const PlanOptions& options) {
  return CoursePlanner(picture).Plan(course, options);
}

}  // namespace kat::optimizer
