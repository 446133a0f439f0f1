#include "services/scheduling/domain/day.h"

#include <algorithm>
#include <map>
#include <set>

#include "libs/base/business_time.h"

namespace kat::scheduling {
namespace {

struct Load {
  Usage usage;
  AppointmentId appointment;
};

// How far a visit departs from its plan: from minute `from` of it on, everything comes `minutes` later (or earlier).
struct Stretch {
  int from = 0;
  int minutes = 0;

  int At(int minute) const { return minute <= from ? minute : std::max(minute + minutes, from); }
};

// What a visit of `type` takes, so stretched.
std::vector<Usage> StretchedUsageOf(const VisitType& type, absl::Time start, const std::vector<Assignment>& assignments,
                                    const Stretch& stretch) {
  VisitType stretched = type;
  for (VisitRole& role : stretched.roles) {
    for (UsageSegment& segment : role.segments) {
      segment.from_minute = stretch.At(segment.from_minute);
      segment.to_minute = stretch.At(segment.to_minute);
    }
    std::erase_if(role.segments, [](const UsageSegment& s) { return s.from_minute >= s.to_minute; });
  }
  return UsageOf(stretched, start, assignments);
}

int Minutes(absl::Duration duration) { return static_cast<int>(absl::ToInt64Minutes(duration)); }

class DayProjector {
 public:
  explicit DayProjector(const DayFacts& facts) : facts_(facts) {}

  DayProjection Run() {
    const std::vector<Span> open = facts_.clinic.holidays.contains(facts_.day)
                                       ? std::vector<Span>()
                                       : MinutesOn(facts_.clinic.opening_hours, facts_.day);
    if (!open.empty()) out_.closes_at = At(open.back().to);
    std::vector<const DayVisit*> coming;
    for (const DayVisit& visit : facts_.visits) {
      if (!Occupies(visit.appointment.state) || !facts_.visit_types.contains(visit.appointment.visit_type)) continue;
      if (IsOpen(visit.appointment.state)) {
        coming.push_back(&visit);
      } else {
        AddBegun(visit);
      }
    }
    std::sort(coming.begin(), coming.end(), [](const DayVisit* a, const DayVisit* b) {
      return std::pair(a->appointment.time.start, a->appointment.id.str()) <
             std::pair(b->appointment.time.start, b->appointment.id.str());
    });
    for (const DayVisit* visit : coming) AddComing(*visit);
    FindConflicts();
    std::stable_sort(out_.visits.begin(), out_.visits.end(), [](const ProjectedVisit& a, const ProjectedVisit& b) {
      return a.expected.start < b.expected.start;
    });
    return std::move(out_);
  }

 private:
  absl::Time At(int minute) const { return InstantOf(facts_.day, minute, facts_.clinic.Zone()); }
  const VisitType& TypeOf(const Appointment& appointment) const {
    return facts_.visit_types.at(appointment.visit_type);
  }
  int CapacityOf(const ResourceKey& key) const {
    const auto it = facts_.resources.find(key);
    return it == facts_.resources.end() ? 0 : it->second.capacity;
  }

  // Under way, or over.
  void AddBegun(const DayVisit& visit) {
    const Appointment& appointment = visit.appointment;
    const VisitType& type = TypeOf(appointment);
    const absl::Time start = visit.record ? visit.record->checked_in_at : appointment.time.start;
    const absl::Time natural_end = start + absl::Minutes(type.duration_minutes);
    const absl::Time end = EndOf(visit, natural_end);
    Stretch stretch{.minutes = Minutes(end - natural_end)};
    const int elapsed =
        appointment.state == AppointmentState::kCompleted ? Minutes(end - start) : Minutes(facts_.now - start);
    stretch.from = std::clamp(elapsed, 0, std::max(0, type.duration_minutes - 1));
    Add(visit, {start, end}, StretchedUsageOf(type, start, appointment.assignments, stretch), {});
  }

  absl::Time EndOf(const DayVisit& visit, absl::Time natural_end) const {
    if (!visit.record) return natural_end;
    const TreatmentRecord& record = *visit.record;
    if (record.discharge) return record.discharge->discharged_at.value_or(record.discharge->monitoring_end_at);
    const Monitoring& monitoring = TypeOf(visit.appointment).monitoring;
    absl::Time end = std::max(natural_end, facts_.now);
    if (const auto due = ObservationDue(record, monitoring)) end = std::max(end, *due);
    // Another dose may come, and the clock begins with it.
    const bool dosing = record.state == TreatmentState::kCheckedIn ||
                        (record.state == TreatmentState::kTreating && monitoring.observation_from_last_dose);
    if (dosing) end = std::max(end, facts_.now + absl::Minutes(monitoring.observation_minutes));
    return end;
  }

