#include "services/scheduling/planning/optimizer_repairer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "libs/base/status_macros.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/optimizer/whole/solve.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/courses_instance.h"
#include "services/scheduling/planning/deviation.h"
#include "services/scheduling/planning/reasons.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int64_t kTogetherOps = 400'000;  // about 15 ms: a repair is waited for
constexpr int64_t kOptionOps = 40'000;     // of one course's alternatives
constexpr int64_t kReasonOps = 20'000;     // of one question of many

class Repair {
 public:
  Repair(const PlanningPicture& picture, const RepairQuestion& question)
      : question_(question), model_(picture, kRepairWeights) {
    answer_.weights = Explain(kRepairWeights);
  }

  absl::StatusOr<RepairAnswer> Run() {
    Build();
    RETURN_IF_ERROR(optimizer::ValidateInstance(instance_));
    PlaceTogether();
    answer_.courses.resize(question_.courses.size());
    picture_.emplace(instance_.clinic);
    for (const optimizer::Block& block : instance_.blocks) picture_->AddBlock(block);
    for (const optimizer::Course& course : instance_.courses) picture_->AddCourse(course, /*fixed_only=*/true);
    for (size_t i = 0; i < courses_.size(); ++i) {
      if (plans_[i]) Stand(i, *plans_[i], true);
    }
    optimizer::CoursePlanner planner(*picture_);
    // First what could not be placed with the others: alternatives of these are looked for around it.
    for (size_t i = 0; i < courses_.size(); ++i) {
      if (!plans_[i]) PlaceLate(planner, i);
    }
    for (size_t i = 0; i < courses_.size(); ++i) {
      if (plans_[i] && (Wants(i) || Changes(i))) AddOptions(planner, i);
    }
    return std::move(answer_);
  }

 private:
  void Build() {
    instance_ = MakeInstance(model_, question_.courses);
    courses_.assign(instance_.courses.begin(), instance_.courses.begin() + static_cast<int>(question_.courses.size()));
  }

  // A course that finds no place with the others stays as it is, so that nobody is put where it still stands.
  void PlaceTogether() {
    while (true) {  // each round but the last leaves one course or more as it is
      optimizer::SolveOptions options{.budget_ops = kTogetherOps};
      const optimizer::SolveResult solved = optimizer::SolveWhole(instance_, options);
      answer_.steps += solved.ops;
      answer_.lower_bound = solved.lower_bound;
      answer_.proved = solved.objective == solved.lower_bound;
      plans_.assign(solved.plans.begin(), solved.plans.begin() + static_cast<int>(courses_.size()));
      bool all = true;
      for (size_t i = 0; i < courses_.size(); ++i) {
        if (IsFrozen(i)) plans_[i].reset();
        if (plans_[i] || IsFrozen(i)) continue;
        Freeze(i);
        all = false;
      }
      if (all) return;
    }
  }

  bool IsFrozen(size_t i) const { return frozen_.contains(i); }

  void Freeze(size_t i) {
    frozen_.insert(i);
    optimizer::Course& course = instance_.courses[i];
    course.lags.clear();
    std::erase_if(course.visits, [](const optimizer::Visit& visit) { return !visit.current; });
    for (optimizer::Visit& visit : course.visits) visit.fixed = true;
    if (course.visits.empty()) {
      course.visits.push_back({.id = "nothing",
                               .type = courses_[i].visits.back().type,
                               .current = optimizer::Standing{.start = -optimizer::kMinutesPerDay},
                               .fixed = true});
    }
  }

  void Stand(size_t i, const std::vector<optimizer::Placement>& visits, bool add) {
    for (size_t v = 0; v < courses_[i].visits.size(); ++v) {
      if (courses_[i].visits[v].fixed) continue;
      if (add) {
        picture_->AddVisit(courses_[i].visits[v].type, visits[v], courses_[i].patient);
      } else {
        picture_->RemoveVisit(courses_[i].visits[v].type, visits[v], courses_[i].patient);
      }
    }
  }

