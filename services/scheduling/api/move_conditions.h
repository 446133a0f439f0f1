#ifndef KAT_SERVICES_SCHEDULING_API_MOVE_CONDITIONS_H_
#define KAT_SERVICES_SCHEDULING_API_MOVE_CONDITIONS_H_

#include <map>
#include <optional>

#include "kat/scheduling/v1/plan.pb.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/facts.h"

namespace kat::scheduling {

// The visits of a course, of which some may move, as they stand. A course without an id: nothing is asked.
struct MovingVisits {
  GateQuestion course;  // without visits
  absl::TimeZone zone;
  struct Standing {
    GateVisit visit;
    std::optional<CoverageCondition> condition;
  };
  std::map<AppointmentId, Standing> visits;
};
MovingVisits MovingVisitsOf(const CourseFacts& facts);

// Says on the moves of each proposal which visits would be conditional there, as far as authorization can be asked: as
// where they are moved, about dosing visits that go to another day. The others stay as they are.
void NoteConditions(const rpc::Call& call, CoverageGate& coverage, const MovingVisits& standing,
                    v1::ProposeMoveResponse& response);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_MOVE_CONDITIONS_H_