  void AddComing(const DayVisit& visit) {
    const Appointment& appointment = visit.appointment;
    const VisitType& type = TypeOf(appointment);
    const absl::Time base = std::max(appointment.time.start, facts_.now);
    const std::vector<ResourceKey> waits_for = Busy(appointment, type, base);
    const absl::Time start = waits_for.empty() ? base : FirstFit(appointment, type, base);
    Add(visit, {start, start + absl::Minutes(type.duration_minutes)}, UsageOf(type, start, appointment.assignments),
        waits_for);
  }

  // The first start at which everything is free; `base` where none is, since what is asked for is never there.
  absl::Time FirstFit(const Appointment& appointment, const VisitType& type, absl::Time base) const {
    std::set<absl::Time> starts;
    for (const Usage& usage : UsageOf(type, absl::UnixEpoch(), appointment.assignments)) {
      for (const Load& load : loads_) {
        if (load.usage.resource != usage.resource) continue;
        const absl::Time start = load.usage.time.end - (usage.time.start - absl::UnixEpoch());
        if (start > base) starts.insert(start);
      }
    }
    for (const auto& [patient, time] : patient_times_) {
      if (patient == appointment.patient && time.end > base) starts.insert(time.end);
    }
    for (absl::Time start : starts) {
      if (Busy(appointment, type, start).empty() && !PatientBusy(appointment, type, start)) return start;
    }
    return base;
  }

  bool PatientBusy(const Appointment& appointment, const VisitType& type, absl::Time start) const {
    if (appointment.patient.empty()) return false;
    const TimeSpan time{start, start + absl::Minutes(type.duration_minutes)};
    return std::any_of(patient_times_.begin(), patient_times_.end(), [&](const auto& busy) {
      return busy.first == appointment.patient && busy.second.Overlaps(time);
    });
  }

  // Resources that could not carry the visit as well, were it to start then.
  std::vector<ResourceKey> Busy(const Appointment& appointment, const VisitType& type, absl::Time start) const {
    const std::vector<Usage> own = UsageOf(type, start, appointment.assignments);
    std::set<ResourceKey> busy;
    for (const Usage& usage : own) {
      std::set<absl::Time> points = {usage.time.start};
      const auto note = [&](const Usage& other) {
        if (other.resource == usage.resource && other.time.start > usage.time.start &&
            other.time.start < usage.time.end) {
          points.insert(other.time.start);
        }
      };
      for (const Load& load : loads_) note(load.usage);
      for (const Usage& other : own) note(other);
      for (absl::Time point : points) {
        int total = 0;
        const auto add = [&](const Usage& other) {
          if (other.resource == usage.resource && other.time.start <= point && point < other.time.end) {
            total += other.load;
          }
        };
        for (const Load& load : loads_) add(load.usage);
        for (const Usage& other : own) add(other);
        if (total > CapacityOf(usage.resource)) busy.insert(usage.resource);
      }
    }
    return {busy.begin(), busy.end()};
  }

  void Add(const DayVisit& visit, const TimeSpan& expected, std::vector<Usage> usages,
           std::vector<ResourceKey> waits_for) {
    const Appointment& appointment = visit.appointment;
    ProjectedVisit projected{.appointment = appointment.id,
                             .state = appointment.state,
                             .planned = appointment.time,
                             .expected = expected,
                             .waits_for = std::move(waits_for)};
    if (visit.record) projected.phases = PhasesOf(*visit.record);
    Warn(visit, expected, usages);
    for (Usage& usage : usages) loads_.push_back({std::move(usage), appointment.id});
    if (!appointment.patient.empty()) patient_times_.push_back({appointment.patient, expected});
    out_.visits.push_back(std::move(projected));
  }

