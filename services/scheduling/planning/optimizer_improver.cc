#include "services/scheduling/planning/optimizer_improver.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "libs/base/status_macros.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/optimizer/whole/can_stand.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/whole/solve.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/courses_instance.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

// As in a repair; and nobody is left without a time for the sake of others.
optimizer::Weights WeightsOf(const ImproveQuestion& question) {
  constexpr optimizer::Cost kNever = 100'000'000;
  optimizer::Weights weights = kRepairWeights;
  weights.unscheduled = weights.dropped = kNever;
  weights.move = question.move_cost;
  return weights;
}

// Lives as long as anybody may ask what it has found.
class ClinicSearch : public std::enable_shared_from_this<ClinicSearch> {
 public:
  ClinicSearch(const PlanningPicture& picture, const ImproveQuestion& question, const SearchControl& control)
      : question_(question), control_(control), model_(picture, WeightsOf(question)) {}

  absl::StatusOr<ImproveAnswer> Run() {
    instance_ = MakeInstance(model_, question_.courses);
    for (optimizer::Course& course : instance_.courses) AllowWhatStands(instance_.clinic, course);
    RETURN_IF_ERROR(optimizer::ValidateInstance(instance_));
    Stand();
    const optimizer::Plans begin = BeginWith();
    Tell({.objective = best_});
    optimizer::SolveOptions options{.used = control_.used, .initial = &begin};
    options.report = [this](const optimizer::SolveProgress& progress) { Tell(progress); };
    const optimizer::SolveResult solved = optimizer::SolveWhole(instance_, options);
    Tell({solved.objective, solved.lower_bound, solved.ops, &solved.plans});
    answer_.weights = Explain(WeightsOf(question_));
    answer_.proved = solved.objective == solved.lower_bound;
    const optimizer::Picture picture(instance_.clinic);  // no day costs anything: what stands in it does not matter
    for (size_t i = 0; i < question_.courses.size(); ++i) {
      const optimizer::Course& course = instance_.courses[i];
      if (!standing_[i] || !solved.plans[i] || !Changes(course, *solved.plans[i])) continue;
      answer_.courses.push_back({.course = static_cast<int>(i),
                                 .before = PlanOf(picture, i, *standing_[i]),
                                 .after = PlanOf(picture, i, *solved.plans[i])});
    }
    return std::move(answer_);
  }

 private:
  // A rule that is broken as the course stands may be broken as much.
  static void AllowWhatStands(const optimizer::Clinic& clinic, optimizer::Course& course) {
    for (optimizer::Lag& lag : course.lags) {
      if (!course.visits[lag.from].current || !course.visits[lag.to].current) continue;
      const optimizer::Minute from = course.visits[lag.from].current->start;
      const optimizer::Minute to = course.visits[lag.to].current->start;
      const int days = optimizer::DayOf(to) - optimizer::DayOf(from);
      const optimizer::Minute minutes = clinic.RealTime(to) - clinic.RealTime(from);
      lag.min_days = std::min(lag.min_days, days);
      lag.min_minutes = std::min(lag.min_minutes, minutes);
      if (lag.max_days) lag.max_days = std::max(*lag.max_days, days);
      if (lag.max_minutes) lag.max_minutes = std::max(*lag.max_minutes, minutes);
    }
  }

  // Finds what stands, and fixes what cannot stand as it does: that is a repair's to settle.
  void Stand() {
    bool all = false;
    while (!all) {  // each round but the last fixes a course or more
      all = true;
      standing_.assign(instance_.courses.size(), std::nullopt);
      optimizer::Schedule schedule(instance_);
      for (size_t i = 0; i < instance_.courses.size(); ++i) {
        optimizer::Course& course = instance_.courses[i];
        const int index = static_cast<int>(i);
        if (schedule.Scheduled(index)) continue;
        std::optional<std::vector<optimizer::Placement>> plan = optimizer::StandingPlan(instance_.clinic, course);
        if (plan && schedule.Fits(index, *plan)) {
          schedule.Place(index, *plan);
          standing_[i] = std::move(plan);
          continue;
        }
        course.lags.clear();
        for (optimizer::Visit& visit : course.visits) visit.fixed = true;
        all = false;
      }
      answer_.progress.initial_cost = best_ = schedule.objective();
    }
  }

