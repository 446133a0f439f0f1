#include "services/scheduling/domain/conditional.h"

#include <algorithm>
#include <iterator>

namespace kat::scheduling {

void NoteConditions(const VisitConditions& conditions, std::vector<Appointment>& appointments) {
  for (Appointment& appointment : appointments) {
    const auto found = conditions.find(appointment.visit_id);
    if (found != conditions.end()) appointment.condition = found->second;
  }
}

std::vector<Appointment> AskedAboutCoverage(const std::vector<Appointment>& appointments) {
  std::vector<Appointment> asked;
  std::copy_if(appointments.begin(), appointments.end(), std::back_inserter(asked), [](const Appointment& appointment) {
    return appointment.session_number > 0 && IsOpen(appointment.state);
  });
  return asked;
}

bool TakeCondition(const VisitConditions& uncovered, Appointment& appointment) {
  const auto found = uncovered.find(appointment.visit_id);
  const auto now = found == uncovered.end() ? std::optional<CoverageCondition>() : found->second;
  if (appointment.condition == now) return false;
  appointment.condition = now;
  return true;
}

std::optional<absl::CivilDay> RenewalRequestBy(const VisitConditions& conditions) {
  std::optional<absl::CivilDay> earliest;
  for (const auto& [visit, condition] : conditions) {
    if (!condition.renewal_request_by) continue;
    earliest = std::min(earliest.value_or(*condition.renewal_request_by), *condition.renewal_request_by);
  }
  return earliest;
}

}  // namespace kat::scheduling
