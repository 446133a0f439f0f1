#include "services/scheduling/domain/live_schedule.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "libs/base/business_time.h"
#include "services/scheduling/domain/calendar.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

bool SameUse(const Usage& a, const Usage& b) {
  return a.resource == b.resource && a.role == b.role && a.time == b.time && a.load == b.load;
}

bool SameUses(const std::vector<Usage>& a, const std::vector<Usage>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameUse);
}

// Those of `usages` that are in `time`, in an order that does not depend on how they were read.
std::vector<Usage> UsagesIn(const TimeSpan& time, std::vector<Usage> usages) {
  std::erase_if(usages, [&](const Usage& usage) { return !usage.time.Overlaps(time); });
  std::sort(usages.begin(), usages.end(), [](const Usage& a, const Usage& b) {
    return std::tie(a.time.start, a.resource, a.role, a.time.end) <
           std::tie(b.time.start, b.resource, b.role, b.time.end);
  });
  return usages;
}

bool SameSetup(const Resource& a, const Resource& b) { return a.version == b.version; }

}  // namespace

TimeSpan DayRange::InstantsIn(absl::TimeZone zone) const {
  return {absl::FromCivil(first, zone), absl::FromCivil(end(), zone)};
}

void LiveChange::Merge(const LiveChange& other) {
  resources.insert(other.resources.begin(), other.resources.end());
  appointments.insert(other.appointments.begin(), other.appointments.end());
  holds.insert(other.holds.begin(), other.holds.end());
  free.insert(other.free.begin(), other.free.end());
}

LiveSchedule::LiveSchedule(DayRange range, LiveSetup setup, const LiveUpdate& now)
    : range_(range), setup_(std::move(setup)) {
  Apply(now);
}

LiveChange LiveSchedule::Apply(const LiveUpdate& update) {
  LiveChange change;
  if (update.setup) ApplySetup(*update.setup, &change);
  for (const LiveAppointment& appointment : update.appointments) ApplyAppointment(appointment, &change);
  for (const Hold& hold : update.holds) ApplyHold(hold, &change);
  const TimeSpan watched = range_.InstantsIn(zone());
  for (const auto& [owner, usages] : update.usages) ApplyUsages(owner, UsagesIn(watched, usages), &change);
  return change;
}

void LiveSchedule::ApplySetup(const LiveSetup& setup, LiveChange* change) {
  const bool clinic_changed = setup.clinic.version != setup_.clinic.version;
  for (const auto& [key, resource] : setup.resources) {
    const auto known = setup_.resources.find(key);
    if (known != setup_.resources.end() && !clinic_changed && SameSetup(known->second, resource)) continue;
    change->resources.insert(key);
    for (int day = 0; day < range_.days; ++day) change->free.insert({key, range_.first + day});
  }
  setup_ = setup;
}

void LiveSchedule::ApplyAppointment(const LiveAppointment& appointment, LiveChange* change) {
  const AppointmentId& id = appointment.appointment.id;
  const auto known = appointments_.find(id);
  if (!range_.Contains(DayAt(appointment.appointment.time.start, zone()))) {
    if (known == appointments_.end()) return;
    appointments_.erase(known);
    change->appointments.insert(id);
    return;
  }
  if (known != appointments_.end() && known->second.appointment.version == appointment.appointment.version &&
      known->second.treatment == appointment.treatment) {
    return;
  }
  appointments_[id] = appointment;
  change->appointments.insert(id);
}

void LiveSchedule::ApplyHold(const Hold& hold, LiveChange* change) {
  const bool shown = hold.state == HoldState::kActive &&
                     std::any_of(hold.plan.visits.begin(), hold.plan.visits.end(), [&](const PlannedVisit& visit) {
                       return range_.Contains(DayAt(visit.start, zone()));
                     });
  if (shown == holds_.contains(hold.id)) return;  // a hold changes by ending only
  if (shown) {
    holds_[hold.id] = hold;
  } else {
    holds_.erase(hold.id);
  }
  change->holds.insert(hold.id);
}

