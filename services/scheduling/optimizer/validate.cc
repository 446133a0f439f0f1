#include "services/scheduling/optimizer/validate.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kat::optimizer {
namespace {

using Limits = ModelLimits;

// The first fault found; everything checked after it is not looked at.
class Check {
 public:
  bool ok() const { return status_.ok(); }
  absl::Status status() const { return status_; }

  template <class... Path>
  bool That(bool holds, absl::string_view what, const Path&... path) {
    if (!holds && status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat("$", path..., ": ", what));
    return holds;
  }
  template <class... Path>
  bool Range(int64_t value, int64_t lo, int64_t hi, const Path&... path) {
    return lo <= value && value <= hi ? true
                                      : That(false, absl::StrCat(value, " is not in [", lo, ", ", hi, "]"), path...);
  }
  // An interval of the line.
  void Span(const Interval& interval, const std::string& path) {
    if (!Range(interval.from, -Limits::kMinute, Limits::kMinute, path, "[0]")) return;
    if (!Range(interval.to, -Limits::kMinute, Limits::kMinute, path, "[1]")) return;
    That(interval.from < interval.to, "an interval ends after it begins", path);
  }
  void Spans(const std::vector<Interval>& intervals, const std::string& path) {
    for (size_t i = 0; i < intervals.size() && ok(); ++i) Span(intervals[i], absl::StrCat(path, "[", i, "]"));
  }
  void Apart(const std::vector<Interval>& intervals, const std::string& path) {
    Spans(intervals, path);
    for (size_t i = 1; i < intervals.size() && ok(); ++i) {
      That(intervals[i - 1].to < intervals[i].from, "windows are sorted, and none touch", path, "[", i, "]");
    }
  }

