#include "services/scheduling/ops/improvement.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/conditional.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/setup_lock.h"

namespace kat::scheduling {
namespace {

// `improvement.ready`: by its state, or by what was done where that says more.
absl::Status Save(Tx& tx, Improvement& improvement, absl::string_view what) {
  ++improvement.version;
  improvement.updated_at = tx.now();
  RETURN_IF_ERROR(tx.improvements().Update(improvement));
  return Publish(tx, improvement, what);
}

// An error of checking a part, with its course where the part is stale. It broke no rule when it was found.
absl::Status OfPart(const absl::Status& status, const std::string& course) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (detail && detail->reason == "REPAIR_STALE") return RepairStale(detail->metadata.at("changed"), course);
  return detail && detail->reason == "PROTOCOL_VIOLATED" ? RepairStale("course", course) : status;
}

}  // namespace

absl::StatusOr<Improvement> StartImprovement(Tx& tx, ImprovementOrder order) {
  ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
  RETURN_IF_ERROR(CompleteWish(clinic, order.first_day, order.end_day, tx.now(), order.wish));
  for (const CourseId& course : order.wish.keep) RETURN_IF_ERROR(tx.courses().Get(course).status());
  ASSIGN_OR_RETURN(const std::optional<ImprovementId> other, tx.improvements().UnderWay());
  if (other) return ImprovementRunning(NameOf(tx.clinic(), *other));
  Improvement improvement{.id = ImprovementId(NewId()),
                          .wish = std::move(order.wish),
                          .started_by = order.started_by,
                          .created_at = tx.now(),
                          .updated_at = tx.now()};
  RETURN_IF_ERROR(tx.improvements().Insert(improvement));
  RETURN_IF_ERROR(tx.Schedule({.kind = kImproveJob, .key = improvement.id.str(), .due_at = tx.now(), .payload = "{}"}));
  RETURN_IF_ERROR(Publish(tx, improvement, "queued"));
  return improvement;
}

absl::StatusOr<Improvement> CancelImprovement(Tx& tx, const ImprovementId& id, bool keep_best) {
  ASSIGN_OR_RETURN(Improvement improvement, tx.improvements().Get(id, Lock::kForUpdate));
  if (!IsUnderWay(improvement.state)) return WrongState("improvement", StateName(improvement.state), "cancelled");
  if (keep_best && improvement.state == ImprovementState::kRunning) {
    improvement.stop_early = true;  // whoever runs it, now or next, sees it
    ++improvement.version;
    improvement.updated_at = tx.now();
    RETURN_IF_ERROR(tx.improvements().Update(improvement));
    return improvement;
  }
  improvement.state = ImprovementState::kCancelled;
  improvement.run.clear();
  RETURN_IF_ERROR(tx.CancelJob(kImproveJob, id.str()));
  RETURN_IF_ERROR(Save(tx, improvement, "cancelled"));
  return improvement;
}

absl::Status EndImprovement(Tx& tx, const std::string& run, Improvement ended) {
  ASSIGN_OR_RETURN(const Improvement now, tx.improvements().Get(ended.id, Lock::kForUpdate));
  if (now.state != ImprovementState::kRunning || now.run != run) {
    return absl::AbortedError("another run has the improvement, or it has ended");
  }
  ended.version = now.version;
  ended.stop_early = now.stop_early;
  ended.run.clear();
  RETURN_IF_ERROR(tx.CancelJob(kImproveJob, ended.id.str()));
  return Save(tx, ended, ended.state == ImprovementState::kFailed ? "failed" : "ready");
}

absl::StatusOr<std::vector<CheckedImprovementPart>> CheckImprovement(Tx& tx, const Improvement& improvement,
                                                                     const std::vector<CourseId>& courses, Lock lock) {
  ASSIGN_OR_RETURN(std::vector<const ImprovementPart*> chosen, ChooseParts(tx.clinic(), improvement, courses));
  // Courses are locked in the order of their names, so that two of these wait for each other and do not embrace.
  std::sort(chosen.begin(), chosen.end(), [](const ImprovementPart* a, const ImprovementPart* b) {
    return a->part.course.str() < b->part.course.str();
  });
  ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
  std::vector<CheckedImprovementPart> checked;
  for (const ImprovementPart* part : chosen) {
    const std::string course = NameOf(tx.clinic(), part->part.course);
    if (IsWithinNotice(improvement.wish, clinic, *part, tx.now())) return RepairStale("notice", course);
    absl::StatusOr<CheckedPart> one = CheckOption(tx, part->part, part->option(), {}, lock);
    if (!one.ok()) return OfPart(one.status(), course);
    checked.push_back({part->part.course, *std::move(one)});
  }
  return checked;
}

absl::StatusOr<AppliedImprovement> ApplyImprovement(Tx& tx, Improvement improvement,
                                                    const std::vector<CourseId>& courses,
                                                    const ConditionsOfCourses& conditional,
                                                    const std::string& applied_by) {
  RETURN_IF_ERROR(HoldSetup(tx));
  ASSIGN_OR_RETURN(const ClinicFacts setup, LoadClinicFacts(tx));
  ASSIGN_OR_RETURN(const std::vector<CheckedImprovementPart> parts,
                   CheckImprovement(tx, improvement, courses, Lock::kForUpdate));
  std::vector<CourseChange> changes;
  std::set<CourseId> applied_courses;
  for (const CheckedImprovementPart& part : parts) {
    changes.push_back({.facts = part.part.facts, .changed = part.part.changed});
    if (const auto found = conditional.find(part.course); found != conditional.end()) {
      NoteConditions(found->second, changes.back().changed);
    }
    applied_courses.insert(part.course);
  }
  AppliedImprovement applied;
  absl::StatusOr<std::vector<Appointment>> written = WriteChanges(tx, setup, std::move(changes));
  if (!written.ok()) return AsStale(written.status());
  applied.appointments = *std::move(written);
  MarkApplied(improvement, applied_courses, tx.now());
  improvement.applied_by = applied_by;
  RETURN_IF_ERROR(Save(tx, improvement, "applied"));
  applied.improvement = std::move(improvement);
  return applied;
}

}  // namespace kat::scheduling
