#include "services/scheduling/domain/protocol.h"

#include <algorithm>

namespace kat::scheduling {

const PhaseVisits* Phase::FindStem(absl::string_view stem) const {
  for (const PhaseVisits& candidate : visits) {
    if (candidate.stem == stem) return &candidate;
  }
  return nullptr;
}

std::vector<int> ProtocolVersion::OverrideRoles() const {
  constexpr int kPsychiatrist = 4;            // kat.common.v1.ROLE_PSYCHIATRIST
  constexpr int kAdministeringClinician = 5;  // kat.common.v1.ROLE_ADMINISTERING_CLINICIAN
  return override_roles.empty() ? std::vector<int>{kPsychiatrist, kAdministeringClinician} : override_roles;
}

const DecisionOption* DecisionPoint::Find(absl::string_view id) const {
  for (const DecisionOption& candidate : options) {
    if (candidate.id == id) return &candidate;
  }
  return nullptr;
}

int ProtocolVersion::FindPhase(absl::string_view id) const {
  for (size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

std::vector<int> ProtocolVersion::PhasesAfter(int phase) const {
  const Phase& at = phases[phase];
  if (!at.decision_point) {
    if (at.open_ended) return {phase};
    if (phase + 1 < static_cast<int>(phases.size())) return {phase + 1};
    return {};
  }
  std::vector<int> after;
  for (const DecisionOption& option : at.decision_point->options) {
    if (option.next_phase.empty()) continue;
    const int next = FindPhase(option.next_phase);
    if (std::find(after.begin(), after.end(), next) == after.end()) after.push_back(next);
  }
  return after;
}

}  // namespace kat::scheduling
