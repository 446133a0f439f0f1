#include "services/scheduling/planning/reasons.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/scheduling/optimizer/plan_course.h"

namespace kat::scheduling {
namespace {

std::string TagsOf(const VisitType& type) {
  return absl::StrJoin(type.roles, ", ", [](std::string* out, const VisitRole& role) {
    absl::StrAppend(out, role.role, ": ", role.tag);
  });
}

}  // namespace

// First the visits that fit nowhere even by themselves; where each does, it is the rules between them.
std::vector<Reason> WhyNot(const Model& model, const PlanningPicture& picture, const PlanningQuestion& question) {
  std::vector<Reason> reasons;
  for (size_t i = 0; i < question.visits.size(); ++i) {
    if (question.visits[i].fixed) continue;
    optimizer::Course alone = model.course();
    alone.visits = {model.course().visits[i]};
    alone.lags.clear();
    if (!optimizer::PlanCourse(model.picture(), alone).plans.empty()) continue;
    const VisitType& type = picture.visit_types.at(question.visits[i].type);
    const std::string& visit = question.visits[i].visit_id;
    reasons.push_back(
        {.kind = ReasonKind::kResource,
         .from_visit = visit,
         .resource_tag = TagsOf(type),
         .description = absl::StrCat(visit, visit.empty() ? "" : ": ",
                                     "no time when the patient can come and all of it is free (", TagsOf(type), ")")});
  }
  if (!reasons.empty()) return reasons;
  for (const VisitLag& lag : question.lags) {
    const int from = model.FindVisit(lag.from_visit);
    const int to = model.FindVisit(lag.to_visit);
    if (from < 0 || to < 0 || (question.visits[from].fixed && question.visits[to].fixed)) continue;
    optimizer::Course pair = model.course();
    pair.visits = {model.course().visits[from], model.course().visits[to]};
    pair.lags.clear();
    for (const optimizer::Lag& between : model.course().lags) {
      if (between.from != from || between.to != to) continue;
      pair.lags.push_back(between);
      pair.lags.back().from = 0;
      pair.lags.back().to = 1;
    }
    if (!optimizer::PlanCourse(model.picture(), pair).plans.empty()) continue;
    reasons.push_back({.kind = lag.gap.max_days ? ReasonKind::kMaxDays : ReasonKind::kMinDays,
                       .from_visit = lag.from_visit,
                       .to_visit = lag.to_visit,
                       .allowed = lag.gap.max_days.value_or(lag.gap.min_days),
                       .description = absl::StrCat("cannot be kept: ", DescribeLag(lag))});
  }
  if (!reasons.empty()) return reasons;
  return {{.kind = ReasonKind::kWindow,
           .description = absl::StrCat("the visits fit one by one, and not together, within ", picture.days,
                                       " days; allow a later last day or more of the patient's hours")}};
}

}  // namespace kat::scheduling
