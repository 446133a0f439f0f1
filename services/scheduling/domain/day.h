#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_DAY_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_DAY_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/scheduling/domain/booking.h"
#include "services/scheduling/domain/treatment.h"

// The day as it runs: what has happened until now, and what follows from it for the rest of the day.
namespace kat::scheduling {

// An appointment of the day, with its treatment record where the patient was checked in.
struct DayVisit {
  Appointment appointment;
  std::optional<TreatmentRecord> record;
};

struct DayFacts {
  const Clinic& clinic;
  const ResourceMap& resources;
  const VisitTypeMap& visit_types;
  const std::vector<DayVisit>& visits;
  absl::CivilDay day;
  absl::Time now;
};

// Numbers of kat.scheduling.v1.VisitPhase.Kind.
enum class PhaseKind { kPreparation = 1, kTreatment = 2, kObservation = 3, kDischarge = 4 };

// A phase of a visit as it ran; one that goes on has no end.
struct VisitPhase {
  PhaseKind kind = PhaseKind::kPreparation;
  absl::Time start;
  std::optional<absl::Time> end;
};

struct ProjectedVisit {
  AppointmentId appointment;
  AppointmentState state = AppointmentState::kBooked;
  TimeSpan planned;   // the patient's time
  TimeSpan expected;  // the same as it ran, or is expected to
  std::vector<VisitPhase> phases;
  std::vector<ResourceKey> waits_for;  // what is busy with visits before it at the time when it could begin
};

// Numbers of kat.scheduling.v1.DayWarning.Kind.
enum class DayWarningKind { kNotHere = 1, kRunsOver = 2, kStartsLate = 3, kPastClosing = 4, kPastWorkingHours = 5 };

struct DayWarning {
  DayWarningKind kind = DayWarningKind::kNotHere;
  AppointmentId appointment;
  ResourceKey resource;  // of kPastWorkingHours
  absl::Time limit;      // what was planned, or when the clinic closes or the resource ends work
  absl::Time expected;
};

// More on a resource than it carries.
struct DayConflict {
  ResourceKey resource;
  TimeSpan time;
  std::vector<AppointmentId> appointments;
};

struct DayProjection {
  std::optional<absl::Time> closes_at;  // none where the clinic is closed
  std::vector<ProjectedVisit> visits;   // in order of expected start; none cancelled or missed
  std::vector<DayWarning> warnings;
  std::vector<DayConflict> conflicts;
};

// Phases of a record as they ran.
std::vector<VisitPhase> PhasesOf(const TreatmentRecord& record);

// Re-projects the day. A visit under way takes as long as planned from its actual start, and at least until observation
// may end; what it uses at the moment it uses for longer, what comes after that comes later. A visit to come begins
// when it is planned, or now where that is past: in the order of the plan, each takes the first time from then on at
// which what it needs is free. Nobody is called earlier than planned, though somebody has left early.
DayProjection ProjectDay(const DayFacts& facts);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_DAY_H_
