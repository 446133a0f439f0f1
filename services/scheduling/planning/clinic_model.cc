#include "services/scheduling/planning/clinic_model.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/planning/cost_terms.h"
#include "services/scheduling/planning/weights.h"

namespace kat::scheduling {
namespace {

constexpr int kMargin = 1;  // days that are known before and after those that visits may start on
constexpr char kAnchor[] = "near";
constexpr char kLastDay[] = "last day";
constexpr int kAnchorMinute = -kMargin * limits::kMinutesPerDay;
constexpr char kPinned[] = "pinned:";

std::vector<optimizer::Interval> AsIntervals(const std::vector<Span>& spans) {
  std::vector<optimizer::Interval> out;
  for (const Span& span : spans) out.push_back({span.from, span.to});
  return out;
}

}  // namespace

ClinicModel::ClinicModel(const PlanningPicture& picture, const optimizer::Weights& weights)
    : input_(picture), line_{picture.first_day, picture.clinic.Zone()} {
  clinic_.slot_minutes = limits::kSlotMinutes;
  clinic_.days = picture.days;
  clinic_.weights = weights;
  AddClockShifts();
  AddResources();
}

optimizer::Course ClinicModel::MakeCourse(const PlanningQuestion& question, std::string id, int patient,
                                          const Frame& frame) {
  optimizer::Course course{.id = std::move(id), .patient = patient};
  course.earliest_day = std::max(frame.first_day, line_.DayNumber(question.earliest_day));
  AddVisits(question, frame, course);
  AddLags(question, course);
  AddAnchors(question, course);
  AddLastDay(question, frame, course);
  AddPatient(question, frame, course);
  return course;
}

void ClinicModel::AddAllThatIsAskedFor() {
  for (const auto& [id, type] : input_.visit_types) AddVisitType({.visit_id = {}, .type = id});
  for (const auto& [key, resource] : input_.resources) {
    if (resource.retired) AddGone(key);
  }
  IdleType(1);
}

// Also of days long past: a rule may count from a visit that stood then.
void ClinicModel::AddClockShifts() {
  const absl::CivilDay from = input_.first_day - limits::kReachDays;
  for (absl::CivilDay day : ClockChangeDays(from, input_.first_day + input_.days + kMargin, line_.zone)) {
    const Span minutes = *ClockChange(day, line_.zone);
    const int midnight = line_.DayNumber(day) * limits::kMinutesPerDay;
    const optimizer::Interval skipped{midnight + minutes.from, midnight + minutes.to};
    const absl::Duration real = line_.TimeOf(skipped.to) - line_.TimeOf(skipped.from - 1);
    const int by = static_cast<int>(absl::ToInt64Minutes(real)) - (skipped.to - skipped.from + 1);
    clinic_.clock_shifts.push_back({skipped.from, skipped.to, by});
  }
}

void ClinicModel::AddResources() {
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

int ClinicModel::TagIndex(const std::string& tag) {
  const auto [it, added] = tags_.emplace(tag, static_cast<int>(clinic_.tag_names.size()));
  if (added) clinic_.tag_names.push_back(tag);
  return it->second;
}

int ClinicModel::RoleIndex(const std::string& role) {
  const auto [it, added] = roles_.emplace(role, static_cast<int>(clinic_.role_names.size()));
  if (added) clinic_.role_names.push_back(role);
  return it->second;
}

// The type of a visit some of whose roles are pinned is one of its own: there, the role asks for a tag that the pinned
// resource alone has.
int ClinicModel::AddVisitType(const VisitToPlan& visit) {
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

int ClinicModel::AddGone(const ResourceKey& key) {
  const int index = static_cast<int>(clinic_.resources.size() + clinic_.gone_resources.size());
  clinic_.gone_resources.push_back(key.str());
  return resources_[key] = index;
}

optimizer::Standing ClinicModel::StandingOf(const VisitToPlan::Standing& standing) {
  optimizer::Standing out{.start = line_.MinuteAt(standing.start)};
  for (const Assignment& assignment : standing.assignments) {
    const auto it = resources_.find(assignment.resource);
    out.assign.push_back(
        {RoleIndex(assignment.role), it != resources_.end() ? it->second : AddGone(assignment.resource)});
  }
  std::sort(out.assign.begin(), out.assign.end(),
            [](const auto& a, const auto& b) { return a.role_name < b.role_name; });
  return out;
}

void ClinicModel::AddVisits(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course) {
  for (const VisitToPlan& visit : question.visits) {
    // One by itself has no id in its course.
    optimizer::Visit out{.id = visit.visit_id.empty() ? "visit" : visit.visit_id, .type = AddVisitType(visit)};
    if (visit.current) out.current = StandingOf(*visit.current);
    out.fixed = visit.fixed;
    if (visit.starts) {
      const int start = line_.MinuteAt(*visit.starts);
      out.windows = {{start, start + clinic_.visit_types[out.type].duration}};
    } else if (!visit.avoid_days.empty()) {
      out.windows =
          AsIntervals(Subtract({{0, (frame.end_day + kMargin) * limits::kMinutesPerDay}}, Days(visit.avoid_days)));
    }
    course.visits.push_back(std::move(out));
  }
}

// Days on the line.
std::vector<Span> ClinicModel::Days(const std::vector<absl::CivilDay>& days) const {
  std::vector<Span> spans;
  for (absl::CivilDay day : days) {
    const int number = line_.DayNumber(day);
    spans.push_back({number * limits::kMinutesPerDay, (number + 1) * limits::kMinutesPerDay});
  }
  return Normalize(std::move(spans));
}

void ClinicModel::AddLags(const PlanningQuestion& question, optimizer::Course& course) {
  for (const VisitLag& lag : question.lags) {
    const int from = question.FindVisit(lag.from_visit);
    const int to = question.FindVisit(lag.to_visit);
    if (from < 0 || to < 0 || (course.visits[from].fixed && course.visits[to].fixed)) continue;
    optimizer::Lag out{.from = from,
                       .to = to,
                       .min_days = lag.gap.min_days,
                       .max_days = lag.gap.max_days,
                       .ideal_days = lag.gap.ideal_days};
    out.min_minutes = lag.gap.min_minutes.value_or(0);
    out.max_minutes = lag.gap.max_minutes;
    course.lags.push_back(out);
  }
}

// A visit that should stay near a day has an ideal distance from one that stands before everything else and uses
// nothing.
void ClinicModel::AddAnchors(const PlanningQuestion& question, optimizer::Course& course) {
  int anchor = -1;
  for (size_t i = 0; i < question.visits.size(); ++i) {
    if (!question.visits[i].near_day || question.visits[i].fixed) continue;
    if (anchor < 0) {
      anchor = static_cast<int>(course.visits.size());
      course.visits.push_back(
          {.id = kAnchor, .type = IdleType(1), .current = optimizer::Standing{.start = kAnchorMinute}, .fixed = true});
    }
    course.lags.push_back({.from = anchor,
                           .to = static_cast<int>(i),
                           .ideal_days = line_.DayNumber(*question.visits[i].near_day) + kMargin});
  }
}

// Where the line is longer than the course may go: at most so many days after what stands before everything else. A
// rule on each visit would do the same, and keep the optimizer from telling like visits' days together.
void ClinicModel::AddLastDay(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course) {
  if (frame.end_day >= clinic_.days) return;
  const int anchor = static_cast<int>(course.visits.size());
  course.visits.push_back(
      {.id = kLastDay, .type = IdleType(1), .current = optimizer::Standing{.start = kAnchorMinute}, .fixed = true});
  for (size_t i = 0; i < question.visits.size(); ++i) {
    if (question.visits[i].fixed) continue;
    course.lags.push_back({.from = anchor, .to = static_cast<int>(i), .max_days = frame.end_day - 1 + kMargin});
  }
}

int ClinicModel::IdleType(int minutes) {
  const auto [it, added] = idle_types_.emplace(minutes, static_cast<int>(clinic_.visit_types.size()));
  if (added) clinic_.visit_types.push_back({.id = absl::StrCat("idle#", minutes), .duration = minutes});
  return it->second;
}

// Weekly hours on the line, without the minutes of clock changes; spans that meet at midnight are joined.
std::vector<optimizer::Interval> ClinicModel::WeeklyLine(const std::vector<WeeklySpan>& weekly,
                                                         const Frame& frame) const {
  std::vector<Span> changes;
  for (const optimizer::ClockShift& shift : clinic_.clock_shifts) changes.push_back({shift.from, shift.to});
  std::vector<Span> spans;
  const int end = frame.end_day + kMargin;
  if (weekly.empty()) spans.push_back({frame.first_day * limits::kMinutesPerDay, end * limits::kMinutesPerDay});
  for (int day = frame.first_day; day < end && !weekly.empty(); ++day) {
    for (const Span& span : MinutesOn(weekly, input_.first_day + day)) {
      spans.push_back({day * limits::kMinutesPerDay + span.from, day * limits::kMinutesPerDay + span.to});
    }
  }
  return AsIntervals(Subtract(Normalize(std::move(spans)), Normalize(std::move(changes))));
}

void ClinicModel::AddPatient(const PlanningQuestion& question, const Frame& frame, optimizer::Course& course) {
  std::vector<Span> available;
  for (const optimizer::Interval& interval : WeeklyLine(question.preferences.available, frame)) {
    available.push_back({interval.from, interval.to});
  }
  // Where a visit stands today it may stay, whatever the patient has said since.
  for (const optimizer::Visit& visit : course.visits) {
    if (!visit.current || visit.fixed) continue;
    available.push_back({visit.current->start, visit.current->start + clinic_.visit_types[visit.type].duration});
  }
  const int now = line_.MinuteAt(frame.now) + 1;
  course.available = AsIntervals(Intersect(
      Normalize(std::move(available)), {{now, std::max(now + 1, (frame.end_day + kMargin) * limits::kMinutesPerDay)}}));
  if (!question.preferences.preferred.empty()) course.preferred = WeeklyLine(question.preferences.preferred, frame);
  for (const std::string& role : question.preferences.continuity_roles) {
    if (roles_.contains(role)) course.continuity.push_back(roles_[role]);
  }
}

std::vector<optimizer::Block> ClinicModel::Blocks() const {
  std::vector<optimizer::Block> blocks;
  for (const Commitment& commitment : input_.commitments) {
    const Usage& usage = commitment.usage;
    if (const auto block = BlockOf(usage.resource, usage.time, usage.load)) blocks.push_back(*block);
  }
  return blocks;
}

std::optional<optimizer::Block> ClinicModel::BlockOf(const ResourceKey& resource, const TimeSpan& time,
                                                     int load) const {
  const auto it = resources_.find(resource);
  if (it == resources_.end() || it->second >= static_cast<int>(clinic_.resources.size())) return std::nullopt;
  return optimizer::Block{.resource = it->second, .interval = LineOf(time), .load = load};
}

optimizer::Interval ClinicModel::LineOf(const TimeSpan& time) const {
  return {line_.MinuteAt(time.start), line_.MinuteAt(time.end)};
}

optimizer::Interval ClinicModel::DayOf(absl::CivilDay day) const {
  const int number = line_.DayNumber(day);
  return {number * limits::kMinutesPerDay, (number + 1) * limits::kMinutesPerDay};
}

std::optional<std::string> ClinicModel::PinnedRole(absl::string_view tag) {
  if (!absl::StartsWith(tag, kPinned)) return std::nullopt;
  return std::string(tag.substr(tag.rfind(':') + 1));
}

std::optional<std::vector<optimizer::Placement>> ClinicModel::Placements(
    const PlanningQuestion& question, const optimizer::Course& course, const std::vector<PlannedVisit>& visits) const {
  std::vector<optimizer::Placement> out;
  for (size_t i = 0; i < course.visits.size(); ++i) {
    const optimizer::Visit& visit = course.visits[i];
    if (visit.fixed) {
      out.push_back({.start = visit.current->start});
      continue;
    }
    const auto planned = std::find_if(visits.begin(), visits.end(), [&](const PlannedVisit& candidate) {
      return candidate.visit_id == question.visits[i].visit_id;
    });
    if (planned == visits.end()) return std::nullopt;
    optimizer::Placement placement{.start = line_.MinuteAt(planned->start)};
    for (const optimizer::Role& role : clinic_.visit_types[visit.type].roles) {
      const auto assigned =
          std::find_if(planned->assignments.begin(), planned->assignments.end(),
                       [&](const Assignment& candidate) { return candidate.role == clinic_.role_names[role.name]; });
      if (assigned == planned->assignments.end()) return std::nullopt;
      const auto resource = resources_.find(assigned->resource);
      if (resource == resources_.end()) return std::nullopt;
      placement.resources.push_back(resource->second);
    }
    out.push_back(std::move(placement));
  }
  return out;
}

std::vector<PlannedVisit> ClinicModel::Visits(const PlanningQuestion& question, const optimizer::Course& course,
                                              const std::vector<optimizer::Placement>& placements) const {
  std::vector<PlannedVisit> out;
  for (size_t i = 0; i < question.visits.size(); ++i) {
    if (course.visits[i].fixed) continue;
    PlannedVisit visit{.visit_id = question.visits[i].visit_id, .start = line_.TimeOf(placements[i].start)};
    const optimizer::VisitType& type = clinic_.visit_types[course.visits[i].type];
    for (size_t role = 0; role < type.roles.size(); ++role) {
      visit.assignments.push_back(
          {clinic_.role_names[type.roles[role].name], resource_keys_[placements[i].resources[role]]});
    }
    out.push_back(std::move(visit));
  }
  return out;
}

CoursePlan ClinicModel::Answer(const PlanningQuestion& question, const optimizer::Course& course,
                               const std::vector<optimizer::Placement>& placements,
                               const optimizer::CostTerms& cost) const {
  CoursePlan out{.visits = Visits(question, course, placements), .cost = cost.Total()};
  int64_t shifted_days = 0;
  for (size_t i = 0; i < question.visits.size(); ++i) {
    if (course.visits[i].fixed || !question.visits[i].near_day) continue;
    shifted_days += std::abs(optimizer::DayOf(placements[i].start) - line_.DayNumber(*question.visits[i].near_day));
  }
  out.terms = Explain(cost, shifted_days, clinic_.weights);
  return out;
}

}  // namespace kat::scheduling
