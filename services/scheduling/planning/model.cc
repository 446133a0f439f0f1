#include "services/scheduling/planning/model.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/optimizer/validate.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int kMargin = 1;  // days that are known before and after those that visits may start on
constexpr int kPatient = 0;
constexpr char kPinned[] = "pinned:";
constexpr int kClockShiftMinutes = 60;  // the most that any US zone's clocks change by

std::vector<optimizer::Interval> AsIntervals(const std::vector<Span>& spans) {
  std::vector<optimizer::Interval> out;
  for (const Span& span : spans) out.push_back({span.from, span.to});
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> Model::Make(const PlanningPicture& picture, const PlanningQuestion& question) {
  std::unique_ptr<Model> model(new Model(picture, question));
  model->AddResources();
  model->AddVisits();
  model->AddLags();
  model->AddPatient();
  RETURN_IF_ERROR(optimizer::ValidateClinic(model->clinic_));
  RETURN_IF_ERROR(optimizer::ValidateCourse(model->clinic_, model->course_));
  model->optimizer_picture_ = std::make_unique<optimizer::Picture>(model->clinic_);
  model->AddStandingLoads();
  return model;
}

Model::Model(const PlanningPicture& picture, const PlanningQuestion& question)
    : input_(picture), question_(question), line_{picture.first_day, picture.clinic.Zone()} {
  clinic_.slot_minutes = limits::kSlotMinutes;
  clinic_.days = picture.days;
  clinic_.weights = kWeights;
  course_.id = "course";
  course_.patient = kPatient;
  course_.earliest_day = std::max(0, line_.DayNumber(question.earliest_day));
}

void Model::AddResources() {
  const absl::CivilDay from = input_.first_day - kMargin;
  const int days = input_.days + 2 * kMargin;
  for (const auto& [key, resource] : input_.resources) {
    if (resource.retired) continue;
    optimizer::Resource out{.id = key.str(), .capacity = resource.capacity};
    for (const Span& span : WorkingLine(resource.availability, input_.clinic, from, days)) {
      out.windows.push_back({span.from - kMargin * limits::kMinutesPerDay, span.to - kMargin * limits::kMinutesPerDay});
    }
    std::map<std::string, std::vector<Span>> held;
    for (const Tag& tag : resource.tags) {
      const int first = tag.valid_from ? std::max(line_.DayNumber(*tag.valid_from), -kMargin) : -kMargin;
      const int end =
          tag.valid_until ? std::min(line_.DayNumber(*tag.valid_until), input_.days + kMargin) : input_.days + kMargin;
      held[tag.tag].push_back({first * limits::kMinutesPerDay, end * limits::kMinutesPerDay});
    }
    for (auto& [tag, spans] : held) {
      out.tags.push_back({.tag = TagIndex(tag), .windows = AsIntervals(Normalize(std::move(spans)))});
    }
    resources_[key] = static_cast<int>(clinic_.resources.size());
    resource_keys_.push_back(key);
    clinic_.resources.push_back(std::move(out));
  }
}

int Model::TagIndex(const std::string& tag) {
  const auto [it, added] = tags_.emplace(tag, static_cast<int>(clinic_.tag_names.size()));
  if (added) clinic_.tag_names.push_back(tag);
  return it->second;
}

int Model::RoleIndex(const std::string& role) {
  const auto [it, added] = roles_.emplace(role, static_cast<int>(clinic_.role_names.size()));
  if (added) clinic_.role_names.push_back(role);
  return it->second;
}

// The type of a visit some of whose roles are pinned is one of its own: there, the role asks for a tag that the pinned
// resource alone has.
int Model::AddVisitType(const VisitToPlan& visit) {
  const auto known = visit_types_.find(visit.type);
  if (visit.pinned.empty() && known != visit_types_.end()) return known->second;
  const VisitType& type = input_.visit_types.at(visit.type);
  const int index = static_cast<int>(clinic_.visit_types.size());
  optimizer::VisitType out{.id = absl::StrCat(type.id.str(), "#", index), .duration = type.duration_minutes};
  for (const VisitRole& role : type.roles) {
    optimizer::Role to{.name = RoleIndex(role.role), .tag = TagIndex(role.tag)};
    for (const UsageSegment& segment : role.segments) {
      to.usage.push_back({segment.from_minute, segment.to_minute, segment.load});
    }
    for (const Assignment& pinned : visit.pinned) {
      if (pinned.role != role.role) continue;
      to.tag = TagIndex(absl::StrCat(kPinned, visit.visit_id, ":", role.role));
      const auto it = resources_.find(pinned.resource);
      if (it != resources_.end()) clinic_.resources[it->second].tags.push_back({.tag = to.tag});
    }
    out.roles.push_back(std::move(to));
  }
  clinic_.visit_types.push_back(std::move(out));
  if (visit.pinned.empty()) visit_types_[visit.type] = index;
  return index;
}

optimizer::Standing Model::StandingOf(const VisitToPlan::Standing& standing) {
  optimizer::Standing out{.start = line_.MinuteAt(standing.start)};
  for (const Assignment& assignment : standing.assignments) {
    auto it = resources_.find(assignment.resource);
    if (it == resources_.end()) {
      const int gone = static_cast<int>(clinic_.resources.size() + clinic_.gone_resources.size());
      clinic_.gone_resources.push_back(assignment.resource.str());
      it = resources_.emplace(assignment.resource, gone).first;
    }
    out.assign.push_back({RoleIndex(assignment.role), it->second});
  }
  std::sort(out.assign.begin(), out.assign.end(),
            [](const auto& a, const auto& b) { return a.role_name < b.role_name; });
  return out;
}

void Model::AddVisits() {
  for (const VisitToPlan& visit : question_.visits) {
    visits_[visit.visit_id] = static_cast<int>(course_.visits.size());
    // One by itself has no id in its course.
    optimizer::Visit out{.id = visit.visit_id.empty() ? "visit" : visit.visit_id, .type = AddVisitType(visit)};
    if (visit.current) out.current = StandingOf(*visit.current);
    out.fixed = visit.fixed;
    if (visit.starts) {
      const int start = line_.MinuteAt(*visit.starts);
      out.windows = {{start, start + clinic_.visit_types[out.type].duration}};
    }
    course_.visits.push_back(std::move(out));
  }
}

void Model::AddLags() {
  bool clocks_change = false;
  for (int day = -kMargin; day < input_.days + kMargin; ++day) {
    clocks_change = clocks_change || ClockChange(input_.first_day + day, line_.zone).has_value();
  }
  const int margin = clocks_change ? kClockShiftMinutes : 0;
  for (const VisitLag& lag : question_.lags) {
    const int from = FindVisit(lag.from_visit);
    const int to = FindVisit(lag.to_visit);
    if (from < 0 || to < 0 || (course_.visits[from].fixed && course_.visits[to].fixed)) continue;
    optimizer::Lag out{.from = from,
                       .to = to,
                       .min_days = lag.gap.min_days,
                       .max_days = lag.gap.max_days,
                       .ideal_days = lag.gap.ideal_days};
    if (lag.gap.min_minutes) out.min_minutes = *lag.gap.min_minutes + margin;
    if (lag.gap.max_minutes) out.max_minutes = std::max(*lag.gap.max_minutes - margin, out.min_minutes);
    course_.lags.push_back(out);
  }
}

// Weekly hours on the line, without the minutes of clock changes; spans that meet at midnight are joined.
std::vector<optimizer::Interval> Model::WeeklyLine(const std::vector<WeeklySpan>& weekly) const {
  std::vector<Span> spans;
  for (int day = 0; day < input_.days + kMargin; ++day) {
    std::vector<Span> minutes = {{0, limits::kMinutesPerDay}};
    if (!weekly.empty()) minutes = MinutesOn(weekly, input_.first_day + day);
    if (const auto change = ClockChange(input_.first_day + day, line_.zone)) minutes = Subtract(minutes, {*change});
    for (const Span& span : minutes) {
      spans.push_back({day * limits::kMinutesPerDay + span.from, day * limits::kMinutesPerDay + span.to});
    }
  }
  return AsIntervals(Normalize(std::move(spans)));
}

void Model::AddPatient() {
  std::vector<Span> available;
  for (const optimizer::Interval& interval : WeeklyLine(question_.preferences.available)) {
    available.push_back({interval.from, interval.to});
  }
  // Where a visit stands today it may stay, whatever the patient has said since.
  for (const optimizer::Visit& visit : course_.visits) {
    if (!visit.current || visit.fixed) continue;
    available.push_back({visit.current->start, visit.current->start + clinic_.visit_types[visit.type].duration});
  }
  const int now = line_.MinuteAt(input_.now) + 1;
  course_.available = AsIntervals(Intersect(
      Normalize(std::move(available)), {{now, std::max(now + 1, (input_.days + kMargin) * limits::kMinutesPerDay)}}));
  if (!question_.preferences.preferred.empty()) course_.preferred = WeeklyLine(question_.preferences.preferred);
  for (const std::string& role : question_.preferences.continuity_roles) {
    if (roles_.contains(role)) course_.continuity.push_back(roles_[role]);
  }
}

void Model::AddStandingLoads() {
  for (const Commitment& commitment : input_.commitments) {
    const auto it = resources_.find(commitment.usage.resource);
    if (it == resources_.end() || it->second >= static_cast<int>(clinic_.resources.size())) continue;
    optimizer_picture_->AddBlock(
        {.resource = it->second,
         .interval = {line_.MinuteAt(commitment.usage.time.start), line_.MinuteAt(commitment.usage.time.end)},
         .load = commitment.usage.load});
  }
  for (const PatientTime& busy : input_.patient_times) {
    optimizer_picture_->AddPatientTime(kPatient, {line_.MinuteAt(busy.time.start), line_.MinuteAt(busy.time.end)});
  }
}

int Model::FindVisit(const std::string& visit_id) const {
  const auto it = visits_.find(visit_id);
  return it == visits_.end() ? -1 : it->second;
}

optimizer::Interval Model::DayOf(absl::CivilDay day) const {
  const int number = line_.DayNumber(day);
  return {number * limits::kMinutesPerDay, (number + 1) * limits::kMinutesPerDay};
}

std::optional<std::string> Model::PinnedRole(absl::string_view tag) {
  if (!absl::StartsWith(tag, kPinned)) return std::nullopt;
  return std::string(tag.substr(tag.rfind(':') + 1));
}

CoursePlan Model::Answer(const std::vector<optimizer::Placement>& placements, const optimizer::CostTerms& cost) const {
  CoursePlan out{.cost = cost.Total(), .terms = Explain(cost)};
  for (size_t i = 0; i < course_.visits.size(); ++i) {
    if (course_.visits[i].fixed) continue;
    PlannedVisit visit{.visit_id = question_.visits[i].visit_id, .start = line_.TimeOf(placements[i].start)};
    const optimizer::VisitType& type = clinic_.visit_types[course_.visits[i].type];
    for (size_t role = 0; role < type.roles.size(); ++role) {
      visit.assignments.push_back(
          {clinic_.role_names[type.roles[role].name], resource_keys_[placements[i].resources[role]]});
    }
    out.visits.push_back(std::move(visit));
  }
  return out;
}

}  // namespace kat::scheduling
