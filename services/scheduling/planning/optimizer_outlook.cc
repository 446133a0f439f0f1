#include "services/scheduling/planning/optimizer_outlook.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/plan_course.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/planning/clinic_model.h"
#include "services/scheduling/planning/reasons.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int64_t kPlaceOps = 100'000;  // of one course of many: about 3 ms where the search does not end before
constexpr int64_t kReasonOps = 20'000;  // of one question of many
constexpr int kPlenty = 100'000;        // of a resource: more than any week's new courses use at once

// A calendar on which nobody works.
Availability Never() { return {.weekly = {{.minutes = {0, 1}, .effective_until = absl::CivilDay(1970, 1, 1)}}}; }

// Stands for plenty with a tag, to see what else is short.
ResourceKey PlentyOf(const std::string& tag) {
  return MakeKey(ResourceKind::kEquipment, absl::StrCat("-plenty-", tag));
}

// The clinic's resources, and those of what-ifs and plenty with each tag as they are before: there, and never at work.
ResourceMap WithAdded(const PlanningPicture& picture, const std::vector<WhatIf>& what_ifs) {
  ResourceMap all = picture.resources;
  const auto add = [&](Resource resource) {
    resource.availability = Never();
    all[resource.key] = std::move(resource);
  };
  for (const WhatIf& what_if : what_ifs) {
    for (const Resource& added : what_if.resources) add(added);
  }
  for (const auto& [id, type] : picture.visit_types) {
    for (const VisitRole& role : type.roles) {
      add({.key = PlentyOf(role.tag), .tags = {{.tag = role.tag}}, .capacity = kPlenty});
    }
  }
  return all;
}

class Projection {
 public:
  Projection(const PlanningPicture& picture, const OutlookQuestion& question)
      : question_(question),
        resources_(WithAdded(picture, question.what_ifs)),
        input_{picture.clinic,        resources_,  picture.visit_types, picture.commitments,
               picture.patient_times, picture.now, picture.first_day,   picture.days},
        model_(input_, kWeights) {}

  absl::StatusOr<OutlookAnswer> Run() {
    RETURN_IF_ERROR(Build());
    optimizer::Picture picture(model_.clinic());
    for (const optimizer::Block& block : model_.Blocks()) picture.AddBlock(block);
    optimizer::CoursePlanner planner(picture);
    for (const optimizer::Course& course : expected_) {
      if (!Place(picture, planner, course, &answer_.expected)) ++answer_.unplaced_courses;
    }
    answer_.unplaced_pipeline.assign(question_.weeks.count, 0);
    for (size_t i = 0; i < pipeline_.size(); ++i) {
      const int week = question_.pipeline[i].week;
      if (!Place(picture, planner, InWeek(pipeline_[i], week), &answer_.pipeline)) ++answer_.unplaced_pipeline[week];
    }
    answer_.starts.assign(question_.weeks.count, 0);
    Fill(picture, planner, answer_.starts);
    for (int week = 0; week < question_.weeks.count; ++week) answer_.limits.push_back(Limits(picture, week));
    for (const WhatIf& what_if : question_.what_ifs) answer_.what_ifs.push_back(Try(picture, what_if));
    return std::move(answer_);
  }

 private:
  absl::Status Build() {
    int made = 0;
    const auto make = [&](const PlanningQuestion& course) {
      return model_.MakeCourse(course, absl::StrCat("course-", made++), optimizer::kOwnPatient);
    };
    for (const PlanningQuestion& course : question_.expected) expected_.push_back(make(course));
    for (const ExpectedStart& start : question_.pipeline) pipeline_.push_back(make(start.course));
    for (const PlanningQuestion& course : question_.starts) starts_.push_back(make(course));
    RETURN_IF_ERROR(optimizer::ValidateClinic(model_.clinic()));
    for (const std::vector<optimizer::Course>* courses : {&expected_, &pipeline_, &starts_}) {
      for (const optimizer::Course& course : *courses) {
        RETURN_IF_ERROR(optimizer::ValidateCourse(model_.clinic(), course));
      }
    }
    for (size_t i = 0; i < model_.clinic().resources.size(); ++i) {
      indices_[ResourceKey(model_.clinic().resources[i].id)] = static_cast<int>(i);
    }
    return absl::OkStatus();
  }

  // The course as one that starts in the week.
  optimizer::Course InWeek(optimizer::Course course, int week) const {
    const absl::CivilDay first = question_.weeks.first_day + 7 * week;
    course.earliest_day = std::max(course.earliest_day, model_.line().DayNumber(first));
    course.visits[0].windows = {{{model_.DayOf(first).from, model_.DayOf(first + 6).to}}};
    return course;
  }

