#include "services/scheduling/domain/placement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/business_time.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

class PlacementCheck {
 public:
  PlacementCheck(const Clinic& clinic, const ResourceMap& resources, const VisitType& type, absl::string_view visit_id,
                 absl::Time start)
      : clinic_(clinic),
        resources_(resources),
        type_(type),
        visit_id_(visit_id),
        line_{DayAt(start, clinic.Zone()) - 1, clinic.Zone()},
        start_(line_.MinuteAt(start)),
        instant_(start) {}

  std::vector<Reason> Run(const std::vector<Assignment>& assignments) {
    if (line_.TimeOf(start_) != instant_ || start_ % limits::kSlotMinutes != 0) {
      Add(ReasonKind::kWindow, "",
          absl::StrCat("must start on a whole multiple of ", limits::kSlotMinutes, " minutes by the clinic's clock"));
    }
    CheckClockChange();
    for (const Assignment& assignment : assignments) {
      if (type_.FindRole(assignment.role) == nullptr) {
        Add(ReasonKind::kResource, assignment.role, absl::StrCat("the visit type has no role ", assignment.role));
      }
    }
    for (const VisitRole& role : type_.roles) CheckRole(role, assignments);
    return std::move(reasons_);
  }

 private:
  void Add(ReasonKind kind, std::string resource_tag, absl::string_view what) {
    reasons_.push_back({.kind = kind,
                        .from_visit = visit_id_,
                        .resource_tag = std::move(resource_tag),
                        .description = visit_id_.empty() ? std::string(what) : absl::StrCat(visit_id_, ": ", what)});
  }

  void CheckClockChange() {
    const Span reach{start_, start_ + type_.ReachMinutes()};
    for (int day = 1; day <= 2; ++day) {
      const std::optional<Span> change = ClockChange(line_.first_day + day, clinic_.Zone());
      if (!change) continue;
      const int midnight = day * limits::kMinutesPerDay;
      if (reach.Overlaps({midnight + change->from, midnight + change->to})) {
        Add(ReasonKind::kClockChange, "", "clocks change during the visit");
      }
    }
  }

  void CheckRole(const VisitRole& role, const std::vector<Assignment>& assignments) {
    const std::string label = absl::StrCat(role.role, ": ", role.tag);
    const auto is_role = [&](const Assignment& assignment) { return assignment.role == role.role; };
    const auto found = std::find_if(assignments.begin(), assignments.end(), is_role);
    if (found == assignments.end() || std::count_if(assignments.begin(), assignments.end(), is_role) != 1) {
      return Add(ReasonKind::kResource, label, absl::StrCat("role ", role.role, " needs exactly one resource"));
    }
    const auto it = resources_.find(found->resource);
    if (it == resources_.end() || it->second.retired) {
      return Add(ReasonKind::kResource, label, absl::StrCat(found->resource.str(), " is not in use"));
    }
    CheckResource(it->second, role, label);
  }

  void CheckResource(const Resource& resource, const VisitRole& role, const std::string& label) {
    const std::vector<Span> working = WorkingLine(resource.availability, clinic_, line_.first_day, 4);
    for (const UsageSegment& segment : role.segments) {
      const Span span{start_ + segment.from_minute, start_ + segment.to_minute};
      const int last_day = (span.to - 1) / limits::kMinutesPerDay;
      for (int day = span.from / limits::kMinutesPerDay; day <= last_day; ++day) {
        if (!resource.HasTag(role.tag, line_.first_day + day)) {
          return Add(ReasonKind::kResource, label,
                     absl::StrCat(resource.key.str(), " is no ", role.tag, " on ", FormatDay(line_.first_day + day)));
        }
      }
      if (segment.load > resource.capacity) {
        return Add(ReasonKind::kResource, label, absl::StrCat(resource.key.str(), " has too little capacity"));
      }
      const bool works = std::any_of(working.begin(), working.end(), [&](const Span& s) { return s.Contains(span); });
      if (!works) {
        return Add(ReasonKind::kResource, label, absl::StrCat(resource.key.str(), " does not work then"));
      }
    }
  }

  const Clinic& clinic_;
  const ResourceMap& resources_;
  const VisitType& type_;
  const std::string visit_id_;
  const Line line_;  // begins the day before, so that minutes are positive
  const int start_;
  const absl::Time instant_;
  std::vector<Reason> reasons_;
};

}  // namespace

std::vector<Usage> UsageOf(const VisitType& type, absl::Time start, const std::vector<Assignment>& assignments) {
  std::vector<Usage> usages;
  for (const Assignment& assignment : assignments) {
    const VisitRole* role = type.FindRole(assignment.role);
    if (role == nullptr) continue;
    for (const UsageSegment& segment : role->segments) {
      usages.push_back({assignment.resource,
                        assignment.role,
                        {start + absl::Minutes(segment.from_minute), start + absl::Minutes(segment.to_minute)},
                        segment.load});
    }
  }
  return usages;
}

std::set<std::pair<ResourceKey, absl::CivilDay>> DaysOf(const std::vector<Usage>& usages, absl::TimeZone zone) {
  std::set<std::pair<ResourceKey, absl::CivilDay>> days;
  for (const Usage& usage : usages) {
    const absl::CivilDay last = DayAt(usage.time.end - absl::Microseconds(1), zone);
    for (absl::CivilDay day = DayAt(usage.time.start, zone); day <= last; ++day) days.insert({usage.resource, day});
  }
  return days;
}

std::vector<Reason> CheckPlacement(const Clinic& clinic, const ResourceMap& resources, const VisitType& type,
                                   absl::string_view visit_id, absl::Time start,
                                   const std::vector<Assignment>& assignments) {
  return PlacementCheck(clinic, resources, type, visit_id, start).Run(assignments);
}

}  // namespace kat::scheduling
