#include "services/scheduling/ops/capacity.h"

#include <set>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {

namespace {

absl::StatusOr<std::vector<Usage>> UsagesOf(Tx& tx, const std::vector<std::string>& owners) {
  if (owners.empty()) return std::vector<Usage>();
  ASSIGN_OR_RETURN(const std::vector<Commitment> owned, tx.occupancy().OwnedBy(owners));
  std::vector<Usage> usages;
  for (const Commitment& commitment : owned) usages.push_back(commitment.usage);
  return usages;
}

// Without it, a sick day that is noted at the same instant would neither be seen by the booking nor see it.
absl::Status HoldSetup(Tx& tx, const ClinicFacts& facts, const std::vector<CapacityChange::Want>& take) {
  if (take.empty()) return absl::OkStatus();
  std::set<ResourceKey> used;
  for (const CapacityChange::Want& want : take) {
    for (const Assignment& assignment : want.assignments) used.insert(assignment.resource);
  }
  ASSIGN_OR_RETURN(const int64_t clinic_version, tx.clinics().HoldVersion());
  if (clinic_version != facts.clinic.version) return SetupChanged();
  ASSIGN_OR_RETURN(const auto versions, tx.resources().HoldVersions(used));
  for (const auto& [key, version] : versions) {
    const auto checked = facts.resources.find(key);
    if (checked == facts.resources.end() || checked->second.version != version) return SetupChanged();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Apply(Tx& tx, const ClinicFacts& facts, const CapacityChange& change) {
  RETURN_IF_ERROR(HoldSetup(tx, facts, change.take));
  ASSIGN_OR_RETURN(std::vector<Usage> touched, UsagesOf(tx, change.give_back));
  std::vector<Claim> claims;
  for (const CapacityChange::Want& want : change.take) {
    const auto type = facts.visit_types.find(want.type);
    if (type == facts.visit_types.end()) return ResourceNotFound("visit type");
    claims.push_back({want.owner, UsageOf(type->second, want.start, want.assignments), want.patient, want.time});
    touched.insert(touched.end(), claims.back().usages.begin(), claims.back().usages.end());
  }
  RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(touched, facts.clinic.Zone())));
  if (!change.give_back.empty()) RETURN_IF_ERROR(tx.occupancy().GiveBack(change.give_back));
  return claims.empty() ? absl::OkStatus() : tx.occupancy().Take(claims);
}

absl::Status GiveBack(Tx& tx, const std::vector<std::string>& owners) {
  ASSIGN_OR_RETURN(const std::vector<Usage> touched, UsagesOf(tx, owners));
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(touched, clinic.zone)));
  return tx.occupancy().GiveBack(owners);
}

CapacityChange::Want WantOf(const Appointment& appointment) {
  return {.owner = OwnerOf(appointment.id),
          .type = appointment.visit_type,
          .start = appointment.time.start,
          .assignments = appointment.assignments,
          .patient = appointment.patient,
          .time = appointment.time};
}

}  // namespace kat::scheduling