 private:
  absl::Status status_;
};

void CheckWeights(Check& check, const Weights& weights) {
  const std::pair<const char*, Cost> all[] = {{"unscheduled", weights.unscheduled},
                                              {"dropped", weights.dropped},
                                              {"start_delay", weights.start_delay},
                                              {"gap", weights.gap},
                                              {"preference", weights.preference},
                                              {"handoff", weights.handoff},
                                              {"move", weights.move},
                                              {"reassign", weights.reassign}};
  for (const auto& [name, weight] : all) check.Range(weight, 0, Limits::kWeight, ".weights.", name);
}

void CheckResource(Check& check, const Clinic& clinic, const Resource& resource, const std::string& path) {
  check.That(!resource.id.empty(), "is empty", path, ".id");
  check.Range(resource.capacity, 0, Limits::kLoad, path, ".capacity");
  check.Range(resource.day_cost, 0, Limits::kWeight, path, ".day_cost");
  check.Apart(resource.windows, absl::StrCat(path, ".windows"));
  for (size_t i = 0; i < resource.tags.size() && check.ok(); ++i) {
    const std::string at = absl::StrCat(path, ".tags[", i, "]");
    check.Range(resource.tags[i].tag, 0, static_cast<int64_t>(clinic.tag_names.size()) - 1, at);
    if (resource.tags[i].windows) check.Spans(*resource.tags[i].windows, absl::StrCat(at, ".windows"));
  }
}

void CheckVisitType(Check& check, const Clinic& clinic, const VisitType& type, const std::string& path) {
  check.That(!type.id.empty(), "is empty", path, ".id");
  check.Range(type.duration, 1, Limits::kVisitMinutes, path, ".duration");
  check.Range(static_cast<int64_t>(type.roles.size()), 0, Limits::kRolesPerVisit, path, ".roles");
  std::set<int> names;
  for (size_t i = 0; i < type.roles.size() && check.ok(); ++i) {
    const Role& role = type.roles[i];
    const std::string at = absl::StrCat(path, ".roles[", i, "]");
    check.Range(role.name, 0, static_cast<int64_t>(clinic.role_names.size()) - 1, at, ".name");
    check.That(names.insert(role.name).second, "another role of the visit type has the name", at, ".name");
    check.Range(role.tag, 0, static_cast<int64_t>(clinic.tag_names.size()) - 1, at, ".tag");
    check.Range(static_cast<int64_t>(role.usage.size()), 0, Limits::kSegmentsPerRole, at, ".usage");
    for (size_t s = 0; s < role.usage.size() && check.ok(); ++s) {
      const Segment& segment = role.usage[s];
      check.Range(segment.from, -Limits::kVisitMinutes, Limits::kVisitMinutes, at, ".usage[", s, "].from");
      check.Range(segment.to, -Limits::kVisitMinutes, Limits::kVisitMinutes, at, ".usage[", s, "].to");
      check.That(segment.from < segment.to, "a segment ends after it begins", at, ".usage[", s, "]");
      check.Range(segment.load, 1, Limits::kLoad, at, ".usage[", s, "].load");
    }
  }
}

template <class Items>
void CheckDistinct(Check& check, const Items& items, absl::string_view path) {
  std::set<std::string> ids;
  for (size_t i = 0; i < items.size() && check.ok(); ++i) {
    check.That(ids.insert(items[i].id).second, "another one has this id", path, "[", i, "].id");
  }
}

void CheckVisit(Check& check, const Clinic& clinic, const Visit& visit, const std::string& path) {
  check.That(!visit.id.empty(), "is empty", path, ".id");
  check.Range(visit.type, 0, static_cast<int64_t>(clinic.visit_types.size()) - 1, path, ".type");
  if (visit.windows) check.Spans(*visit.windows, absl::StrCat(path, ".windows"));
  check.That(!visit.fixed || visit.current.has_value(), "a fixed visit has a `current`", path, ".fixed");
  if (!visit.current || !check.ok()) return;
  check.Range(visit.current->start, -Limits::kMinute, Limits::kMinute, path, ".current.start");
  const int64_t resources = static_cast<int64_t>(clinic.resources.size() + clinic.gone_resources.size());
  for (size_t i = 0; i < visit.current->assign.size() && check.ok(); ++i) {
    const RoleAssignment& assigned = visit.current->assign[i];
    check.Range(assigned.role_name, 0, static_cast<int64_t>(clinic.role_names.size()) - 1, path, ".current.assign");
    check.Range(assigned.resource, 0, resources - 1, path, ".current.assign");
    check.That(i == 0 || visit.current->assign[i - 1].role_name < assigned.role_name,
               "assignments are sorted by role, each role once", path, ".current.assign");
  }
}

void CheckLag(Check& check, const Course& course, const Lag& lag, const std::string& path) {
  const int64_t last = static_cast<int64_t>(course.visits.size()) - 1;
  check.Range(lag.from, 0, last, path, ".from");
  check.Range(lag.to, 0, last, path, ".to");
  check.That(lag.from != lag.to, "a lag is between two visits", path);
  check.Range(lag.min_days, -Limits::kLagDays, Limits::kLagDays, path, ".min_days");
  if (lag.max_days) {
    check.Range(*lag.max_days, -Limits::kLagDays, Limits::kLagDays, path, ".max_days");
    check.That(lag.min_days <= *lag.max_days, "is below min_days", path, ".max_days");
  }
  check.Range(lag.min_minutes, -Limits::kMinute, Limits::kMinute, path, ".min_minutes");
  if (lag.max_minutes) {
    check.Range(*lag.max_minutes, -Limits::kMinute, Limits::kMinute, path, ".max_minutes");
    check.That(lag.min_minutes <= *lag.max_minutes, "is below min_minutes", path, ".max_minutes");
  }
  if (lag.ideal_days) check.Range(*lag.ideal_days, -Limits::kLagDays, Limits::kLagDays, path, ".ideal_days");
}

}  // namespace

