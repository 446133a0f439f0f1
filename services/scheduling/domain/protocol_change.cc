#include "services/scheduling/domain/protocol_change.h"

#include <algorithm>
#include <map>
#include <set>

#include "libs/base/error.h"
#include "services/scheduling/domain/errors.h"

namespace kat::scheduling {
namespace {

// Indices of the booked phases that a version has.
std::vector<int> BookedIn(const Course& course, const ProtocolVersion& protocol) {
  std::vector<int> phases = BookedPhases(course, protocol);
  std::erase(phases, -1);
  return phases;
}

// The booked phases and those to come, as far as is decided; what repeats comes once more.
std::vector<int> WayOf(const Course& course, const ProtocolVersion& protocol) {
  std::vector<int> way = BookedIn(course, protocol);
  std::set<int> coming;
  for (;;) {
    const NextStep next = StepAfter(course, protocol, way);
    if (next.phase < 0 || !coming.insert(next.phase).second) return way;
    way.push_back(next.phase);
  }
}

std::map<std::string, VisitSpec> ById(const std::vector<VisitSpec>& visits) {
  std::map<std::string, VisitSpec> by_id;
  for (const VisitSpec& visit : visits) by_id[visit.visit_id] = visit;
  return by_id;
}

bool SameVisits(const Phase& a, const Phase& b) {
  return std::equal(a.visits.begin(), a.visits.end(), b.visits.begin(), b.visits.end(),
                    [](const PhaseVisits& x, const PhaseVisits& y) {
                      return x.stem == y.stem && x.visit_type == y.visit_type && x.count == y.count;
                    });
}

std::vector<std::string> BlockingPhases(const Course& course, const ProtocolVersion& from, const ProtocolVersion& to) {
  std::vector<std::string> blocking;
  for (int index : BookedPhases(course, from)) {
    const Phase& phase = from.phases[index];
    const int there = to.FindPhase(phase.id);
    if (there >= 0 && SameVisits(phase, to.phases[there])) continue;
    if (std::find(blocking.begin(), blocking.end(), phase.id) == blocking.end()) blocking.push_back(phase.id);
  }
  return blocking;
}

std::vector<Reason> Broken(const BookingFacts& facts, const ProtocolVersion& protocol) {
  return CheckLags(ExpandPhases(protocol, BookedIn(facts.course, protocol), {}).lags,
                   StandingVisits(facts.appointments), facts.clinic.Zone());
}

}  // namespace

ProtocolChange CompareProtocols(const BookingFacts& facts, const ProtocolVersion& to) {
  ProtocolChange change{.blocking_phases = BlockingPhases(facts.course, facts.protocol, to)};
  std::map<std::string, AppointmentId> booked;
  for (const Appointment& appointment : facts.appointments) {
    if (Occupies(appointment.state)) booked[appointment.visit_id] = appointment.id;
  }
  const std::vector<VisitSpec> old_visits =
      ExpandPhases(facts.protocol, WayOf(facts.course, facts.protocol), {}).visits;
  const std::vector<VisitSpec> new_visits = ExpandPhases(to, WayOf(facts.course, to), {}).visits;
  const std::map<std::string, VisitSpec> before = ById(old_visits);
  const std::map<std::string, VisitSpec> after = ById(new_visits);
  for (const VisitSpec& visit : new_visits) {
    const auto old = before.find(visit.visit_id);
    VisitChangeKind kind = VisitChangeKind::kAdded;
    if (old != before.end()) {
      const bool same = old->second.visit_type == visit.visit_type && old->second.phase == visit.phase;
      kind = same ? VisitChangeKind::kKept : VisitChangeKind::kChanged;
    }
    change.visits.push_back({kind, visit, booked[visit.visit_id]});
  }
  for (const VisitSpec& visit : old_visits) {
    if (!after.contains(visit.visit_id)) {
      change.visits.push_back({VisitChangeKind::kRemoved, visit, booked[visit.visit_id]});
    }
  }
  const std::vector<Reason> broken_before = Broken(facts, facts.protocol);
  for (Reason& reason : Broken(facts, to)) {
    const bool known = std::any_of(broken_before.begin(), broken_before.end(), [&](const Reason& old) {
      return old.kind == reason.kind && old.from_visit == reason.from_visit && old.to_visit == reason.to_visit &&
             old.allowed == reason.allowed;
    });
    if (!known) change.broken.push_back(std::move(reason));
  }
  return change;
}

absl::Status CheckProtocolChange(const Course& course, const ProtocolVersion& to, const ProtocolChange& change) {
  if (course.state != CourseState::kActive) return WrongState("course", "STOPPED", "moved to another version");
  if (to.program != course.program) return InvalidField("protocol_version", "is of another program than the course");
  if (to.protocol == course.protocol && to.version == course.protocol_version) {
    return InvalidField("protocol_version", "is the one that the course has");
  }
  return change.blocking_phases.empty() ? absl::OkStatus() : BookedPhasesDiffer(change.blocking_phases);
}

}  // namespace kat::scheduling
