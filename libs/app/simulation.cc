#include "libs/app/simulation.h"

#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"

namespace kat::app {

void SimulationHandlers::Register(rpc::Service& service) {
  service.Unary("GetSimulationStatus", this, &SimulationHandlers::GetStatus);
}

absl::StatusOr<common::v1::SimulationStatus> SimulationHandlers::GetStatus(
    rpc::Call&, const common::v1::GetSimulationStatusRequest&) {
  common::v1::SimulationStatus status;
  const absl::Time now = clock_.Now();
  // Cursors first: work that an event causes is then seen as a job or as an event not yet applied, never as neither.
  for (const auto& feed : feeds_) (*status.mutable_applied_cursors())[feed->key()] = feed->seen_cursor();
  ASSIGN_OR_RETURN(const int due, jobs_.CountDue(now));
  ASSIGN_OR_RETURN(const std::optional<absl::Time> next, jobs_.NextDueAfter(now));
  ASSIGN_OR_RETURN(*status.mutable_head_cursor(), outbox_.Head());
  *status.mutable_now() = rpc::ToProto(now);
  status.set_due_jobs(due);
  if (next) *status.mutable_next_due_time() = rpc::ToProto(*next);
  return status;
}

}  // namespace kat::app
