#include "services/scheduling/domain/outlook.h"

#include <algorithm>
#include <optional>
#include <set>

#include "libs/base/business_time.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

std::set<std::string> TagsOn(const Resource& resource, absl::CivilDay day) {
  std::set<std::string> tags;
  for (const Tag& tag : resource.tags) {
    if (tag.HoldsOn(day)) tags.insert(tag.tag);
  }
  return tags;
}

// Load minutes in minutes of a person's whole attention, or of a place.
int64_t MinutesOf(const Resource& resource, int64_t load_minutes) {
  if (resource.kind != ResourceKind::kStaff) return load_minutes;
  return (load_minutes + resource.capacity / 2) / resource.capacity;
}

// The day on which each of `visits` can be expected: those that stand, where they stand.
std::map<std::string, absl::CivilDay> DaysExpected(const Expansion& block, std::map<std::string, absl::CivilDay> days,
                                                   absl::CivilDay from) {
  for (const VisitSpec& visit : block.visits) days.emplace(visit.visit_id, from);
  for (size_t round = 0; round < block.visits.size(); ++round) {
    bool changed = false;
    for (const VisitLag& lag : block.lags) {
      const auto earlier = days.find(lag.from_visit);
      const auto later = days.find(lag.to_visit);
      if (earlier == days.end() || later == days.end()) continue;
      const absl::CivilDay due = earlier->second + lag.gap.ideal_days.value_or(lag.gap.min_days);
      if (due <= later->second) continue;
      later->second = due;
      changed = true;
    }
    if (!changed) break;
  }
  return days;
}

}  // namespace

absl::CivilDay NextMonday(absl::CivilDay day) { return absl::NextWeekday(day, absl::Weekday::monday); }

OutlookLedger::OutlookLedger(const Clinic& clinic, const ResourceMap& resources, const Weeks& weeks)
    : clinic_(clinic), resources_(resources), weeks_(weeks), loads_(weeks.count) {
  for (const auto& [key, resource] : resources_) {
    if (resource.retired) continue;
    for (absl::CivilDay day = weeks.first_day; day < weeks.end(); ++day) {
      int64_t minutes = 0;
      for (const Span& span : WorkingMinutes(resource.availability, clinic_, day)) minutes += span.to - span.from;
      for (const std::string& tag : TagsOn(resource, day)) {
        loads_[(day - weeks.first_day) / 7][{tag, key}].capacity += minutes * resource.capacity;
      }
    }
  }
}

void OutlookLedger::Take(const Usage& usage, TakenFor what) {
  const auto resource = resources_.find(usage.resource);
  if (resource == resources_.end() || resource->second.retired) return;
  const Line line{weeks_.first_day, clinic_.Zone()};
  const Span taken{line.MinuteAt(usage.time.start), line.MinuteAt(usage.time.end)};
  for (int day = 0; day < 7 * weeks_.count; ++day) {
    const int from = std::max(taken.from, day * limits::kMinutesPerDay);
    const int to = std::min(taken.to, (day + 1) * limits::kMinutesPerDay);
    if (from >= to) continue;
    for (const std::string& tag : TagsOn(resource->second, weeks_.first_day + day)) {
      loads_[day / 7][{tag, usage.resource}].taken[static_cast<int>(what)] += int64_t{to - from} * usage.load;
    }
  }
}

std::map<std::string, TagMinutes> OutlookLedger::Week(int week) const {
  std::map<std::string, TagMinutes> tags;
  for (const auto& [tag_and_key, load] : loads_[week]) {
    const Resource& resource = resources_.at(tag_and_key.second);
    TagMinutes& minutes = tags[tag_and_key.first];
    minutes.capacity += MinutesOf(resource, load.capacity);
    minutes.booked += MinutesOf(resource, load.taken[static_cast<int>(TakenFor::kBooked)]);
    minutes.expected += MinutesOf(resource, load.taken[static_cast<int>(TakenFor::kExpected)]);
    minutes.pipeline += MinutesOf(resource, load.taken[static_cast<int>(TakenFor::kPipeline)]);
  }
  return tags;
}

std::optional<int> WeekOfStart(const Prospect& prospect, const Weeks& weeks, absl::TimeZone zone) {
  if (!prospect.ready_by) return 0;
  const absl::CivilDay day = std::max(DayAt(*prospect.ready_by, zone), weeks.first_day);
  if (day >= weeks.end()) return std::nullopt;
  return static_cast<int>(day - weeks.first_day) / 7;
}

ExpectedPhases PhasesExpected(const Course& course, const ProtocolVersion& protocol,
                              const std::vector<Appointment>& appointments, absl::TimeZone zone, absl::CivilDay from,
                              absl::CivilDay until) {
  std::map<std::string, absl::CivilDay> standing;
  for (const TimedVisit& visit : StandingVisits(appointments)) standing[visit.visit_id] = DayAt(visit.start, zone);
  const StemCounts booked = CountBooked(course, protocol);
  std::vector<int> before = BookedPhases(course, protocol);
  ExpectedPhases expected{.undecided = StepAfter(course, protocol, before).undecided};
  while (true) {
    const NextStep next = StepAfter(course, protocol, before);
    if (next.phase < 0) return expected;
    std::vector<int> phases = expected.phases;
    phases.push_back(next.phase);
    const size_t known = ExpandPhases(protocol, expected.phases, booked).visits.size();
    const Expansion block = ExpandPhases(protocol, phases, booked);
    if (block.visits.size() > limits::kMaxVisitsPerBlock) return expected;
    const std::map<std::string, absl::CivilDay> days = DaysExpected(block, standing, from);
    std::optional<absl::CivilDay> first;
    for (size_t i = known; i < block.visits.size(); ++i) {
      const absl::CivilDay day = days.at(block.visits[i].visit_id);
      first = std::min(first.value_or(day), day);
    }
    if (!first || *first >= until) return expected;
    expected.phases = std::move(phases);
    before.push_back(next.phase);
  }
}

}  // namespace kat::scheduling
