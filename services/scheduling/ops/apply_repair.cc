#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/repair.h"
#include "services/scheduling/ops/repair_option.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

absl::StatusOr<const RepairPart*> FindPart(const Repair& repair, const RepairChoice& choice, absl::Time now) {
  Repair tried = repair;
  RETURN_IF_ERROR(MarkApplied(tried, choice.part, choice.option, now));
  return &*std::find_if(repair.parts.begin(), repair.parts.end(),
                        [&](const RepairPart& part) { return part.Id() == choice.part; });
}

// Notes the absence in the resource's calendar, and in `facts`, unless it is not on duty then anyway.
absl::Status NoteAbsence(Tx& tx, const Absence& absence, ClinicFacts& facts) {
  const auto resource = facts.resources.find(absence.resource);
  if (resource == facts.resources.end()) return ResourceNotFound("resource");
  if (!OnDutyWithin(resource->second, facts.clinic, absence.time)) return absl::OkStatus();
  resource->second = WithAbsence(resource->second, facts.clinic, absence);
  ++resource->second.version;
  resource->second.updated_at = tx.now();
  const absl::Status updated = tx.resources().Update(resource->second);
  if (ErrorReason(updated) == "ETAG_MISMATCH") return SetupChanged();
  RETURN_IF_ERROR(updated);
  return Publish(tx, resource->second, "updated");
}

}  // namespace

std::vector<RepairChoice> AllChoices(const Repair& repair) {
  std::vector<RepairChoice> choices;
  for (const RepairPart& part : repair.parts) {
    if (!part.applied_option) choices.push_back({.part = part.Id()});
  }
  return choices;
}

absl::StatusOr<CheckedPart> CheckPart(Tx& tx, const Repair& repair, const RepairChoice& choice, Lock lock) {
  ASSIGN_OR_RETURN(const RepairPart* part, FindPart(repair, choice, tx.now()));
  return CheckOption(tx, *part, part->options[choice.option], choice.overrides, lock);
}

absl::StatusOr<AppliedRepair> ApplyRepair(Tx& tx, Repair repair, std::vector<RepairChoice> choices,
                                          const std::map<std::string, PartReservations>& reserved,
                                          const std::string& applied_by) {
  if (repair.state == RepairState::kApplied) return WrongState("repair", StateName(repair.state), "applied");
  // Courses are locked in the order of their names, so that two repairs wait for each other and do not embrace.
  std::sort(choices.begin(), choices.end(),
            [](const RepairChoice& a, const RepairChoice& b) { return a.part < b.part; });
  const auto* absence = std::get_if<Absence>(&repair.trigger);
  RETURN_IF_ERROR(absence != nullptr ? LockSetup(tx) : HoldSetup(tx));
  ASSIGN_OR_RETURN(const ClinicFacts before, LoadClinicFacts(tx));
  std::vector<CheckedPart> parts;
  for (const RepairChoice& choice : choices) {
    ASSIGN_OR_RETURN(CheckedPart part, CheckPart(tx, repair, choice, Lock::kForUpdate));
    parts.push_back(std::move(part));
  }
  ClinicFacts after = before;
  if (absence != nullptr) RETURN_IF_ERROR(NoteAbsence(tx, *absence, after));
  std::vector<CourseChange> changes;
  for (size_t i = 0; i < parts.size(); ++i) {
    CourseChange change{.facts = parts[i].facts, .changed = parts[i].changed};
    if (const auto found = reserved.find(choices[i].part); found != reserved.end()) {
      change.financial_reservation = found->second.financial;
      change.coverage_reservation = found->second.coverage;
      NoteConditions(found->second.conditional, change.changed);
    }
    changes.push_back(std::move(change));
  }
  AppliedRepair applied;
  absl::StatusOr<std::vector<Appointment>> written = WriteChanges(tx, after, std::move(changes));
  if (!written.ok()) return AsStale(written.status());
  applied.appointments = *std::move(written);
  // What was not repaired stays where it was, and waits for a person.
  if (absence != nullptr) RETURN_IF_ERROR(TellStranded(tx, before, after, absence->resource));
  for (const RepairChoice& choice : choices) {
    RETURN_IF_ERROR(MarkApplied(repair, choice.part, choice.option, tx.now()));
  }
  if (repair.parts.empty()) repair.state = RepairState::kApplied;  // nothing stood in the absence's way
  repair.applied_by = applied_by;
  ++repair.version;
  repair.updated_at = tx.now();
  RETURN_IF_ERROR(tx.repairs().Update(repair));
  RETURN_IF_ERROR(Publish(tx, repair, "applied"));
  applied.repair = std::move(repair);
  return applied;
}

}  // namespace kat::scheduling