void LiveSchedule::ApplyUsages(const std::string& owner, const std::vector<Usage>& usages, LiveChange* change) {
  const auto known = usages_.find(owner);
  const std::vector<Usage> before = known == usages_.end() ? std::vector<Usage>() : known->second;
  if (SameUses(before, usages)) return;
  for (const Usage& usage : before) on_[usage.resource].erase(owner);
  usages_.erase(owner);
  if (!usages.empty()) usages_[owner] = usages;
  for (const Usage& usage : usages) on_[usage.resource][owner].push_back(usage);
  MarkFree(before, change);
  MarkFree(usages, change);
  absl::string_view id = owner;
  if (absl::ConsumePrefix(&id, "appointments/") && appointments_.contains(AppointmentId(id))) {
    change->appointments.insert(AppointmentId(id));
  }
}

void LiveSchedule::MarkFree(const std::vector<Usage>& usages, LiveChange* change) const {
  for (const ResourceDay& day : DaysOf(usages, zone())) {
    if (range_.Contains(day.second)) change->free.insert(day);
  }
}

const std::vector<Usage>& LiveSchedule::UsagesOf(const std::string& owner) const {
  static const auto* const kNone = new std::vector<Usage>();
  const auto known = usages_.find(owner);
  return known == usages_.end() ? *kNone : known->second;
}

std::vector<TimeSpan> LiveSchedule::WorkingTime(const ResourceKey& key) const { return TimeBy(WorkingLine, key); }
std::vector<TimeSpan> LiveSchedule::OnCallTime(const ResourceKey& key) const { return TimeBy(OnCallLine, key); }

std::vector<TimeSpan> LiveSchedule::TimeBy(decltype(WorkingLine)& line_of, const ResourceKey& key) const {
  std::vector<TimeSpan> out;
  const auto resource = setup_.resources.find(key);
  if (resource == setup_.resources.end()) return out;
  const Line line{range_.first, zone()};
  for (const Span& span : line_of(resource->second.availability, setup_.clinic, range_.first, range_.days)) {
    out.push_back({line.TimeOf(span.from), line.TimeOf(span.to)});
  }
  return out;
}

std::vector<FreeSpan> LiveSchedule::FreeOn(const ResourceDay& day) const {
  std::vector<FreeSpan> out;
  const auto resource = setup_.resources.find(day.first);
  if (resource == setup_.resources.end() || resource->second.retired) return out;
  // Where the load changes, and by how much.
  std::map<absl::Time, int> steps;
  if (const auto owners = on_.find(day.first); owners != on_.end()) {
    for (const auto& [owner, usages] : owners->second) {
      for (const Usage& usage : usages) {
        steps[usage.time.start] += usage.load;
        steps[usage.time.end] -= usage.load;
      }
    }
  }
  const Line line{day.second, zone()};
  const auto add = [&](absl::Time from, absl::Time to, int load) {
    const int free = resource->second.capacity - load;
    if (free <= 0 || from >= to) return;
    if (!out.empty() && out.back().time.end == from && out.back().free == free) {
      out.back().time.end = to;
    } else {
      out.push_back({{from, to}, free});
    }
  };
  for (const Span& span : WorkingMinutes(resource->second.availability, setup_.clinic, day.second)) {
    absl::Time from = line.TimeOf(span.from);
    const absl::Time to = line.TimeOf(span.to);
    int load = 0;
    for (const auto& [at, by] : steps) {
      if (at >= to) break;
      if (at > from) {
        add(from, at, load);
        from = at;
      }
      load += by;
    }
    add(from, to, load);
  }
  return out;
}

LiveChange LiveSchedule::All() const {
  LiveChange all;
  for (const auto& [key, resource] : setup_.resources) {
    all.resources.insert(key);
    for (int day = 0; day < range_.days; ++day) all.free.insert({key, range_.first + day});
  }
  for (const auto& [id, appointment] : appointments_) all.appointments.insert(id);
  for (const auto& [id, hold] : holds_) all.holds.insert(id);
  return all;
}

}  // namespace kat::scheduling