absl::Status ValidateClinic(const Clinic& clinic) {
  Check check;
  check.Range(clinic.slot_minutes, 1, kMinutesPerDay, ".slot_minutes");
  check.Range(clinic.days, 0, Limits::kDays, ".days");
  CheckWeights(check, clinic.weights);
  check.Range(static_cast<int64_t>(clinic.resources.size()) * (clinic.days + 16), 0, Limits::kResourceDays,
              ".resources");
  CheckDistinct(check, clinic.resources, ".resources");
  CheckDistinct(check, clinic.visit_types, ".visit_types");
  for (size_t i = 0; i < clinic.clock_shifts.size() && check.ok(); ++i) {
    const ClockShift& shift = clinic.clock_shifts[i];
    const std::string path = absl::StrCat(".clock_shifts[", i, "]");
    check.Range(shift.by, -kMinutesPerDay, kMinutesPerDay, path, ".by");
    check.Range(shift.from, -Limits::kMinute, Limits::kMinute, path, ".from");
    check.Range(shift.to, int64_t{shift.from} + 1, Limits::kMinute, path, ".to");
    check.That(i == 0 || clinic.clock_shifts[i - 1].to < shift.from, "shifts are in order, and apart", path);
  }
  for (size_t i = 0; i < clinic.resources.size() && check.ok(); ++i) {
    CheckResource(check, clinic, clinic.resources[i], absl::StrCat(".resources[", i, "]"));
  }
  for (size_t i = 0; i < clinic.visit_types.size() && check.ok(); ++i) {
    CheckVisitType(check, clinic, clinic.visit_types[i], absl::StrCat(".visit_types[", i, "]"));
  }
  return check.status();
}

absl::Status ValidateCourse(const Clinic& clinic, const Course& course, int index) {
  Check check;
  const std::string path = absl::StrCat(".courses[", index, "]");
  check.That(!course.id.empty(), "is empty", path, ".id");
  check.Range(course.priority, 1, Limits::kPriority, path, ".priority");
  check.Range(course.patient, kOwnPatient, std::numeric_limits<int>::max(), path, ".patient");
  check.Range(course.earliest_day, -Limits::kDays, 2 * Limits::kDays, path, ".earliest_day");
  check.Range(static_cast<int64_t>(course.visits.size()), 1, Limits::kVisitsPerCourse, path, ".visits");
  check.Range(static_cast<int64_t>(course.lags.size()), 0, Limits::kLagsPerCourse, path, ".lags");
  CheckDistinct(check, course.visits, absl::StrCat(path, ".visits"));
  for (size_t i = 0; i < course.visits.size() && check.ok(); ++i) {
    CheckVisit(check, clinic, course.visits[i], absl::StrCat(path, ".visits[", i, "]"));
  }
  for (size_t i = 0; i < course.lags.size() && check.ok(); ++i) {
    CheckLag(check, course, course.lags[i], absl::StrCat(path, ".lags[", i, "]"));
  }
  check.Spans(course.available, absl::StrCat(path, ".available"));
  check.Spans(course.preferred, absl::StrCat(path, ".preferred"));
  for (size_t i = 0; i < course.continuity.size() && check.ok(); ++i) {
    check.Range(course.continuity[i], 0, static_cast<int64_t>(clinic.role_names.size()) - 1, path, ".continuity[", i,
                "]");
  }
  return check.status();
}

absl::Status ValidateInstance(const Instance& instance) {
  if (absl::Status status = ValidateClinic(instance.clinic); !status.ok()) return status;
  Check check;
  CheckDistinct(check, instance.courses, ".courses");
  for (size_t i = 0; i < instance.courses.size() && check.ok(); ++i) {
    absl::Status status = ValidateCourse(instance.clinic, instance.courses[i], static_cast<int>(i));
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < instance.blocks.size() && check.ok(); ++i) {
    const Block& block = instance.blocks[i];
    const std::string path = absl::StrCat(".blocks[", i, "]");
    check.Range(block.resource, 0, static_cast<int64_t>(instance.clinic.resources.size()) - 1, path, ".resource");
    if (check.Range(block.interval.from, -Limits::kMinute, Limits::kMinute, path, ".from") &&
        check.Range(block.interval.to, -Limits::kMinute, Limits::kMinute, path, ".to")) {
      check.That(block.interval.from < block.interval.to, "a block ends after it begins", path);
    }
    check.Range(block.load, 1, Limits::kLoad, path, ".load");
  }
  return check.status();
}

}  // namespace kat::optimizer
