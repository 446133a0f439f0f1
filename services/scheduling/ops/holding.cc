#include "services/scheduling/ops/holding.h"

#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/setup_lock.h"

namespace kat::scheduling {

absl::StatusOr<Hold> TakeHold(Tx& tx, const BlockPlan& plan, absl::Time expires_at) {
  RETURN_IF_ERROR(HoldSetup(tx));
  ASSIGN_OR_RETURN(const CourseFacts facts, LoadCourseFacts(tx, plan.course, Lock::kForUpdate));
  ASSIGN_OR_RETURN(const std::vector<Appointment> visits, CheckPlan(facts.View(), plan));
  const Hold hold{.id = HoldId(NewId()),
                  .plan = plan,
                  .patient = facts.course.patient,
                  .expires_at = expires_at,
                  .created_at = tx.now()};
  RETURN_IF_ERROR(tx.holds().Insert(hold));
  CapacityChange change;
  for (const Appointment& visit : visits) {
    change.take.push_back(WantOf(visit));
    change.take.back().owner = OwnerOf(hold.id);
  }
  RETURN_IF_ERROR(Apply(tx, facts.setup, change));
  RETURN_IF_ERROR(tx.Schedule({.kind = kExpireHoldJob, .key = hold.id.str(), .due_at = expires_at, .payload = "{}"}));
  RETURN_IF_ERROR(Publish(tx, hold, "created"));
  return hold;
}

absl::StatusOr<Hold> EndHold(Tx& tx, const HoldId& id, HoldState state) {
  ASSIGN_OR_RETURN(Hold hold, tx.holds().Get(id, Lock::kForUpdate));
  if (hold.state != HoldState::kActive) return HoldEnded();
  hold.state = state;
  RETURN_IF_ERROR(tx.holds().SetState(id, state));
  RETURN_IF_ERROR(tx.CancelJob(kExpireHoldJob, id.str()));
  const char* what = state == HoldState::kBooked ? "booked" : state == HoldState::kExpired ? "expired" : "released";
  if (state != HoldState::kBooked) {  // a booking changes the owner in one go
    RETURN_IF_ERROR(GiveBack(tx, {OwnerOf(id)}));
    std::vector<TimeSpan> freed;
    for (const PlannedVisit& visit : hold.plan.visits) {
      freed.push_back({visit.start, visit.start + absl::Minutes(limits::kSlotMinutes)});
    }
    RETURN_IF_ERROR(TellFreed(tx, freed));
  }
  RETURN_IF_ERROR(Publish(tx, hold, what));
  return hold;
}

}  // namespace kat::scheduling