  void Warn(const DayVisit& visit, const TimeSpan& expected, const std::vector<Usage>& usages) {
    const Appointment& appointment = visit.appointment;
    if (appointment.state == AppointmentState::kCompleted) return;
    const auto warn = [&](DayWarningKind kind, absl::Time limit, absl::Time then, ResourceKey resource = {}) {
      out_.warnings.push_back(
          {.kind = kind, .appointment = appointment.id, .resource = resource, .limit = limit, .expected = then});
    };
    if (IsOpen(appointment.state) && facts_.now > appointment.time.start) {
      warn(DayWarningKind::kNotHere, appointment.time.start, expected.start);
    } else if (IsOpen(appointment.state) && expected.start > appointment.time.start) {
      warn(DayWarningKind::kStartsLate, appointment.time.start, expected.start);
    }
    if (expected.end > appointment.time.end && !IsOpen(appointment.state)) {
      warn(DayWarningKind::kRunsOver, appointment.time.end, expected.end);
    }
    if (out_.closes_at && appointment.time.end <= *out_.closes_at && expected.end > *out_.closes_at) {
      warn(DayWarningKind::kPastClosing, *out_.closes_at, expected.end);
    }
    WarnOfHours(visit, usages, warn);
  }

  // Each resource once, by its last use, where the plan kept to its hours.
  template <class Warn>
  void WarnOfHours(const DayVisit& visit, const std::vector<Usage>& usages, Warn warn) {
    std::map<ResourceKey, absl::Time> until;
    for (const Usage& usage : usages) {
      absl::Time& end = until.emplace(usage.resource, absl::InfinitePast()).first->second;
      end = std::max(end, usage.time.end);
    }
    std::map<ResourceKey, absl::Time> planned;
    for (const Usage& usage :
         UsageOf(TypeOf(visit.appointment), visit.appointment.time.start, visit.appointment.assignments)) {
      absl::Time& end = planned.emplace(usage.resource, absl::InfinitePast()).first->second;
      end = std::max(end, usage.time.end);
    }
    for (const auto& [key, end] : until) {
      const auto resource = facts_.resources.find(key);
      if (resource == facts_.resources.end()) continue;
      const std::vector<Span> hours = WorkingMinutes(resource->second.availability, facts_.clinic, facts_.day);
      if (hours.empty()) continue;
      const absl::Time last = At(hours.back().to);
      if (planned[key] <= last && end > last) warn(DayWarningKind::kPastWorkingHours, last, end, key);
    }
  }

  // Only visits under way can conflict, or what never had room.
  void FindConflicts() {
    std::map<ResourceKey, std::set<absl::Time>> points;
    for (const Load& load : loads_) {
      points[load.usage.resource].insert({load.usage.time.start, load.usage.time.end});
    }
    for (const auto& [resource, times] : points) {
      for (auto it = times.begin(); std::next(it) != times.end(); ++it) {
        const TimeSpan span{*it, *std::next(it)};
        if (span.end <= facts_.now) continue;
        int total = 0;
        std::set<AppointmentId> on;
        for (const Load& load : loads_) {
          if (load.usage.resource != resource || !load.usage.time.Overlaps(span)) continue;
          total += load.usage.load;
          on.insert(load.appointment);
        }
        if (total > CapacityOf(resource)) AddConflict(resource, span, {on.begin(), on.end()});
      }
    }
  }

  void AddConflict(const ResourceKey& resource, const TimeSpan& time, std::vector<AppointmentId> appointments) {
    if (!out_.conflicts.empty()) {
      DayConflict& last = out_.conflicts.back();
      if (last.resource == resource && last.time.end == time.start && last.appointments == appointments) {
        last.time.end = time.end;
        return;
      }
    }
    out_.conflicts.push_back({resource, time, std::move(appointments)});
  }

  const DayFacts& facts_;
  std::vector<Load> loads_;
  std::vector<std::pair<PatientId, TimeSpan>> patient_times_;
  DayProjection out_;
};

}  // namespace

std::vector<VisitPhase> PhasesOf(const TreatmentRecord& record) {
  std::vector<VisitPhase> phases = {{PhaseKind::kPreparation, record.checked_in_at, std::nullopt}};
  const auto next = [&](PhaseKind kind, absl::Time at) {
    phases.back().end = at;
    phases.push_back({kind, at, std::nullopt});
  };
  if (!record.doses.empty()) {
    next(PhaseKind::kTreatment, record.doses.front().given_at);
    if (record.state == TreatmentState::kObserving || record.discharge) {
      next(PhaseKind::kObservation, record.doses.back().given_at);
    }
  }
  if (record.discharge) {
    next(PhaseKind::kDischarge, record.discharge->monitoring_end_at);
    phases.back().end = record.discharge->discharged_at;
  } else if (record.state == TreatmentState::kNotTreated) {
    phases.back().end = record.updated_at;
  }
  return phases;
}

DayProjection ProjectDay(const DayFacts& facts) { return DayProjector(facts).Run(); }

}  // namespace kat::scheduling