  std::vector<int> Wanted(size_t i) const {
    std::vector<int> wanted;
    const PlanningQuestion& question = question_.courses[i].question;
    for (size_t v = 0; v < question.visits.size(); ++v) {
      if (question.visits[v].near_day && !question.visits[v].fixed) wanted.push_back(static_cast<int>(v));
    }
    return wanted;
  }
  bool Wants(size_t i) const { return !Wanted(i).empty(); }
  bool Changes(size_t i) const {
    for (size_t v = 0; v < courses_[i].visits.size(); ++v) {
      const optimizer::Visit& visit = courses_[i].visits[v];
      if (visit.fixed) continue;
      if (!visit.current || visit.current->start != (*plans_[i])[v].start) return true;
      if (!optimizer::SameResources(instance_.clinic, visit, (*plans_[i])[v])) return true;
    }
    return false;
  }

  void Give(size_t i, const std::vector<optimizer::Placement>& visits, const optimizer::CostTerms& cost) {
    answer_.courses[i].options.push_back(model_.Answer(question_.courses[i].question, courses_[i], visits, cost));
  }

  void AddOptions(optimizer::CoursePlanner& planner, size_t i) {
    Stand(i, *plans_[i], false);
    Give(i, *plans_[i], optimizer::CostOfPlan(*picture_, courses_[i], *plans_[i]));
    const std::vector<int> wanted = Wanted(i);
    if (question_.max_options > 1 && !wanted.empty()) {
      const optimizer::CoursePlans plans =
          planner.Plan(courses_[i], {.k = question_.max_options, .distinct_visits = wanted, .budget_ops = kOptionOps});
      answer_.steps += plans.ops;
      for (const optimizer::CoursePlan& plan : plans.plans) {
        if (static_cast<int>(answer_.courses[i].options.size()) >= question_.max_options) break;
        const bool same = std::all_of(wanted.begin(), wanted.end(),
                                      [&](int v) { return plan.visits[v].start == (*plans_[i])[v].start; });
        if (!same) Give(i, plan.visits, plan.cost);
      }
    }
    Stand(i, *plans_[i], true);
  }

  void PlaceLate(optimizer::CoursePlanner& planner, size_t i) {
    const optimizer::Course& asked = courses_[i];
    picture_->RemoveCourse(instance_.courses[i], /*fixed_only=*/true);
    picture_->AddCourse(asked, /*fixed_only=*/true);
    if (question_.allow_deviations) {
      const optimizer::CoursePlans plans =
          PlanWithDeviation(planner, asked, {.k = question_.max_options, .distinct_visits = Wanted(i)});
      answer_.steps += plans.ops;
      answer_.proved = false;
      for (const optimizer::CoursePlan& plan : plans.plans) Give(i, plan.visits, plan.cost);
      if (!plans.plans.empty()) {
        Stand(i, plans.plans[0].visits, true);
        return;
      }
    }
    answer_.courses[i].reasons = WhyNot(model_, *picture_, asked, kReasonOps);
    picture_->RemoveCourse(asked, /*fixed_only=*/true);
    picture_->AddCourse(instance_.courses[i], /*fixed_only=*/true);
  }

  const RepairQuestion& question_;
  ClinicModel model_;
  std::vector<optimizer::Course> courses_;  // as asked
  optimizer::Instance instance_;            // courses_ first, as they are solved
  std::set<size_t> frozen_;
  std::vector<std::optional<std::vector<optimizer::Placement>>> plans_;
  std::optional<optimizer::Picture> picture_;
  RepairAnswer answer_;
};

}  // namespace

absl::StatusOr<RepairAnswer> OptimizerRepairer::Repair(const PlanningPicture& picture, const RepairQuestion& question) {
  if (question.courses.empty()) return RepairAnswer{.proved = true};
  return scheduling::Repair(picture, question).Run();
}

}  // namespace kat::scheduling
