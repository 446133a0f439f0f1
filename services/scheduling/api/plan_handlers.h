#ifndef KAT_SERVICES_SCHEDULING_API_PLAN_HANDLERS_H_
#define KAT_SERVICES_SCHEDULING_API_PLAN_HANDLERS_H_

#include "kat/scheduling/v1/scheduling_service.pb.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "services/scheduling/api/move_conditions.h"
#include "services/scheduling/clients/gates.h"
#include "services/scheduling/ops/kept_pictures.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// Proposals: what could be booked, and where an appointment could go.
class PlanHandlers {
 public:
  PlanHandlers(Store& store, KeptPictures& pictures, CoverageGate& coverage)
      : store_(store), pictures_(pictures), coverage_(coverage) {}
  void Register(rpc::Service& service);

 private:
  absl::StatusOr<v1::ProposeBlockResponse> ProposeBlock(rpc::Call& call, const v1::ProposeBlockRequest& request);
  // The course that is asked about, without visits.
  struct Asked {
    GateQuestion course;
    absl::TimeZone zone;
  };
  absl::StatusOr<v1::ProposeBlockResponse> Propose(rpc::Call& call, const v1::ProposeBlockRequest& request,
                                                   Asked* asked);
  // Says on the visits of proposals which would be conditional, as far as authorization can be asked.
  void NoteConditions(rpc::Call& call, Asked asked, v1::ProposeBlockResponse& response);
  absl::StatusOr<v1::Decision> GetDecision(rpc::Call& call, const v1::GetDecisionRequest& request);
  absl::StatusOr<v1::ProposeMoveResponse> ProposeMove(rpc::Call& call, const v1::ProposeMoveRequest& request);
  absl::StatusOr<v1::ProposeMoveResponse> ProposeMoves(rpc::Call& call, const v1::ProposeMoveRequest& request,
                                                       MovingVisits* standing);

  Store& store_;
  KeptPictures& pictures_;
  CoverageGate& coverage_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_API_PLAN_HANDLERS_H_
