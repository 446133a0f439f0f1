#include "services/scheduling/domain/protocol.h"

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

int ProtocolVersion::FindPhase(absl::string_view id) const {
  for (size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace kat::scheduling