  const optimizer::Course& NextStart(int week, int placed) const { return starts_[(placed + week) % starts_.size()]; }

  // Whether the course found a place, which it then has; what it takes is added to `usages`.
  bool Place(optimizer::Picture& picture, optimizer::CoursePlanner& planner, const optimizer::Course& course,
             std::vector<Usage>* usages) {
    const optimizer::CoursePlans plans = planner.Plan(course, {.budget_ops = kPlaceOps});
    if (plans.plans.empty()) return false;
    const std::vector<optimizer::Placement>& places = plans.plans[0].visits;
    for (size_t i = 0; i < course.visits.size(); ++i) {
      if (course.visits[i].fixed) continue;
      picture.AddVisit(course.visits[i].type, places[i], optimizer::kOwnPatient);
      if (usages != nullptr) AddUsages(model_.clinic().visit_types[course.visits[i].type], places[i], *usages);
    }
    return true;
  }

  void AddUsages(const optimizer::VisitType& type, const optimizer::Placement& place,
                 std::vector<Usage>& usages) const {
    for (size_t role = 0; role < type.roles.size(); ++role) {
      for (const optimizer::Segment& segment : type.roles[role].usage) {
        usages.push_back(
            {.resource = ResourceKey(model_.clinic().resources[place.resources[role]].id),
             .role = model_.clinic().role_names[type.roles[role].name],
             .time = {model_.line().TimeOf(place.start + segment.from), model_.line().TimeOf(place.start + segment.to)},
             .load = segment.load});
      }
    }
  }

  // Places new courses, in turn one in each week that is open, until all are closed.
  void Fill(optimizer::Picture& picture, optimizer::CoursePlanner& planner, std::vector<int>& starts) {
    std::vector<bool> closed(starts.size(), false);
    bool any = true;
    while (any) {
      any = false;
      for (int week = 0; week < question_.weeks.count; ++week) {
        if (closed[week]) continue;
        closed[week] = starts[week] >= limits::kMaxStartsPerWeek ||
                       !Place(picture, planner, InWeek(NextStart(week, starts[week]), week), nullptr);
        if (closed[week]) continue;
        ++starts[week];
        any = true;
      }
    }
  }

  // What stands in the way of one more in the week: what is short, then what else is once there is plenty of that,
  // until it fits. Rules and days only where no capacity stands in the way.
  std::vector<Reason> Limits(const optimizer::Picture& placed, int week) const {
    std::vector<Reason> limits;
    if (answer_.starts[week] >= limits::kMaxStartsPerWeek) return limits;
    const optimizer::Course course = InWeek(NextStart(week, answer_.starts[week]), week);
    optimizer::Picture picture = placed;
    std::set<std::string> plenty;
    while (limits.empty() || optimizer::PlanCourse(picture, course, {.budget_ops = kPlaceOps}).plans.empty()) {
      const size_t known = plenty.size();
      std::vector<Reason> others;
      for (Reason& reason : WhyNot(model_, picture, course, kReasonOps)) {
        if (reason.kind != ReasonKind::kResource) {
          others.push_back(std::move(reason));
        } else if (plenty.insert(reason.resource_tag).second) {
          picture.SetWindows(
              indices_.at(PlentyOf(reason.resource_tag)),
              {{picture.first_day() * optimizer::kMinutesPerDay, picture.end_day() * optimizer::kMinutesPerDay}});
          limits.push_back(std::move(reason));
        }
      }
      if (plenty.size() > known) continue;
      return limits.empty() ? others : limits;
    }
    return limits;
  }

  std::vector<int> Try(const optimizer::Picture& placed, const WhatIf& what_if) {
    optimizer::Picture picture = placed;
    for (const Resource& added : what_if.resources) {
      std::vector<optimizer::Interval> windows;
      for (const Span& span : WorkingLine(added.availability, input_.clinic, input_.first_day, input_.days)) {
        windows.push_back({span.from, span.to});
      }
      picture.SetWindows(indices_.at(added.key), windows);
    }
    optimizer::CoursePlanner planner(picture);
    std::vector<int> starts = answer_.starts;
    Fill(picture, planner, starts);
    return starts;
  }

  const OutlookQuestion& question_;
  const ResourceMap resources_;
  const PlanningPicture input_;
  ClinicModel model_;
  std::vector<optimizer::Course> expected_, pipeline_, starts_;
  std::map<ResourceKey, int> indices_;
  OutlookAnswer answer_;
};

}  // namespace

absl::StatusOr<OutlookAnswer> OptimizerOutlook::Project(const PlanningPicture& picture,
                                                        const OutlookQuestion& question) {
  return Projection(picture, question).Run();
}

}  // namespace kat::scheduling