  // What stands, with courses where they were found before: those of them that can stand there, all together, where
  // that costs less.
  optimizer::Plans BeginWith() {
    std::map<int, std::vector<optimizer::Placement>> found;
    for (const FoundPlan& plan : question_.begin) {
      if (!standing_[plan.course]) continue;
      auto placements =
          model_.Placements(question_.courses[plan.course].question, instance_.courses[plan.course], plan.visits);
      if (placements) found[plan.course] = *std::move(placements);
    }
    while (!found.empty()) {  // each round but the last leaves a course or more as it stands
      optimizer::Plans begin = standing_;
      optimizer::Schedule schedule(instance_);
      for (int i = 0; i < schedule.size(); ++i) {
        if (standing_[i] && !found.contains(i)) schedule.Place(i, *standing_[i]);
      }
      const size_t before = found.size();
      for (auto it = found.begin(); it != found.end();) {
        const auto& [course, plan] = *it;
        if (!schedule.Fits(course, plan)) {
          it = found.erase(it);
          continue;
        }
        schedule.Place(course, plan);
        begin[course] = plan;
        ++it;
      }
      if (found.size() != before) continue;
      if (schedule.objective() >= best_) return standing_;
      best_ = schedule.objective();
      return begin;
    }
    return standing_;
  }

  // The search tells of what stands too where it was given better.
  void Tell(const optimizer::SolveProgress& progress) {
    if (progress.plans != nullptr && progress.objective < best_) {
      best_ = progress.objective;
      auto plans = std::make_shared<const optimizer::Plans>(*progress.plans);  // it goes on from there at once
      control_.found([search = shared_from_this(), plans = std::move(plans)] { return search->FoundIn(*plans); });
    }
    answer_.progress.cost = best_;
    answer_.progress.lower_bound = progress.lower_bound;
    answer_.progress.steps = progress.ops;
    control_.report(answer_.progress);
  }

  std::vector<FoundPlan> FoundIn(const optimizer::Plans& plans) const {
    std::vector<FoundPlan> found;
    for (size_t i = 0; i < plans.size(); ++i) {
      const optimizer::Course& course = instance_.courses[i];
      if (!standing_[i] || !plans[i] || !Changes(course, *plans[i])) continue;
      found.push_back({static_cast<int>(i), model_.Visits(question_.courses[i].question, course, *plans[i])});
    }
    return found;
  }

  bool Changes(const optimizer::Course& course, const std::vector<optimizer::Placement>& plan) const {
    for (size_t v = 0; v < course.visits.size(); ++v) {
      const optimizer::Visit& visit = course.visits[v];
      if (visit.fixed) continue;
      if (visit.current->start != plan[v].start || !optimizer::SameResources(instance_.clinic, visit, plan[v])) {
        return true;
      }
    }
    return false;
  }

  CoursePlan PlanOf(const optimizer::Picture& picture, size_t i, const std::vector<optimizer::Placement>& plan) const {
    return model_.Answer(question_.courses[i].question, instance_.courses[i], plan,
                         optimizer::CostOfPlan(picture, instance_.courses[i], plan));
  }

  const ImproveQuestion& question_;
  const SearchControl& control_;
  ClinicModel model_;
  optimizer::Instance instance_;
  optimizer::Plans standing_;
  optimizer::Cost best_ = 0;
  ImproveAnswer answer_;
};

}  // namespace

absl::StatusOr<ImproveAnswer> OptimizerImprover::Improve(const PlanningPicture& picture,
                                                         const ImproveQuestion& question,
                                                         const SearchControl& control) {
  if (question.courses.empty()) return ImproveAnswer{.weights = Explain(WeightsOf(question)), .proved = true};
  return std::make_shared<ClinicSearch>(picture, question, control)->Run();
}

}  // namespace kat::scheduling
