#include "services/scheduling/optimizer/relaxed.h"

#include <algorithm>

namespace kat::optimizer {

Relaxed::Relaxed(const Picture& picture, const Course& given, int64_t budget_ops)
    : course(given),
      known_days_(picture.clinic().days),
      known_resources_(picture.clinic().resources.size()),
      clinic_(std::make_unique<Clinic>(picture.clinic())),
      weights_(picture.clinic().weights),
      budget_ops_(budget_ops) {
  const Clinic& known = picture.clinic();
  // A gone resource keeps its index relative to the end of the list.
  const int shift = static_cast<int>(known.tag_names.size());
  for (Visit& visit : course.visits) {
    if (!visit.current) continue;
    for (RoleAssignment& assigned : visit.current->assign) {
      if (assigned.resource >= static_cast<int>(known_resources_)) assigned.resource += shift;
    }
  }
  clinic_->days += kMoreDays;
  // What a resource cannot do is a block here, its own hours included.
  for (Resource& resource : clinic_->resources) {
    resource.windows = {{picture.first_day() * kMinutesPerDay, picture.end_day() * kMinutesPerDay}};
  }
  for (size_t tag = 0; tag < known.tag_names.size(); ++tag) {
    Resource more;
    more.capacity = 1 << 30;
    clinic_->resources.push_back(std::move(more));
  }
  more_of_tag.resize(known.tag_names.size());
  picture_ = std::make_unique<Picture>(*clinic_);
  for (int day = picture.first_day(); day < picture.end_day(); ++day) {
    for (size_t r = 0; r < known_resources_; ++r) {
      const std::vector<Picture::Step>& steps = picture.Day(static_cast<int>(r), day);
      const int capacity = known.resources[r].capacity;
      if (picture.IsOpen(static_cast<int>(r), day)) picture_->KeepOpen(static_cast<int>(r), day);
      for (size_t i = 0; i < steps.size(); ++i) {
        const int64_t taken = std::min<int64_t>(capacity, capacity - steps[i].free);
        if (taken <= 0) continue;
        const Minute end = i + 1 < steps.size() ? steps[i + 1].from : kMinutesPerDay;
        picture_->AddBlock({static_cast<int>(r),
                            {day * kMinutesPerDay + steps[i].from, day * kMinutesPerDay + end},
                            static_cast<int>(taken)});
      }
    }
  }
  for (const Interval& time : picture.PatientTime(course.patient)) picture_->AddPatientTime(course.patient, time);
}

std::optional<CoursePlan> Relaxed::Solve(const Weights& weights, bool& settled) {
  clinic_->weights = weights;
  for (size_t tag = 0; tag < more_of_tag.size(); ++tag) {
    const int resource = static_cast<int>(known_resources_ + tag);
    clinic_->resources[resource].day_cost = more_day_cost;
    // A role without usage needs nobody's hours: where nobody more is asked for, nobody more may hold the tag.
    clinic_->resources[resource].tags.clear();
    if (!more_of_tag[tag].empty() || more_days > 0) {
      clinic_->resources[resource].tags.push_back({static_cast<int>(tag), std::nullopt});
    }
    std::vector<Interval> windows = more_of_tag[tag];
    if (more_days > 0) {
      const Minute horizon = known_days_ * kMinutesPerDay;
      if (!windows.empty() && windows.back().to >= horizon) {
        windows.back().to = Always()[0].to;
      } else {
        windows.push_back({horizon, Always()[0].to});
      }
    }
    picture_->SetWindows(resource, windows);
  }
  PlanOptions options;
  options.budget_ops = budget_ops_;
  for (size_t i = 0; i < course.visits.size(); ++i) {
    VisitRule rule;
    rule.visit = static_cast<int>(i);
    rule.starts_in = {{0, (known_days_ + more_days) * kMinutesPerDay}};
    options.rules.push_back(std::move(rule));
  }
  CoursePlans plans = PlanCourse(*picture_, course, options);
  ops_ += plans.ops;
  if (plans.plans.empty()) {
    settled = settled && plans.proved;
    return std::nullopt;
  }
  return std::move(plans.plans[0]);
}

std::optional<CoursePlan> Relaxed::Plan(bool& settled) { return Solve(weights_, settled); }

bool Relaxed::Fits(bool& settled) {
  // Without weights the first plan is the best.
  return Solve(Weights{}, settled).has_value();
}

}  // namespace kat::optimizer
