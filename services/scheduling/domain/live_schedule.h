#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_LIVE_SCHEDULE_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_LIVE_SCHEDULE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/scheduling/domain/appointment.h"
#include "services/scheduling/domain/clinic.h"
#include "services/scheduling/domain/placement.h"
#include "services/scheduling/domain/plan.h"
#include "services/scheduling/domain/treatment.h"

namespace kat::scheduling {

// `days` days from `first` on, at least one.
struct DayRange {
  absl::CivilDay first;
  int days = 1;

  absl::CivilDay end() const { return first + days; }
  bool Contains(absl::CivilDay day) const { return first <= day && day < end(); }
  TimeSpan InstantsIn(absl::TimeZone zone) const;
  friend bool operator==(const DayRange&, const DayRange&) = default;
  friend bool operator<(const DayRange& a, const DayRange& b) {
    return std::pair(a.first, a.days) < std::pair(b.first, b.days);
  }
};

// An appointment as the live view shows it.
struct LiveAppointment {
  Appointment appointment;
  std::optional<TreatmentState> treatment;  // none before check-in
};

// Capacity that is free throughout `time`.
struct FreeSpan {
  TimeSpan time;
  int free = 0;

  friend bool operator==(const FreeSpan&, const FreeSpan&) = default;
};

// A resource on a local day.
using ResourceDay = std::pair<ResourceKey, absl::CivilDay>;

// Items of the live view that differ from what they were, by name.
struct LiveChange {
  std::set<ResourceKey> resources;
  std::set<AppointmentId> appointments;
  std::set<HoldId> holds;
  std::set<ResourceDay> free;

  bool empty() const { return resources.empty() && appointments.empty() && holds.empty() && free.empty(); }
  void Merge(const LiveChange& other);
};

// What a clinic works with, as the live view needs it.
struct LiveSetup {
  Clinic clinic;
  ResourceMap resources;
};

// Things that may have changed, as they are now; none of them needs to be on the days watched.
struct LiveUpdate {
  std::optional<LiveSetup> setup;
  std::vector<LiveAppointment> appointments;
  std::vector<Hold> holds;
  std::map<std::string, std::vector<Usage>> usages;  // by owner; empty where it has nothing any more
};

// The schedule of a clinic on a run of days, kept up by updates. Updates may come twice, and may run ahead of one
// another: what counts is the newest that was read of each thing. Not thread-safe.
class LiveSchedule {
 public:
  // `usages` of `now` are all that overlap the days.
  LiveSchedule(DayRange range, LiveSetup setup, const LiveUpdate& now);

  // Takes the update in; what is different now.
  LiveChange Apply(const LiveUpdate& update);

  const DayRange& range() const { return range_; }
  absl::TimeZone zone() const { return setup_.clinic.Zone(); }
  const LiveSetup& setup() const { return setup_; }
  const std::map<AppointmentId, LiveAppointment>& appointments() const { return appointments_; }
  const std::map<HoldId, Hold>& holds() const { return holds_; }
  // What `owner` takes on the days watched.
  const std::vector<Usage>& UsagesOf(const std::string& owner) const;
  // Working time of the resource on the days watched, and its time on call.
  std::vector<TimeSpan> WorkingTime(const ResourceKey& key) const;
  std::vector<TimeSpan> OnCallTime(const ResourceKey& key) const;
  // Its working time on that day with something free, in order; neighbours differ.
  std::vector<FreeSpan> FreeOn(const ResourceDay& day) const;
  // Every item.
  LiveChange All() const;

 private:
  // As WorkingLine or OnCallLine has it.
  std::vector<TimeSpan> TimeBy(decltype(WorkingLine)& line_of, const ResourceKey& key) const;
  void ApplySetup(const LiveSetup& setup, LiveChange* change);
  void ApplyAppointment(const LiveAppointment& appointment, LiveChange* change);
  void ApplyHold(const Hold& hold, LiveChange* change);
  void ApplyUsages(const std::string& owner, const std::vector<Usage>& usages, LiveChange* change);
  void MarkFree(const std::vector<Usage>& usages, LiveChange* change) const;

  const DayRange range_;
  LiveSetup setup_;
  std::map<AppointmentId, LiveAppointment> appointments_;                // that start in range
  std::map<HoldId, Hold> holds_;                                         // active, with a visit in range
  std::map<std::string, std::vector<Usage>> usages_;                     // in range, by owner
  std::map<ResourceKey, std::map<std::string, std::vector<Usage>>> on_;  // the same by resource, then owner
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_LIVE_SCHEDULE_H_
